// CSV and JUnit as the programs that read them do: a strict reader of RFC 4180, and a reader of the XML that photopsy writes.
#include "report/report.h"
#include "rules/rule.h"
#include "support/output_text.h"
#include "support/story.h"
#include "support/written_analysis.h"

#include "catch.h"

#include <fstream>
#include <iterator>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using Row = std::vector<std::string>;

/// Rows of cells. REQUIREs what the RFC asks for: lines end with CR LF, quotes are doubled inside quotes and stand nowhere else.
std::vector<Row> read_csv(const std::string& text) {
    std::vector<Row> rows(1, Row(1));
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto& cell = rows.back().back();
        if (text[at] == '"') {
            REQUIRE(cell.empty());
            for (++at;; ++at) {
                REQUIRE(at < text.size());
                if (text[at] != '"')
                    cell += text[at];
                else if (at + 1 < text.size() && text[at + 1] == '"')
                    cell += text[at++];
                else
                    break;
            }
            REQUIRE(at + 1 < text.size());
            REQUIRE((text[at + 1] == ',' || text[at + 1] == '\r'));
        } else if (text[at] == ',')
            rows.back().emplace_back();
        else if (text[at] == '\r') {
            REQUIRE(text[++at] == '\n');
            rows.emplace_back(1);
        } else
            cell += text[at];
    }
    REQUIRE(rows.back() == Row(1));  // the last line is ended
    rows.pop_back();
    return rows;
}

std::vector<Analysis> named(std::initializer_list<const char*> names) {
    std::vector<Analysis> list;
    for (const auto* name : names) {
        list.push_back(test::broken_device());
        list.back().capture.name = name;
    }
    return list;
}

}  // namespace

TEST_CASE("CSV: one row a dump, and no cell is a formula", "[report]") {
    const auto analyses =
        named({"plain.bin", "=cmd|' !A0.bin", "+1.bin", "-2+3.bin", "@SUM(1,1).bin", " =1+1.bin", "a\"b,c.bin", "two\nlines;.bin", "|x", "%0A", ""});
    const auto rows = read_csv(render(analyses, Format::Csv, {}));
    REQUIRE(rows.size() == analyses.size() + 1);
    for (const auto& row : rows) {
        CHECK(row.size() == rows.front().size());
        for (const auto& cell : row) {
            const auto first = cell.find_first_not_of(" \t");
            INFO(cell);
            CHECK((first == std::string::npos || std::string_view("=+-@|%").find(cell[first]) == std::string_view::npos));
        }
    }
    CHECK(rows[0][0] == "name");
    CHECK(rows[1][0] == "plain.bin");
    CHECK(rows[7][0] == "a\"b,c.bin");
    CHECK(rows[8][0] == "two lines;.bin");
    CHECK(rows[1][2] == "cloud-fails");
    CHECK(rows[1][4] == "private-key-bit-flip module-crc-bad");
}

TEST_CASE("JUnit says the verdict, the causes with what to do, the findings, and which rules found nothing", "[report]") {
    auto analyses = named({"one.bin"});
    analyses.front().facts.whole_flash_in_file = true;
    const auto text = render(analyses, Format::Junit, {});
    INFO(text);
    const auto silent = all_rules().size();  // the findings of this analysis are of rules made for tests
    CHECK(count(text, "<testcase ") == 1 + 2 + 4 + silent);
    CHECK(count(text, "<testcase ") == count(text, "</testcase>"));
    CHECK(count(text, "<failure ") == 1 + 2 + 2);
    CHECK(count(text, "<skipped ") == 0);
    for (const auto* wanted :
         {"name=\"outcome cloud-fails\"", "name=\"cause private-key-bit-flip\"", "seen: A bit changed.", "to do: Give the cloud the new key",
          "  particle keys send ", "<property name=\"outcome\" value=\"cloud-fails\"/>", "name=\"no module-checksum-wrong\"", "failures=\"5\""})
        CHECK(text.find(wanted) != std::string::npos);
    analyses.front().facts.whole_flash_in_file = false;
    const auto partly = render(analyses, Format::Junit, {});
    CHECK(count(partly, "<skipped ") == silent);
    CHECK(partly.find("which proves nothing: the file does not hold the whole flash") != std::string::npos);
    std::vector<Analysis> healthy;
    healthy.push_back(test::healthy_device());
    CHECK(count(render(healthy, Format::Junit, {}), "<failure ") == 0);
}

// What many dumps say together, on a terminal.
#include "report/fleet.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using fleet::Row;

TEST_CASE("a row that is no dump is told with its reason and no step", "[fleet]") {
    fleet::Rows rows = {Row{.path = "README.txt", .standing = Row::Standing::NoDump, .why = "it is text"}, Row{.path = "a.bin", .device = "one"}};
    rows[0].causes = {{"capture-not-binary", "The file is not a flash dump", "the file"}};
    rows[0].steps = {"Take the dump again"};
    const auto text = render_fleet(fleet::look_together(rows), FleetFormat::Text, {});
    CHECK(text.find("README.txt: no-dump: it is text\n") != std::string::npos);
    CHECK(text.find("Take the dump again") == std::string::npos);
}

TEST_CASE("whatever a folder holds, the text fits a screen", "[fleet]") {
    const auto lines_of = [](std::size_t length) {
        fleet::Rows rows;
        const auto named = [&](const std::string& what, std::size_t i) { return "in/" + what + std::to_string(i) + std::string(length, 'x'); };
        for (std::size_t i = 0; i < 60; ++i) {
            Row row{.path = named("dump", i), .outcome = Outcome::CloudFails, .device = std::to_string(i / 2)};
            row.sequence = static_cast<std::uint32_t>(i);
            row.key = "key" + std::to_string(i % 7);
            row.causes = {{"cause" + std::to_string(i % 10), std::string(90, 'c'), "place"}};
            row.steps = {"step" + std::to_string(i)};
            rows.push_back(row);
            rows.push_back({.path = named("none", i), .standing = Row::Standing::NoDump, .why = std::string(150, 'w')});
            rows.push_back({.path = named("unread", i), .standing = Row::Standing::Unread, .why = std::string(150, 'w')});
        }
        const auto text = render_fleet(fleet::look_together(rows), FleetFormat::Text, {});
        for (const char* told : {"Stories", "Needs a person", "The same device id", "Could not be read", "No dumps", "(--format csv or html names all)"})
            CHECK(text.find(told) != std::string::npos);
        return std::count(text.begin(), text.end(), '\n');
    };
    CHECK(lines_of(5) <= 45);
    CHECK(lines_of(200) <= 90);  // one of each kind stays, however long its name
    CHECK(lines_of(4000) <= 90);
}

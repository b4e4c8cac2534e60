#include "report/plain_text.h"
#include "report/report.h"
#include "support/output_text.h"
#include "support/written_analysis.h"

#include "catch.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text)
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += c;
    return lines;
}

/// Markdown without its code, where nothing is markup.
static std::string without_code(const std::string& markdown) {
    std::string text;
    bool code = false;
    for (const char c : markdown)
        if (c == '`')
            code = !code;
        else if (!code)
            text += c;
    return text;
}

static std::vector<Analysis> one(Analysis analysis) {
    std::vector<Analysis> list;
    list.push_back(std::move(analysis));
    return list;
}

TEST_CASE("each finding and cause appears in each format", "[report]") {
    const auto analyses = one(test::broken_device());
    for (const auto format : all_formats) {
        const auto text = render(analyses, format, {});
        INFO("format " << static_cast<int>(format) << "\n" << text.substr(0, 3000));
        for (const auto& finding : analyses.front().findings.all()) CHECK(has(text, finding.rule->id));
        CHECK(has(text, "0x08005e10"));
        for (const auto& cause : analyses.front().diagnosis.causes) CHECK(has(text, cause.cause->id));
        CHECK(has(text, "The device starts, but its cloud handshake fails."));
    }
}

TEST_CASE("no format lets a stranger's text steer the reader", "[report]") {
    const auto analyses = one(test::broken_device());
    for (const auto format : all_formats) {
        const auto text = render(analyses, format, {});
        INFO("format " << static_cast<int>(format));
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            REQUIRE((byte >= 0x20 || byte == '\n' || byte == '\r'));
            REQUIRE(byte != 0x7F);
        }
        CHECK_FALSE(has(text, "\xff"));
        if (format == Format::Html || format == Format::Junit) CHECK_FALSE(has(text, "<script>alert"));
    }
    const auto markdown = without_code(render(analyses, Format::Markdown, {}));
    CHECK_FALSE(has(markdown, "@everyone"));
    CHECK_FALSE(has(markdown, "<script>"));
    CHECK_FALSE(has(markdown, "](http"));
    CHECK_FALSE(has(markdown, "://"));
    CHECK_FALSE(has(render(analyses, Format::Csv, {}), ",=1"));
}

TEST_CASE("ids and private names are shortened wherever they stand", "[report]") {
    const auto analyses = one(test::broken_device());
    for (const auto format : all_formats) {
        const auto text = render(analyses, format, {});
        INFO("format " << static_cast<int>(format));
        CHECK_FALSE(has(text, test::full_id));
        CHECK_FALSE(has(text, test::private_host));
        CHECK_FALSE(has(text, "{device-id}"));
        if (format != Format::Csv && format != Format::Junit) CHECK(has(text, "3e00...3735"));
    }
    ReportStyle wide;
    wide.show_ids = true;
    CHECK(has(render(analyses, Format::Json, wide), test::full_id));
    CHECK(has(render(analyses, Format::Json, wide), test::private_host));
    ReportStyle owner;
    owner.owner_reads = true;
    CHECK_FALSE(has(render(analyses, Format::Text, owner), test::full_id));  // people paste from their terminals
    owner.show_ids = true;
    CHECK(has(render(analyses, Format::Text, owner), std::string("particle keys send ") + test::full_id));
    owner.show_ids = false;
    CHECK_FALSE(has(render(analyses, Format::Text, owner), test::private_host));
    CHECK_FALSE(has(render(analyses, Format::Markdown, owner), test::full_id));
    CHECK(has(render(analyses, Format::Text, {}), "particle keys send YOUR_DEVICE_ID your-dump-public-key.pem"));
}

TEST_CASE("two runs give the same bytes", "[report]") {
    const auto analyses = one(test::broken_device());
    const auto again = one(test::broken_device());
    for (const auto format : all_formats) CHECK(render(analyses, format, {}) == render(again, format, {}));
}

TEST_CASE("the text report keeps to its width, in UTF-8 and in ASCII, with and without colour", "[report]") {
    for (const auto& analyses : {one(test::broken_device()), one(test::healthy_device())})
        for (const unsigned width : {40u, 60u, 80u, 137u, 200u}) {
            ReportStyle style;
            style.width = width;
            style.extent = width % 20 ? ReportStyle::Extent::Full : ReportStyle::Extent::Short;
            for (const auto& line : lines_of(render(analyses, Format::Text, style))) {
                INFO(width << ": " << line);
                const bool in_one_piece = has(line, "particle keys send") || has(line, "photopsy ") || has(line, "01020300000000");  // commands, fingerprints
                if (!in_one_piece) CHECK(columns(line) <= width);
            }
            style.utf8 = false;
            const auto ascii = render(analyses, Format::Text, style);
            CHECK(std::all_of(ascii.begin(), ascii.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
            style.colour = true;
            auto coloured = render(analyses, Format::Text, style);
            for (std::size_t at = 0; (at = coloured.find('\033', at)) != std::string::npos;) coloured.erase(at, coloured.find('m', at) - at + 1);
            CHECK(coloured == ascii);
        }
}

TEST_CASE("a healthy device's report fits a screen", "[report]") {
    ReportStyle for_a_screen;
    for_a_screen.extent = ReportStyle::Extent::Short;
    const auto text = render(one(test::healthy_device()), Format::Text, for_a_screen);
    INFO(text);
    CHECK(lines_of(text).size() <= 28);
    CHECK(has(text, "HEALTHY"));
    CHECK(has(text, "0102030000"));
}

TEST_CASE("the name of a release is text in Markdown, whatever it says", "[report]") {
    auto analysis = test::healthy_device();
    analysis.facts.system.device_os = "<script>";
    const auto text = without_code(render(one(std::move(analysis)), Format::Markdown, {}));
    CHECK(has(text, "Device OS \\<script\\>"));
    CHECK(has(without_code(render(one(test::healthy_device()), Format::Markdown, {})), "Device OS 1.5.2"));
}

TEST_CASE("Markdown keeps its limits and says what it left out", "[report]") {
    auto analysis = test::broken_device();
    for (int i = 0; i < 300; ++i) analysis.findings.all().push_back(analysis.findings.all()[1]);
    const auto analyses = one(std::move(analysis));
    for (const std::size_t limit : {1500u, 4000u, 15000u, 60000u}) {
        ReportStyle style;
        style.max_chars = limit;
        const auto text = render(analyses, Format::Markdown, style);
        INFO(limit << "\n" << text.substr(0, 2500));
        CHECK(columns(text) <= limit);
        CHECK(has(text, "CLOUD CONNECTION FAILS"));
        CHECK_FALSE(has(without_code(text), "]("));
        if (limit == 4000) CHECK(has(text, "Left out because"));
        std::size_t fences = 0, open = 0, closed = 0;
        for (const auto& line : lines_of(text)) {
            fences += line.rfind("```", 0) == 0;
            open += line == "<details>";
            closed += line == "</details>";
        }
        CHECK(fences % 2 == 0);
        CHECK(open == closed);
    }
    const auto text = render(one(test::broken_device()), Format::Markdown, {});
    const auto fold = text.find("<details>");
    for (const auto* first : {"private-key-bit-flip", "particle keys send", "Made by photopsy", "cloud handshake fails"}) CHECK(text.find(first) < fold);
}

TEST_CASE("JSON says what the contract says", "[report]") {
    const auto json = nlohmann::json::parse(render(one(test::broken_device()), Format::Json, {}));
    CHECK(json["schema"] == "photopsy-report/1");
    CHECK(json["verdict"]["outcome"] == "cloud-fails");
    CHECK(json["causes"][0]["findings"][0] == 0);
    CHECK(json["causes"][0]["chain"][1]["basis"] == "inferred");
    CHECK(json["findings"][0]["where"]["address"] == "0x08005e10");
    CHECK(json["handshake"]["predictions"][1]["step"] == "rsa_decrypt");
    CHECK(json["handshake"]["predictions"][1]["code"] == -16);
    CHECK(json["modules"][2]["integrity"] == false);
    CHECK(json["modules"][2]["state"] == "damaged");
    CHECK(json["dct"][0]["selected"] == true);
    CHECK(json["unexplained"][0] == 2);
    std::vector<Analysis> two = one(test::broken_device());
    two.push_back(test::healthy_device());
    CHECK(nlohmann::json::parse(render(two, Format::Json, {})).size() == 2);
    CHECK(lines_of(render(two, Format::Ndjson, {})).size() == 3);
    CHECK(lines_of(render(two, Format::Csv, {})).size() == 4);
}

// The map of the flash, read back from the page: every sector and region where it belongs, to scale, and every sign with a finding behind it.
#include "report/html.h"
#include "support/output_text.h"
#include "support/story.h"
#include "support/written_analysis.h"

#include "catch.h"

#include <fmt/format.h>

#include <cmath>
#include <regex>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Rectangle {
    std::string style, title;
    double x = 0, y = 0, width = 0, height = 0;
};

std::vector<Rectangle> rectangles(const std::string& svg) {
    static const std::regex shape(
        "<rect class=\"([^\"]*)\" x=\"([0-9.]+)\" y=\"([0-9.]+)\" width=\"([0-9.]+)\" height=\"([0-9.]+)\"><title>([^<]*)</title></rect>");
    std::vector<Rectangle> found;
    for (std::sregex_iterator it(svg.begin(), svg.end(), shape), end; it != end; ++it)
        found.push_back({(*it)[1], (*it)[6], std::stod((*it)[2]), std::stod((*it)[3]), std::stod((*it)[4]), std::stod((*it)[5])});
    return found;
}

Document document_of(const std::string& name) {
    for (const auto& story : stories())
        if (story.name == name) {
            const auto& layout = *builtin_layout(story.sample.recipe.device);
            return build_document(analyze(recognize(story.sample.file, "dump.bin", "", layout), layout), {});
        }
    FAIL("no story " << name);
    return {};
}

}  // namespace

TEST_CASE("the map shows the twelve sectors to scale, numbered, under the regions", "[report]") {
    const auto document = document_of("damaged-crt-part");
    const auto svg = flash_map_svg(document, "r1");
    REQUIRE(document.sectors.size() == 12);
    std::vector<Rectangle> whole, enlarged;
    for (const auto& box : rectangles(svg))
        if (box.style.starts_with("sector")) (whole.size() < 12 ? whole : enlarged).push_back(box);
    REQUIRE(whole.size() == 12);
    REQUIRE(enlarged.size() == 5);
    const auto check = [&](const std::vector<Rectangle>& boxes, double shown) {
        for (std::size_t i = 0; i < boxes.size(); ++i) {
            const auto& sector = document.sectors[i];
            INFO(boxes[i].title);
            CHECK(boxes[i].title.find(fmt::format("sector {}: ", i)) == 0);
            CHECK(std::abs(boxes[i].x - (20 + 960.0 * (sector.at.begin - 0x08000000) / shown)) < 0.11);
            CHECK(std::abs(boxes[i].width - 960.0 * sector.at.size() / shown) < 0.11);
            CHECK(boxes[i].y == boxes.front().y);
        }
    };
    check(whole, 0x100000);
    check(enlarged, 0x20000);
    for (int i = 0; i < 12; ++i) {
        const bool numbered = svg.find(fmt::format(">{}<", i)) != std::string::npos || svg.find(fmt::format(">sector {}<", i)) != std::string::npos ||
                              svg.find(fmt::format(">{}!<", i)) != std::string::npos || svg.find(fmt::format(">sector {}!<", i)) != std::string::npos;
        CHECK(numbered);
    }
    CHECK(svg.find(">1!<") != std::string::npos);  // the damaged key lies in sectors 1 and 2: told by a sign, not by colour
    CHECK(enlarged[1].style == "sector bad");
    CHECK(enlarged[0].style == "sector");
}

TEST_CASE("every place of a finding is drawn, and every link of the map leads to a finding", "[report]") {
    for (const auto* name : {"damaged-crt-part", "interrupted-update-new-bootloader", "broken-dct", "version-skew", "truncated-capture", "healthy-1.5.2"}) {
        const auto document = document_of(name);
        const auto svg = flash_map_svg(document, "r1");
        INFO(name);
        for (std::size_t i = 0; i < document.findings.size(); ++i)
            if (document.findings[i].at.overlaps(document.flash))
                CHECK(svg.find(fmt::format("<a href=\"#r1-finding-{}\" aria-label", i + 1)) != std::string::npos);
        static const std::regex link("href=\"#r1-finding-([0-9]+)\"");
        for (std::sregex_iterator it(svg.begin(), svg.end(), link), end; it != end; ++it) {
            const auto number = std::stoul((*it)[1]);
            CHECK((number >= 1 && number <= document.findings.size()));
        }
        CHECK(count(svg, "<a ") == count(svg, "</a>"));
        double covered = 0;  // the regions cover the whole bar once
        for (const auto& box : rectangles(svg))
            if (box.style == "cell" && box.y == rectangles(svg).front().y) covered += box.width;
        CHECK(std::abs(covered - 960) < 2);
    }
}

TEST_CASE("an update that was cut off shows what is new, what is erased and what is old", "[report]") {
    const auto document = document_of("interrupted-update-new-bootloader");
    REQUIRE(document.blocks.size() >= 2);
    CHECK(document.blocks.front().kind == MapBlocks::Kind::New);
    CHECK(document.blocks.front().at == Range{0x08060000, 0x08060000 + 90000});
    CHECK(document.blocks.back().kind == MapBlocks::Kind::Old);
    for (std::size_t i = 1; i < document.blocks.size(); ++i) CHECK(document.blocks[i].at.begin == document.blocks[i - 1].at.end);
    const auto svg = flash_map_svg(document, "r1");
    for (const auto* style : {"b-new", "b-old"}) CHECK(svg.find(fmt::format("class=\"{}\"", style)) != std::string::npos);
    CHECK(svg.find(">new<") != std::string::npos);
    CHECK(document_of("healthy-1.5.2").blocks.empty());
}

TEST_CASE("other devices have maps of their own", "[report]") {
    auto document = document_of("healthy-p1");
    CHECK(document.sectors.size() == 12);
    document.flash = {0x08000000, 0x08020000};  // a small flash needs no second bar
    CHECK(flash_map_svg(document, "r1").find("enlarged") == std::string::npos);
    document.flash = {};
    CHECK(flash_map_svg(document, "r1").empty());
}

// Three thousand characters are what some forums take: a fleet and a bad capture must still say what matters.
#include "report/plain_text.h"
#include "report/report.h"
#include "support/output_text.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::size_t little = 3000;

Analysis analysis_of(std::string_view name, const std::string& file) {
    const auto story = std::find_if(stories().begin(), stories().end(), [&](const test::Story& each) { return each.name == name; });
    REQUIRE(story != stories().end());
    const auto& layout = layout_for(story->sample.file);
    auto capture = recognize(story->sample.file, file, "", layout);
    capture.typed = file;
    return analyze(std::move(capture), layout);
}

std::string small(const std::vector<Analysis>& analyses) {
    ReportStyle style;
    style.max_chars = little;
    auto text = render(analyses, Format::Markdown, style);
    CHECK(columns(text) <= little);
    return text;
}

}  // namespace

TEST_CASE("a bad capture in three thousand characters: verdict, why, the first line to type, where it is from", "[report]") {
    for (const auto* name : {"truncated-capture", "dct-upload-only", "changed-after-suffix"}) {
        std::vector<Analysis> one;
        one.push_back(analysis_of(name, "kitchen.bin"));
        const auto text = small(one);
        INFO(text);
        for (const auto* what : {"BAD CAPTURE", "seen: ", "First: ", "photopsy capture -o kitchen-again.bin", "Made by photopsy", "Left out because"})
            CHECK(has(text, what));
        CHECK(text.find("photopsy capture") < text.find("<details>"));
    }
}

TEST_CASE("a fleet in three thousand characters: every kind of trouble has its row, and a kind its report", "[report]") {
    std::vector<Analysis> fleet;
    for (const auto* name : {"mixed-key", "healthy-1.5.2", "wrong-server-key"}) {
        const auto analysis = analysis_of(name, "one.bin");
        for (int number = 10; number < 25; ++number) {
            fleet.push_back(analysis);
            fleet.back().capture.name = fleet.back().capture.typed = std::string(name) + "-" + std::to_string(number) + ".bin";
        }
    }
    fleet.push_back(analysis_of("truncated-capture", "cut.bin"));
    const auto text = small(fleet);
    INFO(text);
    for (const auto* row : {"`mixed-key-10.bin` and 14 more | cloud-fails | `private-key-mixed`", "`wrong-server-key-10.bin` and 14 more | cloud-fails",
                            "`cut.bin` | bad-capture | `capture-truncated`", "`healthy-1.5.2-10.bin` and 14 more | healthy"})
        CHECK(has(text, row));
    for (const auto* what : {"## photopsy: 46 dumps", "First: ", "Made by photopsy", "no room for their report"}) CHECK(has(text, what));
    // Where all rows fit each dump has its own.
    std::vector<Analysis> few;
    for (const auto* name : {"mixed-key", "healthy-1.5.2"}) few.push_back(analysis_of(name, std::string(name) + ".bin"));
    const auto all = small(few);
    CHECK(has(all, "| `mixed-key.bin` |"));
    CHECK(has(all, "| `healthy-1.5.2.bin` |"));
}

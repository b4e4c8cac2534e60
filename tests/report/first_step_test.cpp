// What a reader who looks at nothing else must see stands in the page as on the terminal: the step to begin with, and what comes when all is done.
#include "catch.h"
#include "flash/dump.h"
#include "report/report.h"
#include "report/words.h"
#include "support/story.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

}  // namespace

TEST_CASE("the HTML report shows the first step below the verdict and the closing step behind the causes, each once", "[report]") {
    std::size_t with_first = 0, with_closing = 0;
    for (const auto& story : stories()) {
        std::vector<Analysis> analyses;
        auto dump = recognize_dump(story.sample.file, "dump.bin", nullptr);
        REQUIRE(dump);
        analyses.push_back(analyze(std::move(dump->capture), *dump->layout));
        const auto html = render(analyses, Format::Html, {});
        const auto document = build_document(analyses.front(), {});
        INFO(story.name);
        const auto* step = document.for_the_light.empty() ? first_step(document) : nullptr;
        CHECK(count_of(html, "<strong>First: ") == (step ? 1 : 0));
        CHECK(count_of(html, ">Then</h3>") == (document.afterwards ? 1 : 0));
        if (step) {
            ++with_first;
            CHECK(html.find("First: ") < html.find("<h3"));
            CHECK(count_of(html, "Told above.") == 1);
        }
        if (document.afterwards) {
            ++with_closing;
            CHECK(html.find(">Then</h3>") > html.find("What you can do now"));
        }
    }
    CHECK(with_first > 20);
    CHECK(with_closing > 5);
}

// The steps under a cause as people read them: counted upwards, and another way bears no number.
#include "flash/dump.h"
#include "report/text.h"
#include "support/story.h"

#include "catch.h"

#include <regex>
#include <sstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Steps {
    unsigned under_causes = 0, numbered_ways = 0, backwards = 0;
};

Steps steps_of(const std::string& report) {
    static const std::regex numbered("    ([0-9]+)\\. +(Or: )?.*"), heading("    What to do.*");
    Steps steps;
    unsigned last = 0;
    std::istringstream lines(report);
    for (std::string line; std::getline(lines, line);) {
        std::smatch found;
        if (std::regex_match(line, heading)) last = 0;
        if (!std::regex_match(line, found, numbered)) continue;
        const auto number = static_cast<unsigned>(std::stoul(found[1]));
        ++steps.under_causes;
        steps.numbered_ways += found[2].matched;
        steps.backwards += number <= last;
        last = number;
    }
    return steps;
}

}  // namespace

TEST_CASE("the steps of a cause count upwards, and another way has no number", "[report][stories]") {
    unsigned seen = 0, ways = 0;
    for (const auto& story : stories()) {
        auto dump = recognize_dump(story.sample.file, "dump.bin", nullptr);
        REQUIRE(dump);
        const auto analysis = analyze(std::move(dump->capture), *dump->layout);
        for (const auto extent : {ReportStyle::Extent::Short, ReportStyle::Extent::Full}) {
            ReportStyle style;
            style.extent = extent;
            const auto report = render_text(build_document(analysis, style), style);
            INFO(story.name << "\n" << report);
            const auto steps = steps_of(report);
            CHECK(steps.backwards == 0);
            CHECK(steps.numbered_ways == 0);
            seen += steps.under_causes;
            ways += report.find("Or: ") != std::string::npos;
        }
    }
    CHECK(seen > 200);
    CHECK(ways > 10);
}

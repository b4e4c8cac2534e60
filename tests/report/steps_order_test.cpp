// The steps under a cause as people read them: counted upwards, and another way bears no number.
#include "flash/dump.h"
#include "report/text.h"
#include "support/sample/sample.h"
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

TEST_CASE("what any cause warns of where the dump is kept is said once in the text", "[report]") {
    const auto sample = sample::make_sample(R"(title = "a"
device = "photon"
seed = 12
life = [ { act = "install-release", release = "1.5.2" }, { act = "factory-table", release = "1.5.2", version_string = "x" }, { act = "provision" },
         { act = "write", field = "device_private_key", fill = 255, length = 612 } ]
damage = [ { act = "flip", at = "system-part2+0x8000", bit = 1 } ])",
                                            "a");
    REQUIRE(sample);
    auto dump = recognize_dump(sample->file, "dump.bin", nullptr);
    REQUIRE(dump);
    const auto analysis = analyze(std::move(dump->capture), *dump->layout);
    REQUIRE(analysis.diagnosis.causes.size() > 1);
    REQUIRE(analysis.diagnosis.causes.front().cause->id == "module-crc-bad");
    for (const auto extent : {ReportStyle::Extent::Short, ReportStyle::Extent::Full}) {
        ReportStyle style;
        style.extent = extent;
        const auto report = std::regex_replace(render_text(build_document(analysis, style), style), std::regex("\\s+"), " ");
        INFO(report);
        const auto at = report.find("Do not start the device normally before the old key is back");
        REQUIRE(at != std::string::npos);
        CHECK(report.find("Do not start the device normally before", at + 1) == std::string::npos);
        CHECK(report.find("Keep this dump (changes nothing)") < at);
    }
}

// What is not in the file is unknown, everywhere: any part of the flash taken out of any sample. No finding stands there, no step of the start that needs it
// passes or fails, nothing is selected or read from it. PHOTOPSY_FULL=1: every region of every sample.
#include "catch.h"
#include "photopsy.h"
#include "support/sample/stream.h"
#include "support/story.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// The sample without `missing`, as a HEX or DfuSe file with a gap gives it.
Analysis analyzed_without(const Bytes& file, const Layout& layout, Range missing) {
    Capture capture{.image = Image(layout.flash), .name = "dump.hex", .format = "intel-hex", .size = file.size()};
    const auto put = [&](Range part) {
        if (!part.empty()) capture.image.put(part.begin, ByteView(file).subspan(part.begin - layout.flash.begin, part.size()));
    };
    put({layout.flash.begin, missing.begin});
    put({missing.end, layout.flash.end});
    return analyze(std::move(capture), layout);
}

bool speaks_of_the_file(const Finding& finding) { return finding.rule->id.starts_with("file-"); }

std::string finding_there(const Analysis& analysis, Range missing) {
    for (const auto& finding : analysis.findings.all())
        if (!speaks_of_the_file(finding) && finding.where.at.overlaps(missing)) return fmt::format("{}: {}", finding.rule->id, finding.explain);
    return {};
}

/// Steps of the start that look at a region of the layout.
constexpr std::pair<std::string_view, std::string_view> needs[] = {{"bootloader-runs", "bootloader"},
                                                                   {"part1-header", "system-part1"},
                                                                   {"part1-content", "system-part1"},
                                                                   {"part2-entry", "system-part2"},
                                                                   {"user-header", "user"}};

std::string claim_in_boot(const Analysis& analysis, std::string_view region) {
    if (analysis.boot.resumes_update) return {};  // the image in the OTA area is judged instead
    bool needed = false;
    for (const auto& step : analysis.boot.ladder)
        for (const auto& [name, needed_region] : needs) {
            if (step.step != name || region != needed_region) continue;
            needed = true;
            if (step.state == BootStep::State::Pass || step.state == BootStep::State::Fail) return fmt::format("{}: {}", step.step, step.explain);
        }
    return needed && analysis.boot.result == BootResult::Runs ? "the start is said to run" : "";
}

std::string claim_in_facts(const Analysis& analysis, Range missing) {
    const auto& facts = analysis.facts;
    for (const auto& copy : facts.dct.copies)
        if (copy.at.overlaps(missing) && facts.dct.selected == copy.number && !missing.empty()) return "a table that is not wholly there is selected";
    for (const auto& page : facts.eeprom.pages)
        if (page.at.overlaps(missing) && facts.eeprom.at_start != EepromAtStart::Unknown) return "what becomes of the EEPROM is said to be known";
    const bool no_table = std::all_of(facts.dct.copies.begin(), facts.dct.copies.end(), [&](const DctCopy& copy) { return missing.contains(copy.at); });
    if (no_table && !facts.dct.copies.empty() && analysis.handshake.unknown.empty()) return "a handshake is predicted without a table";
    for (const auto& region : facts.regions)
        if (region.at.overlaps(missing) && region.label != "not in the file") return fmt::format("the map calls it {}", region.label);
    return {};
}

std::string claim(const Analysis& analysis, Range missing, std::string_view region = "") {
    for (const auto& sentence : {finding_there(analysis, missing), claim_in_boot(analysis, region), claim_in_facts(analysis, missing)})
        if (!sentence.empty()) return sentence;
    return {};
}

bool is_whole_flash(const test::Story& story) { return story.sample.file.size() == 0x100000; }

}  // namespace

TEST_CASE("a region that is not in the file is nowhere spoken of as if it were", "[properties][absent]") {
    unsigned number = 0;
    for (const auto& story : stories()) {
        if (!is_whole_flash(story)) continue;
        const auto& layout = layout_for(story.sample.file);
        for (const auto& region : layout.regions) {
            if (!full_tests() && number++ % 4 != 0) continue;
            INFO(story.name << " without " << region.name);
            CHECK(claim(analyzed_without(story.sample.file, layout, region.at), region.at, region.name) == "");
        }
        const Range tables{layout.dct.copies.front().begin, layout.dct.copies.back().end};
        INFO(story.name << " without both tables");
        if (full_tests() || number % 3 == 0) CHECK(claim(analyzed_without(story.sample.file, layout, tables), tables) == "");
    }
}

TEST_CASE("a hole anywhere in a file is nowhere spoken of as if it were flash", "[properties][absent]") {
    const unsigned count = full_tests() ? 2000 : 120;
    const auto& all = stories();
    for (unsigned number = 0; number < count; ++number) {
        const auto& story = all[number % all.size()];
        if (!is_whole_flash(story)) continue;
        sample::Stream stream(number, "hole");
        const auto& layout = layout_for(story.sample.file);
        const auto begin = layout.flash.begin + static_cast<Address>(stream.below(0xFF000)) / 16 * 16;
        const auto size = std::min<std::uint32_t>(16u << stream.below(15), layout.flash.end - begin);
        INFO(story.name << " without " << size << " bytes at " << begin);
        CHECK(claim(analyzed_without(story.sample.file, layout, range_of(begin, size)), range_of(begin, size)) == "");
    }
}

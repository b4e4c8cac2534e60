// Whatever is cut off a dump and whichever bit of it is wrong: the analysis ends, is whole, and contradicts itself nowhere. These tests are worth
// most under AddressSanitizer and UndefinedBehaviorSanitizer (preset asan), where all 20,000 cases are run; the everyday build runs an eighth of them.
// PHOTOPSY_FULL=1: fifteen times as many.
#include "catch.h"
#include "photopsy.h"
#include "support/failing.h"
#include "support/sample/stream.h"
#include "support/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

using namespace photopsy;
using namespace photopsy::test;
using photopsy::sample::Stream;

namespace {

Analysis analyzed(ByteView file) {
    const auto& layout = layout_for(file);
    return analyze(recognize(file, "dump.bin", "", layout), layout);
}

/// Where the labelled regions do not tile a flash; "" where they do.
std::string gap_in(Range flash, const std::vector<Labelled>& regions) {
    Address next = flash.begin;
    for (const auto& region : regions) {
        if (!flash.contains(region.at)) continue;
        if (region.at.begin != next || region.at.empty()) return fmt::format("the regions have a gap or overlap at {:#x}", next);
        next = region.at.end;
    }
    return next == flash.end ? "" : "the regions do not cover the flash";
}

/// What must hold for any input at all; "" where it does.
std::string contradiction(const Analysis& analysis) {
    std::vector<Range> flashes{analysis.layout->flash};
    if (analysis.facts.has_external_flash) flashes.push_back(analysis.layout->external->at);
    for (const Range flash : flashes)
        if (const auto sentence = gap_in(flash, analysis.facts.regions); !sentence.empty()) return sentence;
    auto worst = Severity::Note;
    for (const auto& finding : analysis.findings.all()) {
        if (!finding.rule) return "a finding without a rule";
        const auto holds = [&](Range flash) { return flash.contains(finding.where.at); };
        if (!finding.where.at.empty() && std::none_of(flashes.begin(), flashes.end(), holds)) return fmt::format("{} stands outside the flash", finding.rule->id);
        worst = std::max(worst, finding.severity);
    }
    const auto& diagnosis = analysis.diagnosis;
    if (analysis.handshake.fails() && !tells_why_the_handshake_fails(analysis)) return "a handshake that fails, and no cause with a remedy";
    if (diagnosis.exit_status != 0 && diagnosis.exit_status != 1) return "exit status beyond 1";
    if (diagnosis.outcome == Outcome::Healthy && worst > Severity::Note) return "healthy, with more than notes";
    if (diagnosis.outcome >= Outcome::CloudFails && diagnosis.exit_status != 1) return "a failure with exit status 0";
    for (const auto& cause : diagnosis.causes)
        for (const auto index : cause.findings)
            if (index >= analysis.findings.all().size()) return "a cause names a finding that is not there";
    return {};
}

/// Runs `check(number, stream)` for all numbers on two threads; the first sentence that is not "" comes back.
template <class Check>
std::string first_failure(unsigned count, Check check) {
    std::atomic<unsigned> next{0};
    std::mutex lock;
    std::string failure;
    const auto work = [&] {
        auto local = check;  // each thread changes its own copy of the bytes
        for (unsigned number; (number = next++) < count;) {
            Stream stream(number, "case");
            const auto sentence = local(number, stream);
            const std::lock_guard guard(lock);
            if (!sentence.empty() && failure.empty()) failure = sentence;
        }
    };
    std::thread other(work);
    work();
    other.join();
    return failure;
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
unsigned scaled(unsigned count) { return full_tests() ? 15 * count : sanitized ? count : count / 3; }

const test::Story& story_named(std::string_view name) {
    const auto& all = stories();
    const auto place = std::find_if(all.begin(), all.end(), [&](const test::Story& story) { return story.name == name; });
    REQUIRE(place != all.end());
    return *place;
}

/// The samples in turn; the two keys in one slot, whose separation takes ten times as long as all the rest, come every eighth time only.
std::size_t drawn_story(unsigned number) {
    const auto count = stories().size();
    const auto drawn = number % count;
    return stories()[drawn].name == "mixed-key" && (number / count) % 8 != 0 ? (drawn + 1) % count : drawn;
}

/// A byte where something is: half of the draws fall into bootloader, tables and module headers, where structure is dense.
std::size_t drawn_place(Stream& stream, ByteView file) {
    const auto size = static_cast<std::uint32_t>(file.size());
    const bool dense = stream.below(2) == 0 && size == 0x100000;
    if (!dense) return stream.below(size);
    constexpr std::uint32_t starts[] = {0x0, 0x4000, 0x4000, 0x8000, 0x8000, 0xC000, 0x10000, 0x20000, 0x60000, 0xA0000, 0xC0000};
    return starts[stream.below(11)] + stream.below(0x2A00);
}

}  // namespace

TEST_CASE("any truncation of any sample is analyzed", "[properties]") {
    const auto failure = first_failure(scaled(4000), [&](unsigned number, Stream& stream) -> std::string {
        const auto& story = stories()[drawn_story(number)];
        const auto& file = story.sample.file;
        const auto length = number < 512 ? stream.below(1025) : stream.below(static_cast<std::uint32_t>(file.size()) + 1);
        const auto sentence = contradiction(analyzed(ByteView(file).first(std::min<std::size_t>(length, file.size()))));
        return sentence.empty() ? "" : fmt::format("{} cut to {}: {}", story.name, length, sentence);
    });
    CHECK(failure == "");
}

TEST_CASE("any flipped bit of any sample is analyzed", "[properties]") {
    std::vector<std::pair<std::string, Bytes>> files;
    for (const auto& story : stories()) files.emplace_back(story.name, story.sample.file);
    const auto failure = first_failure(scaled(2700), [files](unsigned number, Stream& stream) mutable -> std::string {
        auto& [name, file] = files[drawn_story(number)];
        if (file.empty()) return {};
        const auto place = drawn_place(stream, file);
        const auto bit = static_cast<std::uint8_t>(1u << stream.below(8));
        file[place] ^= bit;
        const auto sentence = contradiction(analyzed(file));
        file[place] ^= bit;
        return sentence.empty() ? "" : fmt::format("{} with byte {:#x} ^ {:#x}: {}", name, place, bit, sentence);
    });
    CHECK(failure == "");
}

namespace {

/// Ranges of a healthy dump whose checksum the firmware or photopsy computes: the four installed modules, and the table in use from 0.7.0 on.
std::vector<Range> checked_ranges(const Analysis& analysis) {
    std::vector<Range> ranges;
    for (const auto* slot : {"bootloader", "system-part1", "system-part2", "user"})
        if (const auto* module = analysis.facts.module(slot); module && module->good()) ranges.push_back({module->at.begin, module->at.end + 4});
    if (const auto* copy = analysis.facts.dct.current(); copy && copy->crc_good()) ranges.push_back(copy->at);
    return ranges;
}

}  // namespace

TEST_CASE("a flipped bit inside a checksummed range of a good dump is found at its place", "[properties]") {
    for (const auto* name : {"healthy-0.6.3", "healthy-1.5.2", "healthy-2.3.1", "healthy-p1"}) {
        const auto& good = story_named(name).sample.file;
        const auto ranges = checked_ranges(analyzed(good));
        REQUIRE(ranges.size() >= 4);
        const auto failure = first_failure(scaled(120), [&, file = good](unsigned number, Stream& stream) mutable -> std::string {
            const auto range = ranges[number % ranges.size()];
            const auto address = range.begin + (stream.below(4) == 0 ? stream.below(0x200) : stream.below(range.size()));
            const auto bit = static_cast<std::uint8_t>(1u << stream.below(8));
            file[address - 0x08000000] ^= bit;
            const auto analysis = analyzed(file);
            file[address - 0x08000000] ^= bit;
            for (const auto& finding : analysis.findings.all())
                if (finding.where.at.contains(address)) return {};
            return fmt::format("{}: bit {:#x} of {:#x} is in no finding", name, bit, address);
        });
        CHECK(failure == "");
    }
}

// A second flash that was read badly, or a file that is none, is no ground for a verdict on the keys in it.
#include "flash/external.h"
#include "flash/placement.h"
#include "photopsy.h"

#include "catch.h"
#include "mend/repair.h"
#include "support/story.h"

#include <algorithm>
#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const sample::Sample& core_sample() {
    for (const auto& story : stories())
        if (story.name == "core-healthy-0.7.0") return story.sample;
    return stories().front().sample;
}

Capture core_with(const Bytes& serial) {
    const auto& core = *builtin_layout("core");
    Capture pair = recognize(core_sample().file, "internal.bin", "", core);
    put_external(pair, serial, "serial.bin", "", core);
    return pair;
}

/// The only defect is this one, the outcome says so, and nothing is written.
void check_bad(const Bytes& serial, CaptureDefect defect, std::string_view cause) {
    INFO(cause);
    const auto pair = core_with(serial);
    REQUIRE(pair.problems.size() == 1);
    CHECK(pair.problems.front().defect == defect);
    const auto analysis = analyze(pair, *builtin_layout("core"));
    CHECK(analysis.diagnosis.outcome == Outcome::BadCapture);
    REQUIRE_FALSE(analysis.diagnosis.causes.empty());
    CHECK(analysis.diagnosis.causes.front().cause->id == cause);
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list) CHECK(remedy.cost == Remedy::Cost::Nothing);
    CHECK(plan_repair(analysis, {}).plan.steps.empty());
    CHECK(analysis.boot.result == BootResult::Runs);  // what is said of the internal flash stands
}

void fill_with_code(Bytes& serial, std::size_t begin, std::size_t end) {
    std::mt19937 random(static_cast<unsigned>(begin));
    for (auto at = begin; at < end; ++at) serial[at] = static_cast<std::uint8_t>(random());
}

/// With images where a Core has them, none of which has a header: as older firmware was.
Bytes serial_with_images() {
    auto serial = core_sample().external;
    for (const std::size_t image : {0x20000u, 0x40000u, 0x60000u}) fill_with_code(serial, image, image + 0x16234);
    return serial;
}

Bytes every_second_block(Bytes serial, std::size_t size, std::size_t parity, std::uint8_t value) {
    for (std::size_t at = parity * size; at < serial.size(); at += 2 * size) std::fill_n(serial.begin() + static_cast<std::ptrdiff_t>(at), size, value);
    return serial;
}

Bytes with_hole(Bytes serial, std::size_t begin, std::size_t end) {
    std::fill(serial.begin() + static_cast<std::ptrdiff_t>(begin), serial.begin() + static_cast<std::ptrdiff_t>(end), std::uint8_t{0xFF});
    return serial;
}

}  // namespace

TEST_CASE("blocks of a second flash that did not arrive are no erased key", "[external]") {
    const auto serial = serial_with_images();
    REQUIRE(core_with(serial).problems.empty());
    for (const std::size_t size : {512u, 1024u, 2048u, 4096u, 8192u})
        for (const std::size_t parity : {0u, 1u})
            for (const std::uint8_t value : {std::uint8_t{0xFF}, std::uint8_t{0}}) {
                INFO(size << " " << parity << " " << int{value});
                const auto lost = every_second_block(serial, size, parity, value);
                check_bad(lost, CaptureDefect::RepeatedBlocks, "capture-repeated-blocks");
                if (size < 1024) continue;  // zeros at such a distance are a repetition too, which the smaller chip of early units makes of itself
                CHECK_FALSE(core_with(lost).image.has({0x20000, 0x36000}));
                check_bad(Bytes(lost.begin(), lost.begin() + 0x80000), CaptureDefect::RepeatedBlocks, "capture-repeated-blocks");
            }
}

TEST_CASE("what a Core leaves erased in its second flash is no loss", "[external]") {
    const auto serial = serial_with_images();
    CHECK(core_with(with_hole(serial, 0x20000, 0x40000)).problems.empty());  // no factory image, no backup, no update
    CHECK(core_with(with_hole(serial, 0x40000, 0x60000)).problems.empty());
    CHECK(core_with(with_hole(serial, 0x20000, 0x80000)).problems.empty());
    CHECK(core_with(with_hole(serial, 0x60000, 0x65000)).problems.empty());  // erased for an update that did not come, an older one behind it
    CHECK(core_with(with_hole(serial, 0x4A124, 0x60000)).problems.empty());  // a backup that was cut
    CHECK(core_with(with_hole(serial, 0x24000, 0x25000)).problems.empty());  // one bad sector
    CHECK(core_with(with_hole(serial, 0x2000, 0x3000)).problems.empty());    // the key's sector, erased by a tool
    auto chunks = serial;                                                    // an update of which chunks are missing
    for (std::size_t at = 0x60200; at < 0x70000; at += 0x1000) chunks = with_hole(chunks, at, at + 512);
    CHECK(core_with(chunks).problems.empty());
}

TEST_CASE("a second flash with swapped bytes is put in order and no ground for writing", "[external]") {
    for (const auto order : {ByteOrder::Halfwords, ByteOrder::Words, ByteOrder::HalfwordsInWords}) {
        const auto swapped = reordered(core_sample().external, order);
        check_bad(swapped, CaptureDefect::Byteswapped, "capture-byteswapped");
        CHECK(std::ranges::equal(core_with(swapped).image.bytes({0, 0x200000}), core_sample().external));
    }
}

TEST_CASE("a second flash of zeros was not read, an erased one was", "[external]") {
    check_bad(Bytes(0x200000, 0), CaptureDefect::Blank, "capture-blank");
    CHECK(core_with(Bytes(0x200000, 0xFF)).problems.empty());
    const auto& p1 = *builtin_layout("p1");  // no firmware keeps anything in its second flash
    Capture of_p1 = recognize(Bytes(0x100000, 0xFF), "p1.bin", "", p1);
    const auto before = of_p1.problems.size();
    put_external(of_p1, Bytes(0x100000, 0), "spi.bin", "", p1);
    CHECK(of_p1.problems.size() == before);
}

TEST_CASE("a second flash behind a header, or from later on, is read where it belongs", "[external]") {
    Bytes behind(96, 0x20);
    behind.insert(behind.end(), core_sample().external.begin(), core_sample().external.end());
    check_bad(behind, CaptureDefect::Shifted, "capture-shifted");
    CHECK(std::ranges::equal(core_with(behind).image.bytes({0, 0x200000}), core_sample().external));
    const Bytes later(core_sample().external.begin() + 0x800, core_sample().external.end());
    check_bad(later, CaptureDefect::Shifted, "capture-shifted");
    CHECK(core_with(later).image.bytes({0x1000, 0x1010}).front() == core_sample().external[0x1000]);
}

TEST_CASE("blocks of a second flash that come twice are left out", "[external]") {
    auto stuck = core_sample().external;
    std::copy_n(stuck.begin() + 0x20000, 0x1000, stuck.begin() + 0x21000);
    check_bad(stuck, CaptureDefect::RepeatedBlocks, "capture-repeated-blocks");
}

TEST_CASE("the flash of another device beside the dump is no second flash", "[external]") {
    for (const auto& story : stories()) {
        if (story.name != "healthy-1.5.2" && story.name != "electron-healthy-2.3.1") continue;
        check_bad(story.sample.file, CaptureDefect::OtherPlatform, "capture-other-platform");
        CHECK_FALSE(core_with(story.sample.file).image.has({0x1000, 0x1010}));
    }
}

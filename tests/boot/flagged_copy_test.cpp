// A device of one piece whose flags ask for a copy out of its serial flash: the start is judged by the bytes that are copied, and nobody is told to start it
// while they are bad.
#include "flash/external.h"
#include "photopsy.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

using namespace photopsy;
using Bytes = std::vector<std::uint8_t>;

namespace {

constexpr std::size_t firmware_at = 0x5000, update_flag = 0x4C04, reset_flag = 0x4C08, area_size = 0x20000;

/// A flag, its value, and the place in the serial flash from which it has the bootloader copy.
struct FlaggedCopy {
    std::size_t flag;
    std::uint16_t value;
    std::size_t source;
};
constexpr FlaggedCopy update{update_flag, 0x0005, 0x60000}, reset{reset_flag, 0xAAAA, 0x20000}, restore{update_flag, 0x5555, 0x40000};

const sample::Sample& device_of_one_piece() {
    static const auto made = [] {
        auto sample = sample::make_sample(R"(title = "a"
device = "core"
seed = 46
life = [ { act = "install-release", release = "0.7.0" }, { act = "provision" } ])",
                                          "a");
        if (!sample) throw std::runtime_error(sample.error().message);
        return *sample;
    }();
    return made;
}

/// The installed firmware with its checksum.
Bytes whole_image() {
    const auto& flash = device_of_one_piece().flash;
    const auto end = little_endian<std::uint32_t>(ByteView(flash).subspan(firmware_at + 0x10C + 4));
    return {flash.begin() + firmware_at, flash.begin() + static_cast<std::ptrdiff_t>(end - 0x08000000 + 4)};
}

Analysis asked_for(const FlaggedCopy& copy, const Bytes& image, bool with_serial_flash = true) {
    auto file = device_of_one_piece().flash;
    auto serial = device_of_one_piece().external;
    file[copy.flag] = static_cast<std::uint8_t>(copy.value);
    file[copy.flag + 1] = static_cast<std::uint8_t>(copy.value >> 8);
    std::fill_n(serial.begin() + static_cast<std::ptrdiff_t>(copy.source), area_size, std::uint8_t{0xFF});
    std::copy(image.begin(), image.end(), serial.begin() + static_cast<std::ptrdiff_t>(copy.source));
    const auto& layout = *builtin_layout("core");
    auto capture = recognize(file, "dump.bin", "", layout);
    if (with_serial_flash) put_external(capture, serial, "serial.bin", "", layout);
    return analyze(std::move(capture), layout);
}

bool some_step(const Analysis& analysis, const std::function<bool(const RemedyStep&)>& wanted) {
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            if (std::any_of(remedy.steps.begin(), remedy.steps.end(), wanted)) return true;
    return false;
}

bool advises_a_start(const Analysis& analysis) {
    return some_step(analysis, [](const RemedyStep& step) { return step.kind == RemedyStep::Kind::Restart; });
}

bool writes_at(const Analysis& analysis, std::size_t at) {
    return some_step(analysis, [&](const RemedyStep& step) { return step.kind == RemedyStep::Kind::WriteFlash && step.at == at; });
}

}  // namespace

TEST_CASE("a whole image that the flags ask for is copied and runs", "[boot][core]") {
    for (const auto& copy : {update, reset, restore}) {
        INFO(copy.value);
        const auto analysis = asked_for(copy, whole_image());
        CHECK(analysis.boot.result == BootResult::Runs);
        CHECK(analysis.diagnosis.outcome == Outcome::Attention);
        CHECK_FALSE(writes_at(analysis, copy.source));
    }
}

TEST_CASE("half an image is copied all the same, and then nothing runs: a whole one is written first", "[boot][core]") {
    auto half = whole_image();
    half.resize(half.size() / 2);
    for (const auto& copy : {update, reset, restore}) {
        INFO(copy.value);
        const auto analysis = asked_for(copy, half);
        CHECK(analysis.diagnosis.outcome == Outcome::BootFails);
        CHECK_FALSE(analysis.diagnosis.causes.empty());
        CHECK(analysis.diagnosis.unexplained.empty());
        CHECK_FALSE(advises_a_start(analysis));
        CHECK(writes_at(analysis, copy.source));
    }
}

TEST_CASE("of an image with few wrong bytes the start is likely, and a whole one is written first all the same", "[boot][core]") {
    auto flipped = whole_image();
    flipped[0x3000] ^= 4;
    for (const auto& copy : {update, reset, restore}) {
        INFO(copy.value);
        const auto analysis = asked_for(copy, flipped);
        CHECK(analysis.boot.result == BootResult::Runs);
        CHECK(analysis.diagnosis.confidence == Confidence::Likely);
        CHECK_FALSE(advises_a_start(analysis));
        CHECK(writes_at(analysis, copy.source));
    }
}

TEST_CASE("a factory reset without a factory image has a cause and a remedy", "[boot][core]") {
    const auto analysis = asked_for(reset, {});
    CHECK(analysis.boot.result == BootResult::Dfu);
    REQUIRE(analysis.diagnosis.causes.size() == 1);
    CHECK(analysis.diagnosis.causes.front().cause->id == "ota-pending-image-corrupt");
    CHECK(writes_at(analysis, reset.source));
}

TEST_CASE("what is copied out of a serial flash that is not in the file cannot be foretold", "[boot][core]") {
    for (const auto& copy : {update, reset, restore}) {
        INFO(copy.value);
        const auto analysis = asked_for(copy, whole_image(), false);
        CHECK(analysis.boot.result == BootResult::Unknown);
        CHECK_FALSE(advises_a_start(analysis));
    }
    CHECK(asked_for(restore, whole_image(), false).diagnosis.confidence == Confidence::Likely);
}

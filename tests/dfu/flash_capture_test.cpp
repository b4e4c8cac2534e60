#include "dfu/flash_capture.h"

#include "catch.h"
#include "dfu/emulated_port.h"
#include "support/shared.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;
using dfu::DriveResult;
using dfu::FlashCapture;
using dfu::Trouble;

/// 64 KiB are enough for the logic, and 16 blocks leave room for every position.
static constexpr Range small_flash{0x08000000, 0x08010000};

static NorFlash random_flash(std::uint32_t seed) {
    NorFlash flash{std::vector<std::uint8_t>(small_flash.size(), 0xFF)};
    std::mt19937 random(seed);
    for (std::size_t i = 0; i < small_flash.size(); ++i) flash.bytes[i] = static_cast<std::uint8_t>(random());
    return flash;
}
static std::vector<std::uint8_t> truth(const PhotonDevice& device) { return {device.flash.bytes.begin(), device.flash.bytes.begin() + small_flash.size()}; }

static DriveResult run(FlashCapture& capture, PhotonDevice& device) {
    EmulatedPort port(device);
    return dfu::drive(capture, port, 1000, [](const FlashCapture&) { return true; });
}
static bool is_unstable(const dfu::CaptureTally& tally, Address address) {
    return std::any_of(tally.unstable.begin(), tally.unstable.end(), [&](Range part) { return part.contains(address); });
}
/// Bytes that are wrong without being listed as unstable.
static std::size_t silently_wrong(const FlashCapture& capture, const PhotonDevice& device) {
    std::size_t wrong = 0;
    const auto expected = truth(device);
    const auto tally = capture.tally();
    for (std::size_t i = 0; i < expected.size(); ++i)
        wrong += capture.bytes()[i] != expected[i] && !is_unstable(tally, small_flash.begin + static_cast<Address>(i));
    return wrong;
}

TEST_CASE("a healthy device is read as often as asked, with nothing in doubt", "[dfu]") {
    for (int reads : {1, 2, 3, 9}) {
        PhotonDevice device;
        device.flash = random_flash(1);
        FlashCapture capture({.flash = small_flash, .reads = reads});
        CHECK(run(capture, device).end == DriveResult::End::Finished);
        CHECK(capture.bytes() == truth(device));
        CHECK(capture.tally().reads == reads);
        CHECK(capture.tally().differed.empty());
        CHECK(capture.tally().retries == 0);
        CHECK(capture.arrived_bytes() == static_cast<std::uint64_t>(reads) * small_flash.size());
        CHECK(capture.arrived_bytes() == capture.expected_bytes());
        CHECK(device.state() == 2);
        CHECK(device.trespasses().empty());
    }
}

TEST_CASE("one wrong bit at any place is found, read again and outvoted", "[dfu]") {
    for (long at = 0; at < 33; ++at) {
        PhotonDevice device;
        device.flash = random_flash(2);
        device.faults = {{Fault::Kind::FlipBit, at, 1, true, 1234}};
        FlashCapture capture({.flash = small_flash});
        CHECK(run(capture, device).end == DriveResult::End::Finished);
        CHECK(capture.bytes() == truth(device));
        if (at == 16) continue;  // the 4-byte transfer that shifts the second read has no byte 1234
        CHECK(capture.tally().differed.size() == 1);
        CHECK(capture.tally().unstable.empty());
        CHECK(capture.tally().blocks_read_again == 1);
    }
}

TEST_CASE("a bit that is bad in the transfer buffer is seen, because no two reads use the same grid", "[dfu]") {
    PhotonDevice device;
    device.flash = random_flash(3);
    device.faults = {{Fault::Kind::FlipBit, 0, 1000000, true, 777}};
    FlashCapture capture({.flash = small_flash});
    const DriveResult result = run(capture, device);
    CHECK(result.end == DriveResult::End::Failed);
    CHECK(result.trouble == Trouble::ReadsDisagree);
}

TEST_CASE("a block that reads differently each time is decided byte by byte, or named", "[dfu]") {
    PhotonDevice device;
    device.flash = random_flash(4);
    device.faults = {{Fault::Kind::Noise, 0, 1, true, 0x08003000}};
    FlashCapture capture({.flash = small_flash});
    CHECK(run(capture, device).end == DriveResult::End::Finished);
    CHECK(silently_wrong(capture, device) == 0);
    CHECK_FALSE(capture.tally().differed.empty());
    for (Range part : capture.tally().differed) CHECK(Range{0x08003000, 0x08004000}.contains(part));
}

TEST_CASE("an interrupted capture goes on from the bytes it held, and finds out when they are another device's", "[dfu]") {
    PhotonDevice device;
    device.flash = random_flash(5);
    FlashCapture first({.flash = small_flash});
    EmulatedPort port(device);
    const DriveResult stopped = dfu::drive(first, port, 1000, [](const FlashCapture& now) { return now.held_bytes() < 0x5000; });
    CHECK(stopped.end == DriveResult::End::Stopped);
    CHECK(first.held_bytes() == 0x5000);
    CHECK(device.state() == 2);
    const std::vector<std::uint8_t> held(first.bytes().begin(), first.bytes().begin() + 0x5000);

    FlashCapture second({.flash = small_flash, .held = held});
    CHECK(run(second, device).end == DriveResult::End::Finished);
    CHECK(second.bytes() == truth(device));
    CHECK(second.arrived_bytes() == 2 * small_flash.size() - 0x5000);
    CHECK(second.arrived_bytes() == second.expected_bytes());

    PhotonDevice other;
    other.flash = random_flash(6);
    FlashCapture wrong({.flash = small_flash, .held = held});
    CHECK(run(wrong, other).trouble == Trouble::OtherDeviceOrFlash);
}

/// The same flash with another owner's keys: one block differs.
static NorFlash with_other_keys(NorFlash flash) {
    for (std::size_t i = 0x4100; i < 0x4800; ++i) flash.bytes[i] ^= 0x5A;
    return flash;
}
static std::vector<std::uint8_t> small(const NorFlash& flash) { return {flash.bytes.begin(), flash.bytes.begin() + small_flash.size()}; }

TEST_CASE("a held part is read again and compared, with one read too", "[dfu]") {
    const NorFlash flash = random_flash(5), other = with_other_keys(flash);
    const auto whole = small(flash), foreign = small(other);
    for (const std::size_t length : {std::size_t{0x5000}, std::size_t{0x4234}, whole.size()})
        for (const auto returning : {dfu::Returning::KnownById, dfu::Returning::Anybody}) {
            PhotonDevice device;
            device.flash = flash;
            FlashCapture same({.flash = small_flash, .reads = 1, .held = {whole.begin(), whole.begin() + static_cast<long>(length)}, .returning = returning});
            CHECK(run(same, device).end == DriveResult::End::Finished);
            CHECK(same.bytes() == whole);
            CHECK(same.tally().reads == 1);
            CHECK(same.arrived_bytes() >= whole.size());
            CHECK(same.arrived_bytes() == same.expected_bytes());

            FlashCapture mixed(
                {.flash = small_flash, .reads = 1, .held = {foreign.begin(), foreign.begin() + static_cast<long>(length)}, .returning = returning});
            const auto end = run(mixed, device);
            if (returning == dfu::Returning::Anybody)
                CHECK(end.trouble == Trouble::OtherDeviceOrFlash);
            else  // its id says that it is the same device: its flash was written since, and what it holds now counts
                CHECK((end.end == DriveResult::End::Finished && mixed.bytes() == whole));
        }
}

TEST_CASE("two devices without an id are never mixed into one dump, whenever the one takes the other's place", "[dfu]") {
    const NorFlash flash = random_flash(5), other = with_other_keys(flash);
    const unsigned runs = full_tests() ? 10000 : 600;
    unsigned refused = 0, second = 0, first = 0;
    for (unsigned i = 0; i < runs; ++i) {
        std::mt19937 random(i);
        PhotonDevice device;
        device.generation = random() % 2 ? Generation::V0_4_4 : Generation::V0_4_9;
        device.flash = flash;
        const long at = static_cast<long>(random() % 60);
        device.faults = {{Fault::Kind::Unplug, at, 1, true, 0}};
        if (random() % 4 == 0) device.faults.push_back({Fault::Kind::Unplug, at + 1 + static_cast<long>(random() % 30), 1, true, 0});
        if (random() % 4 == 0) device.faults.push_back({Fault::Kind::Stall, static_cast<long>(random() % 60), 1, true, 0});
        EmulatedPort port(device);
        bool swapped = false;
        port.before_return = [&] {
            if (device.is_gone()) swapped = !swapped;
            device.flash = swapped ? other : flash;
        };
        dfu::CaptureWish wish{.flash = small_flash, .reads = 1 + static_cast<int>(random() % 3), .returning = dfu::Returning::Anybody};
        const auto whole = small(flash);
        if (random() % 3 == 0) wish.held = {whole.begin(), whole.begin() + static_cast<long>(random() % whole.size())};
        FlashCapture capture(wish);
        const auto result = dfu::drive(capture, port, 1000, [](const FlashCapture&) { return true; });
        INFO("run " << i);
        REQUIRE(device.trespasses().empty());
        if (result.end == DriveResult::End::Failed) {
            ++refused;
            continue;
        }
        REQUIRE(capture.bytes() == small(device.flash));
        ++(swapped ? second : first);
    }
    CHECK(refused > runs / 10);
    CHECK(second > 0);
    CHECK(first > 0);
}

TEST_CASE("whatever fails wherever: the bytes are right, or named as unstable, or there is an error", "[dfu]") {
    const unsigned runs = full_tests() ? 40000 : 4000;
    std::mt19937 random(20260);
    const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
    unsigned finished = 0, failed = 0, with_unstable = 0;
    for (unsigned i = 0; i < runs; ++i) {
        PhotonDevice device;
        device.generation = static_cast<Generation>(below(4));
        if (below(4) == 0) device.become_p1();
        device.flash = random_flash(i % 16);
        if (below(3) == 0) device.leave_in_state(static_cast<std::uint8_t>(below(17)));
        for (std::uint32_t faults = below(4); faults-- > 0;) {
            Fault fault{static_cast<Fault::Kind>(below(7)), static_cast<long>(below(70)), below(4) == 0 ? 1000000 : 1 + static_cast<long>(below(6)),
                        below(2) == 0, below(4200)};
            if (fault.kind == Fault::Kind::Noise) {
                fault.detail = small_flash.begin + 4096 * below(16);
                fault.count = 1 + below(2);
            }
            if (fault.kind == Fault::Kind::Unplug) fault.detail = below(8);
            device.faults.push_back(fault);
        }
        const auto before = device.flash.bytes;
        FlashCapture capture(
            {.flash = small_flash, .reads = 2 + static_cast<int>(below(2)), .returning = below(2) == 0 ? dfu::Returning::Anybody : dfu::Returning::KnownById});
        const DriveResult result = run(capture, device);
        INFO("run " << i);
        REQUIRE(device.trespasses().empty());
        REQUIRE(device.flash.bytes == before);
        if (result.end == DriveResult::End::Failed) {
            REQUIRE(result.trouble != Trouble::None);
            ++failed;
            continue;
        }
        REQUIRE(capture.bytes().size() == small_flash.size());
        REQUIRE(silently_wrong(capture, device) == 0);
        with_unstable += !capture.tally().unstable.empty();
        ++finished;
    }
    CHECK(finished > runs / 4);
    CHECK(failed > runs / 10);
    CHECK(with_unstable > 0);
}

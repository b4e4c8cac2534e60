#include "dfu/flash_reader.h"

#include "catch.h"
#include "dfu/emulated_port.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;
using dfu::FlashReader;
using dfu::Step;

static NorFlash random_content(unsigned seed = 7) {
    NorFlash flash;
    std::mt19937 random(seed);
    for (auto& byte : flash.bytes) byte = static_cast<std::uint8_t>(random());
    return flash;
}

struct Reading {
    std::vector<std::uint8_t> bytes;
    Step last;
};

static Reading read(PhotonDevice& device, Range range, dfu::BlockRule rule = {}) {
    EmulatedPort port(device);
    FlashReader reader(rule);
    Reading result;
    reader.start(range);
    for (int steps = 0; steps < 5000; ++steps) {
        result.last = reader.step();
        if (result.last.kind == Step::Kind::Transfer) {
            if (reader.told(port.transfer(result.last.request, 1000))) {
                REQUIRE(reader.arrived_at() == range.begin + result.bytes.size());
                result.bytes.insert(result.bytes.end(), reader.arrived().begin(), reader.arrived().end());
            }
        } else if (result.last.kind == Step::Kind::Reconnect) {
            reader.reconnected(port.reconnect());
        } else {
            return result;
        }
    }
    FAIL("the machine does not end");
    return result;
}

static std::vector<std::uint8_t> part(const PhotonDevice& device, Range range) {
    const auto begin = device.flash.bytes.begin() + (range.begin - PhotonDevice::base);
    return {begin, begin + range.size()};
}

TEST_CASE("any range is read from every generation of bootloader, whatever state it is in", "[dfu]") {
    const Range range{0x08003F04, 0x0800A001};
    for (const auto generation : {Generation::V0_4_4, Generation::V0_4_9, Generation::V0_6_1, Generation::V0_7_0}) {
        for (std::uint8_t state = 0; state < 17; ++state) {
            INFO(static_cast<int>(generation) << " state " << static_cast<int>(state));
            PhotonDevice device;
            device.generation = generation;
            device.flash = random_content();
            const auto before = device.flash.bytes;
            device.leave_in_state(state);
            const Reading reading = read(device, range);
            CHECK(reading.last.kind == Step::Kind::Finished);
            CHECK(reading.bytes == part(device, range));
            CHECK(device.flash.bytes == before);  // also where another program had left an erase pending
            CHECK(device.trespasses().empty());
        }
    }
}

TEST_CASE("blocks are counted in the bootloader's own size, or the address is set for each", "[dfu]") {
    PhotonDevice core;
    core.become_core();
    for (auto& byte : core.flash.bytes) byte = static_cast<std::uint8_t>(&byte - core.flash.bytes.data());
    core.flash.bytes[5000] = 0xEE;
    const Range range{0x08000000, 0x08002000};
    CHECK(read(core, range, {1024, true}).bytes == part(core, range));
    PhotonDevice device;
    device.flash = random_content();
    CHECK(read(device, range, {1024, false}).bytes == part(device, range));
    CHECK(read(device, range, {1024, true}).bytes != part(device, range));  // what counting in the wrong size would give
    CHECK(read(device, range, {20000, true}).bytes == part(device, range));
}

TEST_CASE("a fault in any transfer is made good", "[dfu]") {
    const Range range{0x08000000, 0x08005000};
    for (const auto kind : {Fault::Kind::Stall, Fault::Kind::Silence, Fault::Kind::Short, Fault::Kind::Break, Fault::Kind::Unplug}) {
        for (long at = 0; at < 14; ++at) {
            for (long count : {1, 2, 4}) {
                INFO(static_cast<int>(kind) << " at " << at << " times " << count);
                PhotonDevice device;
                device.flash = random_content();
                device.faults = {{kind, at, kind == Fault::Kind::Unplug ? 1 : count, false, 2}};
                const Reading reading = read(device, range);
                CHECK(reading.last.kind == Step::Kind::Finished);
                CHECK(reading.bytes == part(device, range));
                CHECK(device.trespasses().empty());
            }
        }
    }
}

TEST_CASE("a fault that stays ends with its own name and address", "[dfu]") {
    using dfu::Trouble;
    const std::pair<Fault::Kind, Trouble> meanings[] = {{Fault::Kind::Stall, Trouble::Refused},
                                                        {Fault::Kind::Silence, Trouble::NoAnswer},
                                                        {Fault::Kind::Short, Trouble::ShortBlocks},
                                                        {Fault::Kind::Break, Trouble::LineBroken},
                                                        {Fault::Kind::Unplug, Trouble::Gone}};
    for (const auto& [kind, trouble] : meanings) {
        PhotonDevice device;
        device.flash = random_content();
        device.faults = {{kind, 3, 1000000, true, 100}};
        const Reading reading = read(device, {0x08000000, 0x08010000});
        CHECK(reading.last.kind == Step::Kind::Failed);
        CHECK(reading.last.trouble == trouble);
        CHECK(reading.last.at == 0x08003000);
        CHECK(reading.bytes == part(device, {0x08000000, 0x08003000}));
    }
}

TEST_CASE("only seven kinds of request exist, and one of them sends bytes", "[dfu]") {
    using dfu::Request;
    const auto set_address = dfu::setup_packet(Request::set_address(0x0800A1B2), 3);
    CHECK(set_address.request_type == 0x21);
    CHECK(set_address.request == 1);
    CHECK(set_address.value == 0);
    CHECK(set_address.index == 3);
    CHECK(set_address.length == 5);
    CHECK(dfu::address_payload(Request::set_address(0x0800A1B2)) == std::array<std::uint8_t, 5>{0x21, 0xB2, 0xA1, 0x00, 0x08});
    for (const Request& request :
         {Request::select(0), Request::select(2), Request::state(), Request::status(), Request::clear_status(), Request::abort(), Request::upload(2, 4096)}) {
        const auto setup = dfu::setup_packet(request, 0);
        CHECK_FALSE((setup.request_type == 0x21 && setup.request == 1));  // no DNLOAD
        CHECK_FALSE((setup.request_type == 0x21 && setup.request == 0));  // no DETACH
        CHECK(((setup.request_type & 0x80) != 0 || setup.length == 0));   // nothing but set_address sends bytes
    }
    for (int index = 0; index < 256; ++index) CHECK(dfu::string_is_safe_to_ask(static_cast<std::uint8_t>(index)) == (index >= 1 && index <= 7));
}

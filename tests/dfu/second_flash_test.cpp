// Devices with another flash or another table than the Photon's: what is read from them, and what is written reaches the right place.
#include "dfu/external_rule.h"

#include "dfu/emulated_port.h"
#include "facts/facts.h"
#include "flash/external.h"
#include "support/story.h"

#include "catch.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

PhotonDevice device_of(std::string_view kind) {
    PhotonDevice device;
    kind == "core" ? device.become_core() : device.become_p1();
    std::mt19937 dice(5);
    for (auto& byte : device.second->flash.bytes) byte = static_cast<std::uint8_t>(dice());
    return device;
}

std::optional<dfu::BlockRule> rule_of(const PhotonDevice& device, std::string_view kind) {
    const auto told = dfu::parse_configuration(device.configuration_descriptor());
    if (!told) return std::nullopt;
    return dfu::external_rule(*told, *builtin_layout(kind),
                              [&](std::uint8_t index) { return dfu::string_is_safe_to_ask(index) ? device.string_at(index) : std::string(); });
}

const Story& story_named(std::string_view name) {
    const auto found = std::find_if(stories().begin(), stories().end(), [&](const Story& story) { return story.name == name; });
    REQUIRE(found != stories().end());
    return *found;
}

}  // namespace

TEST_CASE("the second flash is read like the first, by its own alternate setting, through stalls and an unplugged cable", "[dfu]") {
    for (const std::string kind : {"core", "p1"})
        for (const auto& faults : {std::vector<Fault>{}, {{.kind = Fault::Kind::Stall, .at = 40, .count = 2}}, {{.kind = Fault::Kind::Unplug, .at = 90}}}) {
            INFO(kind << ", " << faults.size() << " faults");
            auto device = device_of(kind);
            device.faults = faults;
            const auto rule = rule_of(device, kind);
            REQUIRE(rule);
            dfu::FlashCapture capture({.flash = builtin_layout(kind)->external->at, .rule = *rule, .returning = dfu::Returning::KnownById});
            EmulatedPort port(device);
            const auto end = dfu::drive(capture, port, 1000, [](const dfu::FlashCapture&) { return true; });
            CHECK(end.end == dfu::DriveResult::End::Finished);
            CHECK((capture.bytes() == device.second->flash.bytes));
            CHECK(device.trespasses().empty());
        }
}

TEST_CASE("a device that tells no second flash, or forbids reading it, is not asked for it", "[dfu]") {
    PhotonDevice photon;
    CHECK_FALSE(rule_of(photon, "photon"));
    auto p1 = device_of("p1");
    CHECK(rule_of(p1, "p1")->alternate == 2);
    p1.generation = Generation::V0_4_4;
    CHECK_FALSE(rule_of(p1, "p1"));
    auto core = device_of("core");
    CHECK(rule_of(core, "core")->block_size == 1024);
    core.second->map = "@SPI Flash : SST25x/0x00000000/16*04Kg";
    CHECK_FALSE(rule_of(core, "core"));  // too small to hold what the layout says
    core.second->map = "@SPI Flash : SST25x/0x00000000/512*04Kf";
    CHECK_FALSE(rule_of(core, "core"));
}

TEST_CASE("what is written to an Electron's table by its bootloader stands in the copy that its system then reads", "[dfu][dcd]") {
    const auto& layout = *builtin_layout("electron");
    for (const auto* name : {"electron-two-parts-0.5.3", "electron-healthy-2.3.1", "electron-tie-0.6.3"}) {
        INFO(name);
        PhotonDevice device;
        device.become_electron();
        device.flash.bytes = story_named(name).sample.flash;
        device.generation = generation_in(device.flash);
        const std::vector<std::uint8_t> value = {0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20, 0x5A};
        const auto field = [&] {
            const auto capture = recognize(device.flash.bytes, "electron.bin", "", layout);
            const auto facts = collect_facts(capture, layout);
            REQUIRE(facts.dct.current());
            const auto at = facts.dct.field_at(layout, "alt_device_private_key", facts.dct.current()->number);
            const auto bytes = capture.image.bytes(range_of(at.begin, static_cast<std::uint32_t>(value.size())));
            return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
        };
        REQUIRE(field() != value);
        std::vector<std::uint8_t> stage(4096);
        const auto send = [&](std::uint16_t block, std::vector<std::uint8_t> bytes) {
            std::copy(bytes.begin(), bytes.end(), stage.begin());
            REQUIRE(device.control({0x21, 1, block, 0, static_cast<std::uint16_t>(bytes.size())}, stage.data()) >= 0);
            REQUIRE(device.control({0xA1, 3, 0, 0, 6}, stage.data()) >= 0);
            REQUIRE(device.control({0xA1, 3, 0, 0, 6}, stage.data()) >= 0);
        };
        REQUIRE(device.control({0x01, 11, 1, 0, 0}, nullptr) >= 0);
        send(0, {0x21, 0x22, 0x0C, 0x00, 0x00});  // 3106
        send(2, value);
        CHECK(field() == value);
    }
}

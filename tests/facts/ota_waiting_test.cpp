// What a pending slot makes the bootloader do, by the checks that the slot itself asks for.
#include "catch.h"
#include "rules/rule.h"
#include "support/ota_fixture.h"
#include "support/seen_facts.h"
#include "support/typed.h"

using namespace photopsy;
using namespace photopsy::test;
using Resumes = OtaFacts::Resumes;

namespace {

const auto whole_user = update_user(), whole_part2 = update_part2(1512);

struct Slot {
    std::uint32_t source = 0x080C0000, destination = 0, length = 0;
    std::uint8_t flags = 0x0E, function = 5, source_device = 0;

    std::vector<std::uint8_t> bytes() const {
        std::vector<std::uint8_t> raw = {0xCD, 0xAB, source_device, 0};
        for (const auto word : {source, destination, length})
            for (int shift = 0; shift < 32; shift += 8) raw.push_back(static_cast<std::uint8_t>(word >> shift));
        raw.insert(raw.end(), {flags, function, 0xFF, 0xFF});
        return raw;
    }
};

std::uint32_t size_of(const std::vector<std::uint8_t>& module) { return static_cast<std::uint32_t>(module.size()); }

void shows_harm(const OtaDevice& device) {
    const SeenFacts seen(device.facts());
    CHECK(seen.facts.ota.resumes == Resumes::Harms);
    CHECK(seen.boot.result == BootResult::Undefined);
    const auto findings = find_problems(seen.observations());
    const auto diagnosis = diagnose(seen.observations(), findings);
    CHECK(diagnosis.outcome == Outcome::BootFails);
    const auto ids = ids_of(diagnosis);
    CHECK(std::count(ids.begin(), ids.end(), "ota-pending") == 1);
    CHECK(diagnosis.headline.find("update record makes the bootloader destroy") != std::string::npos);
    for (const auto& remedy : remedies_of({seen.observations(), findings, "ota-pending"}))
        for (const auto& step : remedy.steps) CHECK(step.kind != RemedyStep::Kind::Restart);
}

}  // namespace

TEST_CASE("A slot that copies over the bootloader or the table is carried out and destroys", "[ota]") {
    OtaDevice device;
    SECTION("a whole bootloader onto the bootloader: all checks hold") {
        const auto bootloader = make_module(bootloader_spec());
        device.receive(bootloader);
        device.set_slot(1, Slot{.destination = 0x08000000, .length = size_of(bootloader), .function = 2}.bytes());
    }
    SECTION("anything onto the table, unchecked") {
        device.set_slot(3, Slot{.source = 0x080A0000, .destination = 0x08004000, .length = 0x4000, .flags = 0}.bytes());
    }
    SECTION("a sector that the table shares") { device.set_slot(2, Slot{.source = 0x080A0000, .destination = 0x0800BFFC, .length = 4, .flags = 0}.bytes()); }
    SECTION("a damaged system part, no checksum asked") {
        device.receive(whole_part2);
        device.flip(0x080C2222);
        device.set_slot(1, Slot{.destination = start_of(whole_part2), .length = size_of(whole_part2), .flags = 0x0C, .function = 4}.bytes());
    }
    SECTION("the application's image onto a system part") {
        device.receive(whole_user);
        device.set_slot(4, Slot{.destination = 0x08060000, .length = size_of(whole_user), .flags = 0x02}.bytes());
    }
    SECTION("behind a slot that does no harm") {
        device.receive(whole_user);
        device.mark(1, 0xABCD, whole_user);
        device.set_slot(2, Slot{.source = 0x080A0000, .destination = 0x08000000, .length = 0x100, .flags = 0}.bytes());
        CHECK(device.ota().pending_slot == 2);
    }
    shows_harm(device);
}

TEST_CASE("A slot does no harm where a check refuses it, or nothing of the firmware is hit", "[ota]") {
    OtaDevice device;
    SECTION("the image is damaged and its checksum is asked for") {
        device.receive(whole_part2);
        device.flip(0x080C2222);
        device.set_slot(1, Slot{.destination = start_of(whole_part2), .length = size_of(whole_part2), .function = 4}.bytes());
        CHECK(device.ota().refusal == CopyRefusal::Checksum);
    }
    SECTION("a whole image, no check asked for") {
        device.receive(whole_part2);
        device.set_slot(1, Slot{.destination = start_of(whole_part2), .length = size_of(whole_part2), .flags = 0, .function = 4}.bytes());
        CHECK(device.ota().resumes == Resumes::Yes);
    }
    SECTION("from a serial flash that this firmware does not use") {
        device.receive(whole_part2);
        device.set_slot(1, Slot{.destination = start_of(whole_part2), .length = size_of(whole_part2), .function = 4, .source_device = 1}.bytes());
        CHECK(device.ota().refusal == CopyRefusal::Range);
    }
    SECTION("the record is no longer pending") {
        auto raw = Slot{.source = 0x080A0000, .destination = 0x08000000, .length = 0x100, .flags = 0}.bytes();
        raw[0] = raw[1] = 0xFF;
        device.set_slot(1, raw);
    }
    CHECK_FALSE(device.ota().harmful_slot);
}

TEST_CASE("A slot may copy from anywhere in the flash", "[ota]") {
    OtaDevice device;
    const Address at = 0x080E0000;
    device.erase(range_of(at, 0x20000));
    device.image.put(at, whole_user);
    device.set_slot(1, Slot{.source = at, .destination = start_of(whole_user), .length = size_of(whole_user)}.bytes());
    SECTION("a whole application in the factory's place goes over the installed one") {
        const auto ota = device.ota();
        CHECK(ota.kind == OtaCase::Pending);
        CHECK(ota.refusal == CopyRefusal::None);
        CHECK(ota.resumes == Resumes::Yes);
        REQUIRE(ota.source_elsewhere);
        CHECK(ota.source_elsewhere->at.begin == at);
        const SeenFacts seen(device.facts());
        CHECK(seen.boot.resumes_update);
    }
    SECTION("a damaged one is refused") {
        device.flip(at + 0x1234);
        CHECK(device.ota().refusal == CopyRefusal::Checksum);
        CHECK_FALSE(device.ota().source_elsewhere);
    }
}

TEST_CASE("Before a waiting application that needs a newer system both parts are written", "[ota]") {
    OtaDevice device(1512, 502);
    auto spec = user_spec(2302);
    const auto application = make_module(spec);
    device.receive(application);
    device.mark(1, 0xABCD, application);
    const SeenFacts seen(device.facts());
    REQUIRE(seen.facts.ota.resumes == Resumes::MakesItWorse);
    const auto findings = find_problems(seen.observations());
    const auto remedies = remedies_of({seen.observations(), findings, "ota-pending"});
    CHECK(offers(remedies, device.layout, "-s 0x08020000 -D photon-system-part1@2.3.1"));
    CHECK(offers(remedies, device.layout, "-s 0x08060000 -D photon-system-part2@2.3.1"));
    CHECK(offers(remedies, device.layout, "bootloader"));  // 502 is installed, 2.3.1 asks for 1003
}

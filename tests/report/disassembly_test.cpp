#include "report/disassembly.h"
#include "catch.h"
#include "support/ota_fixture.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

void put_word(Image& image, Address at, std::uint32_t value) {
    std::vector<std::uint8_t> bytes;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    image.put(at, bytes);
}

/// Part 1 calls hal[1] of part 2 through a stub at 0x08021000; bl to it at 0x08021100.
OtaDevice linked_device() {
    OtaDevice device;
    put_word(device.image, 0x0806019C, 0x08061000);
    put_word(device.image, 0x08061000, 0x08062001);
    put_word(device.image, 0x08061004, 0x08062101);
    device.image.put(0x08021000, std::vector<std::uint8_t>{0x08, 0xB5, 0x02, 0x4B, 0x1B, 0x68, 0x5B, 0x68, 0x01, 0x93, 0x08, 0xBD});
    put_word(device.image, 0x0802100C, 0x0806019C);
    device.image.put(0x08021100, std::vector<std::uint8_t>{0xFF, 0xF7, 0x7E, 0xFF, 0x70, 0x47});
    return device;
}

/// As if the system firmware of this device were released: the table of releases has no synthetic module.
Result<std::string> shown(const OtaDevice& device, std::string_view where, unsigned count) {
    const auto facts = device.facts();
    PublicMap shared(device.image);
    for (const auto* slot : {"bootloader", "system-part1", "system-part2"}) shared.mark(device.layout.slot(slot)->at, PublicReason::ReleasedBlock);
    return disassembly_text(device.image, facts, shared, where, count);
}

}  // namespace

TEST_CASE("Stubs and calls to them carry names", "[disasm]") {
    const auto device = linked_device();
    const auto stub = shown(device, "0x08021000", 1);
    REQUIRE(stub);
    CHECK(*stub == "0x08021000  08 b5        push {r3, lr}  ; stub: hal[1] -> 0x08062100 in system-part2\n");
    const auto call = shown(device, "8021101", 2);  // an odd address is the Thumb form of the even one
    REQUIRE(call);
    CHECK(*call == "0x08021100  ff f7 7e ff  bl #0x8021000  ; hal[1]\n0x08021104  70 47        bx lr\n");
}

TEST_CASE("Places by name", "[disasm]") {
    auto device = linked_device();
    put_word(device.image, 0x08000004, 0x08000301);
    const auto reset = shown(device, "reset", 3);
    REQUIRE(reset);
    CHECK(reset->starts_with("0x08000300"));
    CHECK(*shown(device, "bootloader", 3) == *reset);
    CHECK(std::count(reset->begin(), reset->end(), '\n') == 3);
    put_word(device.image, 0x08000004, 0x08000300);
    CHECK(!shown(device, "reset", 3));
    device.erase(device.layout.slot("system-part2")->at);
    CHECK(!shown(device, "system-part2", 3));
}

TEST_CASE("What is refused, each with one sentence", "[disasm]") {
    const auto device = linked_device();
    for (const auto* where :
         {"", "0x", "nonsense", "0x07FFFFFE", "0x08100000", "0xFFFFFFFFF", "user", "0x080A0800", "0x08005D9E", "0x0800C100", "0x080C8000"}) {
        INFO(where);
        const auto text = shown(device, where, 10);
        REQUIRE(!text);
        CHECK(!text.error().message.empty());
        CHECK(text.error().message.find('\n') == std::string::npos);
    }
}

TEST_CASE("Code that runs into the owner's area stops there", "[disasm]") {
    OtaDevice device;
    const auto text = shown(device, "0x0809FFF8", 50);
    REQUIRE(text);
    CHECK(text->find("080a01") == std::string::npos);
}

TEST_CASE("Of an application the header is shown, 24 bytes, and nothing behind it", "[disasm]") {
    const OtaDevice device;
    const auto facts = device.facts();
    const auto shared = proved_public(device.image, device.layout, facts.modules, facts.dct);
    const auto text = disassembly_text(device.image, facts, shared, "0x080A0000", 100);
    REQUIRE(text);
    CHECK(text->find("0x080a0017") == std::string::npos);
    CHECK(text->find("0x080a0018  (what follows") != std::string::npos);
    CHECK_FALSE(disassembly_text(device.image, facts, shared, "0x080A0020", 10));
    CHECK_FALSE(disassembly_text(device.image, facts, shared, "0x080A0184", 10));
    CHECK_FALSE(disassembly_text(device.image, facts, shared, "0x08030000", 10));  // system firmware that no release has
}

TEST_CASE("The end of the flash and a great count are no trouble", "[disasm]") {
    OtaDevice device;
    CHECK(shown(device, "0x0805FFFE", 1));
    const auto many = shown(device, "0x08030000", 4000000000u);
    REQUIRE(many);
    CHECK(std::count(many->begin(), many->end(), '\n') <= longest_disassembly);
}

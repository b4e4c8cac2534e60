#include "facts/code.h"
#include "catch.h"
#include "support/ota_fixture.h"

#include <algorithm>
#include <optional>

using namespace photopsy;
using namespace photopsy::test;
using Bytes = std::vector<std::uint8_t>;

namespace {

void put_word(Image& image, Address at, std::uint32_t value) {
    image.put(at, Bytes{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value >> 16),
                        static_cast<std::uint8_t>(value >> 24)});
}

/// One export table with two functions in part 2, one stub for the second of them in part 1.
OtaDevice linked_device() {
    OtaDevice device;
    put_word(device.image, 0x0806019C, 0x08061000);
    put_word(device.image, 0x080601A0, 0x12345678);
    put_word(device.image, 0x08061000, 0x08062001);
    put_word(device.image, 0x08061004, 0x08062101);
    put_word(device.image, 0x08061008, 0);
    device.image.put(0x08021000, Bytes{0x08, 0xB5, 0x02, 0x4B, 0x1B, 0x68, 0x5B, 0x68, 0x01, 0x93, 0x08, 0xBD});
    put_word(device.image, 0x0802100C, 0x0806019C);
    return device;
}

}  // namespace

TEST_CASE("A stub is followed through the table to the function", "[code]") {
    auto device = linked_device();
    const auto read = [&] { return read_modules(device.image, device.layout); };
    auto modules = read();
    const auto tables = read_export_tables(device.image, *find_module(modules, "system-part2"));
    REQUIRE(tables.size() == 1);
    CHECK(tables[0].name == "hal");
    CHECK(tables[0].entries == 2);
    // The literal stands where ((stub + 6) & ~3) + 4 n says: 0x08021004 + 8.
    const auto stub = stub_at(device.image, modules, 0x08021000);
    REQUIRE(stub);
    CHECK(stub->provider == "system-part2");
    CHECK(name_of(*stub) == "hal[1]");
    CHECK(stub->target == 0x08062100);
    const auto code = read_code(device.image, modules, *find_module(modules, "system-part1"));
    CHECK(code.stubs.size() == 1);
    CHECK(code.unresolved == 0);

    SECTION("an even pointer is no function") { put_word(device.image, 0x08061004, 0x08062100); }
    SECTION("a table outside the module") { put_word(device.image, 0x0806019C, 0x08000000); }
    SECTION("a function beyond the end") { put_word(device.image, 0x08061004, 0x080A0001); }
    SECTION("an erased provider") { device.erase(device.layout.slot("system-part2")->at); }
    modules = read();
    CHECK(read_code(device.image, modules, *find_module(modules, "system-part1")).unresolved == 1);
}

TEST_CASE("What is nearly a stub is none", "[code]") {
    auto device = linked_device();
    for (const Address at : {0x08021000u, 0x08021003u, 0x08021005u, 0x08021009u, 0x0802100Bu}) {
        auto copy = device;
        copy.flip(at, 1);
        CHECK(!stub_at(copy.image, read_modules(copy.image, copy.layout), 0x08021000));
    }
}

TEST_CASE("Vector tables: odd and inside, or named", "[code]") {
    auto device = linked_device();
    for (Address at = 0x08000004; at < 0x08000184; at += 4) put_word(device.image, at, 0x08000201);
    auto modules = read_modules(device.image, device.layout);
    auto code = read_code(device.image, modules, *find_module(modules, "bootloader"));
    CHECK(code.bad_vectors.empty());
    CHECK(code.reset == 0x08000200);
    put_word(device.image, 0x08000004, 0x08000200);
    put_word(device.image, 0x08000030, 0x08010001);
    modules = read_modules(device.image, device.layout);
    code = read_code(device.image, modules, *find_module(modules, "bootloader"));
    CHECK(code.bad_vectors == std::vector<Address>{0x08000004, 0x08000030});
    CHECK(code.reset == 0);
}

TEST_CASE("Thumb code is decoded, and what is none is shown as a number", "[code]") {
    const Bytes code{0x08, 0xB5, 0x02, 0x4B, 0x00, 0xF0, 0x00, 0xF8, 0xFF, 0xFF, 0x08};
    const auto lines = disassemble(code, 0x08020200, 10);
    REQUIRE(lines.size() >= 4);
    CHECK(lines[0].text == "push {r3, lr}");
    CHECK(lines[1].at == 0x08020202);
    CHECK(lines[2].size == 4);
    CHECK(lines[2].calls == 0x08020208);
    CHECK(lines[3].text == ".short 0xffff");
    CHECK(disassemble(code, 0x08020200, 2).size() == 2);
    CHECK(disassemble(Bytes{}, 0, 5).empty());
    CHECK(disassemble(Bytes{1}, 0, 5).empty());
}

TEST_CASE("The first instructions are followed as they would be executed", "[code]") {
    const auto place = [](Bytes code) { return first_that_is_no_code(code, 0x08020000, 0x08020000, 16); };
    Bytes plain(64, 0);
    for (std::size_t i = 0; i < plain.size(); i += 2) plain[i] = 0x01, plain[i + 1] = 0x30;  // adds r0, #1
    CHECK(place(plain) == 0);
    const auto with = [&](std::size_t at, Bytes halfwords) {
        auto code = plain;
        std::copy(halfwords.begin(), halfwords.end(), code.begin() + static_cast<std::ptrdiff_t>(at));
        return code;
    };
    CHECK(place(with(4, {0xFF, 0xFF, 0xFF, 0xFF})) == 0x08020004);     // erased
    CHECK(place(with(6, {0x00, 0x00})) == 0x08020006);                 // zeros
    CHECK(place(with(8, {0x01, 0xDE})) == 0x08020008);                 // undefined for good
    CHECK(place(with(4, {0x70, 0x47, 0xFF, 0xFF})) == 0);              // bx lr, and behind it whatever
    CHECK(place(with(4, {0x08, 0xBD, 0xFF, 0xFF})) == 0);              // pop {r3, pc}
    CHECK(place(with(4, {0x02, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF})) == 0);  // b over what is no code
    CHECK(place(with(4, {0x00, 0xF1, 0x00, 0xF8})) == 0x08020004);     // bl far out of the module
    CHECK(place(with(32, {0xFF, 0xFF, 0xFF, 0xFF})) == 0);             // behind the sixteenth
    CHECK(first_that_is_no_code(Bytes(2, 0x30), 0x08020000, 0x08020000, 16) == 0x08020000);
    CHECK(first_that_is_no_code(plain, 0x08020000, 0x08010000, 16) == 0x08010000);
}

TEST_CASE("What is executed for certain ends at the first decision", "[code]") {
    const Bytes code{0x01, 0x4B,              // ldr r3, [pc, #4]
                     0x01, 0x30,              // adds r0, #1
                     0x00, 0xF0, 0x02, 0xF8,  // bl
                     0x22, 0x11, 0x44, 0x33,  // the word that is loaded
                     0x00, 0xB9,              // cbnz
                     0x01, 0x30, 0x01, 0x30};
    const auto read = certainly_executed(code, 0x08020000, 0x08020000, 16);
    const auto has = [&](Address at) { return std::any_of(read.begin(), read.end(), [&](Range range) { return range.contains(at); }); };
    CHECK(has(0x08020000));
    CHECK(has(0x08020008));  // the literal
    CHECK(has(0x08020004));
    CHECK_FALSE(has(0x0802000E));
    CHECK(certainly_executed(code, 0x08020000, 0x08020000, 1).size() == 2);
    CHECK(certainly_executed(code, 0x08020000, 0x08010000, 16).empty());
    CHECK(certainly_executed({}, 0x08020000, 0x08020000, 16).empty());
}

TEST_CASE("A module fails at its entry by a lost vector, by lost code, and by a flipped bit in what is read for certain", "[code]") {
    auto device = linked_device();
    put_word(device.image, 0x08020004, 0x08022001);
    device.image.put(0x08022000, Bytes{0x01, 0x30, 0x01, 0x30, 0x70, 0x47});
    const auto fails = [&](std::optional<Address> flipped = {}) {
        auto modules = read_modules(device.image, device.layout);
        auto part1 = *find_module(modules, "system-part1");
        part1.damage.flipped_bit.reset();
        if (flipped) part1.damage.flipped_bit = Field<std::uint8_t>{0, range_of(*flipped, 1)};
        return fails_at_entry(read_code(device.image, modules, part1), part1);
    };
    CHECK_FALSE(fails());
    CHECK(fails(0x08022002));
    CHECK(fails(0x08020005));
    CHECK_FALSE(fails(0x08022100));
    SECTION("code erased") { device.erase(range_of(0x08022002, 16)); }
    SECTION("vector erased") { device.erase(range_of(0x08020004, 4)); }
    SECTION("vector outside") { put_word(device.image, 0x08020004, 0x08060001); }
    CHECK(fails());
}

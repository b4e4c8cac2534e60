// A header that says something else than the module's own last bytes: hit, alone or beside other bytes, or another module's.
#include "facts/header_damage.h"

#include "catch.h"
#include "facts/blocks.h"
#include "facts/code.h"
#include "support/blocks_fixture.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr Address part2_at = 0x08060000, header = part2_at + 0x184;

void put_number(Image& image, Address at, std::uint64_t value, std::size_t size) {
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(value), value >>= 8;
    image.put(at, bytes);
}

/// Not part 2 of 2.3.1, but its header's shape, and its own last bytes: a checksum that is wrong and the SHA-256 that names it.
Module named_231(std::uint16_t version) {
    constexpr Address end = 0x0809FB74;
    const Bytes sha = {0x17, 0x6d, 0xab, 0x4a, 0x7a, 0xda, 0x06, 0xa2, 0x6f, 0xed, 0x8f, 0x79, 0x26, 0xf8, 0x3c, 0x40,
                       0x90, 0x92, 0xee, 0x08, 0xce, 0x0d, 0xcd, 0xc3, 0x7e, 0x09, 0x4a, 0x7d, 0x3e, 0x8b, 0x2d, 0xbe};
    const auto& layout = *builtin_layout("photon");
    Image image(layout.flash);
    image.put(part2_at, Bytes(0x40000, 0x55));
    put_number(image, part2_at, 0x20020000, 4);
    put_number(image, part2_at + 4, part2_at + 0x1001, 4);
    put_number(image, header, part2_at, 4);
    put_number(image, header + 4, end, 4);
    put_number(image, header + 8, 0, 2);
    put_number(image, header + 10, version, 2);
    put_number(image, header + 12, 6, 2);
    put_number(image, header + 14, 0x0204, 2);
    put_number(image, header + 16, 0, 8);
    put_number(image, end - 36, 0, 2);
    image.put(end - 34, sha);
    put_number(image, end - 2, 40, 2);
    put_number(image, end, 0xf586edbd, 4);
    const auto modules = read_modules(image, layout);
    return *find_module(modules, "system-part2");
}

Module part_in(const One& one) {
    auto modules = read_modules(one.device.image, one.device.layout);
    explain_damage(one.device.image, one.device.layout, modules);
    return *find_module(modules, one.slot);
}

void flip_bits(One& one, Address at, unsigned bits) {
    const auto byte = one.device.image.bytes(range_of(at, 1))[0];
    one.device.image.put(at, Bytes{static_cast<std::uint8_t>(byte ^ bits)});
}

}  // namespace

TEST_CASE("A version that no release of this length has is a header that was hit", "[modules][header]") {
    for (const auto bits : {0x0000u, 0x0003u, 0x4001u, 0x8100u}) {
        INFO(bits);
        const auto module = named_231(static_cast<std::uint16_t>(2302 ^ bits));
        REQUIRE(module.present());
        CHECK(module.integrity == Integrity::Bad);
        CHECK(module.known_as == "photon/system-part2-2.3.1");
        CHECK_FALSE(module.damage.other_trailer);
        CHECK(version_of_code(*builtin_layout("photon"), module) == 2302);
    }
}

TEST_CASE("Wrong bits in the header alone are told from wrong bits beside them", "[modules][header]") {
    const auto part1 = update_part1();
    const auto at = start_of(part1) + 0x184;
    One one(part1);
    CHECK_FALSE(part_in(one).damage.header_alone);  // nothing is wrong
    flip_bits(one, at + 15, 0x42);
    const auto alone = part_in(one);
    CHECK(alone.damage.header_alone);
    CHECK(header_was_hit(alone));
    flip_bits(one, at + 0x800, 0x08);
    const auto beside = part_in(one);
    CHECK_FALSE(beside.damage.header_alone);
    CHECK_FALSE(header_was_hit(beside));
}

TEST_CASE("Real releases: bits in header and body leave a module its own", "[modules][header][real]") {
    const auto modules = stock_modules();
    if (modules.empty()) WARN("no real firmware beside the checkout");
    unsigned parts = 0;
    for (const auto& [path, bytes] : modules) {
        if (path.find("system-part") == std::string::npos || path.find("dep") != std::string::npos) continue;
        INFO(path);
        const auto at = start_of(*bytes) + 0x184;
        One version(*bytes), end(*bytes), index(*bytes);
        flip_bits(version, at + 10, 0x81);
        flip_bits(version, at + 0x9000, 0x10);
        CHECK_FALSE(part_in(version).damage.other_trailer);
        flip_bits(end, at + 5, 0x20);
        flip_bits(end, at + 0x9000, 0x10);
        const auto hit = part_in(end);
        if (hit.damage.own_trailer) ++parts;
        flip_bits(index, at + 15, 0x40);
        CHECK_FALSE(read_code(index.device.image, {part_in(index)}, part_in(index)).foreign_entry);
    }
    if (!modules.empty()) CHECK(parts > 20);
}

TEST_CASE("However many fields of a header are wrong, the checksum with right ones shows that nothing else is", "[modules][header]") {
    const auto layout = module_layout();
    for (const auto* slot : {"user", "bootloader", "system-part1", "system-part2"}) {
        INFO(slot);
        const auto base = layout.slot(slot)->at.begin, at = base + (std::string_view(slot) == "user" ? 0 : layout.vector_size);
        auto image = healthy_flash(layout);
        flip(image, at + 2, 0x48);
        flip(image, at + 6, 0x20);
        flip(image, at + 9, 0x80);
        for (const auto field : {12u, 14u, 15u, 19u, 22u}) flip(image, at + field, 0x41);
        const auto modules = read_modules(image, layout);
        const auto* module = find_module(modules, slot);
        CHECK(module->presence == Presence::NoHeader);
        CHECK(module->header_resembles);
        CHECK(module->damage.header_alone);
        flip(image, base + 0x1000, 0x10);
        const auto beside = read_modules(image, layout);
        CHECK_FALSE(find_module(beside, slot)->damage.header_alone);
    }
}

TEST_CASE("In the sector that a module begins in no other module's end is left", "[modules][header]") {
    const auto layout = module_layout();
    constexpr Address user = 0x080A0000;
    auto image = healthy_flash(layout);
    put_number(image, user + 0x18, user + 0x40, 4);
    put_number(image, user + 0x40, user + 0x101, 4);
    const auto end = little_endian<std::uint32_t>(image.bytes(range_of(user + 4, 4)));
    put_number(image, user + 4, end - 0x400, 4);
    const auto modules = read_modules(image, layout);
    const auto& hit = find_module(modules, "user")->damage;
    CHECK_FALSE(hit.other_trailer);
    REQUIRE(hit.own_trailer);
    CHECK(hit.own_trailer->end == end);
    put_number(image, user + 0x18, 0xFFFFFFFF, 4);  // what stands there is no table: whose header it was, nothing tells
    const auto unlike = read_modules(image, layout);
    CHECK_FALSE(find_module(unlike, "user")->damage.own_trailer);
    CHECK_FALSE(find_module(unlike, "user")->damage.other_trailer);
    // System part 1 goes over two sectors: the second may be an older one's.
    put_number(image, 0x08020188, 0x08030000, 4);
    fill(image, 0x0803FF00, 0x100, 0x33);
    auto longer = part1_spec(1512);
    longer.length = 0x28000;
    const auto older = make_module(longer);
    image.put(0x08040000, ByteView(older).subspan(0x20000));
    const auto two = read_modules(image, layout);
    CHECK(find_module(two, "system-part1")->damage.other_trailer);
    CHECK_FALSE(find_module(two, "system-part1")->damage.own_trailer);
}

TEST_CASE("Real releases: a start that was hit is that, whatever stands where the header then ends", "[modules][header][real]") {
    for (const auto& [path, bytes] : stock_modules()) {
        if (path.find("bootloader") == std::string::npos) continue;
        for (unsigned bit = 2; bit < 14; ++bit) {
            INFO(path << " bit " << bit);
            One one(*bytes);
            flip_bits(one, start_of(*bytes) + 0x184 + bit / 8, 1U << bit % 8);
            CHECK(part_in(one).damage.header_alone);
        }
    }
}

TEST_CASE("Real releases: one wrong bit in a header is named, wherever it makes the module end", "[modules][header][real]") {
    unsigned named = 0;
    for (const auto& [path, bytes] : stock_modules()) {
        if (path.find("system-part") == std::string::npos || path.find("dep") != std::string::npos) continue;
        for (const auto& [field, bits] : {std::pair{1u, 0x10u}, {1u, 0x08u}, {5u, 0x04u}, {5u, 0x20u}}) {
            INFO(path << " byte " << field);
            One one(*bytes);
            const auto at = start_of(*bytes) + 0x184 + field;
            flip_bits(one, at, bits);
            const auto module = part_in(one);
            if (!module.damage.header_alone || module.damage.own_trailer->known_as.empty()) continue;
            REQUIRE(module.damage.flipped_bit);
            CHECK(module.damage.flipped_bit->at == range_of(at, 1));
            CHECK(1u << module.damage.flipped_bit->value == bits);
            ++named;
        }
    }
    if (!stock_modules().empty()) CHECK(named > 40);
}

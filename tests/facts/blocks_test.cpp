#include "base/digest.h"
#include "catch.h"
#include "facts/block_table.h"
#include "facts/flipped_bit.h"
#include "support/blocks_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("A flipped bit is solved from the difference of the checksums", "[blocks]") {
    Random random;
    Bytes content(0x5123);
    for (auto& byte : content) byte = static_cast<std::uint8_t>(random.below(256));
    const auto right = crc32(content);
    for (int i = 0; i < 2000; ++i) {
        const auto at = random.below(static_cast<std::uint32_t>(content.size()));
        const auto bit = random.below(8);
        content[at] = static_cast<std::uint8_t>(content[at] ^ (1u << bit));
        const auto flip = solve_flipped_bit(crc32(content) ^ right, static_cast<std::uint32_t>(content.size()));
        REQUIRE(flip);
        REQUIRE(flip->offset == at);
        REQUIRE(flip->bit == bit);
        content[at] = static_cast<std::uint8_t>(content[at] ^ (1u << bit));
    }
    SECTION("first and last bit of the content") {
        for (const std::size_t at : {std::size_t{0}, content.size() - 1}) {
            content[at] ^= 0x80;
            const auto flip = solve_flipped_bit(crc32(content) ^ right, static_cast<std::uint32_t>(content.size()));
            REQUIRE(flip);
            CHECK(flip->offset == at);
            CHECK(flip->bit == 7);
            content[at] ^= 0x80;
        }
    }
    SECTION("every bit of a short content, and beyond its first byte nothing") {
        Bytes few(9, 0xA5);
        const auto sum = crc32(few);
        for (std::uint32_t at = 0; at < few.size(); ++at)
            for (int bit = 0; bit < 8; ++bit) {
                auto flipped = few;
                flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ (1u << bit));
                const auto difference = crc32(flipped) ^ sum;
                const auto flip = solve_flipped_bit(difference, 9);
                REQUIRE(flip);
                REQUIRE(flip->offset == at);
                REQUIRE(flip->bit == bit);
                REQUIRE(solve_flipped_bit(difference, 9 - at - 1).has_value() == false);
                REQUIRE(solve_flipped_bit(difference, 9 - at).has_value());
            }
        CHECK_FALSE(solve_flipped_bit(0xDEADBEEF, 0));
    }
    SECTION("in the stored checksum, most significant byte first") {
        const auto flip = solve_flipped_bit(0x00020000, 100);
        REQUIRE(flip);
        CHECK(flip->offset == 101);
        CHECK(flip->bit == 1);
    }
    SECTION("two flips are no one flip") {
        unsigned wrong = 0;
        for (int i = 0; i < 500; ++i) {
            auto two = content;
            two[random.below(0x2000)] ^= 1;
            two[0x2000 + random.below(0x3000)] ^= 4;
            wrong += solve_flipped_bit(crc32(two) ^ right, static_cast<std::uint32_t>(two.size())).has_value();
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("A synthetic module proves its flipped bit by its own SHA-256", "[blocks]") {
    const auto module = make_module(user_spec());
    Random random;
    for (int i = 0; i < 60; ++i) {
        One one(module);
        const auto at = 0x080A0000 + 0x20 + random.below(static_cast<std::uint32_t>(module.size()) - 0x20);
        const auto bit = static_cast<std::uint8_t>(random.below(8));
        one.device.flip(at, bit);
        const auto read = one.read();
        INFO(std::hex << at << " bit " << int{bit});
        if (at - 0x080A0000 >= module.size() - 6 && at - 0x080A0000 < module.size() - 4) continue;  // the suffix's size itself
        REQUIRE(read.damage.flipped_bit);
        CHECK(read.damage.flipped_bit->at.begin == at);
        CHECK(read.damage.flipped_bit->value == bit);
    }
    One two(module);
    two.device.flip(0x080A1000, 3);
    two.device.flip(0x080A1001, 3);
    CHECK(!two.read().damage.flipped_bit);
    CHECK(!two.read().damage.blocks);
}

TEST_CASE("The block table is sound", "[blocks]") {
    const auto photon = released_modules(6, 4, 2);
    CHECK(photon.size() > 30);
    CHECK(released_modules(8, 4, 1).size() > 30);
    CHECK(released_modules(10, 4, 3).size() > 10);
    CHECK(released_modules(6, 2, 0).size() > 10);
    CHECK(released_modules(99, 0, 0).empty());
    CHECK(places_of_block(6, 1).empty());
    for (const auto& module : photon) {
        CHECK(module.blocks == (module.length + block_size - 1) / block_size);
        const auto places = places_of_block(6, released_block(module, 3));
        CHECK(std::any_of(places.begin(), places.end(), [&](const BlockPlace& place) { return place.module.number == module.number && place.block == 3; }));
    }
    CHECK(block_hash(Bytes{}) != block_hash(Bytes{0xFF}));
    CHECK(block_hash(Bytes{1, 2, 3}) != block_hash(Bytes{1, 2, 3, 0xFF}));
}

TEST_CASE("Every stock module is named with one bit flipped anywhere, and the bit with it", "[blocks][real]") {
    const auto stock = stock_modules();
    if (stock.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    Random random;
    const unsigned each = full_tests() ? 200 : 26;
    unsigned flips = 0, unnamed = 0, wrong_bit = 0, double_flips = 0, double_lost = 0, twins = 0;
    std::string first;
    for (const auto& [path, bytes] : stock) {
        One one(*bytes);
        const auto base = start_of(*bytes);
        const auto version = one.read().version.value;
        REQUIRE(one.read().damage.blocks == std::nullopt);  // good: nothing is even looked at
        for (unsigned i = 0; i < each; ++i) {
            // A third of the flips where the twins differ: header and trailer.
            const auto size = static_cast<std::uint32_t>(bytes->size());
            const auto offset = i % 6 == 0 ? 0x184 + random.below(24) : i % 6 == 1 ? size - 1 - random.below(44) : random.below(size);
            const auto bit = static_cast<std::uint8_t>(random.below(8));
            one.device.flip(base + offset, bit);
            const auto damaged = one.read();
            ++flips;
            const bool right = damaged.damage.flipped_bit && damaged.damage.flipped_bit->at.begin == base + offset && damaged.damage.flipped_bit->value == bit;
            unnamed += !damaged.damage.blocks;
            if (!right && wrong_bit++ == 0) first = path + " " + std::to_string(offset);
            if (i % 4 == 0) {
                const auto second = random.below(size);
                if (second / 256 != offset / 256) {
                    one.device.flip(base + second, 2);
                    const auto twice = one.read();
                    ++double_flips;
                    const bool located =
                        twice.damage.blocks && in_unknown_run(*twice.damage.blocks, base + offset) && in_unknown_run(*twice.damage.blocks, base + second);
                    // A flip may turn the header into that of a release that differs in this bit alone; with a second one nothing tells the two apart.
                    const bool twin = twice.damage.blocks && twice.damage.blocks->version != version;
                    twins += twin;
                    const bool lost = !twin && (twice.damage.flipped_bit || !located);
                    if (lost && double_lost++ == 0 && first.empty()) first = path + " " + std::to_string(offset) + " and " + std::to_string(second);
                    one.device.flip(base + second, 2);
                }
            }
            one.device.flip(base + offset, bit);
        }
    }
    WARN(flips << " single flips, " << wrong_bit << " not named with address and bit, " << unnamed << " modules not named; " << double_flips
               << " double flips, " << double_lost << " not located, " << twins << " that made another release's header");
    INFO(first);
    CHECK(flips >= 2000);
    CHECK(unnamed == 0);
    CHECK(wrong_bit == 0);
    CHECK(double_lost == 0);
    CHECK(twins * 500 <= double_flips);
}

TEST_CASE("A block of another release, of another slot, erased, zero: each run is called by its name", "[blocks][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    const auto &part2 = all.at("firmware/photon/system-part2-1.5.2.bin"), &older = all.at("firmware/photon/system-part2-1.4.4.bin"),
               &part1 = all.at("firmware/photon/system-part1-1.5.2.bin");
    One one(part2);
    auto& image = one.device.image;
    image.put(0x08070000, ByteView(older).subspan(0x10000, 0x2000));
    image.put(0x08078000, ByteView(part1).subspan(0x20000, 0x1000));
    one.device.erase(range_of(0x08080000, 0x1000));
    image.put(0x08085000, Bytes(0x3000, 0));
    image.put(0x08090000, Bytes(0x100, 0x55));
    const auto read = one.read();
    REQUIRE(read.damage.blocks);
    CHECK(read.damage.blocks->releases == std::vector<std::string>{"1.5.2"});
    struct Expected {
        Address begin, end;
        BlockRun::Kind kind;
        std::string release, slot;
    };
    std::vector<Expected> found;
    for (const auto& run : read.damage.blocks->runs)
        if (run.kind != BlockRun::Kind::Same) found.push_back({run.at.begin, run.at.end, run.kind, run.release, run.slot});
    const std::vector<Expected> expected = {{0x08070000, 0x08072000, BlockRun::Kind::OtherRelease, "1.4.4", ""},
                                            {0x08078000, 0x08079000, BlockRun::Kind::OtherSlot, "1.5.2", "system-part1"},
                                            {0x08080000, 0x08081000, BlockRun::Kind::Erased, "", ""},
                                            {0x08085000, 0x08088000, BlockRun::Kind::Zero, "", ""},
                                            {0x08090000, 0x08091000, BlockRun::Kind::Unknown, "", ""}};
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        INFO(i);
        CHECK(found[i].begin == expected[i].begin);
        CHECK(found[i].end == expected[i].end);
        CHECK(found[i].kind == expected[i].kind);
        CHECK(found[i].slot == expected[i].slot);
        if (expected[i].kind == BlockRun::Kind::OtherRelease) CHECK(found[i].release == expected[i].release);
    }
    CHECK(read.damage.foreign_release == "1.4.4");
}

TEST_CASE("A module without its header is named by the rest", "[blocks][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    One one(all.at("firmware/photon/system-part1-2.3.1.bin"));
    one.device.erase(range_of(0x08020000, 0x20000));
    const auto read = one.read();
    REQUIRE(read.damage.blocks);
    CHECK(read.damage.blocks->releases == std::vector<std::string>{"2.3.1"});
    CHECK(read.damage.blocks->runs.front().kind == BlockRun::Kind::Erased);
    CHECK(read.damage.blocks->runs.front().at == range_of(0x08020000, 0x20000));
}

TEST_CASE("All damaged modules of one dump are identified", "[blocks][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    OtaDevice device;
    for (const auto* name : {"bootloader-v502-1.5.2+lto", "system-part1-1.5.2", "system-part2-1.5.2"})
        device.install(all.at(std::string("firmware/photon/") + name + ".bin"));
    for (const Address at : {0x08000100u, 0x08030000u, 0x08070000u}) device.flip(at);
    device.flip(0x08031000);
    device.flip(0x08071000);
    auto modules = read_modules(device.image, device.layout);
    explain_damage(device.image, device.layout, modules);
    for (const auto* slot : {"bootloader", "system-part1", "system-part2"}) {
        const Module* module = find_module(modules, slot);
        REQUIRE(module != nullptr);
        INFO(slot);
        CHECK_FALSE(module->good());
        CHECK(module->damage.blocks.has_value());
    }
}

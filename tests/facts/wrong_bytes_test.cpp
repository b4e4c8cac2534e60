// Few wrong bytes in a block, found from its hash, and told from blocks of something else.
#include "base/digest.h"
#include "catch.h"
#include "facts/block_table.h"
#include "facts/flipped_bit.h"
#include "support/blocks_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("A few wrong bytes beside each other are found from the block's hash alone", "[blocks]") {
    Random random;
    unsigned found = 0, trials = 0, elsewhere = 0;
    for (unsigned trial = 0; trial < 600; ++trial) {
        Bytes block(trial % 3 == 0 ? 4096 : 4 * (2 + random.below(1022)));
        for (auto& byte : block) byte = static_cast<std::uint8_t>(random.below(256));
        const auto right = block;
        const auto word = random.below(static_cast<std::uint32_t>(block.size() / 8)) * 8;
        const unsigned bits = trial % 2 ? 1 : 2 + random.below(3);
        for (unsigned bit = 0; bit < bits; ++bit) block[word + random.below(8)] ^= static_cast<std::uint8_t>(1u << random.below(8));
        if (block == right) continue;
        ++trials;
        const auto wrong = wrong_bytes(block, block_hash(right));
        if (bits == 1) REQUIRE(wrong);
        if (!wrong) continue;
        auto mended = block;
        std::copy(wrong->right.begin(), wrong->right.end(), mended.begin() + wrong->at.begin);
        CHECK(block_hash(mended) == block_hash(right));
        if (bits == 1) CHECK(mended == right);
        if (bits == 1) CHECK(wrong->at.size() == 1);
        ++found;
        elsewhere += mended != right;
    }
    CHECK(found * 100 >= trials * 95);
    CHECK(elsewhere * 20 <= found);  // a few wrong bits in the last byte of a word look like fewer in the next one
    // Wrong bytes far from each other, or more than four, have no such answer.
    Bytes block(4096, 0x11);
    const auto wanted = block_hash(block);
    block[8] ^= 1, block[4000] ^= 1;
    CHECK_FALSE(wrong_bytes(block, wanted));
    block = Bytes(4096, 0x11);
    for (std::size_t at = 16; at < 21; ++at) block[at] ^= 0x40;
    CHECK_FALSE(wrong_bytes(block, wanted));
    CHECK_FALSE(wrong_bytes(Bytes(4096, 0x11), wanted));
}

TEST_CASE("Wrong bits here and there are told from a stretch of foreign blocks by arithmetic", "[blocks]") {
    using enum BlockRun::Kind;
    const auto run = [](BlockRun::Kind kind, std::uint32_t first, std::uint32_t count) {
        return BlockRun{.kind = kind, .at = range_of(0x08060000 + first * block_size, count * block_size), .release = {}, .slot = {}};
    };
    const auto module_of = [](std::vector<BlockRun> runs) {
        return BlockIdentity{.releases = {}, .version = 0, .length = 64 * block_size, .crc = 0, .same = 0, .blocks = 64, .runs = std::move(runs)};
    };
    const auto stretch = run(Unknown, 20, 4);
    CHECK(is_foreign(module_of({stretch}), stretch));
    CHECK(is_foreign(module_of({run(Unknown, 20, 3)}), run(Unknown, 20, 3)));
    CHECK_FALSE(is_foreign(module_of({run(Unknown, 20, 2)}), run(Unknown, 20, 2)));  // one damage over a border
    CHECK(is_foreign(module_of({run(OtherRelease, 20, 1)}), run(OtherRelease, 20, 1)));
    CHECK_FALSE(is_foreign(module_of({run(Erased, 20, 9)}), run(Erased, 20, 9)));
    // Half of all other blocks are hit too: four beside each other are no wonder, twelve are.
    std::vector<BlockRun> scattered = {stretch};
    for (std::uint32_t block = 0; block < 60; block += 2)
        if (block < 18 || block > 36) scattered.push_back(run(Unknown, block, 1));
    CHECK_FALSE(is_foreign(module_of(scattered), stretch));
    scattered.front() = run(Unknown, 20, 12);
    CHECK(is_foreign(module_of(scattered), scattered.front()));
}

TEST_CASE("Scattered bits in a stock part are wrong bytes, and a build of one's own made of a stock one is located by its checksum", "[blocks][real]") {
    const auto& all = shared_archive("corpus/firmware.tar.zst");
    if (all.empty()) {
        WARN("no real firmware beside the checkout");
        return;
    }
    Random random;
    for (const unsigned bits : {5u, 20u, 40u, 80u}) {
        One one(all.at("firmware/photon/system-part2-2.1.0.bin"));
        for (unsigned i = 0; i < bits; ++i) one.device.flip(0x08061000 + random.below(0x3E000), static_cast<std::uint8_t>(random.below(8)));
        const auto module = one.read();
        REQUIRE(module.damage.blocks);
        CHECK(module.damage.foreign_blocks.empty());
        CHECK(module.damage.foreign_release.empty());
    }
    auto own = all.at("firmware/photon/system-part2-2.1.0.bin");
    own[0x18E] ^= 0x40;  // another version, as a build of one's own has; the checksum follows, the SHA-256 stays
    const auto crc = crc32(ByteView(own).first(own.size() - 4));
    for (unsigned i = 0; i < 4; ++i) own[own.size() - 4 + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    REQUIRE(One(own).read().good());
    for (unsigned trial = 0; trial < 20; ++trial) {
        One one(own);
        const Address at = 0x08061000 + random.below(0x3C000);
        one.device.flip(at, 3);
        const auto module = one.read();
        CHECK_FALSE(module.damage.blocks);
        REQUIRE(module.damage.flipped_bit);
        CHECK(module.damage.flipped_bit->at == range_of(at, 1));
    }
}

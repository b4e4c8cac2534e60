#include "facts/dct_damage.h"
#include "support/table.h"

#include "catch.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;
using Proof = DctDamage::Proof;

static TablePair steady() {
    auto pair = factory_table();
    write_new(pair, 1, 34, Bytes(700, 0x5A));
    write_new(pair, 2, 2952, {1, 2});
    return pair;  // current: copy 1
}

TEST_CASE("any one flipped bit of the current copy is found", "[dct]") {
    const auto good = steady();
    std::mt19937 random(1);
    for (int i = 0; i < (full_tests() ? 20000 : 300); ++i) {
        auto pair = good;
        const auto offset = static_cast<std::uint32_t>(random() % 0x3FF0);
        if (offset < 16 || offset == 0x1D7C + 2952 || offset == 0x1D7C + 2953) continue;  // marks, and what the last write changed
        pair[1][offset] = static_cast<std::uint8_t>(pair[1][offset] ^ (1u << (random() % 8)));
        INFO(offset);
        const auto dct = read_table(pair);
        REQUIRE(dct.copy(1)->damage);
        CHECK(dct.copy(1)->damage->proof == Proof::OneByte);
        CHECK(dct.copy(1)->damage->flipped_bits == 1);
        REQUIRE(dct.copy(1)->damage->places.size() == 1);
        CHECK(dct.copy(1)->damage->places[0] == range_of(0x08004000 + offset, 1));
    }
}

TEST_CASE("a flipped bit of the superseded copy is found", "[dct]") {
    auto pair = steady();
    pair[2][0x1A58] ^= 8;
    const auto dct = read_table(pair);
    CHECK(dct.copy(2)->state == DctCopyState::SupersededDamaged);
    REQUIRE(dct.copy(2)->damage);
    CHECK(dct.copy(2)->damage->places[0] == range_of(0x08009A58, 1));
}

TEST_CASE("an erased field is found by what the other copy has there", "[dct]") {
    auto pair = steady();
    std::fill_n(pair[1].begin() + 0x1D7C + 34, 700, std::uint8_t{0xFF});
    const auto dct = read_table(pair);
    REQUIRE(dct.copy(1)->damage);
    CHECK(dct.copy(1)->damage->proof == Proof::Difference);
    REQUIRE(dct.copy(1)->damage->places.size() == 1);
    CHECK(dct.copy(1)->damage->places[0] == range_of(0x08005D9E, 700));
}

TEST_CASE("both copies damaged in different places: each is found", "[dct]") {
    auto pair = steady();
    pair[1][0x1A5C] ^= 0x10;
    std::fill_n(pair[2].begin() + 0x1D7C + 34, 700, std::uint8_t{0xFF});
    const auto dct = read_table(pair);
    REQUIRE(dct.copy(1)->damage);
    REQUIRE(dct.copy(2)->damage);
    CHECK(dct.copy(1)->damage->places[0] == range_of(0x08005A5C, 1));
    CHECK(dct.copy(2)->damage->places[0] == range_of(0x08009D9E, 700));
}

TEST_CASE("a damaged checksum is told from damaged contents", "[dct]") {
    auto pair = steady();
    pair[1][0x3FF9] ^= 0x41;
    const auto dct = read_table(pair);
    REQUIRE(dct.copy(1)->damage);
    CHECK(dct.copy(1)->damage->proof == Proof::StoredCrc);
    CHECK(dct.copy(1)->damage->places[0] == range_of(0x08007FF9, 1));
}

TEST_CASE("without another copy the damage is only known to be in this one", "[dct]") {
    auto pair = steady();
    pair[1][0x1A5C] ^= 0x10;
    pair[2].assign(0x4000, 0xFF);
    const auto dct = read_table(pair);
    REQUIRE(dct.copy(1)->damage);
    CHECK(dct.copy(1)->damage->proof == Proof::None);
    CHECK(dct.copy(1)->damage->places[0] == dct.copy(1)->at);
}

TEST_CASE("a sound pair has no damage", "[dct]") {
    const auto dct = read_table(steady());
    CHECK_FALSE(dct.copy(1)->damage);
    CHECK_FALSE(dct.copy(2)->damage);
}

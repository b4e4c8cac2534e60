// A configuration table that was reset to defaults, beside what is left of the one before.
#include "support/scene.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a default table in front of a whole one is a reset, whose old table is still there", "[dct][rules]") {
    auto pair = factory_table();
    write_old(pair, 1, 34, Bytes(611, 0x5A));
    write_old(pair, 2, 1825, {0x31});
    pair[2] = pair[1];
    std::fill(pair[1].begin() + 388, pair[1].end(), std::uint8_t{0xFF});
    const Scene scene(pair, 109, DctGeneration::G3);
    REQUIRE(scene.facts.dct.selected == 1);
    CHECK(scene.causes() == std::vector<std::string>{"dct-reset-to-default"});
    CHECK_FALSE(scene.fires("dct-write-unfinished"));
    std::swap(pair.copies[0], pair.copies[1]);  // the whole one first: the other is what its writing left
    CHECK_FALSE(Scene(pair, 109, DctGeneration::G3).fires("dct-default-table"));
}

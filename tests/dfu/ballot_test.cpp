#include "dfu/ballot.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::dfu;
using Bytes = std::vector<std::uint8_t>;

TEST_CASE("one dissenting read in three is outvoted, two values out of two are not settled", "[dfu]") {
    const Bytes good{1, 2, 3, 4}, wrong{1, 9, 3, 4}, other{1, 2, 3, 8};
    const Vote pair = vote({good, wrong}, 0x08000000);
    CHECK(pair.differed == std::vector<Range>{{0x08000001, 0x08000002}});
    CHECK(pair.unsettled == pair.differed);
    const Vote three = vote({wrong, good, other}, 0x08000000);
    CHECK(three.bytes == good);
    CHECK(three.unsettled.empty());
    CHECK(three.differed == std::vector<Range>{{0x08000001, 0x08000002}, {0x08000003, 0x08000004}});
    CHECK(vote({good, good}, 0).differed.empty());
    CHECK(vote({good}, 0).unsettled.empty());
}

TEST_CASE("two dissenting reads leave a byte unsettled, with the likelier value", "[dfu]") {
    const Bytes a{5, 7}, b{6, 7};
    const Vote result = vote({b, a, a, a, b}, 0x100);
    CHECK(result.bytes == a);
    CHECK(result.unsettled == std::vector<Range>{{0x100, 0x101}});
    CHECK(vote({b, a}, 0).bytes == b);  // a tie stays with the earlier read
}

TEST_CASE("ranges that touch become one", "[dfu]") {
    std::vector<Range> list;
    append_range(list, {1, 2});
    append_range(list, {2, 5});
    append_range(list, {6, 7});
    CHECK(list == std::vector<Range>{{1, 5}, {6, 7}});
}

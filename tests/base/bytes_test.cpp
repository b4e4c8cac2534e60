#include "base/bytes.h"

#include "catch.h"

using namespace photopsy;

TEST_CASE("a reader gives little-endian fields with their ranges") {
    const std::uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0xFF};
    Reader reader(bytes, 0x08000000);
    const auto word = reader.read<std::uint32_t>();
    CHECK(word.value == 0x04030201);
    CHECK(word.at == Range{0x08000000, 0x08000004});
    CHECK(reader.read<std::uint8_t>().value == 0xFF);
    CHECK(reader.ok());
}

TEST_CASE("a read past the end gives 0 and spoils the reader for good") {
    const std::uint8_t bytes[] = {1, 2, 3};
    Reader reader(bytes, 0);
    CHECK(reader.read<std::uint32_t>().value == 0);
    CHECK_FALSE(reader.ok());
    CHECK(reader.read<std::uint8_t>().value == 0);
    CHECK_FALSE(reader.ok());
    Reader skipping(bytes, 0);
    skipping.skip(4);
    CHECK_FALSE(skipping.ok());
}

TEST_CASE("ranges are half-open") {
    const Range a{10, 20};
    CHECK(a.size() == 10);
    CHECK(a.contains(10u));
    CHECK_FALSE(a.contains(20u));
    CHECK_FALSE(a.overlaps({20, 30}));
    CHECK(intersection(a, {15, 30}) == Range{15, 20});
    CHECK(intersection(a, {30, 40}).empty());
}

TEST_CASE("all_equal and common_prefix stop at the first difference") {
    const std::uint8_t erased[] = {0xFF, 0xFF, 0xFF}, nearly[] = {0xFF, 0xFF, 0xFE};
    CHECK(all_erased(erased));
    CHECK_FALSE(all_erased(nearly));
    CHECK(all_erased({}));
    CHECK(common_prefix(erased, nearly) == 2);
    const std::vector<std::uint8_t> longer(1000, 0xFF);
    for (std::size_t other = 0; other < longer.size(); other += 7) {
        auto changed = longer;
        changed[other] = 0;
        CHECK(common_prefix(longer, changed) == other);
    }
    CHECK(common_prefix(longer, longer) == longer.size());
}

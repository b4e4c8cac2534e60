#include "base/runs.h"

#include "catch.h"

#include <vector>

using namespace photopsy;

TEST_CASE("runs are counted from both ends, whatever their length and place") {
    for (std::size_t size = 0; size < 40; ++size)
        for (std::size_t other = 0; other <= size; ++other) {
            std::vector<std::uint8_t> bytes(size, 0xFF);
            if (other < size) bytes[other] = 0xFE;
            INFO(size << " bytes, another one at " << other);
            CHECK(leading_run(bytes, 0xFF) == other);
            CHECK(trailing_run(bytes, 0xFF) == (other < size ? size - other - 1 : size));
            CHECK(leading_run(bytes, 0x55) == 0);
            CHECK(trailing_run(bytes, 0x55) == 0);
        }
}

TEST_CASE("runs that are longer than what is compared at once end where the value ends") {
    std::vector<std::uint8_t> bytes(3000, 0xFF);
    for (std::size_t other = 0; other < bytes.size(); other += 7) {
        bytes[other] = 0xFE;
        INFO("another one at " << other);
        CHECK(leading_run(bytes, 0xFF) == other);
        CHECK(trailing_run(bytes, 0xFF) == bytes.size() - other - 1);
        bytes[other] = 0xFF;
    }
    CHECK(leading_run(bytes, 0xFF) == bytes.size());
    CHECK(trailing_run(bytes, 0xFF) == bytes.size());
}

TEST_CASE("bytes of another value are counted one by one, whatever their bits") {
    std::vector<std::uint8_t> all(256);
    for (std::size_t value = 0; value < all.size(); ++value) all[value] = static_cast<std::uint8_t>(value);
    for (const unsigned value : {0x00u, 0x01u, 0x7Fu, 0x80u, 0xFEu, 0xFFu}) {
        INFO(value);
        CHECK(count_other_than(static_cast<std::uint8_t>(value), all) == 255);
        for (std::size_t size = 0; size < 40; ++size) {
            const std::vector<std::uint8_t> same(size, static_cast<std::uint8_t>(value));
            CHECK(count_other_than(static_cast<std::uint8_t>(value), same) == 0);
            CHECK(count_other_than(static_cast<std::uint8_t>(value ^ 0x01), same) == size);
            CHECK(count_other_than(static_cast<std::uint8_t>(value ^ 0x80), same) == size);
        }
    }
}

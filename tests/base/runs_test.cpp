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

#include "facts/erased.h"

#include "catch.h"

#include <vector>

using namespace photopsy;
using Bytes = std::vector<std::uint8_t>;

TEST_CASE("Single worn cells in erased flash do not count as written", "[erased]") {
    Bytes bytes(4096, 0xFF);
    CHECK(is_erased(bytes));
    bytes[100] = 0x7F;
    bytes[3000] = 0xFE;
    CHECK(is_erased(bytes));
    CHECK(is_erased({}));
    for (std::size_t at = 0; at < 700; ++at) bytes[at] = 0x5A;
    CHECK(written_size(bytes) == 700);
    bytes[699] = 0xFE;  // behind other bytes it is the end of what was written
    CHECK(written_size(bytes) == 700);
}

TEST_CASE("What was written counts, however little", "[erased]") {
    Bytes bytes(4096, 0xFF);
    bytes[2000] = 0x3F;  // two bits: no worn cell
    CHECK(written_size(bytes) == 2001);
    bytes[2000] = 0xFF;
    for (std::size_t i = 0; i < 9; ++i) bytes[100 + 400 * i] = 0xEF;  // more than eight cells
    CHECK(written_size(bytes) == 100 + 400 * 8 + 1);
    bytes[100] = 0xFF;
    CHECK(is_erased(bytes));
    bytes[520] = 0xEF;  // two close together
    CHECK(written_size(bytes) == 521);
}

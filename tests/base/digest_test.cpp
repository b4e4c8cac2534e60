#include "base/digest.h"
#include "base/hex.h"

#include "catch.h"

#include <string_view>

using namespace photopsy;

static ByteView view(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

TEST_CASE("CRC-32 gives the check value of its catalogue and can be continued") {
    CHECK(crc32(view("123456789")) == 0xCBF43926);
    CHECK(crc32(view("6789"), crc32(view("12345"))) == 0xCBF43926);
    CHECK(crc32({}) == 0);
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
    CHECK(hex(sha256(view("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("hexadecimal text") {
    CHECK(hex_address(0x08004000) == "0x08004000");
    CHECK(hex_spaced(*from_hex("78563412")) == "78 56 34 12");
    CHECK_FALSE(from_hex("abc"));
    CHECK_FALSE(from_hex("zz"));
}

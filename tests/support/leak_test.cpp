#include "support/leak.h"

#include "catch.h"

#include <vector>

using namespace photopsy;
using photopsy::test::LeakFinder;

TEST_CASE("a secret is found however it is written down, and only then", "[leaks]") {
    const std::vector<std::uint8_t> secret{'h', 'u', 'n', 't', 'e', 'r', '2', 0x9C, 0x41, 0xE7, 0x03};
    LeakFinder finder;
    finder.add_secret(secret, "password");
    for (const auto* leak :
         {"the word is hunter2!", "68756e746572", "x 75 6E 74 65 72 32 y", "0x68, 0x75, 0x6e, 0x74, 0x65, 0x72", "68:75:6e:74:65:72", "12268756e746572329c41",
          "aHVudGVyMpxB5wM=", "AGh1bnRlcjI=", "AABodW50ZXIy", "104, 117,110 116;101/114", "[104,117,110,116,101,114]", "eccb67d", "\"74 65 72\n 32 9c 41\""}) {
        INFO(leak);
        CHECK((finder.leak_in(leak).has_value() != (std::string_view(leak) == "eccb67d")));
    }
    for (const auto* harmless : {"", "hunte r2", "68756e7465", "hunter", "0x08004000 length 612", "104, 117, 110, 116, 101"}) {
        INFO(harmless);
        CHECK((finder.leak_in(harmless).has_value() == (std::string_view(harmless) == "hunter")));
    }
    finder.add_public(secret);
    CHECK_FALSE(finder.leak_in("hunter2"));
    finder.add_secret(std::vector<std::uint8_t>(64, 0xFF), "erased");
    CHECK(finder.size() == 0);
}

// A shareable copy of a key that a transfer in text mode rewrote: told as the same, and nothing of the key is left in it.
#include "mend/redact.h"
#include "support/named_cause.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a key whose line ends were changed has a stand-in whose line ends were changed as well", "[redact]") {
    const auto& layout = *builtin_layout("photon");
    for (const auto& story : stories()) {
        if (story.name != "healthy-1.5.2") continue;
        auto file = story.sample.file;
        const auto sound = analyze(recognize(file, "dump.bin", "", layout), layout);
        const auto key = file.begin() + static_cast<std::ptrdiff_t>(sound.keys.device.at.begin - layout.flash.begin);
        const std::vector<std::uint8_t> secret(key, key + sound.keys.device.extent);
        std::replace(key, key + sound.keys.device.extent, std::uint8_t{0x0A}, std::uint8_t{0x0D});
        const auto changed = analyze(recognize(file, "dump.bin", "", layout), layout);
        if (std::count(secret.begin(), secret.end(), 0x0A) == 0) return;  // of such a key nothing is changed
        REQUIRE(cause_called(changed, "private-key-wrong-encoding"));
        const auto copy = redact(changed);
        REQUIRE(copy);
        const auto again = analyze(recognize(copy->bytes, "copy.bin", "", layout), layout);
        CHECK(cause_called(again, "private-key-wrong-encoding"));
        CHECK(again.keys.device.by_text_transfer);
        const auto held = secret.begin() + 300;  // in p
        CHECK(std::search(copy->bytes.begin(), copy->bytes.end(), held, held + 24) == copy->bytes.end());
        return;
    }
    FAIL("no such story");
}

// A key that a tool left in the slot in a form that the firmware cannot read, beside the one before.
#include "handshake/public_key.h"
#include "photopsy.h"
#include "support/fleet_folder.h"
#include "support/keys.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("PKCS#8 in the slot is the newest key and registered, whatever the cache still names", "[keys]") {
    const auto& layout = *builtin_layout("photon");
    auto flash = dump_of("pkcs8-key");
    const auto judged = [&] { return analyze(recognize(flash, "dump.bin", "", layout), layout); };
    const auto before = judged();
    REQUIRE(before.keys.device.what == DeviceKeyClass::WrongEncoding);
    REQUIRE(before.keys.device.public_fingerprint);
    const auto& dct = before.facts.dct;
    REQUIRE(dct.other());
    const auto put = [&](Range at, const Bytes& bytes) {
        std::copy(bytes.begin(), bytes.end(), flash.begin() + static_cast<std::ptrdiff_t>(at.begin - layout.flash.begin));
    };
    put(dct.field_at(layout, "device_public_key"), device_spki(second_key().n.bytes(128)));
    put(dct.field_at(layout, "device_private_key", dct.other()->number), device_slot_of(second_key()));
    const auto after = judged();
    REQUIRE(after.keys.recoveries.size() >= 2);
    CHECK(after.keys.recoveries.front().public_fingerprint == *before.keys.device.public_fingerprint);
    CHECK(after.keys.recoveries[1].matches_cache);
}

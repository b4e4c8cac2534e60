#include "handshake/device_slot.h"
#include "support/shared.h"
#include "support/keys.h"
#include "catch.h"
#include <cstdio>
using namespace photopsy;
using namespace photopsy::test;
TEST_CASE("print", "[.][slots]") {
    const auto& files = shared_archive("groundtruth/cases.tar.zst");
    for (const auto& [name, bytes] : files) {
        if (name.find(".dev") == std::string::npos) continue;
        const auto r = read_device_slot(bytes);
        std::printf("%s what=%d enc=%d usable=%d key=%s spki=%zu mism=%u %s dmg=%zu\n", name.c_str(), int(r.what), int(r.encoding), r.usable, r.key ? r.key->method.c_str() : "-", r.public_spki.size(), r.bones.mismatches, r.detail.c_str(), r.damage.size());
    }
}

// A public key that the server is said to have, beside the address to which the device goes.
#include "support/fleet_folder.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("another server's key is of no use where the address leads to Particle's", "[handshake]") {
    const auto judged_with_own_key = [](std::string_view story) {
        const auto& layout = *builtin_layout("photon");
        const auto capture = recognize(dump_of(std::string(story)), "dump.bin", "", layout);
        const auto before = analyze(capture, layout);
        REQUIRE(before.keys.server.what == ServerKeyClass::ValidOther);
        const auto slot = capture.image.bytes(before.keys.server.at);
        AnalyzeOptions options;
        options.server_spki.assign(slot.begin(), slot.end());
        return analyze(capture, layout, options);
    };
    const auto at_particle = judged_with_own_key("wrong-server-key");
    REQUIRE(at_particle.keys.address.particle);
    CHECK(at_particle.diagnosis.outcome == Outcome::CloudFails);
    CHECK_FALSE(at_particle.diagnosis.causes.empty());
    const auto at_home = judged_with_own_key("private-server");
    REQUIRE_FALSE(at_home.keys.address.particle);
    CHECK(at_home.handshake.server_key_source == ServerKeySource::Given);
    CHECK_FALSE(at_home.handshake.fails());
}

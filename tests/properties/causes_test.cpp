// A handshake that is predicted to fail has a cause and a remedy, for every story and everything that may be known from outside the dump; and what is
// known from outside is never contradicted by a cause.
#include "diagnosis/led.h"
#include "handshake/public_key.h"
#include "support/failing.h"
#include "support/keys.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis analyzed(const photopsy::test::Story& story, const AnalyzeOptions& options) {
    const auto& layout = layout_for(story.sample.file);
    return analyze(recognize(story.sample.file, "dump.bin", "", layout), layout, options);
}

bool names(const Analysis& analysis, std::string_view id) {
    const auto& causes = analysis.diagnosis.causes;
    return std::any_of(causes.begin(), causes.end(), [&](const NamedCause& named) { return named.cause->id == id; });
}

/// Everything that an owner may know beside the dump: the registered key (none, the device's own, another) and the server's (none, Particle's, another).
std::vector<AnalyzeOptions> outside_knowledge(const Analysis& alone) {
    const Bytes another = device_spki(second_key().n.bytes(128));
    const Bytes published(published_server_key().begin(), published_server_key().end());
    Bytes strange_server = published;
    strange_server[100] ^= 0x40;
    std::vector<AnalyzeOptions> all = {{.registered_spki = another},
                                       {.server_spki = strange_server},
                                       {.server_spki = published},
                                       {.live = LiveAnswer{.step = Step::RsaDecrypt, .end = LiveEnd::CannotDecrypt, .signed_by_server = true}},
                                       {.registered_spki = another, .server_spki = strange_server}};
    if (!alone.keys.device.public_spki.empty()) all.push_back({.registered_spki = alone.keys.device.public_spki});
    return all;
}

}  // namespace

TEST_CASE("a handshake that fails has a cause and a remedy, whatever is known from outside", "[causes][properties]") {
    for (const auto& story : stories()) {
        INFO(story.name);
        const auto alone = analyzed(story, {});
        CHECK((!alone.handshake.fails() || tells_why_the_handshake_fails(alone)));
        for (const auto& options : outside_knowledge(alone)) {
            const auto analysis = analyzed(story, options);
            INFO("registered " << options.registered_spki.size() << " server " << options.server_spki.size() << " live " << options.live.has_value());
            CHECK((!analysis.handshake.fails() || tells_why_the_handshake_fails(analysis)));
            if (analysis.handshake.fails()) CHECK(analysis.diagnosis.outcome >= Outcome::CloudFails);
        }
    }
}

namespace {

/// Lights of every kind of story: bursts of the handshake, of the network, a device that works, one in safe mode, one that has stopped, none at all.
std::vector<std::string> lights_of_owners() {
    return {"1 red",    "2 red",     "3 red",       "1 orange",       "2 orange",          "3 orange",
            "4 orange", "1 magenta", "fast cyan",   "breathing cyan", "breathing magenta", "blinking green",
            "no light", "SOS 10",    "fast yellow", "white"};
}

std::vector<std::string_view> sorted_causes(const Analysis& analysis) {
    std::vector<std::string_view> ids;
    for (const auto& named : analysis.diagnosis.causes) ids.push_back(named.cause->id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

void check_under_light(const photopsy::test::Story& story, const Analysis& dark, AnalyzeOptions options, const std::string& words) {
    const auto light = parse_led(words);
    REQUIRE(light);
    options.led = *light;
    const auto seen = analyzed(story, options);
    INFO(words);
    // A device with a new key is well unless its light shows that the cloud does not take the key.
    const bool shows_it = names(seen, "private-key-regenerated") && seen.diagnosis.outcome == Outcome::CloudFails;
    CHECK((shows_it || seen.diagnosis.outcome == dark.diagnosis.outcome));
    CHECK(sorted_causes(seen) == sorted_causes(dark));
    CHECK((!seen.handshake.fails() || tells_why_the_handshake_fails(seen)));
    const bool unexplained = tells_of_unknown_key(seen.observations(), *options.led, seen.diagnosis);
    const bool contradicts = light_contradicts(seen.observations(), *options.led);
    CHECK(seen.for_the_light.empty() != (unexplained || contradicts));
    CHECK_FALSE((unexplained && contradicts));
    CHECK_FALSE((unexplained && seen.handshake.fails()));
}

}  // namespace

TEST_CASE("a light that the owner sees changes no verdict, and leads to a remedy where nothing in the flash explains it", "[causes][properties]") {
    const auto lights = lights_of_owners();
    std::size_t turn = 0;
    for (const auto& story : stories()) {
        INFO(story.name);
        const auto alone = analyzed(story, {});
        auto known = outside_knowledge(alone);
        known.push_back({});
        for (std::size_t i = 0; i < (full_tests() ? lights.size() * known.size() : 3); ++i, ++turn) {
            const auto& options = known[turn / lights.size() % known.size()];
            check_under_light(story, analyzed(story, options), options, lights[turn % lights.size()]);
        }
    }
}

TEST_CASE("the cloud's own word decides between a new key and a lost one", "[causes][keys]") {
    for (const auto& story : stories()) {
        if (story.name != "healthy-1.5.2" && story.name != "new-key-after-loss") continue;
        INFO(story.name);
        const auto alone = analyzed(story, {});
        REQUIRE(alone.keys.device.usable);
        CHECK_FALSE(names(alone, "cloud-holds-another-key"));
        const auto right = analyzed(story, {.registered_spki = alone.keys.device.public_spki});
        CHECK_FALSE(names(right, "cloud-holds-another-key"));
        CHECK_FALSE(names(right, "private-key-regenerated"));
        CHECK_FALSE(right.handshake.fails());
        const auto wrong = analyzed(story, {.registered_spki = device_spki(second_key().n.bytes(128))});
        REQUIRE(names(wrong, "cloud-holds-another-key"));
        CHECK_FALSE(names(wrong, "private-key-regenerated"));
        CHECK(wrong.diagnosis.outcome == Outcome::CloudFails);
        CHECK(wrong.diagnosis.causes.front().story.confidence == Confidence::Certain);
        CHECK(wrong.diagnosis.cannot_tell.front().find("Compare the fingerprint") == std::string::npos);
        const auto answered = analyzed(story, {.live = LiveAnswer{.step = Step::RsaDecrypt, .end = LiveEnd::CannotDecrypt, .signed_by_server = true}});
        CHECK(names(answered, "cloud-holds-another-key"));
        CHECK_FALSE(names(analyzed(story, {.live = LiveAnswer{.step = Step::Done, .end = LiveEnd::Accepted}}), "cloud-holds-another-key"));
    }
}

TEST_CASE("a key that was given as the server's proves the slot right or wrong", "[causes][keys]") {
    for (const auto& story : stories()) {
        if (story.name != "wrong-server-key") continue;
        const auto alone = analyzed(story, {});
        REQUIRE(names(alone, "server-key-of-other-server"));
        const ByteView slot = alone.capture.image.bytes(alone.keys.server.at);
        const auto right = analyzed(story, {.server_spki = {slot.begin(), slot.end()}});
        CHECK_FALSE(names(right, "server-key-of-other-server"));
        CHECK_FALSE(right.handshake.fails());
    }
}

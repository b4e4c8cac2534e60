// The rules of keys on a device that talks over UDP: each fires on the smallest broken facts, is silent on healthy ones, and says what holds for EC keys.
#include "rules/rule.h"

#include "catch.h"

using namespace photopsy;

namespace {

struct UdpWorld {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;

    UdpWorld() {
        facts.layout = builtin_layout("electron");
        facts.keys = &facts.layout->keys.front();
        facts.system.handshake = HandshakeGeneration::V2_3_1;
        keys.device = {.kind = KeyKind::EcSlot, .at = range_of(0x08004C2A, 192), .dct_copy = 1, .what = DeviceKeyClass::Good, .usable = true};
        keys.device.extent = 121;
        keys.server = {.at = range_of(0x08004CEA, 91), .what = ServerKeyClass::Published};
        keys.address = {.at = range_of(0x08004DAA, 128), .kind = ServerAddress::Kind::Domain, .port = 5684, .default_host = "$id.udp.particle.io"};
        keys.address.particle = true;
        keys.cache = {.at = range_of(0x08004BAA, 128), .state = PublicKeyCache::State::Matches};
    }
    std::string said(std::string_view id) const {
        const auto* rule = find_rule(id);
        REQUIRE(rule);
        const auto found = run_rule(*rule, {facts, keys, handshake, boot});
        return found.all().empty() ? "" : found.all().front().explain;
    }
};

bool speaks_of(const std::string& text, std::string_view word) { return text.find(word) != std::string::npos; }

}  // namespace

TEST_CASE("no rule speaks of healthy EC keys", "[ec][rules]") {
    const UdpWorld healthy;
    for (const auto& rule : key_rules()) CHECK(healthy.said(rule.id).empty());
    for (const auto& rule : server_rules()) CHECK(healthy.said(rule.id).empty());
}

TEST_CASE("halves of two keys, and a key that is not the first, have their rules", "[ec][rules]") {
    UdpWorld world;
    world.keys.device.first_public_fingerprint = Sha256{};
    CHECK(speaks_of(world.said("private-key-replaced"), "loaded over another"));
    world.keys.device.what = DeviceKeyClass::HalvesDiffer;
    world.keys.device.usable = false;
    CHECK_FALSE(world.said("private-key-halves-differ").empty());
    CHECK(world.said("private-key-replaced").empty());
}

TEST_CASE("a lost private number is said to be lost", "[ec][rules]") {
    UdpWorld world;
    world.keys.device.what = DeviceKeyClass::Zeroed;
    world.keys.device.usable = false;
    world.keys.device.detail = "bytes 7 to 38 of the key are zero";
    CHECK(speaks_of(world.said("private-key-zeros"), "does not lead back"));
    world.keys.device.method = "from the private number";
    CHECK(speaks_of(world.said("private-key-zeros"), "enough to compute"));
}

TEST_CASE("what is said of server keys is said of EC keys", "[ec][rules]") {
    UdpWorld world;
    world.keys.server.what = ServerKeyClass::WrongType;
    world.keys.server.detail = "the slot holds an RSA public key";
    CHECK(speaks_of(world.said("server-key-other-type"), "P-256"));
    world.keys.server.what = ServerKeyClass::Erased;
    world.facts.system.handshake = HandshakeGeneration::V0_6_2;
    CHECK(speaks_of(world.said("server-key-empty"), "no other key"));
    world.keys.server.what = ServerKeyClass::ValidOther;
    CHECK(speaks_of(world.said("server-key-foreign"), "EC key"));
    UdpWorld blank;
    blank.keys.address.kind = ServerAddress::Kind::Erased;
    blank.keys.address.falls_back = true;
    CHECK(speaks_of(blank.said("server-address-blank"), "udp.particle.io"));
    blank.keys.address.unreachable = true;
    CHECK(blank.said("server-address-blank").empty());
    CHECK_FALSE(blank.said("server-address-wrong").empty());
}

TEST_CASE("Device OS 0.7.0 can make EC keys", "[ec][rules]") {
    UdpWorld world;
    world.facts.system.handshake = HandshakeGeneration::V0_7_0;
    world.keys.device.what = DeviceKeyClass::Erased;
    world.keys.device.damage = {world.keys.device.at};
    world.keys.device.detail = "the key slot is erased";
    CHECK(speaks_of(world.said("private-key-empty"), "makes a new key"));
}

// Each rule of this subject fires on the smallest broken facts and is silent on healthy ones.
#include "diagnosis/diagnosis.h"
#include "remedy/remedy.h"
#include "rules/rule.h"
#include "support/typed.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct World {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;

    World() {
        facts.layout = builtin_layout("photon");
        facts.system.handshake = HandshakeGeneration::V2_3_1;
        keys.device = {.at = range_of(0x08005D9E, 612), .dct_copy = 1, .what = DeviceKeyClass::Good, .encoding = KeyEncoding::Device, .usable = true};
        keys.server = {.at = range_of(0x0800659E, 294), .what = ServerKeyClass::Published};
        keys.address = {.at = range_of(0x0800671E, 128), .kind = ServerAddress::Kind::Domain, .particle = true};
        keys.cache = {.at = range_of(0x0800625E, 162), .state = PublicKeyCache::State::Matches};
    }
    Findings run(std::string_view id) const {
        const auto* rule = find_rule(id);
        REQUIRE(rule);
        return run_rule(*rule, {facts, keys, handshake, boot});
    }
    bool fires(std::string_view id) const { return run(id).has(id); }
};

}  // namespace

TEST_CASE("no rule speaks of healthy keys", "[keys][rules]") {
    const World healthy;
    for (const auto& rule : key_rules()) CHECK_FALSE(healthy.fires(rule.id));
    for (const auto& rule : server_rules()) CHECK_FALSE(healthy.fires(rule.id));
}

TEST_CASE("each class of device key has its rule, and only its own", "[keys][rules]") {
    using Class = DeviceKeyClass;
    const std::pair<Class, std::string_view> table[] = {
        {Class::Erased, "private-key-empty"},
        {Class::NeverGenerated, "private-key-not-made-yet"},
        {Class::Zeroed, "private-key-zeros"},
        {Class::Truncated, "private-key-cut-short"},
        {Class::BitFlip, "private-key-bits-wrong"},
        {Class::Damaged, "private-key-bits-wrong"},
        {Class::Mixed, "private-key-two-in-one"},
        {Class::WrongType, "private-key-slot-holds-other"},
        {Class::ServerKeyInSlot, "private-key-slot-holds-other"},
        {Class::WrongSize, "private-key-other-size"},
        {Class::WrongEncoding, "private-key-wrapped"},
        {Class::DerLengthWrong, "private-key-length-octet"},
        {Class::UnreadableByFirmware, "private-key-misread"},
    };
    for (const auto& [what, id] : table) {
        World world;
        world.keys.device.what = what;
        world.keys.device.usable = false;
        world.keys.device.detail = "so it is";
        world.keys.device.damage = {range_of(0x08005DDA, 1)};
        for (const auto& rule : key_rules()) {
            INFO(id << " against " << rule.id);
            CHECK(world.fires(rule.id) == (rule.id == id));
        }
        const auto found = world.run(id).all();
        if (what != Class::NeverGenerated) CHECK(found.front().severity == Severity::Problem);
        CHECK(found.front().where.at.begin == 0x08005DDA);
    }
}

TEST_CASE("damage that the firmware never reads is a warning", "[keys][rules]") {
    World world;
    world.keys.device.what = DeviceKeyClass::BitFlip;
    world.keys.device.damage = {range_of(0x08005E60, 1)};
    CHECK(world.run("private-key-bits-wrong").all().front().severity == Severity::Warning);
}

TEST_CASE("cache, exchange and regeneration", "[keys][rules]") {
    World world;
    world.keys.cache.state = PublicKeyCache::State::BelongsToOtherKey;
    CHECK(world.fires("public-key-cache-stale"));
    world.keys.regenerated = true;
    CHECK(world.fires("private-key-made-anew"));
    CHECK_FALSE(world.fires("public-key-cache-stale"));
    World damaged;
    damaged.keys.cache.state = PublicKeyCache::State::Garbage;
    CHECK(damaged.run("public-key-cache-damaged").all().front().severity == Severity::Note);
    CHECK_FALSE(damaged.fires("public-key-cache-stale"));
    World swapped;
    swapped.keys.swapped = true;
    swapped.keys.device.what = DeviceKeyClass::ServerKeyInSlot;
    swapped.keys.server.what = ServerKeyClass::DeviceKeyInSlot;
    CHECK(swapped.fires("keys-exchanged"));
    CHECK_FALSE(swapped.fires("private-key-slot-holds-other"));
    CHECK_FALSE(swapped.fires("server-key-other-type"));
}

TEST_CASE("a table that was reset is not told once more as a lost key", "[keys][rules]") {
    World world;
    world.facts.dct.would_reinitialize = true;
    world.keys.device.what = DeviceKeyClass::Erased;
    world.keys.server.what = ServerKeyClass::Erased;
    CHECK_FALSE(world.fires("private-key-empty"));
    CHECK_FALSE(world.fires("server-key-empty"));
}

TEST_CASE("server key and address: what breaks one generation is harmless in another", "[keys][rules]") {
    World world;
    world.keys.server.what = ServerKeyClass::Erased;
    CHECK(world.run("server-key-empty").all().front().severity == Severity::Warning);
    world.facts.system.handshake = HandshakeGeneration::V0_6_2;
    CHECK(world.run("server-key-empty").all().front().severity == Severity::Problem);

    World other;
    other.keys.server.what = ServerKeyClass::ValidOther;
    CHECK(other.fires("server-key-foreign"));
    other.keys.address.particle = false;
    CHECK_FALSE(other.fires("server-key-foreign"));
    CHECK(other.fires("server-is-private"));

    World damaged;
    damaged.keys.server.what = ServerKeyClass::Corrupted;
    damaged.keys.server.damage = {range_of(0x08006616, 1)};
    CHECK(damaged.run("server-key-bits-wrong").all().front().severity == Severity::Problem);
    damaged.keys.server.harmless_damage = true;
    CHECK(damaged.run("server-key-bits-wrong").all().front().severity == Severity::Warning);

    World cut;
    cut.keys.server.what = ServerKeyClass::Truncated;
    CHECK(cut.fires("server-key-cut-short"));
    cut.keys.server.what = ServerKeyClass::WrongType;
    CHECK(cut.fires("server-key-other-type"));

    World address;
    address.keys.address.kind = ServerAddress::Kind::Erased;
    address.keys.address.falls_back = true;
    CHECK(address.fires("server-address-blank"));
    CHECK_FALSE(address.fires("server-address-wrong"));
    address.keys.address.kind = ServerAddress::Kind::Ip;
    address.keys.address.unreachable = true;
    CHECK(address.fires("server-address-wrong"));
}

TEST_CASE("another name of Particle's is told, whoever it belongs to", "[keys][rules]") {
    World other;
    CHECK_FALSE(other.fires("server-address-unusual"));
    other.keys.address.particle = false;
    other.keys.address.of_particle = true;
    other.keys.address.host = "udp-mesh.particle.io";
    CHECK(other.run("server-address-unusual").all().front().confidence == Confidence::Likely);
    CHECK_FALSE(other.fires("server-is-private"));
    other.keys.address.damaged = true;  // has its own finding
    CHECK_FALSE(other.fires("server-address-unusual"));
    other.keys.address.damaged = false;
    other.keys.address.of_particle = false;
    CHECK_FALSE(other.fires("server-address-unusual"));
}

TEST_CASE("the server's key goes with the address, or with the key that was given", "[keys][rules]") {
    World home;
    home.keys.address.particle = false;
    home.keys.address.host = "cloud.example.org";
    CHECK(home.run("server-key-foreign").all().front().confidence == Confidence::Likely);
    home.keys.address.of_particle = true;  // another name of Particle's own
    CHECK_FALSE(home.fires("server-key-foreign"));
    home.keys.address.of_particle = false;
    home.keys.address.unreachable = true;  // tells enough
    CHECK_FALSE(home.fires("server-key-foreign"));
    home.keys.address.unreachable = false;
    home.handshake.server_key_source = ServerKeySource::Given;
    CHECK_FALSE(home.fires("server-key-foreign"));
    home.handshake.server_has_key = false;
    CHECK(home.run("server-key-foreign").all().front().confidence == Confidence::Certain);

    World port;
    port.keys.address.particle = false;
    port.keys.address.host = "cloud.example.org";
    CHECK_FALSE(port.fires("server-port-of-other-service"));
    port.keys.address.port = 8080;
    port.keys.address.other_service = "web servers";
    CHECK(port.run("server-port-of-other-service").all().front().confidence == Confidence::Possible);
    CHECK(port.run("server-is-private").all().front().explain.find("{server-host}, port 8080") != std::string::npos);
}

TEST_CASE("a dead address beside a damaged key is a cause of its own, and no way back keeps it", "[keys][diagnosis][remedy]") {
    World dead;
    dead.keys.address.kind = ServerAddress::Kind::Ip;
    dead.keys.address.particle = false;
    dead.keys.address.unreachable = true;
    dead.handshake.server_has_key = false;
    const auto causes = [&](Range damage) {
        dead.keys.server.what = ServerKeyClass::Corrupted;
        dead.keys.server.damage = {damage};
        auto findings = dead.run("server-key-bits-wrong");
        const auto address = dead.run("server-address-wrong");
        findings.all().insert(findings.all().end(), address.all().begin(), address.all().end());
        const Observations seen{dead.facts, dead.keys, dead.handshake, dead.boot};
        const auto diagnosis = diagnose(seen, findings, {});
        for (const auto& named : diagnosis.causes) {
            const auto ways = remedies_of({seen, findings, named.cause->id});
            CHECK(offers(ways, *dead.facts.layout, "keys server -o"));
            CHECK_FALSE(offers(ways, *dead.facts.layout, "server-slot"));
        }
        return diagnosis.causes.size();
    };
    CHECK(causes(range_of(0x08006602, 1)) == 2);
    CHECK(causes(range_of(0x0800659E, 294)) == 1);  // one damage ran over both
    const Observations seen{dead.facts, dead.keys, dead.handshake, dead.boot};
    dead.keys.server.what = ServerKeyClass::ValidOther;
    const auto own = remedies_of({seen, dead.run("server-address-wrong"), "server-address-invalid"});
    CHECK(offers(own, *dead.facts.layout, "--host YOUR_SERVER"));
}

TEST_CASE("another server's key behind an erased first byte is none to the firmware", "[keys][rules][remedy]") {
    World world;
    world.keys.address.particle = false;
    world.keys.server.what = ServerKeyClass::ValidOther;
    CHECK_FALSE(world.fires("server-key-bits-wrong"));
    world.keys.server.uses_builtin = true;
    world.keys.server.damage = {range_of(0x0800659E, 1)};
    CHECK(world.run("server-key-bits-wrong").all().front().severity == Severity::Problem);
    CHECK_FALSE(world.fires("server-key-foreign"));
    const Observations seen{world.facts, world.keys, world.handshake, world.boot};
    const auto ways = remedies_of({seen, world.run("server-key-bits-wrong"), "server-key-corrupted"});
    CHECK(offers(ways, *world.facts.layout, "keys server-slot"));
    CHECK_FALSE(offers(ways, *world.facts.layout, "--key"));  // the one in the dump will do
    world.keys.address.particle = true;
    CHECK(world.run("server-key-bits-wrong").all().front().severity == Severity::Warning);
    CHECK_FALSE(world.fires("server-key-foreign"));

    World garbage;
    garbage.keys.address.particle = false;
    garbage.keys.server.what = ServerKeyClass::Corrupted;
    garbage.keys.server.uses_builtin = true;
    CHECK(garbage.run("server-key-foreign").all().front().explain.find("slot holds") == std::string::npos);
    garbage.keys.server.harmless_damage = true;
    CHECK(garbage.run("server-key-bits-wrong").all().front().explain.find("33 to 288") == std::string::npos);
}

TEST_CASE("what the cloud holds is told only where it is known", "[keys][rules]") {
    World world;
    CHECK_FALSE(world.fires("cloud-key-differs"));
    world.handshake.cloud_holds_slots_key = false;
    CHECK_FALSE(world.fires("cloud-key-differs"));
    for (const auto witness : {CloudWitness::Owner, CloudWitness::Server}) {
        world.handshake.cloud_witness = witness;
        CHECK(world.fires("cloud-key-differs"));
    }
    world.handshake.cloud_holds_slots_key = true;
    CHECK_FALSE(world.fires("cloud-key-differs"));
    world.keys.regenerated = true;
    CHECK_FALSE(world.fires("private-key-made-anew"));
    world.handshake.cloud_witness = CloudWitness::Nobody;
    CHECK(world.fires("private-key-made-anew"));
}

TEST_CASE("a damaged key in the unused copy is a note", "[keys][rules]") {
    World world;
    world.facts.dct.copies = {{.number = 1}, {.number = 2, .state = DctCopyState::Superseded}};
    world.facts.dct.selected = 1;
    world.keys.device_in_other_copy = DeviceKey{.at = range_of(0x08009D9E, 612), .dct_copy = 2, .what = DeviceKeyClass::Erased};
    const auto found = world.run("private-key-damaged-in-old-copy").all();
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == Severity::Note);
}

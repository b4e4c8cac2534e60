// The rules of the server's key and address, one by one on the smallest broken facts.
#include "photopsy.h"
#include "remedy/remedy.h"
#include "rules/keys_world.h"
#include "support/story.h"
#include "support/typed.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using World = KeysWorld;

}  // namespace

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

TEST_CASE("a port that the release does not go to is told, and no write is offered for it", "[keys][rules][remedy]") {
    World home;
    home.keys.address.particle = false;
    home.keys.address.host = "cloud.example.org";
    home.keys.server.what = ServerKeyClass::ValidOther;
    CHECK_FALSE(home.fires("server-port-ignored"));
    home.keys.address.ignored_port = 8080;
    const auto findings = home.run("server-port-ignored");
    REQUIRE(findings.all().size() == 1);
    CHECK(findings.all().front().confidence == Confidence::Possible);
    const Observations seen{home.facts, home.keys, home.handshake, home.boot};
    const auto diagnosis = diagnose(seen, findings, {});
    REQUIRE(diagnosis.causes.size() == 1);
    CHECK(diagnosis.causes.front().cause->id == "server-address-invalid");
    CHECK(diagnosis.causes.front().story.confidence == Confidence::Possible);
    const auto ways = remedies_of({seen, findings, "server-address-invalid"});
    CHECK(std::ranges::any_of(ways, [](const auto& way) { return way.title == "Let your server listen at TCP port 5683"; }));
    for (const auto& way : ways) CHECK(way.steps.empty() == (way.cost == Remedy::Cost::Nothing));
    home.keys.address.particle = true;
    CHECK_FALSE(home.fires("server-port-ignored"));
}

TEST_CASE("where the firmware does without the key in the slot, a dead address alone is at fault", "[keys][diagnosis]") {
    World dead;
    dead.keys.address.particle = false;
    dead.keys.address.unreachable = dead.keys.address.damaged = true;
    dead.keys.server.what = ServerKeyClass::Erased;
    const auto leading = [&] {
        auto findings = dead.run("server-key-empty");
        const auto address = dead.run("server-address-wrong");
        findings.all().insert(findings.all().end(), address.all().begin(), address.all().end());
        const Observations seen{dead.facts, dead.keys, dead.handshake, dead.boot};
        return std::string(diagnose(seen, findings, {}).causes.front().cause->id);
    };
    CHECK(leading() == "server-address-invalid");
    dead.facts.system.handshake = HandshakeGeneration::V0_6_2;  // it has no other key
    CHECK(leading() == "server-key-erased");
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

TEST_CASE("a key that was given as the server's does not outweigh Particle's address with Particle's key", "[keys][rules]") {
    for (const auto& story : stories()) {
        const bool own = story.name == "private-server";
        if (!own && story.name != "healthy-1.5.2" && story.name != "electron-healthy-2.3.1") continue;
        INFO(story.name);
        const auto& layout = *builtin_layout(story.sample.recipe.device);
        const auto with = [&](const Bytes& server) { return analyze(recognize(story.sample.file, "dump.bin", "", layout), layout, {.server_spki = server}); };
        const auto alone = with({});
        auto strange = alone.keys.device.public_spki;  // a whole key of the right kind, and no server's
        if (layout.name == "photon") {
            const auto slot = alone.capture.image.bytes(range_of(alone.keys.server.at.begin, 294));
            strange.assign(slot.begin(), slot.end());
            strange[100] ^= 0x40;
        }
        const auto given = with(strange);
        const auto remark = std::ranges::any_of(given.findings.all(), [](const Finding& one) { return one.rule->id == "server-key-given-is-anothers"; });
        const auto cause = std::ranges::any_of(given.diagnosis.causes, [](const NamedCause& one) { return one.cause->id == "server-key-of-other-server"; });
        CHECK(remark != own);
        CHECK(cause == own);
        CHECK(given.handshake.fails() == own);
        CHECK_FALSE(alone.findings.has("server-key-given-is-anothers"));
    }
}

TEST_CASE("an address that somebody wrote is a fault of its own beside an erased server key", "[keys][rules][remedy]") {
    World world;
    world.facts.system.handshake = HandshakeGeneration::V0_6_2;
    world.keys.server.what = ServerKeyClass::Erased;
    world.keys.address = {.at = range_of(0x0800671E, 128), .kind = ServerAddress::Kind::Ip, .unreachable = true, .detail = "it leads nowhere"};
    const auto causes = [&] {
        auto findings = world.run("server-key-empty");
        const auto address = world.run("server-address-wrong");
        findings.all().insert(findings.all().end(), address.all().begin(), address.all().end());
        std::vector<std::string_view> ids;
        for (const auto& named : diagnose({world.facts, world.keys, world.handshake, world.boot}, findings, {}).causes) ids.push_back(named.cause->id);
        return ids;
    };
    using Ids = std::vector<std::string_view>;
    for (const char* host : {"127.0.0.1", "127.8.8.8", "0.0.0.0", "255.255.255.255"}) {
        INFO(host);
        world.keys.address.host = host;
        CHECK(causes() == Ids{"server-key-erased", "server-address-invalid"});
    }
    for (const char* host : {"224.7.9.1", "12.7.0.1", "127.0.0.1.2"}) {  // whatever is left of another address
        INFO(host);
        world.keys.address.host = host;
        CHECK(causes() == Ids{"server-key-erased"});
    }
    world.keys.address.host = "0.0.0.0";
    world.keys.server.what = ServerKeyClass::Truncated;  // zeros, as they ran on
    world.keys.server.damage = {range_of(world.keys.server.at.end - 18, 18)};
    auto cut = world.run("server-key-cut-short");
    const auto zeros = world.run("server-address-wrong");
    cut.all().insert(cut.all().end(), zeros.all().begin(), zeros.all().end());
    CHECK(diagnose({world.facts, world.keys, world.handshake, world.boot}, cut, {}).causes.size() == 1);
}

TEST_CASE("who wrote the address of the server's own computer has a server of his own", "[keys][remedy]") {
    World world;
    world.facts.system.handshake = HandshakeGeneration::V0_6_2;
    world.keys.server.what = ServerKeyClass::Erased;
    world.keys.address = {
        .at = range_of(0x0800671E, 128), .kind = ServerAddress::Kind::Ip, .host = "127.0.0.1", .unreachable = true, .detail = "it leads nowhere"};
    const auto findings = world.run("server-key-empty");
    const auto titles = [&] {
        std::vector<std::string> all;
        for (const auto& way : remedies_of({{world.facts, world.keys, world.handshake, world.boot}, findings, "server-key-erased"})) all.push_back(way.title);
        return all;
    };
    using Titles = std::vector<std::string>;
    CHECK(titles() == Titles{"Keep this dump", "Write the key of your own server", "Or send the device back to Particle's cloud"});
    world.keys.address.host = "0.0.0.0";  // nobody's: either may be meant
    CHECK(titles() == Titles{"Keep this dump", "Write Particle's server key and address", "Or write the key and address of your own server"});
    world.keys.server.what = ServerKeyClass::Published;
    CHECK(titles() == Titles{"Keep this dump", "Write Particle's server key and address"});
}

// Each rule of this subject fires on the smallest broken facts and is silent on healthy ones.
#include "diagnosis/diagnosis.h"
#include "remedy/remedy.h"
#include "rules/keys_world.h"
#include "support/typed.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

using World = KeysWorld;

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

TEST_CASE("what the cloud holds is told only where it is known", "[keys][rules]") {
    World world;
    CHECK_FALSE(world.fires("cloud-key-differs"));
    world.handshake.cloud_holds_slots_key = false;
    CHECK_FALSE(world.fires("cloud-key-differs"));
    for (const auto witness : {CloudWitness::Owner, CloudWitness::Server, CloudWitness::Light}) {
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

TEST_CASE("where the key is gone, that comes before what the cloud holds", "[keys][rules]") {
    World world;
    world.keys.device.what = DeviceKeyClass::Erased;
    world.keys.device.usable = false;
    world.handshake.cloud_witness = CloudWitness::Owner;
    world.handshake.cloud_holds_slots_key = false;
    auto findings = world.run("private-key-empty");
    const auto record = world.run("cloud-key-differs");
    REQUIRE(record.has("cloud-key-differs"));
    CHECK(record.all().front().explain.find("stood in this slot last") != std::string::npos);
    findings.all().insert(findings.all().end(), record.all().begin(), record.all().end());
    const auto diagnosis = diagnose({world.facts, world.keys, world.handshake, world.boot}, findings, {});
    REQUIRE(diagnosis.causes.size() == 2);
    CHECK(diagnosis.causes.front().cause->id == "private-key-erased");
    world.keys.device.what = DeviceKeyClass::Good;
    CHECK(world.run("cloud-key-differs").all().front().severity == Severity::Problem);
}

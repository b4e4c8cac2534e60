// EC keys of a device that belongs to a private server: its own come back, and nothing sends it to Particle's without its owner's word.
#include "base/hex.h"
#include "catch.h"
#include "mend/repair.h"
#include "mend/repair_doubt.h"
#include "support/ec_pair.h"
#include "support/named_cause.h"
#include "support/sample/sample.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::string written_hex(const std::string& field, const Bytes& bytes) {
    return "{ act = \"write\", field = \"" + field + "\", hex = \"" + hex(bytes) + "\" }, ";
}

struct UdpKeys {
    EcPair device, server;
    UdpKeys() {
        Dice dice(61);
        device = rolled_ec_pair(dice);
        server = rolled_ec_pair(dice);
    }
};

constexpr const char* own_address = "{ act = \"write\", field = \"alt_server_address\", domain = \"cloud.example.com\", port = 5684 }, ";

Analysis udp_device(const std::string& device_slot, const std::string& server_slot, const std::string& address = own_address) {
    const auto sample = sample::make_sample(
        "title = \"UDP\"\ndevice = \"electron\"\nseed = 85\nlife = [{ act = \"install-release\", release = \"2.3.1\" }, "
        "{ act = \"factory-table\", release = \"2.3.1\" }, { act = \"provision\" }, " +
            address + device_slot + server_slot +
            "{ act = \"write\", field = \"claimed\", hex = \"30\" }, { act = \"write\", field = \"claimed\", hex = \"31\" }]\n",
        "udp");
    REQUIRE(sample);
    const auto& layout = *builtin_layout("electron");
    return analyze(recognize(sample->file, "udp.bin", "", layout), layout);
}

const Remedy* remedy_that(const Analysis& analysis, RemedyStep::Kind kind, Remedy::Role role) {
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            if (remedy.role == role && std::ranges::any_of(remedy.steps, [&](const RemedyStep& step) { return step.kind == kind; })) return &remedy;
    return nullptr;
}

bool plan_writes(const RepairPlan& plan, std::string_view kind) {
    return std::ranges::any_of(
        plan.steps, [&](const RepairStep& step) { return std::ranges::any_of(step.sources, [&](const RepairSource& source) { return source.kind == kind; }); });
}

}  // namespace

TEST_CASE("EC keys of a private server in each other's slot are both written back", "[ec][repair]") {
    const UdpKeys keys;
    const auto analysis =
        udp_device(written_hex("alt_device_private_key", spki_of(keys.server)), written_hex("alt_server_public_key", sec1_of(keys.device, EcWidth::Fixed)));
    REQUIRE(cause_called(analysis, "private-key-and-server-key-swapped"));
    const auto* own = remedy_that(analysis, RemedyStep::Kind::MakeOwnServerKey, Remedy::Role::Way);
    REQUIRE(own);
    CHECK(std::ranges::any_of(own->steps, [](const RemedyStep& step) { return step.kind == RemedyStep::Kind::RecoverKey; }));
    CHECK_FALSE(remedy_that(analysis, RemedyStep::Kind::MakeServerKey, Remedy::Role::Way));
    CHECK(remedy_that(analysis, RemedyStep::Kind::MakeServerKey, Remedy::Role::OtherWay));
    const auto repair = plan_repair(analysis, {});
    CHECK(plan_writes(repair.plan, "recovered-key"));
    CHECK(plan_writes(repair.plan, "server-key-in-dump"));
    CHECK_FALSE(plan_writes(repair.plan, "published-server-key"));
    CHECK(repair.plan.expect.outcome != "cloud-fails");
}

TEST_CASE("a device key beside its own public half is no swap", "[ec][repair]") {
    const UdpKeys keys;
    const auto analysis =
        udp_device(written_hex("alt_device_private_key", spki_of(keys.device)), written_hex("alt_server_public_key", sec1_of(keys.device, EcWidth::Fixed)));
    CHECK_FALSE(cause_called(analysis, "private-key-and-server-key-swapped"));
    CHECK(cause_called(analysis, "private-key-wrong-type"));
}

TEST_CASE("a private server's EC key as text is written in the form that the firmware reads", "[ec][remedy]") {
    const UdpKeys keys;
    const auto digits = hex(spki_of(keys.server));
    const auto analysis = udp_device("", written_hex("alt_server_public_key", Bytes(digits.begin(), digits.end())));
    REQUIRE(cause_called(analysis, "server-key-wrong-type"));
    const auto* own = remedy_that(analysis, RemedyStep::Kind::MakeOwnServerKey, Remedy::Role::Way);
    REQUIRE(own);
    REQUIRE(own->steps.size() == 2);
    CHECK(own->steps.back().at == analysis.layout->dct.field("alt_server_public_key")->offset);
    CHECK(plan_writes(plan_repair(analysis, {}).plan, "server-key-in-dump"));
}

TEST_CASE("an RSA key in the place of an EC key runs on over the server key, which is no failing cell", "[ec][rules]") {
    const auto analysis = udp_device(written_hex("alt_device_private_key", encode_for_device(first_key())), "", "");
    const auto* server = cause_called(analysis, "server-key-corrupted");
    REQUIRE(server);
    CHECK(std::ranges::any_of(server->story.chain, [](const ChainLink& link) { return link.says.find("longer than that slot") != std::string::npos; }));
    CHECK(analysis.findings.has("settings-overwritten-by-key"));
}

TEST_CASE("a key that is written back is doubted where the cache names another", "[repair]") {
    Analysis analysis;
    RepairPlan plan;
    KeyFacts::Recovery recovery;
    recovery.public_fingerprint[0] = 1;
    analysis.keys.recoveries = {recovery};
    CHECK(doubt_of_written_key(plan, analysis) == KeyDoubt::None);
    RepairStep step;
    step.sources = {{"recovered-key", hex(recovery.public_fingerprint), "this slot"}};
    plan.steps = {step};
    CHECK(doubt_of_written_key(plan, analysis) == KeyDoubt::None);
    analysis.keys.cache.fingerprint = Sha256{};
    analysis.keys.cache.state = PublicKeyCache::State::BelongsToOtherKey;
    CHECK(doubt_of_written_key(plan, analysis) == KeyDoubt::AnotherInCache);
    analysis.handshake.cloud_witness = CloudWitness::Owner;
    CHECK(doubt_of_written_key(plan, analysis) == KeyDoubt::AnotherOnRecord);
    analysis.keys.recoveries.front().matches_registered = true;
    CHECK(doubt_of_written_key(plan, analysis) == KeyDoubt::None);
}

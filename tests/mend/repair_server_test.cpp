// Whose server a device goes to is its owner's to say: no plan sends it elsewhere without the word, and none writes where it connects as it is.
#include "catch.h"
#include "handshake/server_address.h"
#include "mend/repair.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr const char* private_server_recipe =
    "title = \"Of a private server\"\ndevice = \"photon\"\nseed = 78\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
    "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"2019-11-05\" }, { act = \"provision\" }, "
    "{ act = \"write\", field = \"server_public_key\", server = \"other\" }, "
    "{ act = \"write\", field = \"server_address\", ip = [192, 168, 1, 9], port = 5683 }, "
    "{ act = \"write\", field = \"claimed\", hex = \"30\" }]\n";

constexpr const char* named_server_recipe =
    "title = \"Of a private server with a name\"\ndevice = \"photon\"\nseed = 79\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
    "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"2019-11-05\" }, { act = \"provision\" }, "
    "{ act = \"write\", field = \"server_public_key\", server = \"other\" }, "
    "{ act = \"write\", field = \"server_address\", domain = \"cloud.example.com\", port = 5683 }, "
    "{ act = \"write\", field = \"claimed\", hex = \"30\" }]\n";

Analysis analysis_of_flash(const Bytes& file) {
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(file, "server.bin", "", layout), layout);
}

Bytes flash_of_private_server() {
    const auto sample = sample::make_sample(private_server_recipe, "private");
    REQUIRE(sample);
    return sample->file;
}

Bytes flash_of_named_server() {
    const auto sample = sample::make_sample(named_server_recipe, "named");
    REQUIRE(sample);
    return sample->file;
}

/// Other bytes in the place of the server's key, in the copies asked for, with the checksum right again unless that is damage to be found by it.
Bytes with_server_slot(Bytes file, const Bytes& bytes, bool in_both, std::size_t at = 0, bool checksum = true) {
    const auto facts = analysis_of_flash(file).facts;
    for (const auto& copy : facts.dct.copies) {
        const bool selected = facts.dct.selected == copy.number;
        if (!selected && !in_both) continue;
        const auto field = facts.dct.field_at(*facts.layout, "server_public_key", copy.number);
        std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(field.begin - facts.layout->flash.begin + at));
        if (!selected || !checksum) continue;
        const auto begin = copy.at.begin - facts.layout->flash.begin;
        const auto sum = dct_crc(ByteView(file).subspan(begin, 0x4000));
        for (std::size_t i = 0; i < 4; ++i) file[begin + 0x3FF8 + i] = static_cast<std::uint8_t>(sum >> (8 * i));
    }
    return file;
}

bool asks_for_other_server(const RepairPlan& plan) {
    return std::ranges::any_of(plan.consents, [](const auto& consent) { return consent.word == repair_consent::other_server && !consent.given; });
}

}  // namespace

TEST_CASE("a device of a private server is not sent to Particle without the word", "[repair]") {
    const auto whole = flash_of_private_server();
    CHECK(plan_repair(analysis_of_flash(whole), {}).plan.steps.empty());
    auto text = std::string("-----BEGIN PUBLIC KEY-----\nMIIB");
    text.resize(294, 'A');
    for (const auto& slot : {Bytes(294, 0), Bytes(294, 0xFF), Bytes(text.begin(), text.end())}) {
        const auto analysis = analysis_of_flash(with_server_slot(whole, slot, true));
        CHECK_FALSE(analysis.diagnosis.causes.empty());
        const auto without = plan_repair(analysis, {}).plan;
        CHECK(without.steps.empty());
        CHECK(asks_for_other_server(without));
        CHECK(plan_repair(analysis, {.consents = {"other-server"}}).plan.steps.size() == 1);
    }
}

TEST_CASE("another server's key that is damaged is not taken for Particle's, and the device not sent there without the word", "[repair]") {
    const auto made = sample::make_sample(
        "title = \"x\"\ndevice = \"photon\"\nseed = 80\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"x\" }, { act = \"provision\" }, "
        "{ act = \"write\", field = \"server_public_key\", server = \"other\" }, { act = \"write\", field = \"claimed\", hex = \"31\" }]\n",
        "other");
    REQUIRE(made);
    const auto field = analysis_of_flash(made->file).keys.server.at.begin - 0x08000000;
    int damaged = 0;
    for (int bit = 0; bit < 8; ++bit) {  // of some of them the number still looks like a modulus, and the key is another's, whole
        const Bytes changed = {static_cast<std::uint8_t>(made->file[field + 100] ^ (1 << bit))};
        const auto analysis = analysis_of_flash(with_server_slot(made->file, changed, false, 100));
        damaged += analysis.keys.server.damaged_other;
        CHECK(analysis.keys.server.damaged_other == (analysis.keys.server.what == ServerKeyClass::Corrupted));
        const auto plan = plan_repair(analysis, {}).plan;
        CHECK(plan.steps.empty());
        CHECK(asks_for_other_server(plan));
    }
    CHECK(damaged > 0);
    // Particle's own key, damaged, needs no word.
    const auto particle = flash_of_named_server();
    const auto particles = published_server_slot();
    for (const std::size_t begin : {std::size_t{100}, std::size_t{40}}) {
        Bytes half(particles.begin(), particles.begin() + 294);
        std::fill(half.begin() + static_cast<std::ptrdiff_t>(begin), half.begin() + 250, std::uint8_t{0x5A});
        CHECK_FALSE(analysis_of_flash(with_server_slot(particle, half, false)).keys.server.damaged_other);
    }
}

TEST_CASE("the older copy's whole key of the same server is written back", "[repair]") {
    const auto whole = flash_of_private_server();
    const auto analysis = analysis_of_flash(with_server_slot(whole, Bytes(294, 0), false));
    REQUIRE(analysis.keys.server_in_other_copy);
    const auto repair = plan_repair(analysis, {});
    REQUIRE(repair.plan.steps.size() == 1);
    CHECK(repair.plan.steps[0].sources.at(0).kind == "server-key-in-dump");
    CHECK(repair.plan.steps[0].sources.at(0).place == "the other copy of the table");
    CHECK_FALSE(asks_for_other_server(repair.plan));
    CHECK(repair.plan.expect.outcome == "healthy");
    const auto flash = repair.target.everything();
    CHECK(analysis_of_flash({flash.begin(), flash.end()}).keys.server.fingerprint == analysis_of_flash(whole).keys.server.fingerprint);
}

TEST_CASE("a lost beginning of a server's key, which the firmware never reads, is no damage", "[repair]") {
    const auto whole = flash_of_private_server();
    const auto analysis = analysis_of_flash(with_server_slot(whole, Bytes(33, 0), false));
    CHECK(analysis.diagnosis.outcome == Outcome::Healthy);
    CHECK(analysis.keys.server.what == ServerKeyClass::ValidOther);
    CHECK(plan_repair(analysis, {}).plan.steps.empty());
    const auto without_end = analysis_of_flash(with_server_slot(with_server_slot(whole, Bytes(33, 0), false), Bytes(5, 0), false, 289));
    CHECK(without_end.keys.server.what == ServerKeyClass::Corrupted);
}

namespace {

constexpr std::size_t address_at = 384;

bool offers_particle_otherwise(const Analysis& analysis) {
    return std::ranges::any_of(analysis.remedies.front(), [](const Remedy& remedy) {
        return remedy.role == Remedy::Role::OtherWay && !remedy.steps.empty() && remedy.steps.front().kind == RemedyStep::Kind::MakeServerKey;
    });
}

/// The plan puts key and address of `whole` back, and sends nobody to Particle.
void check_restored(const Analysis& damaged, const Bytes& whole) {
    const auto repair = plan_repair(damaged, {});
    REQUIRE(repair.plan.steps.size() == 1);
    CHECK(repair.plan.steps[0].sources.at(0).place == "the other copy of the table");
    CHECK_FALSE(asks_for_other_server(repair.plan));
    CHECK(std::ranges::none_of(repair.plan.expect.causes, [](const auto& cause) { return cause.starts_with("server-"); }));
    CHECK(offers_particle_otherwise(damaged));
    const auto flash = repair.target.everything();
    const auto after = analysis_of_flash({flash.begin(), flash.end()}), before = analysis_of_flash(whole);
    CHECK(after.keys.server.fingerprint == before.keys.server.fingerprint);
    CHECK(after.keys.address.kind == before.keys.address.kind);
    CHECK(after.keys.address.host == before.keys.address.host);
    CHECK(after.keys.address.port == before.keys.address.port);
}

struct AddressDamage {
    std::size_t at;
    Bytes bytes;
};

}  // namespace

TEST_CASE("a private server's lost address is put back from the older copy, with the checksum or without", "[repair]") {
    for (const auto& whole : {flash_of_private_server(), flash_of_named_server()})
        for (const bool checksum : {true, false})
            for (const auto& [at, bytes] : {AddressDamage{0, Bytes(68, 0xFF)}, {0, Bytes(68, 0)}, {0, {0x41}}}) {
                INFO(at << " " << bytes.size() << " " << +bytes[0] << " " << checksum);
                const auto analysis = analysis_of_flash(with_server_slot(whole, bytes, false, address_at + at, checksum));
                REQUIRE_FALSE(analysis.diagnosis.causes.empty());
                CHECK(analysis.diagnosis.causes.front().cause->id == "server-address-invalid");
                CHECK(analysis.handshake.fails());
                check_restored(analysis, whole);
            }
}

TEST_CASE("a damaged name of a private server leads nowhere, and the older copy's is put back", "[repair]") {
    const auto whole = flash_of_named_server();
    for (const bool checksum : {true, false})
        for (const auto& [at, bytes] : {AddressDamage{1, {0x91}}, {1, {0x10}}, {0, {0}}, {4, {'n'}}, {4, Bytes(20, 0)}, {66, {0x96}}}) {
            INFO(at << " " << +bytes[0] << " " << checksum);
            const auto analysis = analysis_of_flash(with_server_slot(whole, bytes, false, address_at + at, checksum));
            REQUIRE_FALSE(analysis.diagnosis.causes.empty());
            CHECK(analysis.diagnosis.causes.front().cause->id == "server-address-invalid");
            REQUIRE_FALSE(analysis.handshake.predictions.empty());
            CHECK(analysis.handshake.predictions.front().step == (bytes[0] == 0x91 ? Step::Recv384 : Step::Connect));
            check_restored(analysis, whole);
        }
    const auto hardly = analysis_of_flash(with_server_slot(whole, {'n'}, false, address_at + 4, true));
    CHECK(hardly.diagnosis.confidence == Confidence::Likely);
}

TEST_CASE("another address that somebody wrote is no damage", "[repair]") {
    const auto named = flash_of_named_server(), numbered = flash_of_private_server();
    const std::string other = "other.example.org";
    for (const auto& file :
         {with_server_slot(named, {0x16, 0x3A}, false, address_at + 66), with_server_slot(numbered, {192, 168, 1, 11}, false, address_at + 2),
          with_server_slot(named, Bytes(other.begin(), other.end()), false, address_at + 2)}) {
        const auto analysis = analysis_of_flash(file);
        CHECK(analysis.diagnosis.outcome == Outcome::Healthy);
        CHECK(plan_repair(analysis, {}).plan.steps.empty());
    }
    const auto located = analysis_of_flash(with_server_slot(named, {0x16, 0x3A}, false, address_at + 66, false));
    REQUIRE_FALSE(located.diagnosis.causes.empty());
    CHECK(located.diagnosis.causes.front().cause->id == "server-address-invalid");
    CHECK(located.diagnosis.confidence == Confidence::Certain);
}

TEST_CASE("where key and address of a private server are both lost, both come back from the older copy", "[repair]") {
    for (const auto& whole : {flash_of_private_server(), flash_of_named_server()})
        for (const bool checksum : {true, false})
            for (const std::uint8_t value : Bytes{0xFF, 0x00}) {
                INFO(+value << " " << checksum);
                const auto analysis = analysis_of_flash(with_server_slot(whole, Bytes(512, value), false, 0, checksum));
                REQUIRE_FALSE(analysis.diagnosis.causes.empty());
                check_restored(analysis, whole);
            }
    const auto whole = flash_of_named_server();
    const auto back = analysis_of_flash(with_server_slot(whole, published_server_slot(), false));
    CHECK(back.diagnosis.outcome == Outcome::Healthy);  // it was sent to Particle, as `photopsy keys server` does
    const auto in_both = analysis_of_flash(with_server_slot(whole, Bytes(512, 0xFF), true));
    CHECK_FALSE(in_both.keys.server_in_other_copy);
}

TEST_CASE("a run of erased or zeroed bytes in a private server's modulus is damage", "[repair]") {
    const auto whole = flash_of_named_server();
    for (const std::uint8_t value : Bytes{0xFF, 0x00}) {
        const auto alone = analysis_of_flash(with_server_slot(whole, Bytes(16, value), true, 120));
        REQUIRE_FALSE(alone.diagnosis.causes.empty());
        CHECK(alone.diagnosis.causes.front().cause->id == "server-key-corrupted");
        CHECK(alone.handshake.fails());
        CHECK(asks_for_other_server(plan_repair(alone, {}).plan));
        check_restored(analysis_of_flash(with_server_slot(whole, Bytes(16, value), false, 120)), whole);
    }
}

TEST_CASE("what is left of Particle's address is written anew, whoever the older copy names", "[repair]") {
    const auto sample = sample::make_sample(
        "title = \"Of Particle\"\ndevice = \"photon\"\nseed = 80\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"2019-11-05\" }, { act = \"provision\" }, "
        "{ act = \"write\", field = \"claimed\", hex = \"30\" }]\n",
        "particle");
    REQUIRE(sample);
    for (const bool both : {false, true})
        for (const std::size_t at : {3u, 6u, 12u}) {
            const auto analysis = analysis_of_flash(with_server_slot(sample->file, Bytes(17 - at, 0), both, address_at + at));
            REQUIRE_FALSE(analysis.diagnosis.causes.empty());
            CHECK(analysis.diagnosis.causes.front().cause->id == "server-address-invalid");
            const auto repair = plan_repair(analysis, {});
            REQUIRE(repair.plan.steps.size() == 1);
            CHECK(repair.plan.steps[0].sources.at(0).kind == "published-server-key");
            CHECK_FALSE(asks_for_other_server(repair.plan));
        }
}

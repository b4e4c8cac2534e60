// Whose server a device goes to is its owner's to say: no plan sends it elsewhere without the word, and none writes where it connects as it is.
#include "catch.h"
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

Analysis analysis_of_flash(const Bytes& file) {
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(file, "server.bin", "", layout), layout);
}

Bytes flash_of_private_server() {
    const auto sample = sample::make_sample(private_server_recipe, "private");
    REQUIRE(sample);
    return sample->file;
}

/// Other bytes in the place of the server's key, in the copies asked for, with the checksum right again.
Bytes with_server_slot(Bytes file, const Bytes& bytes, bool in_both, std::size_t at = 0) {
    const auto facts = analysis_of_flash(file).facts;
    for (const auto& copy : facts.dct.copies) {
        const bool selected = facts.dct.selected == copy.number;
        if (!selected && !in_both) continue;
        const auto field = facts.dct.field_at(*facts.layout, "server_public_key", copy.number);
        std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(field.begin - facts.layout->flash.begin + at));
        if (!selected) continue;
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

// Causes of modules: every one is told with a chain, has remedies in order of cost, and commands for this device.
#include "catch.h"
#include "remedy/remedy.h"
#include "support/module_fixture.h"
#include "support/ota_fixture.h"
#include "support/typed.h"

#include <algorithm>
#include <functional>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const auto layout = module_layout();
const KeyFacts keys;
const HandshakeOutcome handshake;

struct Told {
    Facts facts;
    BootOutcome boot;
    Findings findings;
    Diagnosis diagnosis;
    Remedies remedies;
};

Told diagnose_flash(const Image& image) {
    Told told{.facts = module_facts(image, layout), .boot = {}, .findings = {}, .diagnosis = {}, .remedies = {}};
    told.boot = predict_boot(told.facts);
    const Observations seen{told.facts, keys, handshake, told.boot};
    for (auto subject : {module_rules(), system_rules()})
        for (const auto& rule : subject) {
            const auto found = run_rule(rule, seen);
            told.findings.all().insert(told.findings.all().end(), found.all().begin(), found.all().end());
        }
    told.diagnosis = diagnose(seen, told.findings);
    told.remedies = find_remedies(seen, told.findings, told.diagnosis);
    return told;
}

struct Case {
    const char* cause;
    std::function<void(Image&)> damage;
    Outcome outcome;
    const char* command;  ///< part of a command that must be offered
};

const std::vector<Case> cases = {
    {"module-missing", [](Image& image) { fill(image, 0x08060000, 0x40000); }, Outcome::BootFails,
     "dfu-util -d 2b04:d006 -a 0 -s 0x08060000 -D photon-system-part2@1.5.2.bin"},
    {"module-missing", [](Image& image) { fill(image, 0x08000000, 0x4000); }, Outcome::BootFails, "openocd"},
    {"module-not-firmware", [](Image& image) { fill(image, 0x080A0000, 0x20000, 'a'); }, Outcome::SafeMode, "-s 0x080a0000 -D my-application.bin"},
    {"module-at-wrong-address",
     [](Image& image) {
         fill(image, 0x08020000, 0x40000);
         write(image, part2_spec(1512), 0x08020000);
     },
     Outcome::BootFails, "-s 0x08020000 -D photon-system-part1@"},
    {"module-wrong-platform", [](Image& image) { write(image, for_p1(part1_spec(1512))); }, Outcome::BootFails, "-s 0x08020000 -D photon-system-part1@"},
    {"module-truncated", [](Image& image) { fill(image, 0x08075432, 0x2ABCE); }, Outcome::BootFails, "-s 0x08060000"},
    {"module-block-erased", [](Image& image) { fill(image, 0x08040000, 0x20000); }, Outcome::BootFails, "-s 0x08020000"},
    {"module-block-zeroed", [](Image& image) { fill(image, 0x08071000, 0x1000, 0); }, Outcome::SafeMode, "-s 0x08060000"},
    {"module-crc-bad", [](Image& image) { flip(image, 0x08071234); }, Outcome::SafeMode, "-s 0x08060000"},
    {"module-crc-bad", [](Image& image) { flip(image, 0x08001234); }, Outcome::SafeMode, "particle flash --serial photon-bootloader@1.5.2+lto.bin"},
    {"module-crc-bad", [](Image& image) { flip(image, 0x08031234); }, Outcome::Attention, "-s 0x08020000"},
    {"module-dependency-unsatisfied", [](Image& image) { write(image, part1_spec(1406)); }, Outcome::SafeMode, "-D photon-system-part1@1.5.2.bin"},
    {"module-dependency-unsatisfied", [](Image& image) { write(image, bootloader_spec(7)); }, Outcome::SafeMode,
     "particle flash --serial photon-bootloader@1.5.2+lto.bin"},
    {"system-parts-from-different-releases", [](Image& image) { write(image, part1_spec(2302)); }, Outcome::Attention, "-D photon-system-part2@"},
    {"user-needs-newer-system", [](Image& image) { write(image, user_spec(2302)); }, Outcome::SafeMode, "particle compile photon . --target 1.5.2"},
};

}  // namespace

TEST_CASE("one damage, one cause, with a chain and remedies for this device", "[modules]") {
    for (const auto& row : cases) {
        auto image = healthy_flash(layout, 1512, 502);
        row.damage(image);
        const auto told = diagnose_flash(image);
        INFO(row.cause << " / " << row.command << " / boot " << name_of(told.boot.result));
        REQUIRE(told.diagnosis.causes.size() == 1);
        const auto& named = told.diagnosis.causes[0];
        CHECK(named.cause->id == row.cause);
        CHECK(told.diagnosis.outcome == row.outcome);
        CHECK(told.diagnosis.unexplained.empty());
        CHECK(named.story.chain.size() >= 2);
        CHECK(named.story.chain[0].seen);
        const auto& remedies = told.remedies.at(0);
        REQUIRE(remedies.size() >= 2);
        CHECK(remedies[0].title == "Keep this dump");
        CHECK(std::is_sorted(remedies.begin(), remedies.end(), [](const Remedy& a, const Remedy& b) { return a.cost < b.cost; }));
        CHECK(offers(remedies, layout, row.command));
    }
}

TEST_CASE("a healthy flash has no module cause", "[modules]") {
    const auto told = diagnose_flash(healthy_flash(layout, 1512, 502));
    CHECK(told.diagnosis.causes.empty());
    CHECK(told.diagnosis.outcome == Outcome::Healthy);
}

TEST_CASE("an erased application with a factory application heals itself", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    fill(image, 0x080A0000, 0x20000);
    write(image, user_spec(), 0x080E0000);
    const auto told = diagnose_flash(image);
    CHECK(told.diagnosis.outcome == Outcome::Attention);
    CHECK(told.diagnosis.exit_status == 0);
    REQUIRE(told.diagnosis.causes.size() == 1);
    CHECK(told.remedies.at(0).at(1).title == "Just start the device");
}

TEST_CASE("every module cause of the vocabulary has a row and a definition", "[modules]") {
    for (const char* id : {"module-missing", "module-crc-bad", "module-truncated", "module-block-erased", "module-block-zeroed", "module-partly-overwritten",
                           "module-wrong-platform", "module-at-wrong-address", "module-not-firmware", "module-dependency-unsatisfied",
                           "system-parts-from-different-releases", "user-needs-newer-system"}) {
        const auto* cause = find_cause(id);
        REQUIRE(cause);
        CHECK_FALSE(cause->definition.empty());
        const auto first = cause->explains.front();
        CHECK(find_rule(first.substr(0, first.find('|'))));
    }
}

TEST_CASE("how many places of a module are wrong decides what is said to have done it", "[diagnosis][modules]") {
    auto device = OtaDevice();
    const auto facts = module_facts(device.image, layout);
    const BootOutcome boot;
    const Observations seen{facts, keys, handshake, boot};
    const auto told = [&](const std::vector<Range>& places, const std::string& explain) {
        Findings findings;
        for (const auto at : places)
            findings.all().push_back(
                {.rule = find_rule("module-checksum-wrong"), .severity = Severity::Problem, .where = {"system-part2", at}, .explain = explain});
        const auto diagnosis = diagnose(seen, findings);
        REQUIRE(diagnosis.causes.size() == 1);
        return diagnosis.causes.front().story.chain;
    };
    const auto one = told({range_of(0x08070000, 1)}, "The byte at 0x08070000 is wrong.");
    CHECK(one[0].says == "The byte at 0x08070000 is wrong.");
    CHECK(one[1].says.find("probably few bytes") != std::string::npos);
    const auto three = told({range_of(0x08070000, 1), range_of(0x08072000, 1), range_of(0x08074000, 1)}, "The byte at 0x08070000 is wrong.");
    CHECK(three[0].says == "The byte at 0x08070000 is wrong. 2 more places in it are wrong.");
    CHECK(three[1].says.find("Wrong bytes in 3 places") != std::string::npos);
    const auto stretch = told({range_of(0x08070000, 512)}, "Wrong bytes lie between 0x08070000 and 0x08070200.");
    CHECK(stretch[1].says.find("does not show") != std::string::npos);
}

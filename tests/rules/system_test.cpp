// Versions against each other, both ways and for both eras of the system.
#include "catch.h"
#include "rules/rule.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

const auto layout = module_layout();

/// `cut`: the slot of which the file holds no more than the beginning.
std::vector<Finding> judge(const Image& image, bool pending = false, std::string_view cut = "") {
    static const KeyFacts keys;
    static const HandshakeOutcome handshake;
    static Facts facts;
    facts = module_facts(image, layout);
    for (auto& module : facts.modules)
        if (module.slot == cut) module.integrity = Integrity::NotChecked;
    if (pending) facts.ota.kind = OtaCase::Pending, facts.ota.resumes = OtaFacts::Resumes::Yes;
    const auto boot = predict_boot(facts);
    std::vector<Finding> all;
    for (const auto& rule : system_rules()) {
        const auto found = run_rule(rule, {facts, keys, handshake, boot});
        all.insert(all.end(), found.all().begin(), found.all().end());
    }
    return all;
}

std::string said(const std::vector<Finding>& findings) {
    std::string text;
    for (const auto& finding : findings) text += (text.empty() ? "" : " ") + std::string(finding.rule->id) + "@" + finding.where.region;
    return text;
}

}  // namespace

TEST_CASE("a newer part 1 with an older part 2 works and is told", "[modules]") {
    auto image = healthy_flash(layout, 1406, 501);
    CHECK(said(judge(image)) == "");
    write(image, part1_spec(1512));
    const auto found = judge(image);
    CHECK(said(found) == "system-parts-differ@system-part2 system-parts-differ@system-part1");
    CHECK(found[0].severity == Severity::Warning);
    CHECK(found[0].where.at.contains(0x08060000));
}

TEST_CASE("a part 1 older than part 2 needs is a problem where the system tests it, and a warning where it does not", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    write(image, part1_spec(1406));
    auto found = judge(image);
    CHECK(said(found) == "dependency-unmet@system-part1 dependency-unmet@system-part2");
    CHECK(found[0].severity == Severity::Problem);
    CHECK(found[0].where.at.contains(0x08020000));
    image = healthy_flash(layout, 109, 11);
    write(image, part1_spec(102));
    found = judge(image);
    CHECK(said(found) == "dependency-unmet@system-part1 dependency-unmet@system-part2");
    CHECK(found[0].severity == Severity::Warning);
}

TEST_CASE("what a header over the beginning of a module asks for proves no dependency; what another asks of it does", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    write(image, part1_spec(1406));
    const auto both = "dependency-unmet@system-part1 dependency-unmet@system-part2";
    CHECK(said(judge(image)) == both);
    CHECK(said(judge(image, false, "system-part1")) == both);
    CHECK(said(judge(image, false, "system-part2")) == "");
    write(image, part1_spec(1700));
    CHECK(said(judge(image)) == "system-parts-differ@system-part2 system-parts-differ@system-part1");
    CHECK(said(judge(image, false, "system-part2")) == "");
}

TEST_CASE("a bootloader older than part 2 needs", "[modules]") {
    auto image = healthy_flash(layout, 1512, 100);
    CHECK(said(judge(image)) == "");
    write(image, bootloader_spec(7));
    const auto found = judge(image);
    CHECK(said(found) == "dependency-unmet@bootloader dependency-unmet@system-part2");
    CHECK(found[0].where.at.contains(0x08000000));
    CHECK(found[0].severity == Severity::Problem);
}

TEST_CASE("part 1's own need of part 2 is never tested by the device", "[modules]") {
    auto image = healthy_flash(layout, 109, 11);
    write(image, part1_spec(2302));
    const auto found = judge(image);
    CHECK(said(found) == "dependency-unmet@system-part2 dependency-unmet@system-part1");
    CHECK(found[0].severity == Severity::Problem);
}

TEST_CASE("an application for a newer system is that, and no unmet dependency", "[modules]") {
    for (const bool modern : {true, false}) {
        auto image = modern ? healthy_flash(layout, 1321, 401) : healthy_flash(layout, 109, 11);
        write(image, user_spec(1502));
        const auto found = judge(image);
        CHECK(said(found) == "user-built-for-newer-system@user");
        CHECK(found[0].where.at.contains(0x080A0000));
        CHECK(found[0].severity == Severity::Problem);
    }
}

TEST_CASE("an application's second dependency counts from 0.7.0 on", "[modules]") {
    auto spec = user_spec();
    spec.need2 = {2, 0, 2000};
    auto image = healthy_flash(layout, 1512, 502);
    write(image, spec);
    CHECK(said(judge(image)) == "dependency-unmet@bootloader dependency-unmet@user");
    image = healthy_flash(layout, 109, 11);
    write(image, spec);
    CHECK(said(judge(image)) == "");
}

TEST_CASE("an erased provider passes, as in the firmware, and is told by another rule", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    image.put(0x08020000, std::vector<std::uint8_t>(0x40000, 0xFF));
    CHECK(said(judge(image)) == "");
}

TEST_CASE("the middle of an update is no skew", "[modules]") {
    auto image = healthy_flash(layout, 1406, 501);
    write(image, part1_spec(1512));
    write(image, part2_spec(1512), 0x080C0000);
    CHECK(said(judge(image, true)) == "");
    CHECK(said(judge(image, false)) == "system-parts-differ@system-part2 system-parts-differ@system-part1");
}

TEST_CASE("a system newer than the last examined is a note", "[modules]") {
    CHECK(said(judge(healthy_flash(layout, 3302, 1100))) == "");
    const auto found = judge(healthy_flash(layout, 4000, 1100));
    CHECK(said(found) == "system-newer-than-known@system-part2");
    CHECK(found[0].severity == Severity::Note);
}

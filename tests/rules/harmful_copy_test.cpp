// A record that destroys is fatal whether or not the bootloader reaches it yet, whatever else is damaged, and however little of the file is missing.
#include "rules/harmful_copy.h"

#include "catch.h"
#include "support/armed_device.h"
#include "support/ota_fixture.h"
#include "support/seen_facts.h"

using namespace photopsy;
using namespace photopsy::test;
using Resumes = OtaFacts::Resumes;

namespace {

const std::string part1_bit = R"({ act = "flip", at = "system-part1+0x10000", bit = 2 })",
                  part2_bit = R"({ act = "flip", at = "system-part2+0x10000", bit = 2 })";

const Finding* found(const Analysis& analysis, std::string_view rule) {
    for (const auto& finding : analysis.findings.all())
        if (finding.rule->id == rule) return &finding;
    return nullptr;
}

/// Named first, fatal, and nothing of what is to be done starts the device before the record is taken back.
void is_told_first(const Analysis& analysis) {
    CHECK(analysis.facts.ota.resumes == Resumes::Harms);
    const auto* finding = found(analysis, "ota-update-waits");
    REQUIRE(finding);
    CHECK(finding->severity == Severity::Fatal);
    CHECK_FALSE(found(analysis, "ota-update-unreachable"));
    REQUIRE_FALSE(analysis.diagnosis.causes.empty());
    CHECK(analysis.diagnosis.causes.front().cause->id == "ota-pending");
    CHECK(analysis.diagnosis.headline.find("update record makes the bootloader destroy") != std::string::npos);
    CHECK(analysis.diagnosis.exit_status == 1);
    const auto order = in_one_order(analysis.remedies, analysis.observations());
    REQUIRE(order.size() > 1);
    const auto& first = analysis.remedies[order[0].cause][order[0].remedy];
    CHECK(first.warning.find("Do not start the device normally") != std::string::npos);
    const auto& back = analysis.remedies[order[1].cause][order[1].remedy];
    CHECK(back.title == "Take the waiting copy back, before any start");
    CHECK(back.warning.find("with --apply behind it") != std::string::npos);  // the line alone changes nothing
}

/// Whatever lets the bootloader reach the record says what it does.
void warns_where_it_arms(const Analysis& analysis) {
    CHECK(harm_waits_for_repair(analysis.facts));
    std::size_t writes = 0;
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            for (const auto& step : remedy.steps)
                if (step.file.slot.starts_with("system-part") || step.file.slot == "bootloader") {
                    ++writes;
                    INFO(remedy.title);
                    CHECK(remedy.warning.find("Not before the update record that destroys is taken back") != std::string::npos);
                }
    CHECK(writes > 0);
}

}  // namespace

TEST_CASE("a record that destroys is fatal beside a part that keeps the bootloader from it", "[rules][ota]") {
    ArmedDevice device{.life = received("bootloader", "1.5.2"), .destination = 0x08000000};
    SECTION("the bootloader onto itself, part 2 unsound") { device.damage = part2_bit; }
    SECTION("the bootloader onto itself, part 1 unsound") { device.damage = part1_bit; }
    SECTION("unchecked, onto the table") {
        device.destination = 0x08004000;
        device.flags = 0;
        device.damage = part1_bit;
    }
    SECTION("both parts whole, and too old for this bootloader") {
        device.system = "0.6.3";
        device.life = R"({ act = "install", module = "bootloader", release = "0.7.0" }, )" + received("bootloader", "0.6.3");
    }
    const auto analysis = analysis_of(device);
    CHECK(analysis.facts.ota.kind == OtaCase::PendingUnreachable);
    CHECK(analysis.boot.result != BootResult::Undefined);  // as it is now, nothing is carried out
    is_told_first(analysis);
    warns_where_it_arms(analysis);
}

TEST_CASE("an update that fits is no danger beside an unsound part", "[rules][ota]") {
    const auto analysis = analysis_of({.life = received("user", "0.6.3"), .destination = 0x080A0000, .length = 0x20000, .function = 5, .damage = part2_bit});
    CHECK(analysis.facts.ota.kind == OtaCase::PendingUnreachable);
    CHECK(analysis.facts.ota.resumes == Resumes::AfterRepair);
    CHECK_FALSE(harm_waits_for_repair(analysis.facts));
    REQUIRE(found(analysis, "ota-update-unreachable"));
    CHECK(analysis.diagnosis.causes.front().cause->id == "module-crc-bad");
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list) CHECK(remedy.warning.find("destroys") == std::string::npos);
}

TEST_CASE("a copy that was cut is still told beside a record that destroys", "[rules][ota]") {
    OtaDevice device;
    const auto part2 = update_part2();
    device.receive(part2);
    device.mark(1, 0xFFFF, part2);
    device.copy(part2, 0x14C00);
    const SeenFacts cut(device.facts());
    CHECK(cut.facts.ota.kind == OtaCase::CopyInterrupted);
    device.set_slot(3, {0xCD, 0xAB, 0, 0, 0, 0, 0x0C, 8, 0, 0x40, 0, 8, 0, 0x40, 0, 0, 0, 4, 0xFF, 0xFF});
    const SeenFacts seen(device.facts());
    CHECK(seen.facts.ota.kind == OtaCase::CopyInterrupted);
    CHECK(seen.facts.ota.resumes == Resumes::Harms);
    const auto findings = find_problems(seen.observations());
    const auto diagnosis = diagnose(seen.observations(), findings);
    const auto ids = ids_of(diagnosis);
    REQUIRE(ids.size() >= 2);
    CHECK(ids.front() == "ota-pending");
    CHECK(std::count(ids.begin(), ids.end(), "ota-interrupted-while-applying") == 1);
}

TEST_CASE("a record onto the EEPROM costs what applications stored, and is taken back before any start", "[rules][ota]") {
    ArmedDevice device{.destination = 0x0800C000, .flags = 0, .function = 5};
    SECTION("from an erased OTA area") {}
    SECTION("from an image that is in place already") { device.life = received("user", "0.4.7"); }
    const auto analysis = analysis_of(device);
    is_told_first(analysis);
    CHECK(found(analysis, "ota-update-waits")->explain.find("over the EEPROM") != std::string::npos);
    CHECK_FALSE(found(analysis, "ota-copied-not-cleared"));
    CHECK(analysis.boot.result == BootResult::Runs);
    CHECK(analysis.diagnosis.outcome == Outcome::Attention);
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            for (const auto& step : remedy.steps) CHECK(step.kind != RemedyStep::Kind::Restart);
}

TEST_CASE("a record that leaves out checks is taken back although what it copies fits; one that asks for all is not", "[rules][ota]") {
    ArmedDevice device{.life = received("user", "0.6.3"), .destination = 0x080A0000, .length = 0x20000, .function = 5};
    const auto asks_all = analysis_of(device);
    CHECK(found(asks_all, "ota-update-waits")->severity == Severity::Warning);
    device.flags = 0;
    const auto asks_none = analysis_of(device);
    CHECK(found(asks_none, "ota-update-waits")->severity == Severity::Problem);
    const auto restarts = [](const Analysis& analysis) {
        std::size_t count = 0;
        for (const auto& list : analysis.remedies)
            for (const auto& remedy : list)
                for (const auto& step : remedy.steps) count += step.kind == RemedyStep::Kind::Restart;
        return count;
    };
    CHECK(restarts(asks_all) == 1);
    CHECK(restarts(asks_none) == 0);
}

TEST_CASE("bytes that are missing far from a record and its image hide neither", "[rules][ota]") {
    ArmedDevice device{.life = received("bootloader", "1.5.2"), .destination = 0x08000000};
    SECTION("the image is whole in the file") { device.missing = 0x10000; }
    SECTION("nothing is asked of the image, and none of it is in the file") {
        device.destination = 0x08004000;
        device.flags = 0;
        device.missing = 0x40000;
    }
    const auto analysis = analysis_of(device);
    CHECK(analysis.diagnosis.outcome == Outcome::BadCapture);
    CHECK(analysis.facts.ota.resumes == Resumes::Harms);
    CHECK(found(analysis, "ota-update-waits")->severity == Severity::Fatal);
    bool warned = false;
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list) warned |= remedy.warning.find("Do not start the device normally") != std::string::npos;
    CHECK(warned);
}

TEST_CASE("an update whose image is in the file waits as in the whole dump; else it is not known what it is", "[rules][ota]") {
    ArmedDevice device{.life = received("user", "0.6.3"), .destination = 0x080A0000, .length = 0x20000, .function = 5, .missing = 16};
    const auto seen = analysis_of(device);
    CHECK(seen.facts.ota.resumes == Resumes::Yes);
    CHECK(found(seen, "ota-update-waits"));
    for (const std::uint32_t missing : {0x3FF00u, 0x40000u}) {
        device.missing = missing;
        const auto unseen = analysis_of(device);
        CHECK(unseen.facts.ota.kind == OtaCase::Pending);
        CHECK(unseen.facts.ota.resumes == Resumes::Unknown);
        CHECK_FALSE(found(unseen, "ota-update-waits"));
        CHECK_FALSE(found(unseen, "ota-pending-image-bad"));
        REQUIRE(found(unseen, "ota-slot-record"));
        CHECK(found(unseen, "ota-slot-record")->severity == Severity::Note);
        CHECK(unseen.boot.result == BootResult::Unknown);
        for (const auto& step : unseen.boot.ladder)
            if (step.step == "pending-update") CHECK(step.explain.find("all of its image") != std::string::npos);
    }
}

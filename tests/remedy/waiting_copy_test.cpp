// A copy that waits is judged by what the device is with it: one that leaves it worse off is taken back before any start.
#include "photopsy.h"

#include "catch.h"
#include "rules/waiting_copy.h"
#include "support/repair_trial.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis lived(std::string_view system, std::string_view life, std::string_view damage = "") {
    const auto born = fmt::format(R"({{ act = "install-release", release = "{0}" }}, {{ act = "install", module = "user", release = "0.4.7" }}, )"
                                  R"({{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }})",
                                  system);
    const auto sample =
        sample::make_sample(fmt::format("title = \"a\"\ndevice = \"photon\"\nseed = 6\nlife = [{}, {}]\ndamage = [{}]\n", born, life, damage), "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "dump.bin", "", layout), layout);
}

std::string received(std::string_view module, std::string_view release) {
    return fmt::format(R"({{ act = "receive", module = "{}", release = "{}" }})", module, release);
}

Analysis waiting(std::string_view system, std::string_view module, std::string_view release, std::string_view damage = "", std::string_view then = "") {
    const auto queued = fmt::format(R"({}, {{ act = "queue", module = "{}", release = "{}" }}{})", received(module, release), module, release, then);
    return lived(system, queued, damage);
}

Analysis flagged(std::string_view system, std::string_view module, std::string_view release) {
    return lived(system, received(module, release) + R"(, { act = "write", field = "ota_update_flag", hex = "A5" })");
}

bool says(const Analysis& analysis, std::string_view rule, std::string_view words) {
    for (const auto& finding : analysis.findings.all())
        if (finding.rule->id == rule && finding.explain.find(words) != std::string::npos) return true;
    return false;
}

/// The steps of the one order, by their titles.
std::string ordered(const Analysis& analysis) {
    std::string all;
    for (const auto& planned : in_one_order(analysis.remedies, analysis.observations()))
        all += (all.empty() ? "" : "; ") + analysis.remedies[planned.cause][planned.remedy].title;
    return all;
}

constexpr std::string_view taken_back = "Keep this dump; Take the waiting copy back, before any start", started = "Keep this dump; Start the device normally";

}  // namespace

TEST_CASE("a waiting copy that leaves the device worse off is taken back first, and the verdict is that of the next start", "[remedy][ota]") {
    const struct {
        const char *system, *module, *release;
        Outcome outcome;
    } rows[] = {
        {"1.5.2", "system-part2", "0.6.3", Outcome::CloudFails},  // the radio's packed firmware; and bootloader 502 reaches the table no more
        {"1.5.2", "system-part1", "0.4.5", Outcome::SafeMode},    // part 2 asks for a newer part 1
        {"2.3.1", "system-part1", "2.2.0", Outcome::SafeMode},
        {"0.6.3", "system-part1", "2.3.1", Outcome::CloudFails},  // no safe mode before 0.7.0: nothing brings the part that it needs
    };
    for (const auto& row : rows) {
        INFO(row.system << " " << row.module << " " << row.release);
        const auto analysis = waiting(row.system, row.module, row.release);
        CHECK(analysis.diagnosis.outcome == row.outcome);
        CHECK(analysis.diagnosis.causes.front().cause->id == "ota-pending");
        CHECK(ordered(analysis) == taken_back);
        const auto one = repair_case("waiting", analysis);
        REQUIRE(one.repair.plan.steps.size() == 1);
        CHECK(one.repair.plan.steps.front().operation == RepairOperation::WriteTable);
        CHECK(one.repair.plan.expect.outcome == "healthy");
    }
}

TEST_CASE("a waiting copy that does no harm is carried out by a start", "[remedy][ota]") {
    const struct {
        const char *system, *module, *release;
    } rows[] = {{"1.5.2", "user", "0.6.3"},
                {"2.3.1", "system-part2", "2.2.0"},  // each new enough for the other
                {"1.5.2", "system-part1", "2.3.1"},  // the first part of an update
                {"0.6.3", "system-part2", "0.6.2"}};
    for (const auto& row : rows) {
        INFO(row.system << " " << row.module << " " << row.release);
        const auto analysis = waiting(row.system, row.module, row.release);
        CHECK(analysis.diagnosis.outcome == Outcome::Attention);
        CHECK(ordered(analysis) == started);
        CHECK_FALSE(is_to_be_taken_back(analysis.observations()));
    }
}

TEST_CASE("a copy that heals the part it goes to is carried out before the handshake is judged", "[remedy][ota]") {
    const auto hole = R"({ act = "fill", at = "system-part1+0x12000", length = 0x1000, value = 255 })";
    const auto analysis = waiting("0.6.3", "system-part1", "0.6.3", hole);
    CHECK(analysis.boot.resumes_update);
    CHECK(analysis.diagnosis.outcome == Outcome::Attention);
    CHECK_FALSE(analysis.handshake.fails());
    CHECK(ordered(analysis) == started);
    const auto damaged = lived("0.6.3", received("system-part1", "0.6.3"), hole);
    CHECK_FALSE(damaged.boot.resumes_update);
    CHECK(ordered(damaged).find("Write system part 1 over USB") != std::string::npos);
}

TEST_CASE("an older part whose copy was cut is written anew, and its record is taken back behind that", "[remedy][ota]") {
    constexpr auto cut = R"(, { act = "apply", power_lost_in = "copy", after_bytes = 90000 })";
    const auto down = waiting("2.3.1", "system-part1", "2.2.0", "", cut);
    REQUIRE(down.facts.ota.resumes == OtaFacts::Resumes::AfterRepair);
    CHECK(undoes_repair(down.facts));
    CHECK(ordered(down) == "Keep this dump; Let photopsy plan the repair; Write system part 1 over USB; Take the waiting copy back, before any start");
    const auto again = waiting("2.3.1", "system-part1", "2.3.1", "", cut);
    CHECK_FALSE(undoes_repair(again.facts));
    CHECK(ordered(again) == "Keep this dump; Let photopsy plan the repair; Write system part 1 over USB");
}

TEST_CASE("a flag that brings a bootloader too old for the system is taken back before any start", "[remedy][ota]") {
    const auto old = flagged("2.3.1", "bootloader", "0.6.3");
    CHECK(old.boot.result == BootResult::SafeMode);
    CHECK(old.boot.safe_mode_reason == "bootloader-too-old");
    CHECK(old.diagnosis.outcome == Outcome::SafeMode);
    CHECK(ordered(old) == "Keep this dump; Take the OTA flag back, before any start");
    const auto one = repair_case("flag", old);
    REQUIRE(one.repair.plan.steps.size() == 1);
    CHECK(one.repair.plan.expect.outcome == "healthy");
    const auto same = flagged("2.3.1", "bootloader", "2.3.1");
    CHECK(same.diagnosis.outcome == Outcome::Attention);
    CHECK(ordered(same) == started);
}

TEST_CASE("a flag is told by what the installed system does with the image", "[remedy][ota]") {
    for (const auto* part : {"system-part1", "system-part2"}) {
        const auto refused = flagged("1.5.2", part, "0.6.3");
        INFO(part);
        CHECK(says(refused, "ota-flag-asks", "refuses the image"));
        CHECK(ordered(refused) == started);
        CHECK_FALSE(says(flagged("1.5.2", part, "1.5.2"), "ota-flag-asks", "refuses"));
        const auto unread = flagged("0.6.3", part, "0.6.3");
        CHECK(says(unread, "ota-flag-asks", "does not know the flag"));
        CHECK(ordered(unread) == "Keep this dump; Take the OTA flag back");
    }
}

TEST_CASE("a factory reset that waits is told before it replaces the application", "[remedy][ota]") {
    constexpr auto image = R"({ act = "install", module = "user", at = "factory", release = "0.6.3" })";
    constexpr auto asked = R"({ act = "write", field = "system_flags", hex = "AAAA", offset = 12 })";
    const auto waits = lived("0.6.3", fmt::format("{}, {}", image, asked));
    CHECK(waits.boot.result == BootResult::FactoryReset);
    CHECK(waits.diagnosis.outcome == Outcome::Attention);
    CHECK(waits.diagnosis.causes.front().cause->id == "factory-reset-asked");
    CHECK(ordered(waits) == "Keep this dump; Take the factory reset back, before any start");
    const auto one = repair_case("reset", waits);
    REQUIRE(one.repair.plan.steps.size() == 1);
    CHECK(one.repair.plan.expect.outcome == "healthy");
    CHECK(lived("0.6.3", asked).boot.result == BootResult::Runs);  // nothing whole to copy
    CHECK(lived("0.6.3", image).diagnosis.causes.empty());
    CHECK(lived("2.3.1", fmt::format("{}, {}", image, asked)).boot.result == BootResult::Runs);  // the request lies elsewhere from 0.7.0 on
}

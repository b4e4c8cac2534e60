// A record that destroys is disarmed before anything is written that lets the bootloader reach it.
#include "mend/repair_danger.h"

#include "catch.h"
#include "support/armed_device.h"
#include "support/repair_trial.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const std::string part_bit = R"({ act = "flip", at = "system-part2+0x10000", bit = 2 })";

bool has(const std::vector<std::string>& list, std::string_view word) { return std::find(list.begin(), list.end(), word) != list.end(); }

bool destroys_after_cut(const RepairStep& step) { return step.if_power_fails.explain.find("destroys") != std::string::npos; }

}  // namespace

TEST_CASE("where the record asks for checks its image is erased before the parts are made whole", "[repair]") {
    const auto one = repair_case("armed", analysis_of({.life = received("bootloader", "1.5.2"), .destination = 0x08000000, .damage = part_bit}));
    const auto& plan = one.repair.plan;
    REQUIRE(plan.steps.size() >= 3);
    CHECK(plan.steps.front().operation == RepairOperation::Erase);
    CHECK(plan.steps.front().where.begin == 0x080C0000);
    CHECK(plan.steps.back().operation == RepairOperation::WriteTable);
    for (const auto& step : plan.steps) CHECK_FALSE(destroys_after_cut(step));
    CHECK(plan.expect.outcome == "healthy");
    CHECK(has(plan.cures, "ota-pending"));
}

TEST_CASE("where nothing is checked the image stays, and the record is taken back as soon as the table is reached", "[repair]") {
    const auto one = repair_case("armed", analysis_of({.destination = 0x08004000, .flags = 0, .damage = part_bit}));
    const auto& plan = one.repair.plan;
    REQUIRE(plan.steps.size() >= 2);
    CHECK(std::none_of(plan.steps.begin(), plan.steps.end(), [](const RepairStep& step) { return step.where.contains(0x080C0000); }));
    CHECK(plan.steps.back().operation == RepairOperation::WriteTable);
    CHECK(destroys_after_cut(plan.steps.back()));
    CHECK(plan.expect.outcome == "healthy");
}

TEST_CASE("where the table stays out of reach the record is disarmed, or it is said that it stays", "[repair]") {
    ArmedDevice device{.system = "0.6.3",
                       .life = R"({ act = "install", module = "bootloader", release = "0.7.0" }, )" + received("bootloader", "0.6.3"),
                       .destination = 0x08000000};
    const auto plan_of = [](const ArmedDevice& armed) { return plan_repair(analysis_of(armed), {}).plan; };
    const auto disarmed = plan_of(device);
    REQUIRE(disarmed.steps.size() == 1);
    CHECK(disarmed.steps.front().where.begin == 0x080C0000);
    CHECK(has(disarmed.cures, "ota-pending"));
    device.flags = 0;
    const auto stays = plan_of(device);
    CHECK(has(stays.expect.causes, "ota-pending"));
    CHECK(std::any_of(stays.cannot.begin(), stays.cannot.end(),
                      [](const RepairPlan::Left& left) { return left.cause == "ota-pending" && left.why.find("destroys") != std::string::npos; }));
}

TEST_CASE("a bootloader is not put in by a start that carries a record out", "[repair]") {
    const auto analysis = analysis_of({.life = R"({ act = "install", module = "bootloader", release = "1.4.0" })", .destination = 0x0800C000, .flags = 0});
    const auto plan = plan_repair(analysis, {.purpose = RepairPurpose::Bootloader}).plan;
    CHECK(plan.steps.empty());
    for (const auto& left : plan.cannot) CHECK(left.why.find("start the device once") == std::string::npos);
}

// An update that waits is given up where it would undo what a plan writes, and nowhere else.
#include "catch.h"
#include "mend/repair.h"
#include "support/repair_trial.h"
#include "support/sample/sample.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// A device with a wrong bit in this part and an update for a module waiting.
RepairPlan plan_with_waiting(const std::string& module, const std::string& release, const std::string& damaged) {
    const auto which = "module = \"" + module + "\", release = \"" + release + "\"";
    const auto made = sample::make_sample(
        "title = \"x\"\ndevice = \"photon\"\nseed = 185\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"x\" }, { act = \"provision\" }, { act = \"receive\", " +
            which + " }, { act = \"queue\", " + which + " }]\ndamage = [{ act = \"flip\", at = \"" + damaged + "\", bit = 2 }]\n",
        "waiting");
    if (!made) FAIL(made.error().message);
    const auto& layout = *builtin_layout("photon");
    const auto analysis = analyze(recognize(made->file, "dump.bin", "", layout), layout);
    REQUIRE(analysis.facts.ota.pending_slot);
    return plan_repair(analysis, {}).plan;
}

bool writes_part(const RepairPlan& plan) {
    return std::ranges::any_of(plan.steps, [](const RepairStep& step) { return step.region.starts_with("system-part"); });
}

bool gives_up(const RepairPlan& plan) {
    return std::ranges::any_of(plan.steps, [](const RepairStep& step) { return step.reason.find("is taken back") != std::string::npos; });
}

}  // namespace

TEST_CASE("an application that waits is none of a repair's business where only a system part is written", "[repair]") {
    const auto plan = plan_with_waiting("user", "1.5.2", "system-part2+0x10000");
    CHECK(writes_part(plan));
    CHECK_FALSE(gives_up(plan));
    CHECK(std::ranges::find(plan.cures, "ota-pending") == plan.cures.end());
}

TEST_CASE("a system part of another release that waits is given up where a part is repaired, and that is said", "[repair]") {
    const auto plan = plan_with_waiting("system-part2", "2.0.1", "system-part1+0x10000");
    CHECK(writes_part(plan));
    CHECK(gives_up(plan));
    CHECK(std::ranges::any_of(plan.steps, [](const RepairStep& step) { return step.reason.find("that update is given up") != std::string::npos; }));
}

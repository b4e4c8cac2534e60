// Repairs carried out on the emulated device: what was promised is what is there afterwards.
#include "catch.h"
#include "support/repair_damages.h"

#include <cstdio>
#include <cstdlib>

using namespace photopsy;
using namespace photopsy::test;

namespace {

bool tells() { return std::getenv("PHOTOPSY_TELL_REPAIRS") != nullptr; }

void tell(const RepairCase& one, const RepairEnd& end, const Analysis& after) {
    if (!tells()) return;
    const auto& plan = one.repair.plan;
    std::printf("%s [%s, %s] %s -> %s (expected %s), end %d\n", one.name.c_str(), bootloader_family(one.analysis).c_str(), plan.device.table_code.c_str(),
                std::string(name_of(one.analysis.diagnosis.outcome)).c_str(), std::string(name_of(after.diagnosis.outcome)).c_str(),
                plan.expect.outcome.c_str(), static_cast<int>(end.how));
    for (const auto& cause : plan.cures) std::printf("   cures %s\n", cause.c_str());
    for (const auto& left : plan.leaves) std::printf("   leaves %s: %s (%s)\n", left.cause.c_str(), left.why.c_str(), left.instead.substr(0, 60).c_str());
    for (const auto& left : plan.cannot) std::printf("   cannot %s: %s (%s)\n", left.cause.c_str(), left.why.c_str(), left.instead.substr(0, 60).c_str());
    for (const auto& missing : plan.missing) std::printf("   missing %s of %s\n", missing.slot.c_str(), missing.release.c_str());
    for (const auto& step : plan.steps)
        std::printf("   %s %x+%x %s | %s: %s\n", std::string(name_of(step.operation)).c_str(), step.where.begin, step.where.size(), step.reason.c_str(),
                    step.if_power_fails.boot.c_str(), step.if_power_fails.explain.c_str());
}

RepairCase damaged_case(const RepairColumn& device, const std::vector<std::string_view>& causes) {
    std::vector<RepairDamage> damages;
    for (const auto cause : causes)
        for (const auto& damage : repair_damages())
            if (damage.cause == cause && (damages.empty() || damages.back().cause != damage.cause)) damages.push_back(damage);
    auto analysis = damaged_by(damages, device);
    REQUIRE(analysis);
    return repair_case(std::string(device.device) + " " + device.release, std::move(*analysis));
}

/// Done, and what then remains is what the plan said.
void ends_as_planned(const RepairCase& one) {
    INFO(one.name);
    REQUIRE_FALSE(one.repair.plan.steps.empty());
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == RepairEnd::How::Done);
    std::vector<std::string> causes;
    for (const auto& named : analysis_of(device, *one.analysis.layout).diagnosis.causes) causes.emplace_back(named.cause->id);
    CHECK(causes == one.repair.plan.expect.causes);
}

}  // namespace

TEST_CASE("a sector that the firmware may have write-protected is erased first, up to the last system that does so", "[repair]") {
    for (const auto& [release, erases] : {std::pair{"1.4.0", true}, {"1.4.4", true}, {"1.5.0", false}, {"1.5.2", false}}) {
        const auto one = damaged_case({"photon", release}, {"module-crc-bad"});
        ends_as_planned(one);
        CHECK((one.repair.plan.steps.front().operation == RepairOperation::Erase) == erases);
    }
    // Parts of two releases: nothing tells which system ran last.
    ends_as_planned(damaged_case({"electron", "0.6.3"}, {"module-wrong-platform", "module-partly-overwritten"}));
}

TEST_CASE("where no copy of the table is valid, the plan knows what the code of that bootloader leaves of the second one", "[repair]") {
    for (const auto* release : {"0.4.0", "0.4.3", "0.4.7", "0.6.3", "0.7.0-rc.1", "1.2.1", "1.5.2", "2.3.1"})
        ends_as_planned(damaged_case({"photon", release}, {"dct-both-copies-invalid"}));
}

TEST_CASE("every repairable sample and labelled dump is repaired on the emulated device as its plan says", "[repair]") {
    const auto cases = repair_cases(8);
    std::size_t repaired = 0;
    for (const auto& one : cases) {
        INFO(one.name);
        const auto& plan = one.repair.plan;
        const auto& layout = *one.analysis.layout;
        auto device = device_with(one.analysis);
        MemoryJournal journal;
        const auto end = plan.steps.empty() ? RepairEnd{} : carry_out_on(device, one.repair, layout, journal);
        const auto after = analysis_of(device.flash.bytes, layout);
        tell(one, end, after);
        if (plan.steps.empty()) continue;
        ++repaired;
        CHECK(end.how == RepairEnd::How::Done);
        CHECK(name_of(after.diagnosis.outcome) == plan.expect.outcome);
        std::vector<std::string> causes;
        for (const auto& named : after.diagnosis.causes) causes.emplace_back(named.cause->id);
        CHECK(causes == plan.expect.causes);
        CHECK(journal.open.empty());
    }
    CHECK(repaired >= 10);
}

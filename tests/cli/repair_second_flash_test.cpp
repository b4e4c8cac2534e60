// A device that keeps its keys in plain sectors of a second flash: repaired, cut anywhere, resumed; both flashes end as without the cut.
#include "catch.h"
#include "support/repair_trial.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

bool ends_alike(const PhotonDevice& one, const PhotonDevice& other) {
    return one.flash.bytes == other.flash.bytes && one.second->flash.bytes == other.second->flash.bytes;
}

/// A cut, the power back, and on.
std::string cut_and_resumed(const RepairCase& one, const PhotonDevice& uncut, const std::function<void(PhotonDevice&)>& arm) {
    auto device = device_with(one.analysis);
    const auto& layout = *one.analysis.layout;
    arm(device);
    MemoryJournal journal;
    const auto first = carry_out_on(device, one.repair, layout, journal);
    if (first.how == RepairEnd::How::Done && device.has_power()) return "the cut did not happen";
    device.power_cycle();
    journal.reopen();
    const auto end = carry_out_on(device, one.repair, layout, journal);
    if (end.how != RepairEnd::How::Done) return "it could not be resumed: end " + std::to_string(static_cast<int>(end.how));
    return ends_alike(device, uncut) ? "" : "it ends otherwise than the uncut run";
}

}  // namespace

TEST_CASE("keys and firmware of a device with a second flash are repaired, and wherever the power fails, resumed", "[repair]") {
    for (const auto* name : {"core-key-bit-error", "core-server-key-erased", "core-firmware-bit-error", "core-first-byte-erased"}) {
        INFO(name);
        const auto one = core_case(name);
        const auto& plan = one.repair.plan;
        if (plan.steps.empty()) {
            CHECK((plan.cannot.empty() && plan.leaves.empty()) == (name_of(one.analysis.diagnosis.outcome) == "healthy"));
            continue;
        }
        auto uncut = device_with(one.analysis);
        MemoryJournal journal;
        CHECK(carry_out_on(uncut, one.repair, *one.analysis.layout, journal).how == RepairEnd::How::Done);
        const auto after = analysis_of(uncut, *one.analysis.layout);
        CHECK(name_of(after.diagnosis.outcome) == plan.expect.outcome);
        for (const auto& cured : plan.cures)
            CHECK(std::ranges::none_of(after.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == cured; }));
        const long requests = uncut.requests(), operations = uncut.second->flash.operations, internal = uncut.flash.operations;
        const long every = full_tests() ? 1 : 23;
        for (long at = 0; at < requests; at += every)
            CHECK(cut_and_resumed(one, uncut, [&](PhotonDevice& device) {
                      device.power_fails_at_request = at;
                      device.cut_behind = static_cast<PhotonDevice::CutBehind>(at % 3);
                  }).empty());
        for (long at = 0; at < operations; at += every)
            CHECK(cut_and_resumed(one, uncut, [&](PhotonDevice& device) { device.second->flash.cut_at = at; }).empty());
        for (long at = 0; at < internal; at += every) CHECK(cut_and_resumed(one, uncut, [&](PhotonDevice& device) { device.flash.cut_at = at; }).empty());
    }
}

TEST_CASE("without its second flash nothing is planned for a device that keeps its keys there", "[repair]") {
    const auto one = repair_case("alone", sample_called("core-key-bit-error").file);
    CHECK(one.repair.plan.steps.empty());
    CHECK(one.repair.plan.cures.empty());
}

TEST_CASE("a sector of the second flash of which only erased bytes change keeps what it holds", "[repair]") {
    const auto operations = [](const RepairPlan& plan) {
        std::vector<RepairOperation> list;
        for (const auto& step : plan.steps) list.push_back(step.operation);
        return list;
    };
    CHECK(operations(core_case("core-first-byte-erased").repair.plan) == std::vector{RepairOperation::Program});
    CHECK(operations(core_case("core-server-key-erased").repair.plan).front() == RepairOperation::Program);
    // Else the only key is away for a moment, and that is said.
    const auto wrong_bit = core_case("core-key-bit-error").repair.plan;
    REQUIRE(operations(wrong_bit).front() == RepairOperation::Erase);
    CHECK(wrong_bit.steps.front().if_power_fails.explain.find("only the backup holds it") != std::string::npos);
}

// Several damages at once, drawn from the table of docs/repair.md, on devices of every kind and generation: what the plan promises is what is there afterwards,
// nothing else has changed, and of each cause the plan says what becomes of it.
#include "catch.h"
#include "mend/repair_table.h"
#include "repair/binding.h"
#include "repair/state.h"
#include "support/repair_damages.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr RepairColumn mixed_devices[] = {{"photon", "0.4.0"},   {"photon", "0.4.7"},   {"photon", "0.6.3"},   {"photon", "0.7.0-rc.1"}, {"photon", "1.2.1"},
                                          {"photon", "1.5.2"},   {"photon", "2.3.1"},   {"p1", "0.6.3"},       {"p1", "1.2.1"},          {"p1", "2.3.1"},
                                          {"electron", "0.6.3"}, {"electron", "0.7.0"}, {"electron", "2.3.1"}, {"core", "0.7.0"}};

struct Mixture {
    RepairColumn device;
    std::vector<RepairDamage> damages;

    std::string name() const {
        std::string text = std::string(device.device) + " " + device.release + ":";
        for (const auto& damage : damages) text += std::string(" ") + damage.cause;
        return text;
    }
};

Mixture drawn(std::size_t number) {
    std::mt19937 random(static_cast<std::uint32_t>(number * 7919 + 1));
    Mixture mixture{mixed_devices[number % std::size(mixed_devices)], {}};
    const auto all = repair_damages();
    for (std::size_t count = 2 + random() % 2; mixture.damages.size() < count;) mixture.damages.push_back(all[random() % all.size()]);
    return mixture;
}

bool is_named_in(const std::vector<RepairPlan::Left>& list, std::string_view cause) {
    return std::ranges::any_of(list, [&](const RepairPlan::Left& left) { return left.cause == cause; });
}

/// Cured, left alone with its reason, or not repaired with its reason.
std::string untold_cause(const RepairCase& one) {
    const auto& plan = one.repair.plan;
    for (const auto& named : one.analysis.diagnosis.causes) {
        const std::string id(named.cause->id);
        const bool cured = std::ranges::find(plan.cures, id) != plan.cures.end();
        if (!cured && !is_named_in(plan.leaves, id) && !is_named_in(plan.cannot, id)) return id;
    }
    return "";
}

std::vector<std::string> causes_of(const Analysis& analysis) {
    std::vector<std::string> causes;
    for (const auto& named : analysis.diagnosis.causes) causes.emplace_back(named.cause->id);
    return causes;
}

/// No sector but the plan's own and the table's has changed, and the plan's own hold what it makes.
bool only_the_plan_was_written(const RepairCase& one, const Analysis& after) {
    const auto& layout = *one.analysis.layout;
    const auto wanted = one.repair.target.everything(), now = after.capture.image.everything();
    for (const auto& sector : layout.sectors) {
        const bool table = std::ranges::any_of(layout.dct.copies, [&](Range copy) { return copy.overlaps(sector.at); });
        const auto from = sector.at.begin - layout.flash.begin;
        if (!table && !std::ranges::equal(wanted.subspan(from, sector.at.size()), now.subspan(from, sector.at.size()))) return false;
    }
    return differences(one.repair, layout, after.capture.image).empty();
}

void repair_and_look(RepairCase one) {
    const auto before = causes_of(one.analysis);
    for (const auto& cause : before) give_key(one, cause);
    const auto& plan = one.repair.plan;
    CHECK(untold_cause(one) == "");
    if (plan.steps.empty()) return;
    auto device = device_with(one.analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == RepairEnd::How::Done);
    const auto after = analysis_of(device, *one.analysis.layout);
    CHECK(name_of(after.diagnosis.outcome) == plan.expect.outcome);
    CHECK(causes_of(after) == plan.expect.causes);
    CHECK(only_the_plan_was_written(one, after));
    MemoryJournal again;  // what is right already is not written again
    EmulatedPort port(device);
    WillingOwner owner(device);
    const auto& layout = *one.analysis.layout;
    CHECK(carry_out(one.repair, backup_for(one.repair, layout), layout, port, reading_rules(layout), again, owner).how == RepairEnd::How::Done);
    CHECK(port.writes() == 0);
}

}  // namespace

TEST_CASE("several damages at once are repaired as the plan promises, on every kind of device, and nothing else is changed", "[repair]") {
    const std::size_t most = full_tests() ? 1400 : 42;
    std::size_t tried = 0, repaired = 0;
    for (std::size_t number = 0; number < most; ++number) {
        const auto mixture = drawn(number);
        INFO(number << ": " << mixture.name());
        auto analysis = damaged_by(mixture.damages, mixture.device);
        if (!analysis || analysis->diagnosis.causes.empty()) continue;
        ++tried;
        auto one = repair_case("mixture", std::move(*analysis));
        repaired += one.repair.plan.steps.empty() ? 0u : 1u;
        repair_and_look(std::move(one));
    }
    CHECK(tried >= most / 2);
    CHECK(repaired >= most / 4);
}

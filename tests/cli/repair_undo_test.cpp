// A repair taken back: all that it wrote is as the backup has it, whatever it was, and each step says so beforehand.
#include "catch.h"
#include "mend/repair_table.h"
#include "support/repair_trial.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using How = RepairEnd::How;

namespace {

bool is_table_or_eeprom(const Layout& layout, Range sector) {
    const auto overlaps = [&](Range at) { return at.overlaps(sector); };
    return std::ranges::any_of(layout.dct.copies, overlaps) || std::ranges::any_of(layout.eeprom_pages, overlaps);
}

/// Sectors that are not as they were before the repair, but for those of the table.
std::vector<std::string> not_as_before(const RepairCase& one, const PhotonDevice& device) {
    std::vector<std::string> list;
    const auto now = analysis_of(device, *one.analysis.layout);
    for (const auto& sector : one.analysis.layout->sectors)
        if (!is_table_or_eeprom(*one.analysis.layout, sector.at) &&
            !std::ranges::equal(now.capture.image.bytes(sector.at), one.analysis.capture.image.bytes(sector.at)))
            list.push_back(std::to_string(sector.at.begin));
    return list;
}

/// The settings that the repair wrote are the ones of before.
bool settings_are_back(const RepairCase& one, const PhotonDevice& device) {
    const auto& layout = *one.analysis.layout;
    const auto data = [&](const Analysis& analysis) { return application_data(analysis.capture.image, layout, analysis.facts.dct.selected.value_or(0)); };
    const auto before = data(one.analysis), now = data(analysis_of(device, layout));
    return std::ranges::all_of(one.repair.plan.steps, [&](const RepairStep& step) {
        return step.operation != RepairOperation::WriteTable ||
               std::equal(before.begin() + step.where.begin, before.begin() + step.where.end, now.begin() + step.where.begin);
    });
}

void undo_and_look(const RepairCase& one, PhotonDevice& device) {
    const auto& layout = *one.analysis.layout;
    const auto undo = plan_undo(one.repair.plan, one.analysis, analysis_of(device, layout));
    MemoryJournal journal;
    CHECK(carry_out_on(device, undo, layout, journal).how == How::Done);
    CHECK(not_as_before(one, device).empty());
}

/// Refuses the start that its plan asks for.
class OwnerWhoWaits : public WillingOwner {
public:
    using WillingOwner::WillingOwner;
    bool starts_system() override { return false; }
};

}  // namespace

TEST_CASE("what a repair wrote is taken back from the backup, in every place", "[repair]") {
    std::size_t undone = 0;
    for (const auto& one : repair_cases(40, 4)) {
        if (one.repair.plan.steps.empty()) continue;
        INFO(one.name);
        auto device = device_with(one.analysis);
        MemoryJournal journal;
        REQUIRE(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == How::Done);
        undo_and_look(one, device);
        const bool had_a_table = one.analysis.facts.dct.selected.has_value();
        CHECK((!had_a_table || settings_are_back(one, device)));
        CHECK(std::ranges::all_of(one.repair.plan.steps, [](const RepairStep& step) { return step.undo.possible && !step.undo.explain.empty(); }));
        ++undone;
    }
    CHECK(undone >= 5);
}

TEST_CASE("a bootloader that waits for its start is taken back, image and flag; one that runs is not promised back", "[repair]") {
    const auto one = bootloader_case("photon", "1.5.2", "1.2.1");
    REQUIRE(one.repair.plan.steps.size() >= 3);
    for (const auto& step : one.repair.plan.steps) CHECK(step.undo.possible == (step.operation != RepairOperation::StartSystem));
    auto device = device_with(one.analysis);
    EmulatedPort port(device);
    OwnerWhoWaits owner(device);
    MemoryJournal journal;
    const auto& layout = *one.analysis.layout;
    REQUIRE(carry_out(one.repair, backup_for(one.repair, layout), layout, port, reading_rules(layout), journal, owner).how == How::NotReset);
    CHECK_FALSE(not_as_before(one, device).empty());
    undo_and_look(one, device);
    CHECK(settings_are_back(one, device));
}

// Goals into steps, in an order in which a cut leaves the device no worse. Reasons: docs/repair.md, "Order".
#include "base/hex.h"
#include "mend/repair_step_list.h"
#include "mend/repair_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint16_t keeps_pointers_from = 100, looks_up_anew_from = 400;

std::string region_of(const Layout& layout, RepairOperation operation, Range where) {
    if (operation == RepairOperation::WriteTable) return "dct";
    if (where.empty()) return "";
    const auto* region = layout.region_at(where.begin);
    return region ? region->name : "";
}

void ask_for_a_reset(StepList& list) {
    const auto& device = list.draft.repair.plan.device;
    const auto version = device.bootloader_version;
    if (version < keeps_pointers_from || version >= looks_up_anew_from || list.draft.table.empty() || list.draft.repair.plan.steps.empty()) return;
    auto& step = list.add(RepairOperation::ResetIntoDfu, {}, {}, {});
    step.before = step.after = "";
    step.reason =
        fmt::format("This bootloader looks up the code that writes the table at its own start: hold {0}, tap RESET, and hold {0} until the light blinks yellow",
                    list.layout().button);
}

void write_table_behind_parts(StepList& list) {
    const auto count = list.draft.repair.plan.steps.size();
    ask_for_a_reset(list);
    write_table_steps(list);
    const auto& steps = list.draft.repair.plan.steps;
    if (!steps.empty() && steps.back().operation == RepairOperation::ResetIntoDfu) list.shorten(count);  // nothing of the table was to be written after all
}

bool is_part_goal(const PlaceGoal& goal) { return goal.slot && is_system_part(*goal.slot); }

}  // namespace

StepList::Bytes StepList::bytes(Range at) const {
    const auto view = now.bytes(at);
    return {view.begin(), view.end()};
}

RepairStep& StepList::add(RepairOperation operation, Range where, const Bytes& before, Bytes content) {
    auto& repair = draft.repair;
    RepairStep step{.operation = operation, .where = where, .before = hex(sha256(before)), .after = hex(sha256(content))};
    step.region = region_of(layout(), operation, where);
    step.alternate = alternate_of(layout(), operation, where);
    repair.plan.steps.push_back(std::move(step));
    repair.contents.push_back(std::move(content));
    repair.codes.push_back(TableWriter::G5);
    return repair.plan.steps.back();
}

void StepList::shorten(std::size_t count) {
    draft.repair.plan.steps.resize(count);
    draft.repair.contents.resize(count);
    draft.repair.codes.resize(count);
}

std::uint8_t alternate_of(const Layout& layout, RepairOperation operation, Range where) {
    using Holds = UsbAlternate::Holds;
    const bool table = operation == RepairOperation::WriteTable;
    const auto* alternate = layout.usb.alternate(table ? Holds::Store : Holds::ExternalFlash);
    return alternate && (table || (!where.empty() && layout.in_external(where.begin))) ? static_cast<std::uint8_t>(alternate->number) : std::uint8_t{0};
}

void lay_out_steps(RepairDraft& draft) {
    if (draft.wish.purpose == RepairPurpose::Bootloader) return lay_out_bootloader(draft);
    StepList list{draft, draft.image()};
    std::stable_sort(draft.places.begin(), draft.places.end(), [](const PlaceGoal& a, const PlaceGoal& b) { return a.at < b.at; });
    const bool table_first = table_code(draft.facts()).has_value();
    if (const auto disarmed = table_first ? std::nullopt : disarmed_image(draft)) write_place_steps(list, *disarmed);
    if (table_first) write_table_steps(list);
    for (const auto& goal : draft.places)
        if (is_part_goal(goal)) write_place_steps(list, goal);
    if (!table_first) write_table_behind_parts(list);
    for (const auto& goal : draft.places)
        if (!is_part_goal(goal)) write_place_steps(list, goal);
    draft.repair.target = list.now;
}

}  // namespace photopsy

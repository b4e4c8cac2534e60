// Behind a cut: what must hold of the device, and what must come of going on.
#include "mend/repair_table.h"
#include "support/repair_cuts.h"

#include <algorithm>

namespace photopsy::test {

namespace {

/// What lies at `at` in whichever flash it is.
ByteView bytes_at(const RepairCase& one, const PhotonDevice& device, Range at) {
    if (device.second && one.analysis.layout->in_external(at.begin)) return ByteView(device.second->flash.bytes).subspan(at.begin, at.size());
    return ByteView(device.flash.bytes).subspan(at.begin - PhotonDevice::base, at.size());
}

/// The erase units of both flashes.
std::vector<Range> sectors_of_device(const RepairCase& one) {
    const auto& layout = *one.analysis.layout;
    std::vector<Range> list;
    for (const auto& sector : layout.sectors) list.push_back(sector.at);
    if (layout.dct.store != StoreKind::SerialFlash) return list;
    const auto beside = writable_sectors(layout, layout.external->at);
    list.insert(list.end(), beside.begin(), beside.end());
    return list;
}

/// The part with the two copies of the table.
Image tables_in(const NorFlash& flash) {
    constexpr Range tables{0x08004000, 0x0800C000};
    const auto bytes = ByteView(flash.bytes).subspan(tables.begin - PhotonDevice::base, tables.size());
    return Image({bytes.begin(), bytes.end()}, tables.begin);
}

/// The table that the code in charge at the end sees: what is in force, and the older one.
struct Tables {
    Bytes in_force, older;
    bool operator==(const Tables&) const = default;
};
Tables tables_of(const RepairCase& one, const PhotonDevice& device) {
    const auto& layout = *one.analysis.layout;
    if (layout.dct.store == StoreKind::SerialFlash) return {};
    const auto image = tables_in(device.flash);
    for (std::size_t i = one.repair.plan.steps.size(); i-- > 0;) {
        if (one.repair.plan.steps[i].operation != RepairOperation::WriteTable) continue;
        const int current = table_base(image, layout, one.repair.codes[i]);
        const bool keeps_older = one.repair.codes[i] >= TableWriter::G4;  // the others erase it, sooner or later
        const auto older = current == 0 || !keeps_older ? Bytes{} : application_data(image, layout, 3 - current);
        return {application_data(image, layout, current), older};
    }
    const auto first = bytes_at(one, device, layout.dct.copies[0]), second = bytes_at(one, device, layout.dct.copies[1]);
    return {{first.begin(), first.end()}, {second.begin(), second.end()}};
}

bool is_of_table(const Layout& layout, Range sector) {
    return layout.dct.store != StoreKind::SerialFlash && std::ranges::any_of(layout.dct.copies, [&](Range copy) { return copy.overlaps(sector); });
}

/// Nothing but the plan's own sectors and the table differs from before.
bool only_the_plans_sectors_differ(const RepairCase& one, const PhotonDevice& device) {
    const auto touches = [](const RepairStep& step, Range sector) {
        return step.operation != RepairOperation::WriteTable && !step.where.empty() && step.where.overlaps(sector);
    };
    return std::ranges::all_of(sectors_of_device(one), [&](Range sector) {
        const bool touched = std::ranges::any_of(one.repair.plan.steps, [&](const RepairStep& step) { return touches(step, sector); });
        return touched || is_of_table(*one.analysis.layout, sector) || std::ranges::equal(bytes_at(one, device, sector), one.repair.original.bytes(sector));
    });
}

bool some_table_is_valid(const RepairCase& one, const NorFlash& flash) {
    const auto code = table_code(one.analysis.facts);
    if (!code || *code < TableWriter::G4) return true;
    if (!one.analysis.facts.dct.selected) return true;  // there was none before
    return table_base(tables_in(flash), *one.analysis.layout, *code) != 0;
}

bool wear_is_bounded(const NorFlash& uncut, const NorFlash& flash) {
    return std::ranges::all_of(flash.erases, [&](const auto& entry) {
        const auto planned = uncut.erases.find(entry.first);
        return entry.second <= (planned == uncut.erases.end() ? 0 : planned->second) + 1;
    });
}

bool sectors_end_alike(const Uncut& uncut, const PhotonDevice& device) {
    return std::ranges::all_of(sectors_of_device(uncut.one), [&](Range sector) {
        return is_of_table(*uncut.one.analysis.layout, sector) ||
               std::ranges::equal(bytes_at(uncut.one, device, sector), bytes_at(uncut.one, uncut.after, sector));
    });
}

/// The firmware wrote to the table meanwhile: that is told, and the backup brings the settings back.
std::string try_undo(const RepairCase& one, PhotonDevice& device) {
    const auto& layout = *one.analysis.layout;
    const auto undo = plan_undo(one.repair.plan, one.analysis, analysis_of(device.flash.bytes, layout));
    MemoryJournal journal;
    if (carry_out_on(device, undo, layout, journal).how != RepairEnd::How::Done) return "the loss cannot be undone";
    const auto after = analysis_of(device.flash.bytes, layout);
    const auto data = [&](const Analysis& analysis) { return application_data(analysis.capture.image, layout, analysis.facts.dct.selected.value_or(0)); };
    const auto before = data(one.analysis), now = data(after);
    for (const auto& step : one.repair.plan.steps)
        if (step.operation == RepairOperation::WriteTable &&
            !std::equal(before.begin() + step.where.begin, before.begin() + step.where.end, now.begin() + step.where.begin))
            return "the backup does not bring the settings back";
    return "";
}

/// What the start put into other places is put back; of the table the copy in force counts, for a start may have written it.
std::string after_a_start(const Uncut& uncut, PhotonDevice& device) {
    const auto& one = uncut.one;
    const auto& layout = *one.analysis.layout;
    const auto restoration = plan_restoration(one.repair, analysis_of(device, layout));
    MemoryJournal journal;
    if (!restoration.plan.steps.empty() && carry_out_on(device, restoration, layout, journal).how != RepairEnd::How::Done) return "it could not be restored";
    if (tables_of(one, device).in_force != tables_of(one, uncut.after).in_force) return "after a start the table ends otherwise";
    return sectors_end_alike(uncut, device) ? "" : "after a start it ends otherwise";
}

}  // namespace

std::string go_on(const Uncut& uncut, Remains& left, bool starts_between) {
    const auto& one = uncut.one;
    auto& device = left.device;
    if (left.ended_well) return "what was cut was taken for done";
    if (!only_the_plans_sectors_differ(one, device)) return "a sector outside the plan changed";
    if (!some_table_is_valid(one, device.flash)) return "no table is valid";
    if (starts_between) device.ordinary_start();
    device.power_cycle();
    left.journal.reopen();
    const auto end = carry_out_on(device, one.repair, *one.analysis.layout, left.journal);
    if (starts_between && end.how == RepairEnd::How::Elsewhere) return try_undo(one, device);
    if (end.how != RepairEnd::How::Done) return "it could not be resumed: end " + std::to_string(static_cast<int>(end.how));
    if (starts_between) return after_a_start(uncut, device);
    if (!only_the_plans_sectors_differ(one, device)) return "a sector outside the plan changed in the end";
    const bool bounded =
        wear_is_bounded(uncut.after.flash, device.flash) && (!device.second || wear_is_bounded(uncut.after.second->flash, device.second->flash));
    if (!bounded) return "more was erased than the plan and the cut ask for";
    return sectors_end_alike(uncut, device) && tables_of(one, device) == tables_of(one, uncut.after) ? "" : "it ends otherwise than the uncut run";
}

}  // namespace photopsy::test

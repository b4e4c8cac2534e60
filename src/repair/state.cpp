#include "repair/state.h"

#include "mend/repair_table.h"

#include <algorithm>

namespace photopsy {

namespace {

using Bytes = std::vector<std::uint8_t>;

bool erases(const Repair& repair, Range sector) {
    return std::any_of(repair.plan.steps.begin(), repair.plan.steps.end(),
                       [&](const RepairStep& step) { return step.operation == RepairOperation::Erase && step.where == sector; });
}

/// The table's data behind the first `count` steps.
Bytes data_behind(const Repair& repair, const Bytes& before, std::size_t count) {
    Bytes data = before;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& step = repair.plan.steps[i];
        if (step.operation == RepairOperation::WriteTable && step.where.end <= data.size())
            std::copy(repair.contents[i].begin(), repair.contents[i].end(), data.begin() + step.where.begin);
    }
    return data;
}

/// New bytes that were programmed over old ones in place, some of them or all.
bool is_between(const Bytes& there, const Bytes& before, const Bytes& after) {
    for (std::size_t i = 0; i < there.size(); ++i) {
        const auto lowest = static_cast<std::uint8_t>(before[i] & after[i]);
        if ((there[i] & lowest) != lowest || (there[i] | before[i]) != before[i]) return false;
    }
    return true;
}

}  // namespace

bool can_be_programmed(ByteView there, ByteView wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if ((there[i] & wanted[i]) != wanted[i]) return false;
    return true;
}

Range bootloader_place(const Layout& layout) {
    for (const auto& region : layout.regions)
        if (region.name == "bootloader") return region.at;
    return {};
}

std::vector<Range> sectors_of(const Repair& repair, const Layout& layout) {
    std::vector<Range> list;
    for (const auto& step : repair.plan.steps)
        if (step.operation != RepairOperation::WriteTable && !step.where.empty())  // none of a bootloader's place can be written
            for (const Range sector : writable_sectors(layout, step.where)) list.push_back(sector);
    std::sort(list.begin(), list.end(), [](Range a, Range b) { return a.begin < b.begin; });
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
}

bool lies_on_the_way(const Repair& repair, Range sector, ByteView there) {
    if (erases(repair, sector)) return true;
    return can_be_programmed(repair.original.bytes(sector), there) && can_be_programmed(there, repair.target.bytes(sector));
}

bool writes_table(const Repair& repair) {
    return std::any_of(repair.plan.steps.begin(), repair.plan.steps.end(),
                       [](const RepairStep& step) { return step.operation == RepairOperation::WriteTable; });
}

std::vector<std::uint8_t> table_data_behind(const Repair& repair, const Layout& layout, std::size_t step) {
    return data_behind(repair, application_data(repair.original, layout, table_base(repair.original, layout, repair.codes[step])), step + 1);
}

bool installs_bootloader(const Repair& repair) { return !repair.plan.steps.empty() && repair.plan.steps.back().operation == RepairOperation::StartSystem; }

TableState table_state(const Repair& repair, const Layout& layout, const Image& flash, std::size_t step) {
    const auto code = repair.codes[step];
    const auto data = [&](const Image& image) { return application_data(image, layout, table_base(image, layout, code)); };
    const Bytes there = data(flash), before = data_behind(repair, data(repair.original), step);
    const Bytes after = data_behind(repair, before, step + 1);
    if (there == after) return TableState::AsAfter;
    if (there == before) return TableState::AsBefore;
    const bool in_place = code == TableWriter::G2 || code == TableWriter::G3;
    return in_place && is_between(there, before, after) ? TableState::Between : TableState::Elsewhere;
}

}  // namespace photopsy

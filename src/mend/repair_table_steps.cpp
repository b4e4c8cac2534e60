// What writes the configuration table: one block for all that belongs there, or the reason why it stays.
#include "base/hex.h"
#include "mend/repair_step_list.h"
#include "mend/repair_store.h"
#include "mend/repair_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Bytes = StepList::Bytes;

constexpr std::uint32_t most_table_bytes = 4096, table_timeout = 10000, table_time = 400;

/// What the table's goals come to: the application data as it shall be, and the blocks of it that differ.
std::vector<Range> table_blocks(const Bytes& there, const Bytes& wanted) {
    std::uint32_t begin = 0, end = static_cast<std::uint32_t>(wanted.size());
    while (begin < end && there[begin] == wanted[begin]) ++begin;
    while (end > begin && there[end - 1] == wanted[end - 1]) --end;
    std::vector<Range> blocks;
    for (std::uint32_t at = begin; at < end; at += most_table_bytes) blocks.push_back({at, std::min(at + most_table_bytes, end)});
    return blocks;
}

/// "" for the only one.
std::string block_in_words(std::size_t number, std::size_t count) {
    return count == 1 ? "" : fmt::format("; write {} of {} to the table, of which each erases the copy from before the one before", number, count);
}

void write_table_block(StepList& list, TableWriter code, Range at, const Bytes& there, const Bytes& wanted) {
    const Bytes content(wanted.begin() + at.begin, wanted.begin() + at.end);
    Bytes then = there;
    std::copy(content.begin(), content.end(), then.begin() + at.begin);
    auto& step = list.add(RepairOperation::WriteTable, at, there, content);
    step.after = hex(sha256(then));
    list.now = with_table_written(list.now, list.layout(), code, at.begin, content);
    list.draft.repair.codes.back() = code;
    for (const auto& goal : list.draft.table) {
        step.reason += (step.reason.empty() ? "" : "; ") + goal.what;
        step.sources.push_back(goal.source);
    }
    step.timeout_ms = table_timeout;
    step.typical_ms = table_time;
}

std::string why_table_stays(const StepList& list, const Facts& facts, std::optional<TableWriter> code) {
    const auto& dct = facts.dct;
    if (dct.dcd && dct.dcd->migrated_from != 0) return "The table is of an older format, and the bootloader converts it at its next start.";
    if (!code) return "The bootloader does not reach the table: it needs system parts of 0.7.0 or later that are whole and fit each other.";
    const int base = table_base(list.now, list.layout(), *code);
    if (base != dct.selected.value_or(0))
        return "The code that would write the table starts from another copy than the one that the system uses, so the write would lose what is newer.";
    if (is_of_dcd(*code)) return "";
    const auto* current = dct.current();
    if (*code < TableWriter::G4 && current && current->has_version_struct)
        return "This bootloader is older than the table's form: its write would break the table's checksum.";
    if (*code == TableWriter::G0 && base != 0 && !all_erased(list.now.bytes(table_copy(list.layout(), 3 - base))))
        return "The bootloader of this device cannot erase the spare copy of the table, so every write fails until the firmware is newer.";
    return "";
}

void refuse_table(RepairDraft& draft, const std::string& why) {
    draft.table_refused = why;
    draft.table.clear();
}

void write_blocks(StepList& list, TableWriter code, const Facts& facts) {
    auto& draft = list.draft;
    const Bytes there = application_data(list.now, list.layout(), table_base(list.now, list.layout(), code));
    Bytes wanted = there;
    for (const auto& goal : draft.table)
        if (goal.offset + goal.bytes.size() <= wanted.size()) std::copy(goal.bytes.begin(), goal.bytes.end(), wanted.begin() + goal.offset);
    const auto blocks = table_blocks(there, wanted);
    if (blocks.size() > 1 && !draft.restores) return refuse_table(draft, "The settings to be written do not fit into one write of the table.");
    const auto steps = draft.repair.plan.steps.size();
    const Image before = list.now;
    Bytes now = there;
    std::size_t number = 0;
    for (const Range at : blocks) {
        write_table_block(list, code, at, now, wanted);
        list.draft.repair.plan.steps.back().reason += block_in_words(++number, blocks.size());
        std::copy(wanted.begin() + at.begin, wanted.begin() + at.end, now.begin() + at.begin);
    }
    if (blocks.empty() || !is_of_dcd(code) || system_reads_written(list.now, list.layout(), facts, code)) return;
    list.shorten(steps);
    list.now = before;
    refuse_table(draft,
                 "Bootloader and system of this device choose between the two copies of the table by different rules: the system would not read what the "
                 "bootloader writes. An update of the firmware, which brings its bootloader, comes first.");
}

}  // namespace

void write_table_steps(StepList& list) {
    auto& draft = list.draft;
    if (draft.table.empty()) return;
    const auto facts = analysis_with(draft.analysis, list.now).facts;
    const auto code = table_code(facts);
    if (const auto why = why_table_stays(list, facts, code); !why.empty()) return refuse_table(draft, why);
    write_blocks(list, *code, facts);
}

}  // namespace photopsy

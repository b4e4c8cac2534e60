// Goals into steps: the smallest set of writes, and an order in which a cut leaves the device no worse. Reasons: docs/repair.md, "Order".
#include "base/hex.h"
#include "mend/repair_draft.h"
#include "mend/repair_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t word_size = 4, block = 4096, most_table_bytes = 4096;
constexpr std::uint32_t erase_timeout = 10000, program_timeout = 5000, table_timeout = 10000;
constexpr std::uint32_t erase_time = 1000, table_time = 400, bytes_a_millisecond = 50;
constexpr std::size_t most_runs = 16;
constexpr std::uint16_t keeps_pointers_from = 100, looks_up_anew_from = 400;

using Bytes = std::vector<std::uint8_t>;

/// Steps as they come, each seen against the flash that the ones before it leave.
struct StepList {
    RepairDraft& draft;
    Image now;

    Bytes bytes(Range at) const {
        const auto view = now.bytes(at);
        return {view.begin(), view.end()};
    }
    RepairStep& add(RepairOperation operation, Range where, Bytes before, Bytes content) {
        auto& repair = draft.repair;
        RepairStep step{.operation = operation, .where = where, .before = hex(sha256(before)), .after = hex(sha256(content))};
        repair.plan.steps.push_back(std::move(step));
        repair.contents.push_back(std::move(content));
        repair.codes.push_back(DctGeneration::G5);
        return repair.plan.steps.back();
    }
};

std::string region_of(const Layout& layout, Address at) {
    const auto* region = layout.region_at(at);
    return region ? region->name : "";
}

void erase(StepList& list, const ModuleGoal& goal, Range sector) {
    Bytes erased(sector.size(), 0xFF);
    auto& step = list.add(RepairOperation::Erase, sector, list.bytes(sector), erased);
    list.now.put(sector.begin, erased);
    step.region = region_of(*list.draft.analysis.layout, sector.begin);
    step.reason = fmt::format("{}: this sector holds bytes that only an erase can set right", goal.slot->title);
    step.timeout_ms = erase_timeout;
    step.typical_ms = erase_time * sector.size() / 0x20000 + 1;
}

void program(StepList& list, const ModuleGoal& goal, Range at, const Bytes& content) {
    if (at.empty() || all_erased(content)) return;
    auto& step = list.add(RepairOperation::Program, at, list.bytes(at), content);
    list.now.put(at.begin, content);
    step.region = region_of(*list.draft.analysis.layout, at.begin);
    step.reason = fmt::format("{}: {} bytes are written", goal.slot->title, at.size());
    step.sources = {goal.source};
    step.timeout_ms = program_timeout;
    step.typical_ms = at.size() / bytes_a_millisecond + 1;
}

/// The sector as it shall be: the module's bytes over what lies there.
Bytes wanted_sector(const StepList& list, const ModuleGoal& goal, Range sector) {
    Bytes wanted = list.bytes(sector);
    const Range module = range_of(goal.slot->at.begin, static_cast<std::uint32_t>(goal.bytes.size()));
    const Range shared = intersection(module, sector);
    std::copy_n(goal.bytes.begin() + (shared.begin - module.begin), shared.size(), wanted.begin() + (shared.begin - sector.begin));
    return wanted;
}

bool needs_only_programming(ByteView there, ByteView wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if ((there[i] & wanted[i]) != wanted[i]) return false;
    return true;
}

/// Runs of words that differ, joined over gaps of at most `gap` bytes.
std::vector<Range> runs_that_differ(ByteView there, ByteView wanted, Address base, std::uint32_t gap) {
    std::vector<Range> runs;
    for (std::uint32_t at = 0; at < wanted.size(); at += word_size) {
        if (std::equal(there.begin() + at, there.begin() + at + word_size, wanted.begin() + at)) continue;
        const Range word = range_of(base + at, word_size);
        if (!runs.empty() && word.begin - runs.back().end <= gap)
            runs.back().end = word.end;
        else
            runs.push_back(word);
    }
    return runs;
}

std::vector<Range> few_runs(ByteView there, ByteView wanted, Address base) {
    std::uint32_t gap = 16;
    auto runs = runs_that_differ(there, wanted, base, gap);
    while (runs.size() > most_runs) runs = runs_that_differ(there, wanted, base, gap *= 4);
    return runs;
}

struct SectorWork {
    Range sector;
    Bytes wanted;
    bool erases = false;
};

std::vector<SectorWork> work_for(const StepList& list, const ModuleGoal& goal) {
    std::vector<SectorWork> work;
    const Range module = range_of(goal.slot->at.begin, static_cast<std::uint32_t>(goal.bytes.size()));
    for (const auto& sector : list.draft.analysis.layout->sectors) {
        if (!sector.writable_by_dfu || !sector.at.overlaps(module)) continue;
        SectorWork one{sector.at, wanted_sector(list, goal, sector.at)};
        const auto there = list.now.bytes(sector.at);
        if (std::equal(there.begin(), there.end(), one.wanted.begin(), one.wanted.end())) continue;
        one.erases = !needs_only_programming(there, one.wanted);
        work.push_back(std::move(one));
    }
    return work;
}

/// From `from` on to the last byte that is not erased.
Range filled_part(const SectorWork& work, Address from) {
    std::uint32_t end = work.sector.size();
    while (end > 0 && work.wanted[end - 1] == 0xFF) --end;
    end = (end + word_size - 1) / word_size * word_size;
    return {from, std::max(from, work.sector.begin + end)};
}

Bytes part_of(const SectorWork& work, Range at) {
    return {work.wanted.begin() + (at.begin - work.sector.begin), work.wanted.begin() + (at.end - work.sector.begin)};
}

void program_part(StepList& list, const ModuleGoal& goal, const SectorWork& work, Range at) { program(list, goal, at, part_of(work, at)); }

/// The first block, which holds the header, goes last: until then nothing takes the place for a module.
void program_all(StepList& list, const ModuleGoal& goal, const SectorWork& work, bool header_last) {
    const Address behind_header = work.sector.begin + block;
    if (!header_last || work.sector.begin != goal.slot->at.begin) return program_part(list, goal, work, filled_part(work, work.sector.begin));
    program_part(list, goal, work, filled_part(work, behind_header));
    program_part(list, goal, work, intersection(filled_part(work, work.sector.begin), {work.sector.begin, behind_header}));
}

/// From the end to the front, so that what holds the header comes last here too.
void program_runs(StepList& list, const ModuleGoal& goal, const SectorWork& work) {
    auto runs = few_runs(list.now.bytes(work.sector), work.wanted, work.sector.begin);
    if (const Address behind_header = goal.slot->at.begin + block; !runs.empty() && runs.front().contains(behind_header)) {
        runs.insert(runs.begin(), {runs.front().begin, behind_header});
        runs[1].begin = behind_header;
    }
    std::reverse(runs.begin(), runs.end());
    for (const Range run : runs) program_part(list, goal, work, run);
}

/// A whole image in the factory's place is copied over the application wherever part 1 has no header (FM@v2.3.1:582): then the header shall be away shortly.
bool header_goes_last(const RepairDraft& draft, const ModuleGoal& goal) {
    const auto* part1 = draft.analysis.layout->system_part(1);
    const auto* factory = draft.facts().module("factory");
    return goal.slot != part1 || !factory || !factory->good();
}

void write_module_steps(StepList& list, const ModuleGoal& goal) {
    auto work = work_for(list, goal);
    if (work.empty()) return;
    const bool header_last = header_goes_last(list.draft, goal);
    const bool header_away = header_last && work.front().erases && work.front().sector.begin == goal.slot->at.begin;
    if (header_away) erase(list, goal, work.front().sector);
    if (header_last) std::rotate(work.begin(), work.begin() + (work.front().sector.begin == goal.slot->at.begin ? 1 : 0), work.end());
    for (const auto& one : work) {
        if (!one.erases) {
            program_runs(list, goal, one);
            continue;
        }
        if (!header_away || one.sector.begin != goal.slot->at.begin) erase(list, goal, one.sector);
        program_all(list, goal, one, header_last);
    }
    if (!goal.file.from.empty()) list.draft.repair.plan.files.push_back(goal.file);
}

/// What the table's goals come to: the application data as it shall be, and the blocks of it that differ.
std::vector<Range> table_blocks(const Bytes& there, const Bytes& wanted) {
    std::uint32_t begin = 0, end = static_cast<std::uint32_t>(wanted.size());
    while (begin < end && there[begin] == wanted[begin]) ++begin;
    while (end > begin && there[end - 1] == wanted[end - 1]) --end;
    std::vector<Range> blocks;
    for (std::uint32_t at = begin; at < end; at += most_table_bytes) blocks.push_back({at, std::min(at + most_table_bytes, end)});
    return blocks;
}

void write_table_block(StepList& list, DctGeneration code, Range at, const Bytes& there, const Bytes& wanted) {
    const auto part = [&](const Bytes& data) { return Bytes(data.begin() + at.begin, data.begin() + at.end); };
    auto& step = list.add(RepairOperation::WriteTable, at, part(there), part(wanted));
    list.now = with_table_written(list.now, *list.draft.analysis.layout, code, at.begin, part(wanted));
    list.draft.repair.codes.back() = code;
    step.region = "dct";
    for (const auto& goal : list.draft.table) {
        step.reason += (step.reason.empty() ? "" : "; ") + goal.what;
        step.sources.push_back(goal.source);
    }
    step.timeout_ms = table_timeout;
    step.typical_ms = table_time;
}

std::string why_table_stays(const StepList& list, const Facts& facts, std::optional<DctGeneration> code) {
    const auto& dct = facts.dct;
    if (!code) return "The bootloader does not reach the table: it needs system parts of 0.7.0 or later that are whole and fit each other.";
    const int base = table_base(list.now, *list.draft.analysis.layout, *code);
    if (base != dct.selected.value_or(0))
        return "The code that would write the table starts from another copy than the one that the system uses, so the write would lose what is newer.";
    const auto* current = dct.current();
    if (*code < DctGeneration::G4 && current && current->has_version_struct)
        return "This bootloader is older than the table's form: its write would break the table's checksum.";
    if (*code == DctGeneration::G0 && base != 0 && !all_erased(list.now.bytes(list.draft.analysis.layout->dct.copies[2 - base])))
        return "The bootloader of this device cannot erase the spare copy of the table, so every write fails until the firmware is newer.";
    return "";
}

void refuse_table(RepairDraft& draft, const std::string& why) {
    draft.table_refused = why;
    draft.table.clear();
}

void write_table_steps(StepList& list) {
    auto& draft = list.draft;
    if (draft.table.empty()) return;
    const auto& layout = *draft.analysis.layout;
    const auto facts = analysis_with(draft.analysis, list.now).facts;
    const auto code = table_code(facts);
    if (const auto why = why_table_stays(list, facts, code); !why.empty()) return refuse_table(draft, why);
    const Bytes there = application_data(list.now, layout, table_base(list.now, layout, *code));
    Bytes wanted = there;
    for (const auto& goal : draft.table)
        if (goal.offset + goal.bytes.size() <= wanted.size()) std::copy(goal.bytes.begin(), goal.bytes.end(), wanted.begin() + goal.offset);
    const auto blocks = table_blocks(there, wanted);
    if (blocks.size() > 1 && !draft.restores_table) return refuse_table(draft, "The settings to be written do not fit into one write of the table.");
    Bytes now = there;
    for (const Range at : blocks) {
        write_table_block(list, *code, at, now, wanted);
        std::copy(wanted.begin() + at.begin, wanted.begin() + at.end, now.begin() + at.begin);
    }
}

void ask_for_a_reset(StepList& list) {
    const auto version = list.draft.repair.plan.device.bootloader_version;
    if (version < keeps_pointers_from || version >= looks_up_anew_from || list.draft.table.empty() || list.draft.repair.plan.steps.empty()) return;
    auto& step = list.add(RepairOperation::ResetIntoDfu, {}, {}, {});
    step.before = step.after = "";
    step.region = "";
    step.reason =
        "This bootloader looks up the code that writes the table at its own start: hold SETUP, tap RESET, and hold SETUP until the light blinks yellow";
}

bool is_part_goal(const ModuleGoal& goal) { return is_system_part(*goal.slot); }

}  // namespace

void lay_out_steps(RepairDraft& draft) {
    StepList list{draft, draft.image()};
    std::stable_sort(draft.modules.begin(), draft.modules.end(), [](const ModuleGoal& a, const ModuleGoal& b) { return a.slot->at.begin < b.slot->at.begin; });
    const auto code = table_code(draft.facts());
    const bool table_first = code.has_value();
    if (table_first) write_table_steps(list);
    for (const auto& goal : draft.modules)
        if (is_part_goal(goal)) write_module_steps(list, goal);
    if (!table_first) {
        const auto before = draft.repair.plan.steps.size();
        ask_for_a_reset(list);
        write_table_steps(list);
        auto& steps = draft.repair.plan.steps;
        if (!steps.empty() && steps.back().operation == RepairOperation::ResetIntoDfu) {
            steps.resize(before);  // nothing of the table was to be written after all
            draft.repair.contents.resize(before);
            draft.repair.codes.resize(before);
        }
    }
    for (const auto& goal : draft.modules)
        if (!is_part_goal(goal)) write_module_steps(list, goal);
    draft.repair.target = list.now;
}

}  // namespace photopsy

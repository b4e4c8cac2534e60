// What writes a place of the flash: the sectors that differ, the erased stretches of them without an erase, and what makes the place valid last.
#include "mend/repair_step_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Bytes = StepList::Bytes;

constexpr std::uint32_t word_size = 4, block = 4096;
constexpr std::uint32_t erase_timeout = 10000, program_timeout = 5000;
constexpr std::uint32_t erase_time = 1000, largest_sector = 0x20000, bytes_a_millisecond = 50;
constexpr std::size_t most_runs = 16;

/// The sector as it shall be: the goal's bytes over what lies there.
Bytes wanted_sector(const StepList& list, const PlaceGoal& goal, Range sector) {
    Bytes wanted = list.bytes(sector);
    const Range shared = intersection(goal.range(), sector);
    std::copy_n(goal.bytes.begin() + (shared.begin - goal.at), shared.size(), wanted.begin() + (shared.begin - sector.begin));
    return wanted;
}

bool needs_only_programming(ByteView there, ByteView wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if ((there[i] & wanted[i]) != wanted[i]) return false;
    return true;
}

/// Only bytes that are erased change. The chip beside the processor asks for no more than that, byte by byte (SST25VF016B data sheet, Byte-Program), and what a
/// cut leaves of the one byte at which it comes has no bit too few.
bool fills_erased_bytes(ByteView there, ByteView wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (there[i] != wanted[i] && there[i] != 0xFF) return false;
    return true;
}

void erase(StepList& list, const PlaceGoal& goal, Range sector) {
    Bytes erased(sector.size(), 0xFF);
    const Bytes before = list.bytes(sector);
    const Bytes wanted = wanted_sector(list, goal, sector);
    auto& step = list.add(RepairOperation::Erase, sector, before, erased);
    list.now.put(sector.begin, erased);
    step.reason =
        needs_only_programming(before, wanted)
            ? fmt::format("{}: {}", goal.title,
                          takes_erased_cells_only(list.layout()) ? "this flash takes new bytes only where it is erased"
                                                                 : "this sector may be write-protected by the firmware, and only an erase takes that off")
            : fmt::format("{}: this sector holds bytes that only an erase can set right", goal.title);
    step.timeout_ms = erase_timeout;
    step.typical_ms = static_cast<std::uint32_t>(std::uint64_t{erase_time} * sector.size() / largest_sector) + 1;
}

void program(StepList& list, const PlaceGoal& goal, Range at, const Bytes& content) {
    if (at.empty() || all_erased(content)) return;
    auto& step = list.add(RepairOperation::Program, at, list.bytes(at), content);
    list.now.put(at.begin, content);
    step.reason = fmt::format("{}: {} bytes are written", goal.title, at.size());
    step.sources = {goal.source};
    step.timeout_ms = program_timeout;
    step.typical_ms = at.size() / bytes_a_millisecond + 1;
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

/// Systems before 1.5.0 protect the sectors of their parts at each start; an erase takes that off, programming alone is refused
/// (core_hal_stm32f2xx.c@v0.6.0:342-345, usbd_flash_if.c@v2.3.1:110-113,140-166).
/// Which system ran last is not known where parts of several lie there: one that may have protected them is enough.
bool is_write_protected(const StepList& list, Range sector) {
    static const auto last_that_protects = system_version_of_release("1.4.4").value_or(0xFFFF);
    const auto& facts = list.draft.facts();
    const auto holds_part = [&](const ModuleSlot& slot) { return is_system_part(slot) && slot.at.overlaps(sector); };
    const auto protects = [&](const ModuleSlot& slot) {
        const auto* part = is_system_part(slot) ? facts.module(slot.name) : nullptr;
        return part && part->present() && part->version.value <= last_that_protects;
    };
    if (std::ranges::none_of(list.layout().slots, holds_part)) return false;
    const auto& system = facts.system.system_version;
    return !system || *system <= last_that_protects || std::ranges::any_of(list.layout().slots, protects);
}

struct SectorWork {
    Range sector;
    Bytes wanted;
    bool erases = false;
};

std::vector<SectorWork> work_for(const StepList& list, const PlaceGoal& goal) {
    std::vector<SectorWork> work;
    for (const Range sector : writable_sectors(list.layout(), goal.range())) {
        SectorWork one{sector, wanted_sector(list, goal, sector)};
        const auto there = list.now.bytes(sector);
        if (std::equal(there.begin(), there.end(), one.wanted.begin(), one.wanted.end())) continue;
        const bool fills_serial_flash = list.layout().in_external(sector.begin) && fills_erased_bytes(there, one.wanted);
        one.erases =
            takes_erased_cells_only(list.layout()) ? !fills_serial_flash : !needs_only_programming(there, one.wanted) || is_write_protected(list, sector);
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

void program_part(StepList& list, const PlaceGoal& goal, const SectorWork& work, Range at) { program(list, goal, at, part_of(work, at)); }

/// The first block, which holds the header, goes last: until then nothing takes the place for a module.
void program_all(StepList& list, const PlaceGoal& goal, const SectorWork& work, bool header_last) {
    const Address behind_header = work.sector.begin + std::min(block, work.sector.size());
    if (!header_last || work.sector.begin != goal.at) return program_part(list, goal, work, filled_part(work, work.sector.begin));
    program_part(list, goal, work, filled_part(work, behind_header));
    program_part(list, goal, work, intersection(filled_part(work, work.sector.begin), {work.sector.begin, behind_header}));
}

/// From the end to the front, so that what holds the header comes last here too.
void program_runs(StepList& list, const PlaceGoal& goal, const SectorWork& work) {
    auto runs = few_runs(list.now.bytes(work.sector), work.wanted, work.sector.begin);
    if (const Address behind_header = goal.at + block; !runs.empty() && runs.front().contains(behind_header)) {
        runs.insert(runs.begin(), {runs.front().begin, behind_header});
        runs[1].begin = behind_header;
    }
    std::reverse(runs.begin(), runs.end());
    for (const Range run : runs) program_part(list, goal, work, run);
}

/// What the bootloader starts first: where its header is away and a whole image lies in the factory's place, that is copied over the application
/// (FM@v2.3.1:582; a Core: over the firmware itself). Then the header shall be away shortly.
bool header_goes_last(const RepairDraft& draft, const PlaceGoal& goal) {
    if (!goal.slot) return false;
    const bool starts_first = goal.slot == draft.analysis.layout->system_part(1) || goal.slot->function == FunctionMonolithic;
    const auto* factory = draft.facts().module("factory");
    return !starts_first || !factory || !factory->good();
}

}  // namespace

bool takes_erased_cells_only(const Layout& layout) { return layout.dct.store == StoreKind::SerialFlash; }

std::vector<Range> writable_sectors(const Layout& layout, Range at) {
    std::vector<Range> list;
    for (const auto& sector : layout.sectors)
        if (sector.writable_by_dfu && sector.at.overlaps(at)) list.push_back(sector.at);
    if (!layout.external) return list;
    for (Address unit = layout.external->at.begin; unit < layout.external->at.end; unit += layout.external->erase_unit)
        if (const Range sector = range_of(unit, layout.external->erase_unit); sector.overlaps(at)) list.push_back(sector);
    return list;
}

void write_place_steps(StepList& list, const PlaceGoal& goal) {
    auto work = work_for(list, goal);
    if (work.empty()) return;
    const bool header_last = header_goes_last(list.draft, goal);
    const bool begins_place = work.front().sector.begin == goal.at;
    const bool header_away = header_last && work.front().erases && begins_place;
    if (header_away) erase(list, goal, work.front().sector);
    if (header_last) std::rotate(work.begin(), work.begin() + (begins_place ? 1 : 0), work.end());
    for (const auto& one : work) {
        if (!one.erases) {
            program_runs(list, goal, one);
            continue;
        }
        if (!header_away || one.sector.begin != goal.at) erase(list, goal, one.sector);
        program_all(list, goal, one, header_last);
    }
    if (!goal.file.from.empty()) list.draft.repair.plan.files.push_back(goal.file);
}

}  // namespace photopsy

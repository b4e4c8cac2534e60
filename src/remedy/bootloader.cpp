// Another bootloader, by whatever can write one: the device itself, the cloud, the running system, a debugger. Never over DFU.
#include "facts/start_checks.h"
#include "remedy/order.h"
#include "remedy/ways.h"
#include "rules/harmful_copy.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

bool bootloader_is_damaged(const Facts& facts) {
    const auto* bootloader = facts.layout ? facts.module("bootloader") : nullptr;
    if (!bootloader || bootloader->presence == Presence::Absent) return false;
    return !bootloader->present() || bootloader->integrity == Integrity::Bad || bootloader->platform_ok == false || bootloader->range_ok == false;
}

bool breaks_newer_table(const Facts& facts) {
    constexpr std::uint16_t first_without_table_code = 100;
    const auto* current = facts.dct.current();
    const auto& bootloader = facts.system.bootloader_version;
    return facts.layout && facts.layout->dct.store == StoreKind::WicedTable && bootloader && *bootloader < first_without_table_code && current &&
           current->has_version_struct;
}

/// An ordinary start would erase what the old key can be had from, or carry out an update that destroys.
static bool start_is_to_be_avoided(const Observations& seen) {
    return start_costs_old_key(seen) || seen.facts.ota.resumes == OtaFacts::Resumes::Harms || is_to_be_taken_back(seen);
}

Remedy write_bootloader_by_debugger(const Facts& facts, std::string_view release) {
    const auto* slot = facts.layout->slot("bootloader");
    const auto newer_code = warning_of_newer_table_code(facts, release);
    return {.title = "Write the bootloader with a debugger",
            .explain = fmt::format(
                "With an ST-Link or Particle Debugger on the SWD pins (D6, D7). This works when nothing else does. It takes the write protection of that place "
                "away, which systems up to 1.4 set at their start, and leaves the device halted: nothing starts yet. Then take the debugger off, hold {} while "
                "the device loses its power and gets it again, and go on holding it until the light blinks yellow (DFU mode): what else is to be written comes "
                "before the first normal start.",
                facts.layout->button),
            .steps = {{.kind = StepKind::WriteByDebugger,
                       .file = {.kind = FileKind::Module, .slot = "bootloader", .release = std::string(release)},
                       .at = slot ? slot->at.begin : 0}},
            .warning = "Do not cut the power while it is written." + (newer_code.empty() ? "" : " " + newer_code),
            .cost = Remedy::Cost::WritesFirmware,
            .turn = Remedy::Turn::Bootloader};
}

static Remedy replace_over_serial(const RemedyFile& file) {
    return {.title = "Replace the bootloader over USB serial",
            .explain = "The running system writes it; the bootloader cannot replace itself over DFU.",
            .steps = {{.kind = StepKind::WriteBySerial, .file = file}},
            .warning = "If the power fails while it is written, the device needs a debugger.",
            .cost = Remedy::Cost::WritesFirmware,
            .before = Remedy::Before::ListeningMode,
            .turn = Remedy::Turn::Bootloader};
}

/// What a running system does for it, the one that asks least of the owner first.
static std::vector<Remedy> ways_by_running_system(const Observations& seen, std::string_view release) {
    std::vector<Remedy> list;
    const bool runs = seen.boot.result == BootResult::Runs || seen.boot.result == BootResult::SafeMode;
    if (runs && replaces_bootloader(seen.facts))
        list.push_back(start_normally("The system carries the bootloader of its release and puts it in place of the older one at its start."));
    if (!list.empty() && !warning_of_newer_table_code(seen.facts, release).empty()) return list;  // the one that it carries is the right one
    if (!runs && seen.boot.result != BootResult::FactoryReset) return list;
    // What safe mode has no part in, the cloud does not mend either.
    const bool refused = seen.boot.result == BootResult::SafeMode && tests_own_modules(seen.facts);
    if (refused && may_go_online(seen))
        list.push_back(go_online(
            "In safe mode (breathing magenta) the device tells the cloud which modules it has. Where the cloud finds the bootloader wrong, it sends the "
            "right one by itself, within a few minutes; where nothing comes, replace it over USB serial."));
    list.push_back(replace_over_serial({.kind = FileKind::Module, .slot = "bootloader", .release = std::string(release)}));
    return list;
}

std::vector<Remedy> replace_bootloader(const Observations& seen, std::string_view release) {
    auto list = ways_by_running_system(seen, release);
    const bool carried_is_right = list.size() == 1 && list.front().turn == Remedy::Turn::Start;
    const bool before_any_start = start_is_to_be_avoided(seen) && (bootloader_is_damaged(seen.facts) || breaks_newer_table(seen.facts));
    const auto by_debugger = write_bootloader_by_debugger(seen.facts, release);
    if (!before_any_start) {
        if (!carried_is_right) list.push_back(by_debugger);
        for (std::size_t i = 1; i < list.size(); ++i) {
            const bool alone = list[i].turn == Remedy::Turn::RunningSystem;  // the cloud's help is a way beside the others
            list[i].role = alone ? Remedy::Role::Way : Remedy::Role::OtherWay;
        }
        return list;
    }
    for (auto& remedy : list) {
        remedy.role = Remedy::Role::OtherWay;
        remedy.warning = std::string("Only where no debugger is to be had: it needs a normal start, and that costs what the other way keeps.") +
                         (start_costs_old_key(seen) ? " The firmware makes a new key then, which must be registered." : "") +
                         (remedy.warning.empty() ? "" : " " + remedy.warning);
    }
    list.insert(list.begin(), by_debugger);
    return list;
}

/// Serial and not DFU, and after the parts: then the device runs in safe mode.
static Remedy bootloader_after_parts(const Facts& facts, std::string_view release, std::uint16_t needed) {
    return {.title = "Replace the bootloader over USB serial",
            .explain = fmt::format("When the parts are written: release {} asks for bootloader {} or newer, and {} is installed. Until it is replaced the "
                                   "system starts in safe mode (breathing magenta); online there, the cloud can send it too.",
                                   release, needed, *facts.system.bootloader_version),
            .steps = {{.kind = StepKind::WriteBySerial,
                       .file = {.kind = FileKind::Module, .slot = "bootloader", .release = release_of_bootloader_for(facts, release)}}},
            .warning = "If the power fails while it is written, the device needs a debugger.",
            .cost = Remedy::Cost::WritesFirmware,
            .before = Remedy::Before::ListeningMode,
            .turn = Remedy::Turn::Bootloader};
}

void add_bootloader_for(std::vector<Remedy>& list, const Facts& facts, std::string_view release, Remedy::Role role) {
    const auto needed = bootloader_missing_for(facts, release);
    if (needed == 0) return;
    list.push_back(bootloader_after_parts(facts, release, needed));
    list.back().role = role;
}

}  // namespace photopsy

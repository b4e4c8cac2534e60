// Modules that are each whole and do not work together, and programs that are no Device OS.
#include "remedy/ways.h"

namespace photopsy {

namespace {

using List = std::vector<Remedy>;

Remedy keep_firmware() { return keep_dump("It is the only copy of what the device holds now, keys included. Store it before anything is written."); }

std::string release_of_bootloader(const Facts& facts) {
    const auto release = release_beside_bootloader(facts);
    return release.empty() ? "0.7.0" : release;
}

/// What the bootloader goes with, unless the application asks for a newer system.
std::string release_for_system_place(const Facts& facts) {
    const auto* user = facts.module("user");
    const auto asked = user && user->present() ? releases_with_system_version(user->dependency.version.value) : std::vector<std::string_view>{};
    const auto release = release_beside_bootloader(facts);
    if (release.empty()) return asked.empty() ? last_release(facts) : std::string(asked.front());
    const bool enough = asked.empty() || user->dependency.version.value <= system_version_of_release(release).value_or(0);
    return enough ? release : std::string(asked.front());
}

/// The running system writes the older bootloader; the newer system is written in DFU mode, and so goes first where a start would put a new key over one that
/// can still be had.
List ways_of_combination(const Situation& situation) {
    const auto& seen = situation.seen;
    auto newer = write_system(seen.facts, release_of_bootloader(seen.facts));
    Remedy older{.title = "Put the older bootloader back",
                 .explain = "The running system writes it; it cannot be written in DFU mode.",
                 .steps = {{.kind = StepKind::WriteBySerial,
                            .file = {.kind = FileKind::Module, .slot = "bootloader", .release = release_for(seen.facts, "bootloader")}}},
                 .warning = "If the power fails while it is written, the device needs a debugger.",
                 .cost = Remedy::Cost::WritesFirmware,
                 .before = Remedy::Before::ListeningMode,
                 .turn = Remedy::Turn::Bootloader};
    if (start_costs_old_key(seen)) {
        older.warning += " Its start makes a new key.";
        return {keep_firmware(), newer, as_other_way(older)};
    }
    if (const auto* part2 = seen.facts.system_part(2); part2 && !part2->good()) {
        newer.explain += " This cures the damaged part as well.";
        older.explain += " It is of use only when the damaged part is whole again.";
        return {keep_firmware(), newer, as_other_way(older)};
    }
    return {keep_firmware(), older, as_other_way(newer)};
}

List ways_of_other_program(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    const auto release = release_for_system_place(facts);
    List list = {keep_firmware(), write_system(facts, release)};
    add_bootloader_for(list, facts, release, Remedy::Role::Way);
    return list;
}

List ways_of_updater(const Situation& situation) {
    const bool refused = situation.seen.boot.result == BootResult::SafeMode;
    const auto& facts = situation.seen.facts;
    const bool done = facts.updater_brings && facts.system.bootloader_version.value_or(0) >= *facts.updater_brings;
    auto start = start_normally(std::string(refused ? "As it is now, the system does not run it; once that is mended: " : "") +
                                (done ? "The bootloader is in place; the updater puts" : "The updater replaces the bootloader, puts") +
                                " the application that waits in the OTA area back, and restarts the device.");
    start.title = "Start the device once";
    return {keep_firmware(), start};
}

const RemedyRow rows[] = {
    {"bootloader-does-not-fit-system", ways_of_combination},
    {"unknown-program-in-system-place", ways_of_other_program},
    {"update-not-finished", ways_of_updater},
};

}  // namespace

std::span<const RemedyRow> combination_remedies() { return rows; }

}  // namespace photopsy

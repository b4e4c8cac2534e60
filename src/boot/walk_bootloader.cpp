// What the bootloader does, and part 1, which it starts: up to the first instruction of part 2. Only headers are tested on this way.
#include "boot/walk.h"

#include <fmt/format.h>

namespace photopsy::boot_walk {

static constexpr std::string_view part2_slot = "system-part2";

void Walk::bootloader() {
    const char* step = "bootloader-runs";
    const auto* module = slots_.bootloader;
    if (!module || module->presence == Presence::Absent) return unknown(step, "The file does not hold the bootloader.");
    if (module->presence == Presence::Erased)
        return fail(step, BootResult::Undefined, "The bootloader is erased: the processor has nothing to start, and USB does not answer either.");
    if (module->presence == Presence::NoHeader && !module->header_resembles)
        return fail(step, BootResult::Undefined, "What lies at the bootloader's place is no bootloader: the processor starts into foreign bytes.");
    if (module->present() && (module->function.value != FunctionBootloader || module->range_ok == false))
        return fail(step, BootResult::Undefined, "Another module lies at the bootloader's place: it is not linked for this address.");
    if (dies_at_entry(facts_, *module))
        return fail(step, BootResult::Undefined, "The bootloader's reset vector or first instructions are damaged: the processor faults at once.");
    if (size_of_gaps(*module) >= 0x400)
        return fail(step, BootResult::Undefined, "A part of the bootloader's code is gone: it crashes before it can start the system.");
    if (module->integrity == Integrity::Bad || module->header_resembles)
        return doubt(step, "The bootloader's checksum is wrong, but nothing tests it before it runs: it starts unless the damaged bytes are needed.");
    pass(step, fmt::format("Bootloader version {} is whole and runs.", module->version.value));
}

/// Why an update that waits is not copied.
static std::string_view why_undone(TableAccess access) {
    switch (access) {
        case TableAccess::PartsUnusable:
            return "this bootloader reads the list of updates through the system parts, and those are not whole: it stays undone.";
        case TableAccess::PartsDoNotFit:
            return "this bootloader reads the list of updates through the system parts, and part 1 is older than part 2 asks for: it stays undone.";
        case TableAccess::SystemTooOld:
            return "this bootloader reads the list of updates with code of system part 2 that only releases from 0.7.0 on have: it is never applied.";
        default:
            return "whether this bootloader can read the list of updates, the file does not show.";
    }
}

/// An update can wait only if the OTA area holds a whole image; without the table it is not known whether one does.
static bool update_may_wait_unseen(const Facts& facts) {
    if (!facts.ota.slots.empty() || facts.dct.would_reinitialize) return false;
    const auto* image = facts.module("ota");
    return !image || image->presence == Presence::Absent || (image->present() && image->integrity != Integrity::Bad);
}

void Walk::update() {
    const char* step = "pending-update";
    outcome_.dct_reachable_by_bootloader = !is_out_of_reach(facts_.ota.access);
    if (slots_.updated) {
        outcome_.resumes_update = !ended_;
        return pass(step, fmt::format("The bootloader first copies the image from the OTA area to {}, then starts it: what follows is judged with the new {}.",
                                      slots_.updated->slot_at_target, slots_.updated->slot_at_target));
    }
    const bool waits = facts_.ota.kind == OtaCase::PendingUnreachable || facts_.ota.pending_slot;
    if (waits && is_out_of_reach(facts_.ota.access)) return doubt(step, fmt::format("An update is pending, but {}", why_undone(facts_.ota.access)));
    if (waits && facts_.ota.resumes == OtaFacts::Resumes::Unknown) return unknown(step, fmt::format("An update is pending; {}", why_undone(facts_.ota.access)));
    if (update_may_wait_unseen(facts_)) return unknown(step, "The file does not hold what tells whether an update waits.");
    pass(step, "No update is waiting to be copied.");
}

void Walk::part1_header() {
    const char* step = "part1-header";
    const auto* part1 = slots_.part1;
    if (!part1 || !part1->header_in_file) return unknown(step, "The file does not hold the header of system part 1.");
    const bool own_platform = part1->platform_id.value == slots_.bootloader_platform;
    if (header_starts_at(*part1, facts_, "system-part1") && own_platform)
        return pass(step, "System part 1 has a header that the bootloader accepts (it tests start, end and platform, not the checksum).");
    const auto why = part1->presence == Presence::Erased ? "System part 1 is erased"
                     : !own_platform && part1->present() ? "System part 1 is for another platform than the bootloader"
                                                         : "System part 1 has no header that the bootloader accepts";
    if (slots_.factory && slots_.factory->presence == Presence::Absent)
        return fail(
            step, BootResult::Undefined,
            fmt::format(
                "{}: the light turns red. Whether the bootloader then restores a factory application again and again or waits in DFU mode (yellow), the "
                "file does not show.",
                why));
    // A factory image makes the bootloader restore the application and reset; part 1 stays as it is, so this repeats.
    if (slots_.factory && slots_.factory->present())
        return fail(step, BootResult::ResetLoop,
                    fmt::format("{}: the light turns red, the bootloader restores the factory application and resets, again and again.", why));
    fail(step, BootResult::Dfu, fmt::format("{}: the light turns red, then the bootloader waits in DFU mode (yellow).", why));
}

void Walk::part1_content() {
    const char* step = "part1-content";
    const auto* part1 = slots_.part1;
    if (!part1 || !part1->header_in_file) return unknown(step, "The file does not hold system part 1.");
    if (part1->integrity == Integrity::Good || part1->integrity == Integrity::Placeholder)
        return pass(step, "System part 1 is whole. Nothing tests that at start.");
    if (part1->integrity == Integrity::NotChecked && part1->present()) return unknown(step, "The file does not hold all of system part 1.");
    if (dies_at_entry(facts_, *part1))
        return fail(step, BootResult::Undefined,
                    "The reset vector or the first instructions of system part 1 are damaged: the device crashes as soon as it runs.");
    if (is_badly_broken(facts_, *part1) || facts_.ota.half_written_slot == "system-part1")
        return fail(step, BootResult::Undefined,
                    "System part 1 is incomplete and executed all the same: nothing tests it at start. The device crashes, or runs without Wi-Fi.");
    if (facts_.radio.state == RadioFirmware::State::Damaged)
        return doubt(step,
                     "The Wi-Fi firmware inside system part 1 is damaged. The device starts, but its radio gets no usable firmware: it reaches no network.");
    doubt(step,
          "A few bytes of system part 1 are wrong and executed all the same: nothing tests it at start. The device works unless the damaged bytes are needed.");
}

void Walk::part2_entry() {
    const char* step = "part2-entry";
    const auto* part2 = slots_.part2;
    if (!part2 || !part2->header_in_file) return unknown(step, "The file does not hold system part 2.");
    if (part2->presence == Presence::Erased)
        return fail(step, BootResult::Undefined, "System part 2 is erased: part 1 jumps through its second word, which is FFFFFFFF, and the processor faults.");
    if (part2->presence == Presence::NoHeader && !part2->header_resembles)
        return fail(step, BootResult::Undefined, "What lies at the place of system part 2 is not firmware: part 1 jumps into it without a test.");
    if (part2->present() && !header_starts_at(*part2, facts_, "system-part2"))
        return fail(step, BootResult::Undefined,
                    "The module at the place of system part 2 is linked for another address: part 1 jumps into it without a test.");
    if (dies_at_entry(facts_, *part2))
        return fail(step, BootResult::Undefined,
                    "The reset vector or the first instructions of system part 2 are damaged: the device crashes before part 2 can test anything.");
    const bool replaced = slots_.updated && slots_.updated->slot_at_target == part2_slot;
    if (is_badly_broken(facts_, *part2) || (facts_.ota.half_written_slot == part2_slot && !replaced))
        return fail(step, BootResult::Undefined,
                    "System part 2 is incomplete: part 1 jumps into it without a test, and its own check is part of what is missing or mixed.");
    pass(step, "Part 1 jumps to the reset handler of part 2; nothing is tested on the way.");
}

}  // namespace photopsy::boot_walk

// What the bootloader does, and part 1, which it starts: up to the first instruction of part 2. Only headers are tested on this way.
#include "base/counted.h"
#include "boot/walk.h"

#include "base/hex.h"
#include "facts/header_damage.h"
#include "facts/ota_flag.h"
#include "facts/update_record.h"

#include <fmt/format.h>

namespace photopsy::boot_walk {

static std::string capitalized(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string Walk::part(int index) const {
    const auto* slot = facts_.layout->system_part(index);
    return slot ? slot->title : fmt::format("system part {}", index);
}
std::string Walk::capital_part(int index) const { return capitalized(part(index)); }
std::string Walk::capital_short_part(int index) const { return capitalized(short_part(index)); }
std::string Walk::short_part(int index) const {
    constexpr std::string_view first_word = "system ";
    const auto text = part(index);
    return text.starts_with(first_word) ? text.substr(first_word.size()) : text;
}

void Walk::bootloader() {
    const char* step = "bootloader-runs";
    const auto* module = facts_.module("bootloader");
    if (!module || module->presence == Presence::Absent) return unknown(step, "The file does not hold the bootloader.");
    if (module->presence == Presence::Erased)
        return fail(step, BootResult::Undefined, "The bootloader is erased: the processor has nothing to start, and USB does not answer either.");
    if (module->presence == Presence::NoHeader && !module->header_resembles)
        return fail(step, BootResult::Undefined, "What lies at the bootloader's place is no bootloader: the processor starts into foreign bytes.");
    if (module->present() && module->range_ok == false && !header_was_hit(*module))
        return fail(step, BootResult::Undefined, "Another module lies at the bootloader's place: it is not linked for this address.");
    if (dies_at_entry(facts_, *module))
        return fail(step, BootResult::Undefined, "The bootloader's reset vector, or code that each start executes, is damaged or gone: it crashes on its way.");
    if (module->integrity == Integrity::Bad && size_of_gaps(*module) > 0)
        return doubt(step, "A part of the bootloader's code is gone, off the way that each start takes: it starts unless that part is needed.");
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

static bool may_be_whole(const Module* image) {
    return !image || image->presence == Presence::Absent || (image->present() && image->integrity != Integrity::Bad);
}

/// An update can wait only if the OTA area holds a whole image, and a factory reset be carried out only if the factory area does; without the table it is not
/// known whether one is asked for. Later bootloaders keep that flag elsewhere, where no dump shows it.
static bool copy_may_wait_unseen(const Facts& facts) {
    if (facts.dct.would_reinitialize) return false;
    if (facts.ota.slots.empty() && may_be_whole(facts.module("ota"))) return true;
    return facts.dct.is_unseen() && !facts.system.bootloader_uses_system_dct() && facts.layout->slot("factory") && may_be_whole(facts.module("factory"));
}

/// A record that nothing refuses and that destroys: carried out where the bootloader reaches it. What it costs may be no more than what applications stored.
void Walk::harmful_copy(const char* step) {
    const auto& ota = facts_.ota;
    const int number = *ota.harmful_slot;
    if (is_out_of_reach(ota.access))
        return doubt(step, fmt::format("Slot {} tells the bootloader to copy, and nothing would refuse that copy, which destroys what the device needs; but {}",
                                       number, why_undone(ota.access)));
    if (!is_reached(ota.access))
        return unknown(step, fmt::format("Slot {} tells the bootloader to copy, and nothing would refuse that copy, which destroys what the device needs; {}",
                                         number, why_undone(ota.access)));
    if (harms_values_alone(facts_))
        return doubt(step, fmt::format("Slot {} tells the bootloader to copy over the EEPROM, and nothing refuses that copy: what applications stored there is "
                                       "lost, and the device starts.",
                                       number));
    fail(step, BootResult::Undefined,
         fmt::format("Slot {} tells the bootloader to copy, and nothing refuses that copy: it destroys what the device starts with.", number));
}

void Walk::update() {
    const char* step = "pending-update";
    outcome_.dct_reachable_by_bootloader = !is_out_of_reach(facts_.ota.access);
    if (facts_.table_flags.copies_factory_image()) {
        if (slots_.factory && slots_.factory->good())
            return fail(
                step, BootResult::FactoryReset,
                "The system flags ask for a factory reset: the bootloader copies the factory image over the application, and the device then runs that.");
        return doubt(step, "The system flags ask for a factory reset, and the file holds no whole factory image: what the reset leaves is not known.");
    }
    if (slots_.updated) {
        outcome_.resumes_update = !ended_;
        return pass(step, fmt::format("The bootloader first copies the image from {} to {}, then starts it: what follows is judged with the new {}.",
                                      facts_.ota.source_elsewhere ? hex_address(facts_.ota.source_elsewhere->at.begin) : "the OTA area",
                                      slots_.updated->slot_at_target, slots_.updated->slot_at_target));
    }
    if (facts_.ota.resumes == OtaFacts::Resumes::Harms) return harmful_copy(step);
    const bool waits = facts_.ota.kind == OtaCase::PendingUnreachable || facts_.ota.pending_slot;
    if (waits && is_out_of_reach(facts_.ota.access)) return doubt(step, fmt::format("An update is pending, but {}", why_undone(facts_.ota.access)));
    if (image_is_unseen(facts_.ota, facts_.modules))
        return unknown(step, "An update is pending, and the file does not hold all of its image: whether the bootloader copies or refuses it is not known.");
    if (waits && facts_.ota.resumes == OtaFacts::Resumes::Unknown) return unknown(step, fmt::format("An update is pending; {}", why_undone(facts_.ota.access)));
    if (leaves_out_checks(facts_.ota) && facts_.ota.kind != OtaCase::CopiedNotCleared)
        return doubt(step, fmt::format("Slot {} tells the bootloader to copy what is no whole module for its place, or what the file does not show. Nothing of "
                                       "what the device starts with is known to be hit.",
                                       facts_.ota.pending_slot.value_or(0)));
    if (flag_installs_old_bootloader(facts_))
        return pass(step,
                    "The flag in the configuration table has the system put the bootloader from the OTA area in place when it starts; what follows is judged "
                    "with that one.");
    if (copy_may_wait_unseen(facts_)) return unknown(step, "The file does not hold what tells whether an update or a factory reset waits.");
    const bool seen = facts_.dct.selected || facts_.dct.would_reinitialize || !facts_.ota.slots.empty();
    pass(step, seen ? "No update is waiting to be copied." : "No whole image lies where an update would be copied from.");
}

void Walk::part1_header() {
    const char* step = "part1-header";
    const auto* part1 = slots_.part1;
    if (!part1 || !part1->header_in_file) return unknown(step, fmt::format("The file does not hold the header of {}.", part(1)));
    const bool own_platform = part1->platform_id.value == slots_.bootloader_platform;
    const auto* place = facts_.layout->system_part(1);
    if (place && header_starts_at(*part1, facts_, place->name) && own_platform)
        return pass(step, fmt::format("{} has a header that the bootloader accepts (it tests start, end and platform, not the checksum).", capital_part(1)));
    const auto why = part1->presence == Presence::Erased ? fmt::format("{} is erased", capital_part(1))
                     : !own_platform && part1->present() ? fmt::format("{} is for another platform than the bootloader", capital_part(1))
                                                         : fmt::format("{} has no header that the bootloader accepts", capital_part(1));
    if (slots_.factory && slots_.factory->presence == Presence::Absent)
        return fail(
            step, BootResult::Undefined,
            fmt::format(
                "{}: the light turns red. Whether the bootloader then restores a factory application again and again or waits in DFU mode (yellow), the "
                "file does not show.",
                why));
    // A factory image for its own platform (flash_mal.c@v2.3.1:264-312) makes the bootloader restore the application and reset; part 1 stays as it is, so this
    // repeats.
    if (slots_.factory && slots_.factory->present() && slots_.factory->platform_id.value == slots_.bootloader_platform)
        return fail(step, BootResult::ResetLoop,
                    fmt::format("{}: the light turns red, the bootloader restores the factory application and resets, again and again.", why));
    fail(step, BootResult::Dfu, fmt::format("{}: the light turns red, then the bootloader waits in DFU mode (yellow).", why));
}

void Walk::part1_content() {
    const char* step = "part1-content";
    const auto* part1 = slots_.part1;
    if (!part1 || !part1->header_in_file) return unknown(step, fmt::format("The file does not hold {}.", part(1)));
    if (part1->integrity == Integrity::Good || part1->integrity == Integrity::Placeholder)
        return pass(step, fmt::format("{} is whole. Nothing tests that at start.", capital_part(1)));
    if (part1->integrity == Integrity::NotChecked && part1->present()) return unknown(step, fmt::format("The file does not hold all of {}.", part(1)));
    if (dies_at_entry(facts_, *part1))
        return fail(
            step, BootResult::Undefined,
            fmt::format("The reset vector of {}, or code that each start executes, is damaged or gone: the device crashes as soon as it runs.", part(1)));
    const bool has_radio = facts_.layout->boot == BootKind::TwoParts;
    if (is_badly_broken(facts_, *part1) || facts_.ota.half_written_slot == part1->slot)
        return fail(step, BootResult::Undefined,
                    fmt::format("{} is incomplete and executed all the same: nothing tests it at start. The device most likely crashes{}.", capital_part(1),
                                has_radio ? ", or runs without Wi-Fi" : ""));
    if (!has_radio) return broken_part(step, 1);
    if (only_header_is_hit(*part1)) return doubt(step, header_alone(1));
    if (facts_.radio.state == RadioFirmware::State::Damaged)
        return doubt(step,
                     "The Wi-Fi firmware inside system part 1 is damaged. The device starts, but its radio gets no usable firmware: it reaches no network.");
    const auto gone = size_of_gaps_in_code(facts_, *part1);
    doubt(step,
          fmt::format("{} of system part 1 {} {} and executed all the same: nothing tests it at start. The device works unless the damaged bytes are needed.",
                      gone ? counted(gone, "byte") : "A few bytes", gone == 1 ? "is" : "are", gone ? "gone" : "wrong"));
}

std::string Walk::header_alone(int index) const {
    return fmt::format("Of {} the header is damaged, or the word that leads to it, and the code is not: it runs all the same, for nothing tests it at start.",
                       part(index));
}

/// Of three parts each calls the two others before the application runs, and no checksum of this one is asked.
void Walk::broken_part(std::string step, int index) {
    if (const auto* module = slots_.part(index); module && (only_header_is_hit(*module) || (header_is_hidden(*module, *facts_.layout) && index != 1)))
        return doubt(std::move(step), header_alone(index));
    if (const auto* module = slots_.part(index); module && module->damage.spares_code)
        return doubt(std::move(step),
                     fmt::format("Of {} only bytes are wrong that nothing executes: it runs all the same, for nothing tests it at start.", part(index)));
    fail(std::move(step), BootResult::Undefined,
         fmt::format(
             "Bytes of {} are wrong and executed all the same: the parts call each other from the first moment on, and nothing tests this one. The device "
             "crashes, or goes wrong where the damaged bytes are needed.",
             part(index)));
}

void Walk::part2_entry() {
    const char* step = "part2-entry";
    const auto* part2 = slots_.part2;
    if (!part2 || !part2->header_in_file) return unknown(step, fmt::format("The file does not hold {}.", part(2)));
    if (part2->presence == Presence::Erased)
        return fail(
            step, BootResult::Undefined,
            fmt::format("{} is erased: {} jumps through its second word, which is FFFFFFFF, and the processor faults.", capital_part(2), short_part(1)));
    if (part2->presence == Presence::NoHeader && !part2->header_resembles)
        return fail(step, BootResult::Undefined,
                    fmt::format("What lies at the place of {} is not firmware: {} jumps into it without a test.", part(2), short_part(1)));
    const auto* place = facts_.layout->system_part(2);
    const bool hit = header_was_hit(*part2) || header_is_hidden(*part2, *facts_.layout);
    if (part2->present() && place && !hit && !header_starts_at(*part2, facts_, place->name))
        return fail(step, BootResult::Undefined,
                    fmt::format("The module at the place of {} is linked for another address: {} jumps into it without a test.", part(2), short_part(1)));
    if (dies_at_entry(facts_, *part2))
        return fail(step, BootResult::Undefined,
                    fmt::format("The reset vector of {}, or code that each start executes, is damaged or gone: the device crashes before {} can test anything.",
                                part(2), short_part(2)));
    const bool replaced = place && slots_.updated && slots_.updated->slot_at_target == place->name;
    if (is_badly_broken(facts_, *part2) || (place && facts_.ota.half_written_slot == place->name && !replaced))
        return fail(step, BootResult::Undefined,
                    fmt::format("{} is incomplete: {} jumps into it without a test, and it most likely crashes before its own check or in it.", capital_part(2),
                                short_part(1)));
    pass(step, fmt::format("{} jumps to the reset handler of {}; nothing is tested on the way.", capital_short_part(1), short_part(2)));
}

/// Whose module stands in place of the third part, where it is another's; "" where it is this one, whole or damaged.
std::string Walk::other_than_part3(const Module& part3) const {
    const auto* place = facts_.layout->system_part(3);
    const bool damaged =
        !part3.present() || part3.damage.built_as || only_header_is_hit(part3) || (part3.integrity == Integrity::Bad && part3.known_as.empty());
    if (!place || damaged) return "";
    if (!header_starts_at(part3, facts_, place->name)) return "linked for another address";
    return part3.platform_id.value == facts_.layout->platform_id ? "" : "for another platform";
}

/// Only systems whose first part asks for it have a third one (0.6.0 on).
void Walk::part3_content() {
    const char* step = "part3-content";
    const auto& part3 = *slots_.part3;
    if (part3.presence == Presence::Absent || (part3.integrity == Integrity::NotChecked && part3.present()))
        return unknown(step, fmt::format("The file does not hold all of {}.", part(3)));
    const auto tells = [&](int index) { return slots_.part(index) && slots_.part(index)->header_in_file; };
    if (!part3.present() && !part3.header_resembles && !tells(1) && !tells(2))
        return unknown(step, fmt::format("Whether this system has a {}, the file does not show.", part(3)));
    if (!has_third_part(facts_.modules)) return pass(step, fmt::format("This system has no {}: it came with Device OS 0.6.0.", part(3)));
    if (const auto other = other_than_part3(part3); !other.empty())
        return fail(step, BootResult::Undefined,
                    fmt::format("The module at the place of {} is {}: the other parts call into it without a test, and the processor faults.", part(3), other));
    if (part3.good()) return pass(step, fmt::format("{} is whole. Nothing tests that at start.", capital_part(3)));
    if (!part3.present() && !part3.header_resembles)
        return fail(
            step, BootResult::Undefined,
            fmt::format("{} is missing: the other parts call into it, find FFFFFFFF or foreign bytes there, and the processor faults.", capital_part(3)));
    broken_part(step, 3);
}

}  // namespace photopsy::boot_walk

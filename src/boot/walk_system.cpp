// What the system tests before it runs the application.
#include "boot/walk.h"

#include "facts/header_damage.h"

#include <fmt/format.h>

namespace photopsy::boot_walk {

void Walk::bootloader_check() {
    const char* step = "system-checks-bootloader";
    if (!slots_.system_known) return unknown(step, "The file does not hold the system: whether it tests the bootloader depends on its version.");
    if (!tests_own_modules()) return pass(step, fmt::format("{} does not test the bootloader.", untesting_system()));
    const auto* module = slots_.bootloader;
    if (!module || module->presence == Presence::Absent) return unknown(step, "The file does not hold the bootloader.");
    if (!module->present()) return refuse(step, "bootloader-damaged", "The bootloader's header is damaged: the system refuses to run the application.");
    if (module->platform_id.value != slots_.system_platform)
        return refuse(step, "bootloader-platform", "The bootloader is for another platform than the system: it refuses to run the application.");
    if (module->integrity == Integrity::NotChecked) return unknown(step, "The file does not hold all of the bootloader.");
    if (module->integrity == Integrity::Bad)
        return refuse(step, "bootloader-crc", "The bootloader's checksum is wrong: the system refuses to run the application.");
    if (module->integrity == Integrity::Placeholder)
        return refuse(
            step, "bootloader-crc",
            "This stock bootloader went out without a checksum, which systems from 0.7.0 on demand: they refuse to run the application until it is updated.");
    if (!is_of_its_kind(*facts_.layout, *module))  // its range is asked of the kind that it names (ota_module.cpp@v2.3.1:65)
        return refuse(step, "bootloader-damaged", "The bootloader's header calls it another kind of module: the system refuses to run the application.");
    pass(step, "The bootloader's range, platform and checksum are right.");
}

void Walk::part2_check() {
    const char* step = "system-checks-part2";
    const auto* part2 = slots_.part2;
    const bool damaged = part2 && (part2->header_resembles || part2->integrity == Integrity::Bad);
    if (damaged && facts_.layout->boot == BootKind::ThreeParts) return broken_part(step, 2);
    if (!tests_own_modules()) return pass(step, fmt::format("{} does not test itself.", untesting_system()));
    if (!part2 || !part2->header_in_file || part2->integrity == Integrity::NotChecked)
        return part2 && part2->header_resembles
                   ? refuse(
                         step, "part2-range",
                         fmt::format("The header of {} is damaged: the system finds no valid {} and refuses to run the application.", part(2), short_part(2)))
                   : unknown(step, fmt::format("The file does not hold all of {}.", part(2)));
    if (header_is_hidden(*part2, *facts_.layout))
        return refuse(step, "part2-range",
                      fmt::format("The first word of {} does not lead to its header any more: the system finds no valid {} and refuses to run the application.",
                                  part(2), short_part(2)));
    if (part2->integrity != Integrity::Good)
        return refuse(
            step, "part2-crc",
            fmt::format("The checksum of {} is wrong: if it gets as far as its own check, it refuses to run the application; else it crashes.", part(2)));
    if (part2->platform_id.value != slots_.system_platform)
        return refuse(step, "part2-platform",
                      fmt::format("The header of {} names another platform than its code is built for: the system refuses to run the application.", part(2)));
    if (!is_of_its_kind(*facts_.layout, *part2))
        return refuse(step, "part2-range",
                      fmt::format("The header of {} calls it another kind of module: the system finds no valid {} and refuses to run the application.", part(2),
                                  short_part(2)));
    pass(step, fmt::format("Range, platform and checksum of {} are right.", part(2)));
}

void Walk::part2_dependencies() {
    const char* step = "system-checks-dependencies";
    if (!tests_own_modules()) return pass(step, fmt::format("{} does not test whether its parts fit each other.", untesting_system()));
    if (!slots_.part2 || !slots_.part2->header_in_file) return unknown(step, fmt::format("The file does not hold {}.", part(2)));
    // A header over other code, which a copy that was cut leaves, asks for nothing: that code runs, or crashes.
    if (slots_.part2->present() && slots_.part2->integrity == Integrity::NotChecked)
        return unknown(step, fmt::format("The file does not hold all of {}: whether what its header asks for is asked for at all is not known.", part(2)));
    const auto first = slots_.met(slots_.part2->dependency), second = slots_.met(slots_.part2->dependency2);
    if (asks_for_what_has_no_place(*facts_.layout, *slots_.part2))
        return refuse(step, "part1-too-old",
                      fmt::format("{} asks for a module that this device has no place for: the system refuses to run the application.", capital_part(2)));
    if (first == false)
        return refuse(step, "part1-too-old",
                      fmt::format("{} needs {} of version {} or newer, and that is not there: the system refuses to run the application.", capital_part(2),
                                  short_part(1), slots_.part2->dependency.version.value));
    if (second == false && !slots_.part2->dependency.none())
        return refuse(step, "bootloader-too-old",
                      fmt::format("{} needs a bootloader of version {} or newer: the system refuses to run the application.", capital_part(2),
                                  slots_.part2->dependency2.version.value));
    if (!first || !second) return unknown(step, fmt::format("The file does not hold what {} depends on.", part(2)));
    pass(step, fmt::format("{} and bootloader are new enough for {}.", capital_short_part(1), part(2)));
}

void Walk::user_header() {
    if (asks_for_safe_mode_for_ever(facts_))
        return refuse(
            "user-header", "startup-mode",
            "The system flags in the configuration table ask for safe mode. This system (before 0.7.0) obeys at each start, and this bootloader (from 0.7.0 "
            "on) keeps its flags elsewhere and never clears them.");
    const char* step = "user-header";
    if (const auto* test = facts_.module("monolithic"); test && test->at.begin == user_address(facts_))
        return doubt(step, "A monolithic program (a manufacturing test) lies in the application's place: only some bootloaders start it.");
    const auto* user = slots_.user;
    if (!user || (!user->header_in_file)) return unknown(step, "The file does not hold the user application.");
    if (header_starts_at(*user, facts_, "user") && user->platform_id.value == slots_.system_platform)
        return pass(step, "A user application for this device is there.");
    const auto what =
        user->presence == Presence::Erased ? "There is no user application" : "What lies in the application's place is no application for this device";
    const auto* factory = slots_.factory;
    if (factory && factory->presence == Presence::Absent)
        return unknown(step, fmt::format("{}; whether a factory application is there, the file does not show.", what));
    const bool factory_header =
        factory && factory->header_in_file && header_starts_at(*factory, facts_, "user") && factory->platform_id.value == slots_.system_platform;
    if (!factory_header) return refuse(step, "no-user-application", fmt::format("{}, and no factory application to restore.", what));
    if (factory->present() && slots_.met(factory->dependency) == false)
        return refuse(step, "user-needs-newer-system",
                      fmt::format("{}: the system asks the bootloader to restore the factory application, and then refuses to run that, which was built for "
                                  "system version {} or newer.",
                                  what, factory->dependency.version.value));
    if (factory->present())
        return fail(step, BootResult::FactoryReset,
                    fmt::format("{}: the system asks the bootloader to restore the factory application, and then runs that.", what));
    fail(step, BootResult::ResetLoop,
         fmt::format(
             "{}, and the factory application has a header but a wrong checksum: the system asks for it, the bootloader refuses it, and this repeats for ever.",
             what));
}

void Walk::user_content() {
    const char* step = "user-crc";
    const auto* user = slots_.user;
    const bool accepted = user && header_starts_at(*user, facts_, "user") && user->platform_id.value == slots_.system_platform;
    if (accepted && !user->present())
        return refuse(step, "user-crc", "The header of the user application is damaged, and so its checksum is wrong: the system refuses to run it.");
    if (!user || user->presence == Presence::Absent) return unknown(step, "The file does not hold the user application.");
    if (!user->present()) return add(step, Step::Skipped, "There is no user application to test.");
    if (user->integrity == Integrity::NotChecked) return unknown(step, "The file does not hold all of the user application.");
    if (user->integrity != Integrity::Good) return refuse(step, "user-crc", "The checksum of the user application is wrong: the system refuses to run it.");
    pass(step, "The checksum of the user application is right.");
}

void Walk::user_dependencies() {
    const char* step = "user-dependencies";
    const auto* user = slots_.user;
    if (!user || user->presence == Presence::Absent) return unknown(step, "The file does not hold the user application.");
    if (!user->present()) return add(step, Step::Skipped, "There is no user application to test.");
    const auto first = slots_.met(user->dependency);
    if (first == false && !slot_for(*facts_.layout, user->dependency.function.value, user->dependency.index.value))
        return refuse(step, "user-needs-newer-system",
                      "The user application asks for a module that this device has no place for: the system refuses to run it.");
    if (first == false)
        return refuse(
            step, "user-needs-newer-system",
            fmt::format("The user application was built for system version {} or newer: the system refuses to run it.", user->dependency.version.value));
    const auto second = system_checks() && !user->dependency.none() ? slots_.met(user->dependency2) : std::optional<bool>(true);
    if (second == false) return refuse(step, "user-dependency2", "A second module that the user application needs is too old: the system refuses to run it.");
    if (!first || !second) return unknown(step, "The file does not hold what the user application depends on.");
    pass(step, "The system is new enough for the user application.");
}

void Walk::monolithic(const Module& module) {
    if (dies_at_entry(facts_, module))
        return fail("monolithic", BootResult::Undefined,
                    "The first words of the firmware, or code that each start executes, are damaged or gone: the device crashes as soon as it runs.");
    if (module.integrity == Integrity::Bad) return doubt("monolithic", "The firmware is one piece, its checksum is wrong, and nothing tests it at start.");
    pass("monolithic", "A program of one piece runs in place of the system; what it does is its own affair.");
}

}  // namespace photopsy::boot_walk

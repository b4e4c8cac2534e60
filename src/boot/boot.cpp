#include "boot/boot.h"

#include "boot/checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

std::string_view name_of(BootResult result) {
    switch (result) {
        case BootResult::Runs:
            return "runs";
        case BootResult::SafeMode:
            return "safe-mode";
        case BootResult::Dfu:
            return "dfu";
        case BootResult::FactoryReset:
            return "factory-reset";
        case BootResult::ResetLoop:
            return "reset-loop";
        case BootResult::Undefined:
            return "undefined";
        case BootResult::Unknown:
            return "unknown";
    }
    return "";
}

namespace {

constexpr std::string_view part2_slot = "system-part2";

using Step = BootStep::State;

/// The walk from power-up to the application. A check that ends it sets the result; what comes behind is listed as skipped.
class Walk {
public:
    explicit Walk(const Facts& facts) : facts_(facts), slots_(installed_after_updates(facts)) {}

    BootOutcome run();

private:
    void pass(std::string step, std::string explain) { add(std::move(step), Step::Pass, std::move(explain)); }
    void doubt(std::string step, std::string explain) { add(std::move(step), Step::Unknown, std::move(explain)); }
    void unknown(std::string step, std::string explain) {
        doubt(std::move(step), std::move(explain));
        something_missing_ = true;
    }
    void fail(std::string step, BootResult result, std::string explain) {
        add(std::move(step), Step::Fail, std::move(explain));
        if (!ended_) outcome_.result = result;
        ended_ = true;
    }
    void refuse(std::string step, std::string reason, std::string explain) {
        if (!ended_) outcome_.safe_mode_reason = std::move(reason);
        fail(std::move(step), BootResult::SafeMode, std::move(explain));
    }
    void add(std::string step, Step state, std::string explain) {
        if (ended_) state = Step::Skipped, explain = "Not reached: an earlier step ends the start.";
        outcome_.ladder.push_back({std::move(step), state, std::move(explain)});
    }

    void bootloader();
    void update();
    void part1_header();
    void part1_content();
    void part2_entry();
    void bootloader_check();
    void part2_check();
    void part2_dependencies();
    void user_header();
    void user_content();
    void user_dependencies();
    void monolithic(const Module&);

    bool system_checks() const { return slots_.system_version >= first_checking_system_version; }

    const Facts& facts_;
    InstalledSlots slots_;
    BootOutcome outcome_;
    bool ended_ = false, something_missing_ = false;
};

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

void Walk::update() {
    const char* step = "pending-update";
    outcome_.dct_reachable_by_bootloader = dct_reachable(facts_);
    if (slots_.updated) {
        outcome_.resumes_update = !ended_;
        return pass(step, fmt::format("The bootloader first copies the image from the OTA area to {}, then starts it: what follows is judged with the new {}.",
                                      slots_.updated->slot_at_target, slots_.updated->slot_at_target));
    }
    if (facts_.ota.kind == OtaCase::PendingUnreachable || (facts_.ota.pending_slot && !outcome_.dct_reachable_by_bootloader))
        return doubt(step,
                     "An update is pending, but this bootloader reads the list of updates through the system parts, and those are not whole: it stays undone.");
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

void Walk::bootloader_check() {
    const char* step = "system-checks-bootloader";
    if (!system_checks()) return pass(step, "This system (before 0.7.0) does not test the bootloader.");
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
    pass(step, "The bootloader's range, platform and checksum are right.");
}

void Walk::part2_check() {
    const char* step = "system-checks-part2";
    if (!system_checks()) return pass(step, "This system (before 0.7.0) does not test itself.");
    const auto* part2 = slots_.part2;
    if (!part2 || !part2->header_in_file || part2->integrity == Integrity::NotChecked)
        return part2 && part2->header_resembles
                   ? refuse(step, "part2-range", "The header of system part 2 is damaged: the system finds no valid part 2 and refuses to run the application.")
                   : unknown(step, "The file does not hold all of system part 2.");
    if (part2->integrity != Integrity::Good)
        return refuse(step, "part2-crc",
                      "The checksum of system part 2 is wrong: if it gets as far as its own check, it refuses to run the application; else it crashes.");
    pass(step, "Range, platform and checksum of system part 2 are right.");
}

void Walk::part2_dependencies() {
    const char* step = "system-checks-dependencies";
    if (!system_checks()) return pass(step, "This system (before 0.7.0) does not test whether its parts fit each other.");
    if (!slots_.part2) return unknown(step, "The file does not hold system part 2.");
    const auto first = slots_.met(slots_.part2->dependency), second = slots_.met(slots_.part2->dependency2);
    if (first == false)
        return refuse(step, "part1-too-old",
                      fmt::format("System part 2 needs part 1 of version {} or newer, and that is not there: the system refuses to run the application.",
                                  slots_.part2->dependency.version.value));
    if (second == false && !slots_.part2->dependency.none())
        return refuse(step, "bootloader-too-old",
                      fmt::format("System part 2 needs a bootloader of version {} or newer: the system refuses to run the application.",
                                  slots_.part2->dependency2.version.value));
    if (!first || !second) return unknown(step, "The file does not hold what system part 2 depends on.");
    pass(step, "Part 1 and bootloader are new enough for system part 2.");
}

void Walk::user_header() {
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
    const bool factory_header =
        factory && factory->header_in_file && header_starts_at(*factory, facts_, "user") && factory->platform_id.value == slots_.system_platform;
    if (!factory_header) return refuse(step, "no-user-application", fmt::format("{}, and no factory application to restore.", what));
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
    if (!user || !user->present()) return add(step, Step::Skipped, "There is no user application to test.");
    if (user->integrity == Integrity::NotChecked) return unknown(step, "The file does not hold all of the user application.");
    if (user->integrity != Integrity::Good) return refuse(step, "user-crc", "The checksum of the user application is wrong: the system refuses to run it.");
    pass(step, "The checksum of the user application is right.");
}

void Walk::user_dependencies() {
    const char* step = "user-dependencies";
    const auto* user = slots_.user;
    if (!user || !user->present()) return add(step, Step::Skipped, "There is no user application to test.");
    const auto first = slots_.met(user->dependency);
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
    if (module.integrity == Integrity::Bad) return doubt("monolithic", "The firmware is one piece, its checksum is wrong, and nothing tests it at start.");
    pass("monolithic", "The firmware is one piece: there are no parts to fit each other.");
}

BootOutcome Walk::run() {
    bootloader();
    update();
    part1_header();
    if (const auto* whole = facts_.module("monolithic"); whole && slots_.part1 == whole) {
        monolithic(*whole);
    } else {
        part1_content();
        part2_entry();
        bootloader_check();
        part2_check();
        part2_dependencies();
        user_header();
        user_content();
        user_dependencies();
    }
    if (!ended_) outcome_.result = something_missing_ ? BootResult::Unknown : BootResult::Runs;
    return std::move(outcome_);
}

}  // namespace

BootOutcome predict_boot(const Facts& facts) {
    if (facts.layout && facts.layout->judged && !facts.of_other_device && facts.layout->slot("system-part2")) return Walk(facts).run();
    BootOutcome outcome;
    const auto* why = facts.layout && !facts.layout->judged ? "How this device starts is not examined: only its modules are read."
                                                            : "The file does not hold the flash of such a device: nothing is said about its start.";
    outcome.ladder.push_back({"device", BootStep::State::Unknown, why});
    return outcome;
}

}  // namespace photopsy

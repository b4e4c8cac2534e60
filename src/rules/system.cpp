// The modules together: do they fit each other, and does the system know what the application needs?
#include "boot/checks.h"
#include "facts/published_name.h"
#include "facts/releases.h"
#include "facts/start_checks.h"
#include "handshake/gone_code.h"
#include "rules/bootloader_fit.h"
#include "rules/module_faults.h"
#include "rules/module_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

const Module* trusted(const Facts& facts, const Module* module) { return module && header_is_trusted(facts, *module) ? module : nullptr; }
const Module* trusted(const Facts& facts, std::string_view slot) { return trusted(facts, facts.module(slot)); }
const Module* trusted_part(const Facts& facts, int index) { return trusted(facts, facts.system_part(index)); }

/// A part that runs as its header says. What a copy leaves that was cut is the new header over the old code, and where the end is not in the file nothing
/// tells.
const Module* proved_part(const Facts& facts, int index) {
    const auto* part = trusted_part(facts, index);
    return part && part->integrity != Integrity::NotChecked ? part : nullptr;
}

/// The module that should meet a dependency, if it is there, its word can be trusted, and it is too old.
const Module* too_old(const Facts& facts, const Dependency& need) {
    if (need.none() || !facts.layout) return nullptr;
    const auto* slot = slot_for(*facts.layout, need.function.value, need.index.value);
    const auto* provider = slot ? trusted(facts, slot->name) : nullptr;
    return provider && provider->version.value < need.version.value ? provider : nullptr;
}

/// An update of one part has been applied and the other part waits: the parts differ for the moment, as they must.
bool update_completes(const Facts& facts) {
    const auto *image = facts.module("ota"), *part1 = facts.system_part(1), *part2 = facts.system_part(2);
    if (facts.ota.kind != OtaCase::Pending || !image || !part1 || !part2) return false;
    return image->good() && image->function.value == FunctionSystemPart && image->version.value == std::max(part1->version.value, part2->version.value);
}

/// What is pointed at: all of a module, or no more than its header where the rest is not in the file.
Range header_of(const Module& module) { return range_of(module.header_at, 24); }
Range all_that_is_there(const Module& module) { return module.integrity == Integrity::NotChecked ? header_of(module) : whole_module(module); }
Range from_start_to_header(const Module& module) {
    return module.integrity == Integrity::NotChecked ? header_of(module) : Range{module.at.begin, module.header_at + 24};
}

void add_unmet(Findings& found, const Facts& facts, const Module& needing, const Dependency& need, const Module& provider, Severity severity,
               std::string_view consequence) {
    const auto has = provider.function.value == FunctionSystemPart ? release_of(provider.version.value) : std::to_string(provider.version.value);
    auto& finding = found.add({provider.slot, all_that_is_there(provider)},
                              fmt::format("{} needs {} of version {} or newer; version {} is installed. {}", in_text(facts, needing.slot),
                                          in_text(facts, provider.slot), number_of(need), has, consequence));
    const auto confidence = may_be_wrong_anywhere(needing) || may_be_wrong_anywhere(provider) ? Confidence::Likely : Confidence::Certain;
    finding.severity = severity;
    finding.confidence = confidence;
    if (const auto* image = facts.module("ota"); image && image->good() && image->platform_ok == true && image->function.value == provider.function.value &&
                                                 image->index.value == provider.index.value && image->version.value >= need.version.value)
        finding.explain += fmt::format(" The one that is missing (version {}) lies whole in the OTA area; it was never put in place.", image->version.value);
    finding.expected = fmt::format("version >= {}", need.version.value);
    finding.actual = fmt::format("version {}", provider.version.value);
    auto& other_side = found.add(
        {needing.slot, from_start_to_header(needing)},
        fmt::format("The header of {} asks for {} of version {} or newer.", in_text(facts, needing.slot), in_text(facts, provider.slot), number_of(need)));
    other_side.severity = severity;
    other_side.confidence = confidence;
}

void part2_dependencies(const Observations& seen, Findings& found) {
    const auto* part2 = proved_part(seen.facts, 2);
    if (!part2 || part2->dependency.none()) return;
    const bool checks = tests_own_modules(*seen.facts.layout, part2->version.value);
    const auto severity = checks ? Severity::Problem : Severity::Warning;
    const auto consequence = [&](const Module& provider) -> std::string_view {
        if (checks) return "The system tests this at each start and refuses to run the application.";
        if (provider.slot != "bootloader") return "This system does not test it: calls may go through the wrong tables.";
        return replaces_bootloader(seen.facts) ? "This system does not test it, and puts the newer one that it carries in its place at its start."
                                               : "This system does not test it: the device starts all the same.";
    };
    if (asks_for_what_has_no_place(*seen.facts.layout, *part2)) {
        const auto lost = checks ? "The system tests this at each start and refuses to run the application." : "This system does not test it.";
        found
            .add({part2->slot, header_of(*part2)},
                 fmt::format("The header of {} asks for a module that this device has no place for. {}", in_text(seen.facts, part2->slot), lost))
            .severity = severity;
    }
    for (const auto* need : {&part2->dependency, &part2->dependency2})
        if (const auto* provider = too_old(seen.facts, *need)) add_unmet(found, seen.facts, *part2, *need, *provider, severity, consequence(*provider));
}

/// A circle in three parts: the first needs the third, the second the first, the third the second.
void third_part_dependencies(const Observations& seen, Findings& found) {
    const auto* part3 = proved_part(seen.facts, 3);
    if (!part3) return;
    if (const auto* provider = too_old(seen.facts, part3->dependency))
        add_unmet(found, seen.facts, *part3, part3->dependency, *provider, Severity::Warning,
                  "Nothing tests this at start: calls may go through the wrong tables.");
}

void other_dependencies(const Observations& seen, Findings& found) {
    if (const auto* part1 = proved_part(seen.facts, 1))
        if (const auto* provider = too_old(seen.facts, part1->dependency))
            add_unmet(found, seen.facts, *part1, part1->dependency, *provider,
                      radio_use(seen.facts) == RadioUse::NotUnpacked ? Severity::Problem : Severity::Warning,
                      radio_use(seen.facts) == RadioUse::NotUnpacked
                          ? "Nothing tests this at start, but part 1 holds the Wi-Fi firmware packed and this part 2 cannot unpack it: the device has no Wi-Fi."
                          : "Nothing tests this at start: calls may go through the wrong tables.");
    const auto* user = trusted(seen.facts, "user");
    if (!user || user->dependency.none()) return;
    const auto* provider = too_old(seen.facts, user->dependency2);
    if (provider && seen.facts.system.system_checks_modules_at_boot())
        add_unmet(found, seen.facts, *user, user->dependency2, *provider, Severity::Problem,
                  "The system tests this at each start and refuses to run the application.");
}

void dependency_unmet(const Observations& seen, Findings& found) {
    if (update_completes(seen.facts)) return;
    part2_dependencies(seen, found);
    other_dependencies(seen, found);
    third_part_dependencies(seen, found);
}

/// The first other part whose version is not the second one's, which holds the system.
const Module* part_of_other_release(const Observations& seen, const Module& part2) {
    for (const int index : {1, 3}) {
        const auto* part = proved_part(seen.facts, index);
        if (part && part->version.value != part2.version.value && (index != 3 || has_third_part(seen.facts.modules))) return part;
    }
    return nullptr;
}

void parts_differ(const Observations& seen, Findings& found) {
    const auto* part2 = proved_part(seen.facts, 2);
    const auto* other = part2 ? part_of_other_release(seen, *part2) : nullptr;
    if (!other || update_completes(seen.facts)) return;
    for (const int index : {1, 2, 3})
        if (const auto* part = trusted_part(seen.facts, index); part && too_old(seen.facts, part->dependency)) return;
    auto text = fmt::format("{} is version {}, {} is version {}. {}; it is the state in the middle of an update.", title_of(seen.facts, other->slot),
                            release_of(other->version.value), title_of(seen.facts, part2->slot), release_of(part2->version.value),
                            calls_lead_nowhere(seen.facts) ? "Each says that it is new enough for the other, but calls between them lead to no function"
                                                           : "Each is new enough for the other, so the device works");
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    found.add({part2->slot, all_that_is_there(*part2)}, std::move(text));
    found.add({other->slot, from_start_to_header(*other)},
              fmt::format("The header of {} says version {}.", in_text(seen.facts, other->slot), release_of(other->version.value)));
}

/// Such a dependency is never met: the system looks for the module's place and finds none.
bool user_asks_for_what_has_no_place(const Facts& facts, const Module& user) {
    if (facts.system.system_checks_modules_at_boot()) return asks_for_what_has_no_place(*facts.layout, user);
    return !user.dependency.none() && !slot_for(*facts.layout, user.dependency.function.value, user.dependency.index.value);
}

void user_too_new(const Observations& seen, Findings& found) {
    const auto* user = trusted(seen.facts, "user");
    if (!user) return;
    if (seen.boot.result == BootResult::SafeMode && user_asks_for_what_has_no_place(seen.facts, *user))
        found.add({"user", range_of(user->header_at, 24)},
                  "The user application asks for a module that this device has no place for. The system refuses to run it.");
    const auto* part2 = too_old(seen.facts, user->dependency);
    if (!part2) return;
    auto& finding =
        found.add({"user", range_of(user->header_at, 24)},
                  fmt::format("The user application was built for system version {} or newer; version {} is installed. The system refuses to run it.",
                              number_of(user->dependency), release_of(part2->version.value)));
    finding.expected = fmt::format("system version >= {}", user->dependency.version.value);
    finding.actual = fmt::format("system version {}", part2->version.value);
    if (may_be_wrong_anywhere(*user) || may_be_wrong_anywhere(*part2)) finding.confidence = Confidence::Likely;
}

Place version_of_bootloader(const Facts& facts) {
    const auto* bootloader = facts.module("bootloader");
    return {"bootloader", bootloader ? bootloader->version.at : Range{}};
}

void safe_mode_for_ever(const Observations& seen, Findings& found) {
    if (seen.boot.safe_mode_reason != "startup-mode" || !seen.facts.table_flags.startup_mode) return;
    auto& finding =
        found.add({"system flags, startup mode", seen.facts.table_flags.startup_mode->at},
                  "The flag that asks for safe mode is set. Bootloaders up to 0.6.4 clear it at each start; this one does not look at it any more, so the "
                  "system starts in safe mode again and again.");
    finding.expected = "00";
    finding.actual = fmt::format("{:02x}", seen.facts.table_flags.startup_mode->value);
}

void bootloader_older_than_system(const Observations& seen, Findings& found) {
    const auto& system = seen.facts.system;
    const auto* part2 = trusted_part(seen.facts, 2);
    if (!part2 || !part2->good() || part2->version.value < first_checking_system_version || !system.bootloader_version || *system.bootloader_version >= 100)
        return;
    if (too_old(seen.facts, part2->dependency2)) return;
    found.add(
        version_of_bootloader(seen.facts),
        fmt::format("Bootloader {} is from before 0.7.0, the system from after. It starts this system, but writes to the configuration table in its own way, "
                    "without the checksum that newer systems keep.",
                    *system.bootloader_version));
}

/// An application built for the parts of a system shows that the parts were there before.
bool parts_were_replaced(const Facts& facts) {
    const auto* user = facts.module("user");
    return user && user->good() && user->function.value == FunctionUserPart && user->dependency.function.value == FunctionSystemPart;
}

template <bool beside_an_application>
void other_program(const Observations& seen, Findings& found) {
    const auto* program = seen.facts.layout ? program_in_system_place(seen.facts.modules, *seen.facts.layout) : nullptr;
    if (!program || !capture_allows_judgement(seen.facts) || parts_were_replaced(seen.facts) != beside_an_application) return;
    found.add(
        {"monolithic", from_start_to_header(*program)},
        fmt::format(
            "A program of one piece ({}) lies where system parts 1 and 2 belong, and runs instead of them. Nothing is known of what it does with keys and "
            "cloud.{}",
            program->known_as.empty() ? "unknown" : published_name(program->known_as),
            beside_an_application ? " An application for Device OS still stands behind it, and nothing calls it." : ""));
}

/// Named where it is a published one; else it does what those do.
std::string updater_in_words(const Module& user, std::uint16_t brings, std::uint16_t installed) {
    const bool published = user.known_as.find("/ascender-") != std::string::npos;
    if (installed >= brings) return fmt::format("the updater of `particle update`, which has put bootloader {} in place", installed);
    if (published) return fmt::format("the updater of `particle update`, which puts bootloader {} in place of {} when it runs", brings, installed);
    return fmt::format(
        "a program that carries bootloader {}, newer than the installed {}; the updater of `particle update` is built so and replaces the "
        "bootloader when it runs",
        brings, installed);
}

void updater_not_run(const Observations& seen, Findings& found) {
    const auto *user = seen.facts.module("user"), *ota = seen.facts.module("ota");
    const auto& system = seen.facts.system;
    if (!user || !seen.facts.updater_brings || !system.bootloader_version || system.system_version != user->dependency.version.value) return;
    const bool waits = ota && ota->good() && ota->function.value == FunctionUserPart && ota->platform_ok == true;
    // Beside another system than its own, or with that bootloader in place and nothing left to be put back, it is an application like any other.
    const bool owed = waits && ota->known_as != user->known_as && user->known_as.find("/ascender-") != std::string::npos;
    if (*system.bootloader_version >= *seen.facts.updater_brings && !owed) return;
    auto& finding = found.add({"user", range_of(user->header_at, 24)},
                              fmt::format("In the application's place lies {}: the update to system {} is not finished.{}",
                                          updater_in_words(*user, *seen.facts.updater_brings, *system.bootloader_version), number_of(user->dependency),
                                          waits ? " An application lies whole in the OTA area; the updater puts it back." : ""));
    if (user->known_as.empty()) finding.confidence = Confidence::Likely;
}

void newer_than_known(const Observations& seen, Findings& found) {
    if (!seen.facts.system.newer_than_known) return;
    const auto* part = seen.facts.module(seen.facts.system.version_from);
    if (!part) return;
    found.add({part->slot, part->version.at},
              fmt::format("System version {} is newer than {}, the last one whose behaviour was examined: it is judged by that one's rules.",
                          release_of(seen.facts.system.system_version.value_or(0)), release_of(last_examined_system_version)));
}

constexpr Rule rules[] = {
    {"dependency-unmet", Severity::Problem, "A module is older than another one needs",
     "Modules call each other through tables that grow with each release; an older one lacks entries.", "ota_flash_hal_stm32f2xx.cpp@v2.3.1:161",
     dependency_unmet},
    {"system-parts-differ", Severity::Warning, "The system parts are from different releases",
     "It works where the dependencies are met, but nobody tests such a pair.", "docs/formats/module.md", parts_differ},
    {"bootloader-needs-newer-system", Severity::Problem, "Bootloader and system do not go together",
     "From 0.7.0 on the bootloader has no code of its own for the configuration table: it calls system part 2.", "bootloader_dct.c@v2.3.1:27",
     bootloader_needs_newer_system},
    {"safe-mode-for-ever", Severity::Problem, "The system flags ask for safe mode at each start", "The application does not run until the flag is cleared.",
     "core_hal_stm32f2xx.c@v0.6.0:391", safe_mode_for_ever},
    {"bootloader-older-than-system", Severity::Note, "The bootloader is older than the system", "It works, with two writers of different age for one table.",
     "docs/formats/boot.md", bootloader_older_than_system},
    {"other-program-replaces-system", Severity::Warning, "Another program lies in place of the system",
     "The device runs it instead of Device OS; no application of yours runs, and nothing is known of its cloud connection.", "docs/formats/boot.md",
     other_program<true>},
    {"other-program-runs", Severity::Warning, "A program of one piece runs instead of Device OS's parts", "What it does with keys and cloud is not known.",
     "docs/formats/boot.md", other_program<false>},
    {"updater-not-run", Severity::Warning, "An update waits for its last step", "The updater runs at the next start and puts the application back.",
     "docs/formats/ota.md", updater_not_run},
    {"user-built-for-newer-system", Severity::Problem, "The application needs a newer system",
     "The system compares its version with the one the application was built for, and stays in safe mode.", "core_hal_stm32f2xx.c@v0.6.0:391", user_too_new},
    {"system-newer-than-known", Severity::Note, "The system is newer than the last one examined", "It is judged by the rules of the last examined release.",
     "docs/formats/releases.md", newer_than_known},
};

}  // namespace

std::span<const Rule> system_rules() { return rules; }

}  // namespace photopsy

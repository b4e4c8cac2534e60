// Why modules that are each whole do not work together, and programs that are no Device OS.
#include "diagnosis/cause.h"
#include "diagnosis/module_remedies.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// What the findings of these rules say, in the order of the rules given.
void chain_of(const Findings& findings, std::initializer_list<std::string_view> rules, Story& story) {
    for (const auto rule : rules)
        for (const auto& finding : findings.all())
            if (finding.rule->id == rule) story.chain.push_back({.says = finding.explain});
}

std::string release_of_bootloader(const Facts& facts) {
    const auto releases = releases_with_bootloader_version(facts.system.bootloader_version.value_or(0));
    return releases.empty() ? "0.7.0" : std::string(releases.front());
}

void tell_combination(const Observations& seen, const Findings& findings, Story& story) {
    chain_of(findings, {"bootloader-needs-newer-system", "safe-mode-for-ever", "ota-update-unreachable"}, story);
    story.chain.push_back(
        {.says = "The system was taken back to a release before 0.7.0 and the newer bootloader stayed: writing system parts never changes it.", .seen = false});
    story.remedies = {keep_the_dump(),
                      {.title = "Put the older bootloader back",
                       .explain = "The running system writes it; it cannot be written in DFU mode. The device must be in listening mode (blinking blue).",
                       .commands = {fmt::format("particle flash --serial {}", module_file(*seen.facts.layout->slot("bootloader"), "0.6.3"))},
                       .warning = "If the power fails while it is written, the device needs a debugger.",
                       .cost = Remedy::Cost::WritesFirmware},
                      write_system(seen.facts, release_of_bootloader(seen.facts))};
}

void tell_other_program(const Observations& seen, const Findings& findings, Story& story) {
    chain_of(findings, {"other-program-replaces-system"}, story);
    story.chain.push_back({.says = "The program was written over system parts 1 and 2, by hand or by a tool that unlocks or tests the device.", .seen = false});
    const auto* user = seen.facts.module("user");
    const auto releases = user ? releases_with_system_version(user->dependency.version.value) : std::vector<std::string_view>{};
    story.remedies = {keep_the_dump(), write_system(seen.facts, releases.empty() ? "2.3.1" : releases.front())};
}

void tell_updater(const Observations&, const Findings& findings, Story& story) {
    chain_of(findings, {"updater-not-run"}, story);
    story.chain.push_back({.says = "`particle update` wrote the system parts and the updater; the device has not been started since.", .seen = false});
    story.remedies = {keep_the_dump(),
                      {.title = "Start the device once",
                       .explain = "The updater replaces the bootloader, puts the application back and restarts the device.",
                       .commands = {"particle usb reset"},
                       .warning = "Do not cut the power before it has finished.",
                       .cost = Remedy::Cost::WritesFirmware}};
}

const Cause causes[] = {
    {"bootloader-does-not-fit-system",
     "Bootloader and system do not go together",
     "A bootloader from 0.7.0 on with a system from before: each is whole, and together updates and key writes fail.",
     {"bootloader-needs-newer-system", "safe-mode-for-ever", "ota-update-unreachable", "ota-slot-record", "ota-slot-stale"},
     {},
     tell_combination,
     true},
    {"unknown-program-in-system-place",
     "Another program lies in place of the system",
     "A program of one piece stands where system parts 1 and 2 belong, and an application for Device OS behind it.",
     {"other-program-replaces-system"},
     {},
     tell_other_program},
    {"update-not-finished",
     "An update over USB was not finished",
     "The updater of `particle update` lies in the application's place and has not run yet.",
     {"updater-not-run"},
     {},
     tell_updater},
};

}  // namespace

std::span<const Cause> combination_causes() { return causes; }

}  // namespace photopsy

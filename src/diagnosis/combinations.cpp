// Why modules that are each whole do not work together, and programs that are no Device OS.
#include "diagnosis/cause.h"

namespace photopsy {

namespace {

/// What the findings of these rules say, in the order of the rules given.
void chain_of(const Findings& findings, std::initializer_list<std::string_view> rules, Story& story) {
    for (const auto rule : rules)
        for (const auto& finding : findings.all())
            if (finding.rule->id == rule) story.chain.push_back({.says = finding.explain});
}

void tell_combination(const Observations&, const Findings& findings, Story& story) {
    chain_of(findings, {"bootloader-needs-newer-system", "safe-mode-for-ever", "ota-update-unreachable"}, story);
    story.chain.push_back(
        {.says = "The system was taken back to a release before 0.7.0 and the newer bootloader stayed: writing system parts never changes it.", .seen = false});
}

void tell_other_program(const Observations&, const Findings& findings, Story& story) {
    chain_of(findings, {"other-program-replaces-system"}, story);
    story.chain.push_back({.says = "The program was written over system parts 1 and 2, by hand or by a tool that unlocks or tests the device.", .seen = false});
}

void tell_updater(const Observations&, const Findings& findings, Story& story) {
    chain_of(findings, {"updater-not-run"}, story);
    story.chain.push_back({.says = "`particle update` wrote system parts and this updater, which has not come to its end since.", .seen = false});
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
     "In the application's place lies an updater, which carries a newer bootloader than the installed one, and has not run to its end.",
     {"updater-not-run"},
     {},
     tell_updater},
};

}  // namespace

std::span<const Cause> combination_causes() { return causes; }

}  // namespace photopsy

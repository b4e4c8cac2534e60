// When all is done: did it help, and how does it not come back?
#include "remedy/ways.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint16_t system_0_7_0 = 200, system_1_5_0 = 1500;

bool older_than(const Observations& seen, std::uint16_t version) { return seen.facts.system.system_version && !seen.facts.system.at_least(version); }

/// What this firmware's own code did, and the release from which on it does not.
struct Prevention {
    std::string_view cause;
    std::uint16_t mended_from;
    std::string_view says;
};
constexpr std::string_view one_copy =
    "Device OS up to 0.6.4 writes keys and settings over the only copy, and a power cut on the way costs them. From 0.7.0 on the old copy stays until the new "
    "one is whole: update when the device is online again (`particle update`), and give it steady power while it writes.";
constexpr std::string_view own_server_key =
    "Device OS from 0.7.0 on has Particle's key built in and needs none in the flash: update when the device is online again (`particle update`).";
constexpr std::string_view crash_on_empty_list =
    "Device OS from 1.5.0 on does not crash over such a list: update when the device is online again (`particle update`).";
constexpr Prevention preventions[] = {
    {"private-key-mixed", system_0_7_0, one_copy},       {"private-key-erased", system_0_7_0, one_copy},
    {"private-key-truncated", system_0_7_0, one_copy},   {"private-key-regenerated", system_0_7_0, one_copy},
    {"dct-reset-to-default", system_0_7_0, one_copy},    {"dct-both-copies-invalid", system_0_7_0, one_copy},
    {"dct-write-interrupted", system_0_7_0, one_copy},   {"dct-frozen", system_0_7_0, one_copy},
    {"server-key-erased", system_0_7_0, own_server_key}, {"wifi-list-erased", system_1_5_0, crash_on_empty_list},
};

std::string prevention_of(const Observations& seen, const Diagnosis& diagnosis) {
    const bool wiced = seen.facts.layout && seen.facts.layout->dct.store == StoreKind::WicedTable;
    for (const auto& named : diagnosis.causes)
        for (const auto& row : preventions)
            if (wiced && row.cause == named.cause->id && older_than(seen, row.mended_from)) return std::string(row.says);
    return "";
}

bool changes_the_device(const Remedy& remedy) {
    const bool registers = std::any_of(remedy.steps.begin(), remedy.steps.end(), [](const RemedyStep& step) { return step.kind == StepKind::RegisterKey; });
    return registers || (remedy.cost != Remedy::Cost::Nothing && remedy.turn != Remedy::Turn::Nothing);
}

}  // namespace

std::optional<Remedy> see_whether_it_worked(const Remedies& all, const Observations& seen, const Diagnosis& diagnosis) {
    const auto any = [](const std::vector<Remedy>& list) { return std::any_of(list.begin(), list.end(), changes_the_device); };
    if (seen.facts.untrustworthy_capture || std::none_of(all.begin(), all.end(), any)) return {};
    const bool own_colours = !seen.facts.settings.led_theme.empty();
    const bool half_done = std::ranges::any_of(diagnosis.causes, [](const auto& named) { return named.cause->id == "transport-mismatch"; }) &&
                           !seen.keys.fault_of_other_set.empty();
    return Remedy{.title = "See whether it worked",
                  .explain = half_done ? "Then read the device again: the report of that dump tells of the fault that is left."
                                       : std::string("Tap RESET: in the end the light should breathe cyan") +
                                             (own_colours ? ", or the colour that the owner's LED theme has in its place" : "") +
                                             ". If it does not, read the device again and compare:",
                  .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::DumpAfterwards}},
                            {.kind = StepKind::Compare, .file = {.kind = FileKind::DumpAfterwards}, .from = {.kind = FileKind::Dump}}},
                  .warning = prevention_of(seen, diagnosis),
                  .turn = Remedy::Turn::Nothing};
}

}  // namespace photopsy

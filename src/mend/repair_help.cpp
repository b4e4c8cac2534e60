// What helps beside the writes of a plan: for what DFU cannot do, and for what comes after it.
#include "mend/repair_draft.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

using StepKind = RemedyStep::Kind;

bool wants_writes(const Remedy& remedy) {
    return std::any_of(remedy.steps.begin(), remedy.steps.end(), [](const RemedyStep& step) {
        return step.kind == StepKind::WriteTable || step.kind == StepKind::WriteFlash || step.kind == StepKind::SetTransport ||
               step.kind == StepKind::AskForAddress;
    });
}

std::string other_help(const std::vector<Remedy>& remedies) {
    const auto is_this_plan = [](const RemedyStep& step) { return step.kind == StepKind::PlanRepair; };
    const Remedy* reads_again = nullptr;
    for (const auto& remedy : remedies) {
        if (wants_writes(remedy) || remedy.turn == Remedy::Turn::KeepDump || std::ranges::any_of(remedy.steps, is_this_plan)) continue;
        if (remedy.turn != Remedy::Turn::ReadAgain) return fmt::format("{}: {}", remedy.title, remedy.explain);
        if (!reads_again) reads_again = &remedy;
    }
    return reads_again ? fmt::format("{}: {}", reads_again->title, reads_again->explain) : "";
}

std::string help_afterwards(const std::vector<Remedy>& remedies) {
    const auto registers = [](const RemedyStep& step) { return step.kind == StepKind::RegisterKey; };
    for (const auto& remedy : remedies)
        if (remedy.role == Remedy::Role::Way && wants_writes(remedy) && std::ranges::any_of(remedy.steps, registers))
            return fmt::format("{}: after the write, tell the cloud the public half of the key (particle keys send).", remedy.title);
    return "";
}

}  // namespace photopsy

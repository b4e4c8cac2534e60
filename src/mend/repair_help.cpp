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

void tell_eeprom_loss(RepairDraft& draft) {
    auto& plan = draft.repair.plan;
    if (!draft.loses_eeprom || plan.steps.empty()) return;
    const auto is_of_eeprom = [](std::string_view cause) { return cause.starts_with("eeprom-"); };
    std::erase_if(plan.leaves, [&](const RepairPlan::Left& left) { return is_of_eeprom(left.cause); });
    const auto cause = std::find_if(plan.expect.causes.begin(), plan.expect.causes.end(), is_of_eeprom);
    const bool helps = draft.facts().eeprom.at_start == EepromAtStart::SwapFinished && draft.analysis.boot.result == BootResult::Runs;
    plan.leaves.push_back({cause == plan.expect.causes.end() ? "eeprom-will-be-formatted" : *cause,
                           "The Device OS that this plan writes reads the marks of the EEPROM's pages by other rules and erases both at its first start: the "
                           "values that the application stored are lost, but for the dump and the backup.",
                           helps ? "Start the device once before the plan, with the system that is installed now: that one finishes the swap, and the values "
                                   "stay. Then read it again."
                                 : ""});
}

}  // namespace photopsy

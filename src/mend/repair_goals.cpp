// What the remedies of a cause come to: the first one that can be carried out becomes goals of the plan.
#include "mend/repair_trial.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::string words_of(const std::vector<RepairPlan::Consent>& consents) {
    std::vector<std::string_view> words;
    for (const auto& consent : consents)
        if (!consent.given && std::find(words.begin(), words.end(), consent.word) == words.end()) words.push_back(consent.word);
    return words.empty() ? "" : fmt::format("--consent {}", fmt::join(words, " --consent "));
}

template <class Goal, class Same>
void adopt(std::vector<Goal>& goals, std::vector<Goal>& more, Same same) {
    for (auto& goal : more)
        if (std::none_of(goals.begin(), goals.end(), [&](const Goal& other) { return same(other, goal); })) goals.push_back(std::move(goal));
}

/// True where the remedy's writes are wanted from now on.
bool adopt_trial(RemedyTrial& trial, std::string& why_not) {
    auto& draft = trial.draft;
    auto& plan = draft.repair.plan;
    if (trial.why_not.empty() && !trial.writes()) return false;
    for (const auto& consent : trial.consents)
        if (trial.why_not.empty()) add_consent(plan, consent);
    if (const auto words = words_of(trial.consents); trial.why_not.empty() && !words.empty())
        trial.why_not = fmt::format("It is done on your word only: say {}.", words);
    if (!trial.why_not.empty()) {
        if (why_not.empty()) why_not = trial.why_not;
        return false;
    }
    adopt(draft.places, trial.places, [](const PlaceGoal& a, const PlaceGoal& b) { return a.at == b.at; });
    adopt(draft.table, trial.table, [](const TableGoal& a, const TableGoal& b) { return a.offset == b.offset; });
    return true;
}

bool heals_by_itself(const std::vector<Remedy>& remedies) {
    return std::any_of(remedies.begin(), remedies.end(), [](const Remedy& remedy) {
        return remedy.role == Remedy::Role::Way && (remedy.turn == Remedy::Turn::Start || remedy.turn == Remedy::Turn::Nothing);
    });
}

bool wants_bootloader(const std::vector<Remedy>& remedies) {
    const auto is_bootloader = [](const RemedyStep& step) { return step.file.kind == FileKind::Module && step.file.slot == "bootloader"; };
    return std::any_of(remedies.begin(), remedies.end(), [&](const Remedy& remedy) { return std::ranges::any_of(remedy.steps, is_bootloader); });
}

std::string why_left(const std::vector<Remedy>& remedies) {
    if (std::ranges::all_of(remedies, [](const Remedy& remedy) { return remedy.turn == Remedy::Turn::KeepDump; }))
        return "Nothing is written for it: there is nothing to do but to keep this dump.";
    if (heals_by_itself(remedies)) return "Nothing is written for it.";
    if (wants_bootloader(remedies))
        return "DFU does not reach the bootloader. Whether the installed system can put one in, a plan of its own says (--bootloader).";
    return "No write over DFU is planned for it.";
}

}  // namespace

void add_consent(RepairPlan& plan, const RepairPlan::Consent& consent) {
    for (auto& known : plan.consents)
        if (known.word == consent.word && known.loses == consent.loses) return;
    plan.consents.push_back(consent);
}

bool ask_consent(RepairDraft& draft, std::string_view word, std::string loses) {
    add_consent(draft.repair.plan, {std::string(word), std::move(loses), draft.consented(word)});
    return draft.consented(word);
}

void add_goals(RepairDraft& draft, std::size_t cause) {
    const auto& remedies = draft.analysis.remedies[cause];
    const std::string id = std::string(draft.analysis.diagnosis.causes[cause].cause->id);
    std::string why_not;
    bool adopted = false, wanted = false;
    const bool heals = heals_by_itself(remedies);
    for (const auto& remedy : remedies) {
        const bool instead = remedy.role == Remedy::Role::OtherWay;
        if (!wants_writes(remedy) || (instead && (adopted || heals))) continue;
        wanted = true;
        RemedyTrial trial{draft, remedy, id, {}, {}, {}, {}, {}, {}, {}, {}, {}};
        for (const auto& step : remedy.steps) take(trial, step);
        auto& missing = draft.repair.plan.missing;
        missing.insert(missing.end(), trial.missing.begin(), trial.missing.end());
        const bool wrote = adopt_trial(trial, why_not);
        if (wrote && !trial.missing.empty()) draft.second_best.push_back(id);
        adopted = wrote || adopted;
    }
    if (adopted && why_not.empty()) return;
    if (wanted && !why_not.empty())
        draft.repair.plan.cannot.push_back({id, why_not, other_help(remedies)});
    else if (!adopted)
        draft.repair.plan.leaves.push_back({id, why_left(remedies), other_help(remedies)});
}

}  // namespace photopsy

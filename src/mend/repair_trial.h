#pragma once
// One remedy on its way into a plan: what its steps come to as bytes.
#include "mend/repair_draft.h"

namespace photopsy {

/// One remedy on trial: what it would write, or why it cannot be.
struct RemedyTrial {
    RepairDraft& draft;
    const Remedy& remedy;
    const std::string& cause;
    std::vector<PlaceGoal> places;
    std::vector<TableGoal> table;
    std::vector<std::uint8_t> key, server;  ///< made by the steps so far; secret
    RepairSource key_source, server_source;
    std::string why_not;
    std::vector<RepairPlan::Missing> missing;
    std::vector<RepairPlan::Consent> consents;

    bool writes() const { return !places.empty() || !table.empty(); }
    void fail(std::string why) {
        if (why_not.empty()) why_not = std::move(why);
    }
    void need(std::string_view word, std::string loses) { consents.push_back({std::string(word), std::move(loses), draft.consented(word)}); }
};

/// What a step would write, with its source, or why it cannot be had: in `places`, `table`, `why_not`, `missing`, `consents`.
void take(RemedyTrial&, const RemedyStep&);

/// Each word once.
void add_consent(RepairPlan&, const RepairPlan::Consent&);

}  // namespace photopsy

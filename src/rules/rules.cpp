#include "rules/rule.h"

namespace photopsy {

std::string_view name_of(Severity severity) {
    switch (severity) {
        case Severity::Note:
            return "note";
        case Severity::Warning:
            return "warning";
        case Severity::Problem:
            return "problem";
        case Severity::Fatal:
            return "fatal";
    }
    return "";
}

std::string_view name_of(Confidence confidence) {
    switch (confidence) {
        case Confidence::Possible:
            return "possible";
        case Confidence::Likely:
            return "likely";
        case Confidence::Certain:
            return "certain";
    }
    return "";
}

const std::vector<const Rule*>& all_rules() {
    static const std::vector<const Rule*> rules = [] {
        std::vector<const Rule*> all;
        // Capture first: find_problems() asks those alone about a file of another kind.
        for (auto subject : {capture_rules(), system_rules(), module_rules(), ota_rules(), ota_flag_rules(), monolithic_rules(), system_flag_rules(),
                             dct_rules(), dct_damage_rules(), dcd_rules(), key_rules(), server_rules(), server_address_rules(), key_overrun_rules(),
                             wifi_rules(), setting_rules(), eeprom_rules(), code_rules(), live_rules()})
            for (const auto& rule : subject) all.push_back(&rule);
        return all;
    }();
    return rules;
}

const Rule* find_rule(std::string_view id) {
    for (const auto* rule : all_rules())
        if (rule->id == id) return rule;
    return nullptr;
}

Finding& Findings::add(Place where, std::string explain) {
    list_.push_back({.rule = current_, .severity = current_->severity, .where = std::move(where), .explain = std::move(explain)});
    return list_.back();
}

bool Findings::has(std::string_view rule_id) const {
    for (const auto& finding : list_)
        if (finding.rule->id == rule_id) return true;
    return false;
}

Findings run_rule(const Rule& rule, const Observations& seen) {
    Findings found;
    found.current_ = &rule;
    rule.check(seen, found);
    return found;
}

Findings find_problems(const Observations& seen) {
    Findings found;
    // Of a file that is not this device's flash only that can be said.
    const auto asked = std::span(all_rules()).first(seen.facts.of_other_device || seen.facts.blank_capture ? capture_rules().size() : all_rules().size());
    for (const auto* rule : asked) {
        found.current_ = rule;
        rule->check(seen, found);
    }
    return found;
}

}  // namespace photopsy

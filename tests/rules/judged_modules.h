#pragma once
// The rules on modules and systems, asked about a flash of which nothing else matters.
#include "rules/rule.h"
#include "support/module_fixture.h"
#include "support/seen_facts.h"

#include <functional>
#include <string>
#include <vector>

namespace photopsy::test {

struct JudgedModules : SeenFacts {
    using SeenFacts::SeenFacts;
    std::vector<Finding> findings;
};

/// Asks the rules, after `change` had its way with the facts.
inline JudgedModules judge(const Image& image, const Layout& layout, const std::function<void(Facts&)>& change = {}) {
    auto facts = module_facts(image, layout);
    if (change) change(facts);
    JudgedModules result(std::move(facts));
    for (auto subject : {module_rules(), system_rules()})
        for (const auto& rule : subject) {
            const auto found = run_rule(rule, result.observations());
            result.findings.insert(result.findings.end(), found.all().begin(), found.all().end());
        }
    return result;
}

/// The ids found, each with its region: "module-run-erased@system-part2".
inline std::string said(const JudgedModules& result) {
    std::string text;
    for (const auto& finding : result.findings) text += (text.empty() ? "" : " ") + std::string(finding.rule->id) + "@" + finding.where.region;
    return text;
}

}  // namespace photopsy::test

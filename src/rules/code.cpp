// What the code itself says about modules that are damaged or do not fit together. Notes: the causes are named by other rules.
#include "base/hex.h"
#include "rules/module_faults.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_named = 3, enough_stubs = 20;
constexpr std::uint32_t stub_size = 14;

/// Between two whole modules a call that leads nowhere is proof that they are of different releases.
void calls_lead_nowhere(const Observations& seen, Findings& found) {
    for (const auto& code : seen.facts.code) {
        const auto* caller = seen.facts.module(code.slot);
        if (!caller || !caller->good() || code.unresolved == 0) continue;
        std::string names;
        std::size_t count = 0;
        const ImportStub* first = nullptr;
        for (const auto& stub : code.stubs) {
            const auto* provider = stub.provider.empty() ? nullptr : seen.facts.module(stub.provider);
            if (stub.resolves() || !provider || !provider->good()) continue;
            if (!first) first = &stub;
            if (count++ < most_named) names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(stub));
        }
        if (first)
            found.add({code.slot, range_of(first->at, stub_size)},
                      fmt::format("{} of {} calls from {} into other modules lead to no function there ({}{}): the modules are of releases that do not fit.",
                                  count, code.stubs.size(), in_text(seen.facts, code.slot), names, count > most_named ? " ..." : ""));
    }
}

void damage_is_small(const Observations& seen, Findings& found) {
    for (const auto& code : seen.facts.code) {
        const auto* module = seen.facts.module(code.slot);
        if (!module || module->integrity != Integrity::Bad || code.unresolved != 0 || code.stubs.size() < enough_stubs || !code.bad_vectors.empty()) continue;
        if (seen.facts.ota.half_written_slot == code.slot || (module->damage.blocks && module->damage.blocks->same + 1 < module->damage.blocks->blocks))
            continue;
        found.add({code.slot, range_of(code.stubs.front().at, stub_size)},
                  fmt::format("All {} calls from {} into other modules still lead to functions: the damage is none of these.", code.stubs.size(),
                              in_text(seen.facts, code.slot)));
    }
}

void vectors_damaged(const Observations& seen, Findings& found) {
    for (const auto& code : seen.facts.code) {
        const auto* module = seen.facts.module(code.slot);
        if (!module || module->good() || code.bad_vectors.empty() || seen.facts.ota.half_written_slot == code.slot) continue;
        const auto at = code.bad_vectors.front();
        found.add({code.slot, range_of(at, 4)},
                  fmt::format("{} of the handlers in the vector table of {} point outside it or to an even address; the first stands at {}.",
                              code.bad_vectors.size(), in_text(seen.facts, code.slot), hex_address(at)));
    }
}

void reset_code_damaged(const Observations& seen, Findings& found) {
    for (const auto& code : seen.facts.code) {
        const auto* module = seen.facts.module(code.slot);
        if (!module || module->good() || !code.no_code_at || seen.facts.ota.half_written_slot == code.slot) continue;
        found.add({code.slot, range_of(code.no_code_at, 2)}, fmt::format("Each start of the {} leads to bytes that are not its code: the first stand at {}.",
                                                                         title_of(seen.facts, code.slot), hex_address(code.no_code_at)));
    }
}

constexpr Rule rules[] = {
    {"calls-lead-nowhere", Severity::Note, "A module calls functions that another one does not have",
     "Such a call jumps through whatever stands behind the table.", "dynalib.h@v2.3.1:128", calls_lead_nowhere},
    {"calls-still-resolve", Severity::Note, "The calls of a damaged module are intact",
     "It speaks for a flipped bit rather than a lost piece; what lies between the calls is not tested.", "docs/formats/code.md", damage_is_small},
    {"vectors-damaged", Severity::Note, "The vector table of a module is damaged", "The processor jumps to these addresses at start and at each interrupt.",
     "docs/formats/code.md", vectors_damaged},
    {"reset-code-damaged", Severity::Note, "Code that each start of a module executes is gone", "The processor faults on the way, whatever else is whole.",
     "docs/formats/code.md", reset_code_damaged},
};

}  // namespace

std::span<const Rule> code_rules() { return rules; }

}  // namespace photopsy

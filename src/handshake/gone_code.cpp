#include "handshake/gone_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace photopsy {

static bool is_gone(const ModuleDamage& damage, Address at) {
    const auto holds = [&](const std::vector<Range>& runs) { return std::any_of(runs.begin(), runs.end(), [&](Range run) { return run.contains(at); }); };
    return holds(damage.erased_runs) || holds(damage.zero_runs) || damage.replaced.contains(at);
}

/// Where the functions begin, each once; the lowest bit of a pointer says Thumb.
static std::set<Address> functions_of(const Image& image, const CodeFacts& code) {
    std::set<Address> functions;
    for (const auto& table : code.tables)
        for (unsigned i = 0; i < table.entries; ++i) functions.insert(little_endian<std::uint32_t>(image.bytes(range_of(table.at + 4 * i, 4))) & ~Address{1});
    return functions;
}

/// Half a sentence; "" where there is none, or where no module was damaged enough to look.
static std::string functions_gone(const Image& image, const Facts& facts) {
    for (const auto& code : facts.code) {
        const auto* module = facts.module(code.slot);
        if (!module || module->part == 0 || module->good()) continue;
        const auto functions = functions_of(image, code);
        const auto gone = static_cast<std::size_t>(std::count_if(functions.begin(), functions.end(), [&](Address at) { return is_gone(module->damage, at); }));
        if (gone)
            return fmt::format(
                "of the {} functions of system part {} that other parts call, {} {} gone: whether the device still connects, the file does not show",
                functions.size(), module->part, gone, gone == 1 ? "is" : "are");
    }
    return "";
}

/// The system part of which so many calls into other modules lead to no function that the parts are not of releases that fit each other. Whole sets of one
/// release have up to 3 % such calls (an Electron's), which they do not make.
static const CodeFacts* calls_into_nothing(const Facts& facts) {
    constexpr unsigned usual_at_most = 10;  // percent
    const auto misses = [&](const CodeFacts& code) {
        const auto* module = facts.module(code.slot);
        return module && module->part != 0 && code.unresolved * 100 > code.stubs.size() * usual_at_most;
    };
    const auto found = std::find_if(facts.code.begin(), facts.code.end(), misses);
    return found == facts.code.end() ? nullptr : &*found;
}

bool calls_lead_nowhere(const Facts& facts) { return calls_into_nothing(facts) != nullptr; }

void judge_code(const Image& image, const Facts& facts, HandshakeOutcome& outcome) {
    const auto succeeds = [](const Prediction& prediction) { return prediction.step == Step::Done; };
    if (!outcome.unknown.empty() || !std::all_of(outcome.predictions.begin(), outcome.predictions.end(), succeeds)) return;
    outcome.unknown = functions_gone(image, facts);
    if (const auto* code = calls_into_nothing(facts); code && outcome.unknown.empty())
        outcome.unknown = fmt::format(
            "{} of the {} calls of system part {} into other modules lead to no function: whether the device still connects, the file "
            "does not show",
            code->unresolved, code->stubs.size(), facts.module(code->slot)->part);
    if (!outcome.unknown.empty()) outcome.predictions.clear();
}

}  // namespace photopsy

#include "handshake/gone_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace photopsy {

/// Stretches of a module whose bytes are not its own any more. The Wi-Fi chip's firmware inside system part 1 is no code of the part, and judged by itself
/// (facts/radio.h).
static std::vector<Range> gone_of(const ModuleDamage& damage, Range radio) {
    std::vector<Range> gone;
    const auto add = [&](Range run) {
        if (!run.empty() && !radio.contains(run)) gone.push_back(run);
    };
    for (const auto* runs : {&damage.erased_runs, &damage.zero_runs, &damage.foreign_blocks})
        for (const auto run : *runs) add(run);
    add(damage.replaced);
    return gone;
}

static bool is_in(const std::vector<Range>& gone, Address at) {
    return std::any_of(gone.begin(), gone.end(), [&](Range run) { return run.contains(at); });
}

/// Makes the connection: a system part, or firmware of one piece. Of an application the system needs nothing for it, of the bootloader neither.
static bool holds_connection(const Module& module, const Facts& facts) {
    return module.slot == "monolithic" || (module.part != 0 && (module.part != 3 || has_third_part(facts.modules)));
}

/// Where the functions begin, each once; the lowest bit of a pointer says Thumb.
static std::set<Address> functions_of(const Image& image, const CodeFacts& code) {
    std::set<Address> functions;
    for (const auto& table : code.tables)
        for (unsigned i = 0; i < table.entries; ++i) functions.insert(little_endian<std::uint32_t>(image.bytes(range_of(table.at + 4 * i, 4))) & ~Address{1});
    return functions;
}

static std::string title_of(const Module& module) { return module.part != 0 ? fmt::format("system part {}", module.part) : "the firmware"; }

/// Half a sentence; "" where nothing is gone. What is gone may be data that no connection needs, which the file does not show: functions of one part that
/// others call are known by the export tables, the far more that only the part itself calls are not.
static std::string code_gone(const Image& image, const Facts& facts) {
    for (const auto& module : facts.modules) {
        if (!holds_connection(module, facts) || module.good()) continue;
        const auto gone = gone_of(module.damage, module.part == 1 ? facts.radio.at : Range{});
        if (gone.empty()) continue;
        const auto code = std::find_if(facts.code.begin(), facts.code.end(), [&](const CodeFacts& each) { return each.slot == module.slot; });
        const auto functions = code == facts.code.end() ? std::set<Address>() : functions_of(image, *code);
        const auto lost = std::count_if(functions.begin(), functions.end(), [&](Address at) { return is_in(gone, at); });
        if (lost)
            return fmt::format(
                "of the {} functions of system part {} that other parts call, {} {} gone: whether the device still connects, the file does not show",
                functions.size(), module.part, lost, lost == 1 ? "is" : "are");
        std::uint32_t size = 0;
        for (const auto run : gone) size += run.size();
        return fmt::format(
            "{} bytes of {} are gone, and code that a connection needs may have stood there: whether the device still connects, the file does "
            "not show",
            size, title_of(module));
    }
    return "";
}

/// The system part of which so many calls into other modules lead to no function that the parts are not of releases that fit each other. Whole sets of one
/// release have up to 3 % such calls (an Electron's), which they do not make.
/// Its header was hit, and the damage stands there alone: calls go through the tables behind it, and no caller reads it, so that the functions are there
/// though they lie outside of what the header says (docs/formats/code.md).
static bool is_hit_in_header(const Module& module) {
    const auto& damage = module.damage;
    const auto header = range_of(module.header_at, module_header_size);
    return damage.header_alone || (damage.flipped_bit && header.contains(damage.flipped_bit->at.begin));
}

static std::ptrdiff_t calls_into_nothing(const Facts& facts, const CodeFacts& code) {
    return std::ranges::count_if(code.stubs, [&](const ImportStub& stub) {
        const auto* provider = stub.provider.empty() ? nullptr : facts.module(stub.provider);
        const bool never_made = provider && provider->part == 0 && !provider->good();  // an application that is not whole is not called
        return !stub.resolves() && !never_made && !(provider && is_hit_in_header(*provider));
    });
}

static const CodeFacts* part_that_calls_nothing(const Facts& facts) {
    constexpr std::ptrdiff_t usual_at_most = 10;  // percent
    const auto misses = [&](const CodeFacts& code) {
        const auto* module = facts.module(code.slot);
        return module && module->part != 0 && calls_into_nothing(facts, code) * 100 > std::ssize(code.stubs) * usual_at_most;
    };
    const auto found = std::find_if(facts.code.begin(), facts.code.end(), misses);
    return found == facts.code.end() ? nullptr : &*found;
}

bool calls_lead_nowhere(const Facts& facts) { return part_that_calls_nothing(facts) != nullptr; }

void judge_code(const Image& image, const Facts& facts, HandshakeOutcome& outcome) {
    const auto succeeds = [](const Prediction& prediction) { return prediction.step == Step::Done; };
    if (!outcome.unknown.empty() || !std::all_of(outcome.predictions.begin(), outcome.predictions.end(), succeeds)) return;
    outcome.unknown = code_gone(image, facts);
    if (const auto* code = part_that_calls_nothing(facts); code && outcome.unknown.empty())
        outcome.unknown = fmt::format(
            "{} of the {} calls of system part {} into other modules lead to no function: whether the device still connects, the file "
            "does not show",
            calls_into_nothing(facts, *code), code->stubs.size(), facts.module(code->slot)->part);
    if (!outcome.unknown.empty()) outcome.predictions.clear();
}

}  // namespace photopsy

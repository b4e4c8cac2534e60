// The modules together: do they fit each other, and does the system know what the application needs?
#include "rules/module_faults.h"

#include "facts/releases.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

const Module* trusted(const Facts& facts, std::string_view slot) {
    const auto* module = facts.module(slot);
    return module && header_is_trusted(facts, *module) ? module : nullptr;
}

std::string release_of(std::uint16_t version) {
    const auto releases = releases_with_system_version(version);
    return releases.empty() ? fmt::format("version {}", version) : fmt::format("{} ({})", version, releases.front());
}

std::string number_of(const Dependency& need) {
    return need.function.value == FunctionSystemPart ? release_of(need.version.value) : std::to_string(need.version.value);
}

/// The module that should meet a dependency, if it is there, its word can be trusted, and it is too old.
const Module* too_old(const Facts& facts, const Dependency& need) {
    if (need.none() || !facts.layout) return nullptr;
    const auto* slot = slot_for(*facts.layout, need.function.value, need.index.value);
    const auto* provider = slot ? trusted(facts, slot->name) : nullptr;
    return provider && provider->version.value < need.version.value ? provider : nullptr;
}

/// An update of one part has been applied and the other part waits: the parts differ for the moment, as they must.
bool update_completes(const Facts& facts) {
    const auto *image = facts.module("ota"), *part1 = facts.module("system-part1"), *part2 = facts.module("system-part2");
    if (facts.ota.kind != OtaCase::Pending || !image || !part1 || !part2) return false;
    return image->good() && image->function.value == FunctionSystemPart && image->version.value == std::max(part1->version.value, part2->version.value);
}

Range from_start_to_header(const Module& module) { return {module.at.begin, module.header_at + 24}; }

void add_unmet(Findings& found, const Facts& facts, const Module& needing, const Dependency& need, const Module& provider, Severity severity,
               std::string_view consequence) {
    const auto has = provider.function.value == FunctionSystemPart ? release_of(provider.version.value) : std::to_string(provider.version.value);
    auto& finding = found.add({provider.slot, whole_module(provider)},
                              fmt::format("{} needs {} of version {} or newer; version {} is installed. {}", in_text(facts, needing.slot),
                                          in_text(facts, provider.slot), number_of(need), has, consequence));
    finding.severity = severity;
    finding.expected = fmt::format("version >= {}", need.version.value);
    finding.actual = fmt::format("version {}", provider.version.value);
    auto& other_side = found.add(
        {needing.slot, from_start_to_header(needing)},
        fmt::format("The header of {} asks for {} of version {} or newer.", in_text(facts, needing.slot), in_text(facts, provider.slot), number_of(need)));
    other_side.severity = severity;
}

void part2_dependencies(const Observations& seen, Findings& found) {
    const auto* part2 = trusted(seen.facts, "system-part2");
    if (!part2 || part2->dependency.none()) return;
    const bool checks = part2->version.value >= first_checking_system_version;
    const auto severity = checks ? Severity::Problem : Severity::Warning;
    const auto consequence = checks ? "The system tests this at each start and refuses to run the application."
                                    : "This system does not test it: calls may go through the wrong tables.";
    for (const auto* need : {&part2->dependency, &part2->dependency2})
        if (const auto* provider = too_old(seen.facts, *need)) add_unmet(found, seen.facts, *part2, *need, *provider, severity, consequence);
}

void other_dependencies(const Observations& seen, Findings& found) {
    if (const auto* part1 = trusted(seen.facts, "system-part1"))
        if (const auto* provider = too_old(seen.facts, part1->dependency))
            add_unmet(found, seen.facts, *part1, part1->dependency, *provider, Severity::Warning,
                      "Nothing tests this at start: calls may go through the wrong tables.");
    const auto* user = trusted(seen.facts, "user");
    if (!user || user->dependency.none()) return;
    const auto* provider = too_old(seen.facts, user->dependency2);
    if (provider && seen.facts.system.system_checks_modules_at_boot())
        add_unmet(found, seen.facts, *user, user->dependency2, *provider, Severity::Problem,
                  "The system tests this at each start and refuses to run the application.");
}

void dependency_unmet(const Observations& seen, Findings& found) {
    if (update_completes(seen.facts)) return;
    part2_dependencies(seen, found);
    other_dependencies(seen, found);
}

void parts_differ(const Observations& seen, Findings& found) {
    const auto *part1 = trusted(seen.facts, "system-part1"), *part2 = trusted(seen.facts, "system-part2");
    if (!part1 || !part2 || part1->version.value == part2->version.value || update_completes(seen.facts)) return;
    if (too_old(seen.facts, part2->dependency) || too_old(seen.facts, part1->dependency)) return;
    found.add({"system-part2", whole_module(*part2)}, fmt::format("System part 1 is version {}, system part 2 is version {}. Each is new enough for the other, "
                                                                  "so the device works; it is the state in the middle of an update.",
                                                                  release_of(part1->version.value), release_of(part2->version.value)));
    found.add({"system-part1", from_start_to_header(*part1)}, fmt::format("The header of system part 1 says version {}.", release_of(part1->version.value)));
}

void user_too_new(const Observations& seen, Findings& found) {
    const auto* user = trusted(seen.facts, "user");
    if (!user) return;
    const auto* part2 = too_old(seen.facts, user->dependency);
    if (!part2) return;
    auto& finding =
        found.add({"user", range_of(user->header_at, 24)},
                  fmt::format("The user application was built for system version {} or newer; version {} is installed. The system refuses to run it.",
                              number_of(user->dependency), release_of(part2->version.value)));
    finding.expected = fmt::format("system version >= {}", user->dependency.version.value);
    finding.actual = fmt::format("system version {}", part2->version.value);
}

void newer_than_known(const Observations& seen, Findings& found) {
    if (!seen.facts.system.newer_than_known) return;
    const auto* part = seen.facts.module(seen.facts.system.version_from);
    if (!part) return;
    found.add({part->slot, part->version.at},
              fmt::format("System version {} is newer than {}, the last one whose behaviour was examined: it is judged by that one's rules.",
                          release_of(seen.facts.system.system_version.value_or(0)), release_of(last_examined_system_version)));
}

constexpr Rule rules[] = {
    {"dependency-unmet", Severity::Problem, "A module is older than another one needs",
     "Modules call each other through tables that grow with each release; an older one lacks entries.", "ota_flash_hal_stm32f2xx.cpp@v2.3.1:161",
     dependency_unmet},
    {"system-parts-differ", Severity::Warning, "The system parts are from different releases",
     "It works where the dependencies are met, but nobody tests such a pair.", "docs/formats/module.md", parts_differ},
    {"user-built-for-newer-system", Severity::Problem, "The application needs a newer system",
     "The system compares its version with the one the application was built for, and stays in safe mode.", "core_hal_stm32f2xx.c@v0.6.0:391", user_too_new},
    {"system-newer-than-known", Severity::Note, "The system is newer than the last one examined", "It is judged by the rules of the last examined release.",
     "docs/formats/releases.md", newer_than_known},
};

}  // namespace

std::span<const Rule> system_rules() { return rules; }

}  // namespace photopsy

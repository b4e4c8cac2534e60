#include "rules/bootloader_fit.h"
#include "facts/header_damage.h"
#include "facts/releases.h"
#include "rules/module_faults.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::string release_words(std::uint16_t version) {
    const auto releases = releases_with_system_version(version);
    return releases.empty() ? std::to_string(version) : fmt::format("{} ({})", version, releases.front());
}

constexpr std::string_view needs_code_of_part2 =
    "from 0.7.0 on the bootloader works on the configuration table with code of system part 2, and before 0.7.0 part 2 has none for it. No update is ever "
    "applied, alternate setting 1 reads as zeros in DFU mode, and keys cannot be written.";

/// A part 2 that is damaged and, by a header that can be trusted, from before 0.7.0: made whole again it would be of no more use to this bootloader.
const Module* damaged_and_too_old(const Facts& facts) {
    const auto* part2 = facts.system_part(2);
    if (!part2 || part2->integrity != Integrity::Bad || !header_is_trusted(facts, *part2) || !is_of_its_kind(*facts.layout, *part2)) return nullptr;
    return part2->version.value < first_checking_system_version ? part2 : nullptr;
}

}  // namespace

void bootloader_needs_newer_system(const Observations& seen, Findings& found) {
    if (!seen.facts.system.bootloader_uses_system_dct()) return;
    const auto bootloader = *seen.facts.system.bootloader_version;
    const auto* module = seen.facts.module("bootloader");
    const Place place{"bootloader", module ? module->version.at : Range{}};
    if (seen.facts.ota.access == TableAccess::SystemTooOld) {
        found.add(place, fmt::format("Bootloader {} and system {} are each whole, but do not go together: {}", bootloader,
                                     release_words(seen.facts.system.system_version.value_or(0)), needs_code_of_part2));
    } else if (const auto* part2 = seen.facts.ota.access == TableAccess::PartsUnusable ? damaged_and_too_old(seen.facts) : nullptr) {
        auto& finding = found.add(place, fmt::format("Bootloader {} does not go together with system {}, and would not if part 2 were whole: {}", bootloader,
                                                     release_words(part2->version.value), needs_code_of_part2));
        if (part2->known_as.empty()) finding.confidence = Confidence::Likely;  // the version is what a header says whose checksum is wrong
    }
}

}  // namespace photopsy

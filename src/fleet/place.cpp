#include "fleet/place.h"

#include <algorithm>
#include <set>

namespace photopsy::fleet {

namespace {

/// "DCT copy 2, device private key" and the same in copy 1 are one kind of place. Where both are named, no number tells them apart.
std::string without_number(std::string region) {
    if (region.find("copy 1 and 2") != std::string::npos) return region;
    for (const std::string_view numbered : {"copy ", "page ", "slot ", "network "}) {
        for (auto at = region.find(numbered); at != std::string::npos; at = region.find(numbered, at + 1)) {
            const auto digits = at + numbered.size();
            const auto end = std::min(region.find_first_not_of("0123456789", digits), region.size());
            if (end > digits) region.erase(digits - 1, end - digits + 1);
        }
    }
    return region;
}

/// Whether the cause cannot be without this finding: the first of what it explains.
bool carries(const Cause& cause, std::string_view rule) { return cause.explains.empty() || entry_names(cause.explains.front(), rule); }

std::vector<const Finding*> carrying(const NamedCause& named, const Findings& findings) {
    std::vector<const Finding*> list, all;
    for (const auto index : named.findings) {
        const auto& finding = findings.all()[index];
        all.push_back(&finding);
        if (carries(*named.cause, finding.rule->id)) list.push_back(&finding);
    }
    return list.empty() ? all : list;
}

/// The releases whose code stands in a module's slot.
void add_releases(const Module& module, std::set<std::string>& releases) {
    if (!module.releases.empty()) releases.insert(module.releases.front());
    if (module.damage.blocks && !module.damage.blocks->releases.empty()) releases.insert(module.damage.blocks->releases.front());
    if (!module.damage.foreign_release.empty()) releases.insert(module.damage.foreign_release);
}

std::string joined(const std::set<std::string>& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : std::string(between)) + word;
    return text;
}

}  // namespace

std::string place_of(const NamedCause& named, const Findings& findings, const Facts& facts) {
    std::set<std::string> regions, releases;
    bool in_update = false;
    for (const auto* finding : carrying(named, findings)) {
        regions.insert(without_number(finding->where.region));
        if (const auto* module = facts.module(finding->where.region)) add_releases(*module, releases);
        in_update = in_update || finding->rule->id.starts_with("ota-");
    }
    const bool told_by_update = in_update && !facts.ota.from_release.empty() && !facts.ota.to_release.empty();
    if (told_by_update) releases = {facts.ota.from_release, facts.ota.to_release};
    return joined(regions, " + ") + (releases.empty() ? "" : ": " + joined(releases, " "));
}

}  // namespace photopsy::fleet

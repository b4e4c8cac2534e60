#include "report/document_parts.h"

#include <algorithm>

namespace photopsy {

/// The worst that a reader should know of a region first: damage, then what was not checked, then what is there, then nothing.
static State worst(const std::vector<Labelled>& parts) {
    const auto any = [&](State state) { return std::any_of(parts.begin(), parts.end(), [&](const Labelled& part) { return part.state == state; }); };
    if (any(State::Damaged)) return State::Damaged;
    if (any(State::Good)) return State::Good;
    if (any(State::NotChecked) || parts.empty()) return State::NotChecked;
    return State::Empty;
}

/// A finding above note marks its region, even where the coverage calls the bytes sound: a whole key may be the wrong one.
static bool damages(const FindingText& finding, Range region) {
    return finding.severity >= Severity::Warning && finding.at.overlaps(region) && !finding.at.contains(region);
}

void describe_map(Document& document, const Analysis& analysis, const Discretion& discretion) {
    for (auto region : analysis.facts.regions) {
        region.label = discretion.text(region.label);
        document.regions.push_back(std::move(region));
    }
    if (!analysis.layout) return;
    for (const auto& region : analysis.layout->regions) {
        MapCell cell{.name = region.name, .title = region.title, .at = region.at};
        for (const auto& part : document.regions)
            if (part.at.overlaps(region.at)) cell.parts.push_back({part.label, intersection(part.at, region.at), part.state});
        cell.state = worst(cell.parts);
        for (std::size_t i = 0; i < document.findings.size(); ++i) {
            const auto& finding = document.findings[i];
            if (!finding.at.empty() && finding.at.overlaps(region.at)) cell.findings.push_back(i);
            if (damages(finding, region.at)) cell.state = State::Damaged;
        }
        document.map.push_back(std::move(cell));
    }
}

}  // namespace photopsy

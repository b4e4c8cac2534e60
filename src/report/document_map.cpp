#include "report/document_parts.h"

#include <algorithm>

namespace photopsy {

namespace {

/// The worst that a reader should know of a place first: damage, then what is there, then what was not checked, then nothing.
State worst(const std::vector<Labelled>& parts) {
    const auto any = [&](State state) { return std::any_of(parts.begin(), parts.end(), [&](const Labelled& part) { return part.state == state; }); };
    if (any(State::Damaged)) return State::Damaged;
    if (any(State::Good)) return State::Good;
    if (any(State::NotChecked) || parts.empty()) return State::NotChecked;
    return State::Empty;
}

/// A finding above note marks its region, even where the coverage calls the bytes sound: a whole key may be the wrong one. What it says of bytes that are not
/// in the file is no damage to them.
bool damages(const FindingText& finding, Range region, const Image& image) {
    if (finding.of_reading || finding.severity < Severity::Warning || !finding.at.overlaps(region) || finding.at.contains(region)) return false;
    return std::any_of(image.present().begin(), image.present().end(), [&](Range held) { return held.overlaps(intersection(finding.at, region)); });
}

std::vector<Labelled> parts_in(const Document& document, Range at) {
    std::vector<Labelled> parts;
    for (const auto& part : document.regions)
        if (part.at.overlaps(at)) parts.push_back({part.label, intersection(part.at, at), part.state});
    return parts;
}

/// The findings that lie in the place of a cell or a sector, and its state with them in mind.
template <class Place>
void judge(const Document& document, Place& place, const std::vector<Labelled>& parts, const Image& image) {
    place.state = worst(parts);
    for (std::size_t i = 0; i < document.findings.size(); ++i) {
        const auto& finding = document.findings[i];
        if (!finding.at.empty() && finding.at.overlaps(place.at)) place.findings.push_back(i);
        if (damages(finding, place.at, image)) place.state = State::Damaged;
    }
}

void add_blocks(Document& document, MapBlocks::Kind kind, std::string title, Range at) {
    if (!at.empty() && at.begin < at.end) document.blocks.push_back({kind, std::move(title), at});
}

/// A copy that was cut off: what is new already, what is erased, what is still old.
void describe_copy(Document& document, const OtaFacts& ota, const Discretion& discretion) {
    using Kind = MapBlocks::Kind;
    if (!ota.progress || ota.progress->copied >= ota.progress->total) return;
    const auto& copy = *ota.progress;
    const auto boundary = std::clamp(copy.boundary, copy.destination.begin, copy.destination.end);
    const auto erased = intersection(copy.erased, copy.destination);
    const auto of = [&](const std::string& release) { return release.empty() ? std::string() : ", of release " + discretion.text(release); };
    add_blocks(document, Kind::New, "new: already written" + of(ota.to_release), {copy.destination.begin, boundary});
    add_blocks(document, Kind::Erased, "erased: still to be written", erased);
    add_blocks(document, Kind::Old, "old: not reached yet" + of(ota.from_release),
               {erased.empty() ? boundary : std::max(boundary, erased.end), copy.destination.end});
}

/// A damaged module whose blocks are known: which of them are erased, and which belong to another release.
void describe_blocks(Document& document, const Module& module, const Discretion& discretion) {
    using Kind = MapBlocks::Kind;
    if (!module.damage.blocks) return;
    for (const auto& run : module.damage.blocks->runs) {
        if (run.kind == BlockRun::Kind::Erased) add_blocks(document, Kind::Erased, "erased inside a module", run.at);
        if (run.kind != BlockRun::Kind::OtherRelease && run.kind != BlockRun::Kind::OtherSlot) continue;
        add_blocks(document, Kind::Foreign, run.release.empty() ? "of an unreleased build" : "of release " + discretion.text(run.release), run.at);
    }
}

void describe_cells(Document& document, const std::vector<LayoutRegion>& regions, const Image& image) {
    for (const auto& region : regions) {
        MapCell cell{.name = region.name, .title = region.title, .at = region.at};
        cell.parts = parts_in(document, region.at);
        judge(document, cell, cell.parts, image);
        document.map.push_back(std::move(cell));
    }
}

}  // namespace

void describe_map(Document& document, const Analysis& analysis, const Discretion& discretion) {
    for (auto region : analysis.facts.regions) {
        region.label = discretion.text(region.label);
        document.regions.push_back(std::move(region));
    }
    if (!analysis.layout) return;
    const auto& image = analysis.capture.image;
    describe_cells(document, analysis.layout->regions, image);
    if (analysis.facts.has_external_flash) describe_cells(document, analysis.layout->external->regions, image);
    for (const auto& unit : analysis.layout->sectors) {
        MapSector sector{.number = unit.number, .at = unit.at};
        judge(document, sector, parts_in(document, unit.at), image);
        document.sectors.push_back(std::move(sector));
    }
    describe_copy(document, analysis.facts.ota, discretion);
    for (const auto& module : analysis.facts.modules)
        if (!analysis.facts.ota.progress || analysis.facts.ota.progress->slot != module.slot) describe_blocks(document, module, discretion);
}

}  // namespace photopsy

// (g): a module written over USB, stopped on the way. The new module's first part, erased flash to the end of the sector, and behind it the
// end of another module: dfu-util erases each sector just before it writes it.
#include "facts/erased.h"
#include "facts/ota_parts.h"

#include <algorithm>

namespace photopsy::ota {

static constexpr std::uint32_t least_gap = 64;  ///< erased bytes that count as a gap

/// Does a module end here? `end` counts from the start of `bytes`: the 4 CRC bytes stand before it, the suffix before them.
static bool module_ends_at(ByteView bytes, std::uint32_t end) {
    if (end < 48) return false;
    const auto suffix = little_endian<std::uint16_t>(bytes.subspan(end - 6, 2));
    return suffix >= 36 && suffix <= 48 && suffix % 2 == 0 && bytes[end - 40] == 0 && bytes[end - 39] == 0;
}

/// The end of the other module behind the gap, as an offset in the slot; 0 if the data do not end like a module.
static std::uint32_t foreign_end(ByteView slot, std::uint32_t own_end) {
    const auto written = written_size(slot);
    // The CRC's last bytes may be FF themselves.
    for (std::uint32_t end = (written + 3) / 4 * 4; end <= slot.size() && end <= written + 8; end += 4)
        if (end != own_end && module_ends_at(slot, end)) return end;
    return 0;
}

/// Sectors up to the one that the other module's end lies in; boundary and gap in front of it.
static CopyProgress progress_of(const Scene& scene, const ModuleSlot& slot, std::uint32_t total, Address foreign) {
    CopyProgress progress{.slot = slot.name, .destination = range_of(slot.at.begin, total), .total = total};
    for (const auto& sector : scene.layout.sectors) {
        const auto at = intersection(sector.at, slot.at);
        if (at.empty() || at.begin >= foreign) continue;
        const auto written = written_size(scene.image.bytes(at));
        const bool last = at.contains(foreign - 1), stopped_before = progress.boundary != 0;
        const Address gap = at.begin + (written + 3) / 4 * 4;
        if (!stopped_before && (last || at.end - gap >= least_gap)) {
            progress.boundary = last ? at.begin : gap;
            progress.erased = {progress.boundary, last ? at.begin : at.end};
        }
        progress.sectors.push_back(last                         ? CopySector::Old
                                   : progress.boundary == 0     ? CopySector::Done
                                   : stopped_before || !written ? CopySector::Erased
                                                                : CopySector::InProgress);
    }
    progress.copied = progress.boundary - progress.destination.begin;
    return progress;
}

static void judge_module(const Scene& scene, const ModuleSlot& slot, const Module& module, OtaFacts& facts) {
    const auto bytes = scene.image.bytes(slot.at);
    const auto total = module.length() + 4;
    if (bytes.empty() || total > bytes.size()) return;
    const auto end = foreign_end(bytes, total);
    auto progress = end ? progress_of(scene, slot, total, slot.at.begin + end) : CopyProgress{};
    if (progress.sectors.size() < 2 || progress.copied == 0 || !progress.destination.contains(progress.boundary)) return;
    facts.kind = OtaCase::DfuWriteInterrupted;
    facts.case_letter = "g";
    facts.resumes = OtaFacts::Resumes::No;
    facts.half_written_slot = slot.name;
    facts.progress = std::move(progress);
}

void judge_dfu_write(const Scene& scene, OtaFacts& facts) {
    for (const auto& module : scene.modules) {
        const auto* slot = scene.layout.slot(module.slot);
        if (!slot || !slot->linked_at || slot->name == "factory" || slot->name == "bootloader") continue;
        if (!module.present() || module.integrity != Integrity::Bad || module.damage.own_trailer) continue;
        judge_module(scene, *slot, module, facts);
        if (facts.kind == OtaCase::DfuWriteInterrupted) return;
    }
}

}  // namespace photopsy::ota

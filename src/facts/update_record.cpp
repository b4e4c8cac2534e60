#include "facts/update_record.h"

#include <algorithm>

namespace photopsy {

static const OtaSlot* record_of(const OtaFacts& ota, std::optional<int> number) {
    const auto found = std::find_if(ota.slots.begin(), ota.slots.end(), [&](const OtaSlot& slot) { return slot.number == number; });
    return found == ota.slots.end() ? nullptr : &*found;
}

const OtaSlot* pending_record(const OtaFacts& ota) { return record_of(ota, ota.pending_slot); }
const OtaSlot* harmful_record(const OtaFacts& ota) { return record_of(ota, ota.harmful_slot); }

bool leaves_out_checks(const OtaFacts& ota) {
    const auto* slot = pending_record(ota);
    return slot && ota.refusal == CopyRefusal::None && (slot->flags.value & verify_any) != verify_any;
}

bool image_is_unseen(const OtaFacts& ota, const std::vector<Module>& modules) {
    const auto* slot = pending_record(ota);
    if (!slot || ota.refusal != CopyRefusal::None || ota.harmful_slot || !(slot->flags.value & verify_any)) return false;
    const auto* image = ota.source_elsewhere ? &*ota.source_elsewhere : find_module(modules, "ota");
    if (!image || image->presence == Presence::Absent) return true;
    return image->present() && image->integrity == Integrity::NotChecked && (slot->flags.value & verify_crc);
}

Range erased_by(const Layout& layout, const OtaSlot& slot) {
    const auto wanted = range_of(slot.destination.value, slot.length.value);
    Range erased = wanted;
    for (const auto& sector : layout.sectors)
        if (sector.at.overlaps(wanted)) erased = {std::min(erased.begin, sector.at.begin), std::max(erased.end, sector.at.end)};
    return erased;
}

bool harms_values_alone(const Facts& facts) {
    if (!facts.ota.harmful_slot || !facts.layout) return false;
    const auto& layout = *facts.layout;
    const auto* slot = pending_record(facts.ota);
    const auto erased = slot ? erased_by(layout, *slot) : Range{};
    const auto hits = [&](Range at) { return at.overlaps(erased); };
    return std::ranges::any_of(layout.eeprom_pages, hits) && std::ranges::none_of(layout.dct.copies, hits) &&
           std::ranges::none_of(layout.slots, [&](const ModuleSlot& place) { return place.linked_at == place.at.begin && hits(place.at); });
}

}  // namespace photopsy

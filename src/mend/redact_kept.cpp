// Keys outside the tables, and what the owner wants to keep. A key in what is kept is a stand-in all the same.
#include "handshake/judge.h"
#include "mend/redaction.h"

#include <algorithm>

namespace photopsy {

namespace {

bool lies_in_a_table(const DumpRedaction& redaction, Range at) {
    const auto& copies = redaction.original.layout->dct.copies;
    return std::any_of(copies.begin(), copies.end(), [&](Range copy) { return copy.overlaps(at); });
}

/// The stand-in byte by byte into the records of the cells that held the key.
void put_into_cells(DumpRedaction& redaction, const EepromCells& place, const SlotBytes& instead) {
    const auto page = redaction.original.layout->eeprom_pages[static_cast<std::size_t>(place.page) - 1];
    const auto bytes = redaction.image().leading(page);
    for (std::uint32_t at = 4; at + 4 <= bytes.size(); at += 4) {
        const auto number = little_endian<std::uint16_t>(bytes.subspan(at + 2));
        const bool valid = bytes[at + 1] == 0 && number >= place.cell && number - place.cell < instead.size();
        if (valid) redaction.put_byte(page.begin + at, instead[number - place.cell]);
    }
}

std::vector<Range> kept_places(const DumpRedaction& redaction, const RedactWish& wish) {
    const auto& layout = *redaction.original.layout;
    std::vector<Range> places;
    if (wish.keep_eeprom) places = layout.eeprom_pages;
    for (const auto& slot : layout.slots)
        if (wish.keep_application && (slot.name == "user" || slot.name == "ota" || slot.name == "factory")) places.push_back(slot.at);
    return places;
}

}  // namespace

void rebuild_keys_elsewhere(DumpRedaction& redaction) {
    const auto& layout = *redaction.original.layout;
    for (const auto& found : redaction.original.keys.elsewhere) {
        if (found.eeprom) {
            const auto key = eeprom_key_bytes(redaction.image(), layout, *found.eeprom);
            if (!key.empty()) put_into_cells(redaction, *found.eeprom, stand_in_slot(key, redaction));
        } else if (!lies_in_a_table(redaction, found.at))
            redaction.put(found.at.begin, stand_in_slot(redaction.image().bytes(found.at), redaction));
    }
}

void keep_as_wished(DumpRedaction& redaction, const RedactWish& wish) {
    const auto places = kept_places(redaction, wish);
    std::vector<Range> kept;
    for (const auto place : places)
        for (const auto present : redaction.image().present()) {
            const auto inside = intersection(place, present);
            if (inside.empty()) continue;
            redaction.put(inside.begin, redaction.image().bytes(inside));
            kept.push_back(inside);
        }
    if (kept.empty()) return;
    overwrite_repeats(redaction, kept);
    rebuild_keys_elsewhere(redaction);
}

}  // namespace photopsy

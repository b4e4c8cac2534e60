#include "flash/marks.h"

#include "flash/table_upload.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t block_size = 1024;

bool is_table_anchor(const Anchor& anchor) { return anchor.kind == Anchor::Kind::Table; }

/// First byte of the module in the file; its header where the file begins behind that.
std::size_t first_byte(const Anchor& anchor) { return anchor.offset >= anchor.header_offset ? anchor.offset - anchor.header_offset : 0; }

bool is_inside(const Anchor& inner, const Anchor& outer) {
    return !is_table_anchor(outer) && inner.offset > outer.offset && inner.offset < first_byte(outer) + outer.module.size();
}

/// A sector of a table begins at a multiple of its size, and so does a file that was cut at sectors. The mark of a DCD stands in the code that looks for it
/// too.
bool stands_as_table(ByteView file, const Anchor& anchor, const Layout& layout) {
    return anchor.offset % layout.dct.copies.front().size() == 0 || holds_own_data(file, anchor.offset, layout);
}

/// What stands right before a bootloader in the OTA area is the end of the application's place, as a rule erased; in a system part it is code.
bool follows_filling(ByteView file, std::size_t begin) {
    constexpr std::size_t looked_at = 64;
    const auto before = file.subspan(begin - std::min(begin, looked_at), std::min(begin, looked_at));
    return before.empty() || all_equal(before, before[0]);
}

/// A bootloader anywhere but at the file's begin does not say by itself that the flash begins there.
bool stands_as_bootloader(ByteView file, Anchor& anchor, const std::vector<Anchor>& anchors, const Layout& layout) {
    const auto home = anchor.candidates[0];
    if (anchor.module.begin != layout.flash.begin || home >= 0 || votes_for(anchors, home) > 1) return true;
    if (!follows_filling(file, first_byte(anchor))) return false;
    std::copy(anchor.candidates.begin() + 1, anchor.candidates.end(), anchor.candidates.begin());
    --anchor.candidate_count;
    return anchor.candidate_count > 0;
}

/// A stretch of the place that is neither erased nor filled up.
bool holds_something(ByteView place) {
    for (std::size_t at = 0; at + block_size <= place.size(); at += block_size)
        if (const auto block = place.subspan(at, block_size); !all_equal(block, block[0])) return true;
    return false;
}

}  // namespace

bool begins_with_first_words(ByteView file, const Layout& layout) {
    if (file.size() < 3 || file[0] % 8 || file[2] & (layout.vector_mask >> 16 & 0xFF)) return false;
    if (file.size() < 8) return true;
    const auto stack = little_endian<std::uint32_t>(file), reset = little_endian<std::uint32_t>(file.subspan(4));
    return (stack & layout.vector_mask) == layout.vector_value && layout.flash.contains(reset);
}

bool ends_before_first_header(ByteView file, const Layout& layout) {
    const auto bootloader = layout.slot("bootloader");
    if (!begins_with_first_words(file, layout) || file.size() >= layout.vector_size + module_header_size || !bootloader) return false;
    for (std::size_t at = 4; at + 4 <= file.size(); at += 4) {
        const auto handler = little_endian<std::uint32_t>(file.subspan(at));
        if (handler != 0 && (handler % 2 == 0 || !bootloader->at.contains(handler)) && at < layout.vector_size) return false;
    }
    return true;
}

bool holds_own_data(ByteView file, std::size_t offset, const Layout& layout) {
    const std::size_t begin = offset + layout.dct.application_offset;
    if (layout.dct.store != StoreKind::WicedTable && layout.dct.store != StoreKind::Dcd) return true;
    if (begin >= file.size()) return false;
    const std::size_t room = layout.dct.copies.front().size() - layout.dct.application_offset;
    return upload_marks(file.subspan(begin, std::min(room, file.size() - begin)), layout).all > 0;
}

std::vector<Anchor> without_carried(ByteView file, std::vector<Anchor> anchors, const Layout& layout) {
    const bool wiced = layout.dct.store == StoreKind::WicedTable;
    std::vector<Anchor> kept;
    for (auto anchor : anchors) {
        const bool can_be_carried = is_table_anchor(anchor) ? wiced && !holds_own_data(file, anchor.offset, layout) : anchor.module.begin == layout.flash.begin;
        const bool inside = can_be_carried && std::any_of(anchors.begin(), anchors.end(), [&](const Anchor& outer) { return is_inside(anchor, outer); });
        if (inside) continue;
        if (is_table_anchor(anchor) ? stands_as_table(file, anchor, layout) : stands_as_bootloader(file, anchor, anchors, layout)) kept.push_back(anchor);
    }
    return kept;
}

bool is_other_wiced_device(ByteView file, const std::vector<Anchor>& anchors, const Layout& layout) {
    if (layout.dct.store != StoreKind::WicedTable || anchors.empty() || nearly_modules_in_place(file, layout) > 0) return false;
    if (!std::all_of(anchors.begin(), anchors.end(),
                     [&](const Anchor& anchor) { return is_table_anchor(anchor) && !holds_own_data(file, anchor.offset, layout); }))
        return false;
    return std::any_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) {
        const std::size_t begin = slot.at.begin - layout.flash.begin;
        return slot.linked_at == slot.at.begin && begin < file.size() &&
               holds_something(file.subspan(begin, std::min<std::size_t>(slot.at.size(), file.size() - begin)));
    });
}

std::size_t eeprom_pages_at(ByteView file, Shift shift, const Layout& layout) {
    constexpr std::uint32_t in_use = 0xFFFF0000, copied_to = 0xFFFFEEEE;  // docs/formats/eeprom.md
    return static_cast<std::size_t>(std::count_if(layout.eeprom_pages.begin(), layout.eeprom_pages.end(), [&](Range page) {
        const auto at = static_cast<Shift>(page.begin - layout.flash.begin) - shift;
        if (at < 0 || at + 4 > static_cast<Shift>(file.size())) return false;
        const auto word = little_endian<std::uint32_t>(file.subspan(static_cast<std::size_t>(at)));
        return word == in_use || word == copied_to;
    }));
}

TablePlace place_by_tables(ByteView file, const std::vector<Anchor>& tables, const Layout& layout) {
    const auto room = static_cast<Shift>(layout.flash.size()) - static_cast<Shift>(file.size());
    TablePlace place;
    std::size_t most = 0;
    for (const auto copy : layout.dct.copies) {
        const auto shift = static_cast<Shift>(copy.begin - layout.flash.begin) - static_cast<Shift>(tables.front().offset);
        if (shift < 0 || shift > room) continue;
        const auto votes = votes_for(tables, shift) + eeprom_pages_at(file, shift, layout);
        if (votes == most) place.told = false;
        if (votes > most) {
            place = {shift, true};
            most = votes;
        }
    }
    place.told = place.told && most > 0;
    return place;
}

}  // namespace photopsy

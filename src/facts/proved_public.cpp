#include "facts/proved_public.h"

#include "facts/proved_public_parts.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::array<std::string_view, 12> reason_names = {
    "not proved public",      "released module",        "released block",          "module header",        "end of a module", "vector table",
    "call into another part", "structure of the table", "setting of a known form", "published server key", "EEPROM record",   "erased or zero"};

/// Runs of one value, FF or 00.
void mark_blank(const Image& image, PublicMap& map) {
    for (auto present : image.present()) {
        const auto bytes = image.bytes(present);
        for (std::size_t begin = 0; begin < bytes.size();) {
            auto end = begin + 1;
            while (end < bytes.size() && bytes[end] == bytes[begin]) ++end;
            const bool blank = bytes[begin] == 0xFF || bytes[begin] == 0;
            if (blank && end - begin >= shortest_blank)
                map.mark({present.begin + static_cast<Address>(begin), present.begin + static_cast<Address>(end)}, PublicReason::Blank);
            begin = end;
        }
    }
}

// eeprom_emulation_impl.h@v0.7.0:23-27: status of a page (u32) in front of records of value, status, number (u16).
constexpr std::array<std::uint32_t, 4> page_states = {0xFFFFFFFF, 0xFFFFEEEE, 0xFFFF0000, 0xCCCC0000};
constexpr std::uint16_t most_cells = 2048;

void mark_eeprom_page(const Image& image, Range page, PublicMap& map) {
    const auto bytes = image.leading(page);
    if (bytes.size() < 4) return;
    if (std::find(page_states.begin(), page_states.end(), little_endian<std::uint32_t>(bytes)) != page_states.end())
        map.mark(range_of(page.begin, 4), PublicReason::EepromRecord);
    for (std::uint32_t at = 4; at + 4 <= bytes.size(); at += 4) {
        const auto status = bytes[at + 1];
        if (status != 0 && status != 0xFF) continue;
        map.mark(range_of(page.begin + at + 1, 1), PublicReason::EepromRecord);
        if (little_endian<std::uint16_t>(bytes.subspan(at + 2)) < most_cells) map.mark(range_of(page.begin + at + 2, 2), PublicReason::EepromRecord);
    }
}

}  // namespace

std::string_view name_of(PublicReason reason) { return reason_names[static_cast<std::size_t>(reason)]; }

void PublicMap::mark(Range at, PublicReason reason) {
    if (at.begin > at.end) return;
    const auto inside = intersection(at, whole_);
    for (auto here = inside.begin; here < inside.end; ++here)
        if (why_[here - whole_.begin] == PublicReason::None) why_[here - whole_.begin] = reason;
}

bool PublicMap::covers(Range at) const {
    if (at.empty()) return true;
    if (at.begin > at.end || !whole_.contains(at)) return false;
    const auto first = why_.begin() + static_cast<std::ptrdiff_t>(at.begin - whole_.begin);
    return std::find(first, first + static_cast<std::ptrdiff_t>(at.size()), PublicReason::None) == first + static_cast<std::ptrdiff_t>(at.size());
}

PublicMap proved_public(const Image& image, const Layout& layout, const std::vector<Module>& modules, const Dct& dct) {
    PublicMap map(image.range());
    mark_released_firmware(image, layout, modules, map);
    mark_tables(image, layout, dct, map);
    for (auto page : layout.eeprom_pages) mark_eeprom_page(image, page, map);
    mark_module_structure(image, layout, modules, map);
    mark_blank(image, map);
    return map;
}

}  // namespace photopsy

// What is public of erased flash, of the emulated EEPROM and of a page of flags: that nothing was written, and the marks by which they are read.
#include "base/runs.h"
#include "facts/monolithic_update.h"
#include "facts/proved_public_parts.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

constexpr std::size_t erased_beside_worn = 64;  ///< as in erased.cpp: nothing that is written stands so alone

/// One 0 bit alone in erased flash.
bool is_worn_cell(ByteView bytes, std::size_t at) {
    if (!std::has_single_bit(static_cast<unsigned>(0xFF ^ bytes[at]))) return false;
    const auto before = std::min(at, erased_beside_worn), behind = std::min(bytes.size() - at - 1, erased_beside_worn);
    return before == erased_beside_worn && all_erased(bytes.subspan(at - before, before)) && all_erased(bytes.subspan(at + 1, behind));
}

// eeprom_emulation_impl.h@v0.7.0:23-27: status of a page (u32) in front of records of value, status, number (u16).
constexpr std::array<std::uint32_t, 4> page_states = {0xFFFFFFFF, 0xFFFFEEEE, 0xFFFF0000, 0xCCCC0000};
constexpr std::uint16_t most_cells = 2048, no_cell = 0xFFFF;

void mark_eeprom_page(const Image& image, Range page, PublicMap& map) {
    const auto bytes = image.leading(page);
    if (bytes.size() < 4) return;
    if (std::find(page_states.begin(), page_states.end(), little_endian<std::uint32_t>(bytes)) != page_states.end())
        map.mark(range_of(page.begin, 4), PublicReason::EepromRecord);
    for (std::uint32_t at = 4; at + 4 <= bytes.size(); at += 4) {
        // Most of a page is erased: all records up to the next one that is not, at once.
        if (const auto erased = static_cast<std::uint32_t>(leading_run(bytes.subspan(at), 0xFF) / 4 * 4); erased > 0) {
            map.mark(range_of(page.begin + at, erased), PublicReason::Blank);
            at += erased - 4;
            continue;
        }
        const auto record = bytes.subspan(at, 4);
        const auto number = little_endian<std::uint16_t>(record.subspan(2));
        if (record[1] != 0 && record[1] != 0xFF) continue;
        map.mark(range_of(page.begin + at + 1, 1), PublicReason::EepromRecord);
        if (number < most_cells || number == no_cell) map.mark(range_of(page.begin + at + 2, 2), PublicReason::EepromRecord);
    }
}

}  // namespace

void mark_blank(const Image& image, PublicMap& map) {
    for (auto present : image.present()) {
        const auto bytes = image.bytes(present);
        for (std::size_t begin = 0; begin < bytes.size();) {
            const bool may_be_blank_or_worn = bytes[begin] == 0xFF || bytes[begin] == 0 || (begin != 0 && bytes[begin - 1] == 0xFF);
            if (!may_be_blank_or_worn) {
                ++begin;  // nothing that could be marked begins here
                continue;
            }
            const auto length = leading_run(bytes.subspan(begin), bytes[begin]);
            const auto at = range_of(present.begin + static_cast<Address>(begin), static_cast<std::uint32_t>(length));
            const bool blank = (bytes[begin] == 0xFF || bytes[begin] == 0) && length >= shortest_blank;
            if (blank || (length == 1 && is_worn_cell(bytes, begin))) map.mark(at, PublicReason::Blank);
            begin += length;
        }
    }
}

void mark_eeprom(const Image& image, const Layout& layout, PublicMap& map) {
    for (auto page : layout.eeprom_pages) mark_eeprom_page(image, page, map);
}

void mark_update_flags(const Image& image, const Layout& layout, PublicMap& map) {
    const auto flags = read_monolithic_update(image, layout, {}).flags;
    if (!flags.in_file) return;
    constexpr std::uint16_t newest_bootloader = 0x3FF;
    constexpr std::array<std::uint16_t, 10> meanings = {0, 1, 5, 0x5000, 0xD001, 0x5555, 0xAAAA, 0xA5A5, 0x5A5A, 0xFFFF};
    for (auto at = flags.at.begin; at + 2 <= flags.at.end; at += 2) {
        const auto value = little_endian<std::uint16_t>(image.bytes(range_of(at, 2)));
        const bool version = at == flags.bootloader_version.at.begin && value <= newest_bootloader;
        if (version || std::find(meanings.begin(), meanings.end(), value) != meanings.end()) map.mark(range_of(at, 2), PublicReason::UpdateFlag);
    }
}

}  // namespace photopsy

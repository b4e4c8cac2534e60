#include "facts/eeprom.h"

#include <algorithm>

namespace photopsy {

// services/inc/eeprom_emulation.h@v2.3.1:113-168. The format up to 0.4.9 was kept compatible: its 16-bit states are the low halves of these,
// and its records have the same bytes (hal/src/stm32f2xx/eeprom_hal.c@v0.4.9:36-72).
static constexpr std::uint32_t page_erased = 0xFFFFFFFF, page_copy = 0xFFFFEEEE, page_active = 0xFFFF0000, page_inactive = 0xCCCC0000;
static constexpr std::uint32_t capacity = 2048;

namespace {
struct Record {
    std::uint8_t status;
    std::uint16_t index;
    bool empty;

    bool valid() const { return status == 0 && index != 0xFFFF; }
};
}  // namespace

static Record record_at(ByteView page, std::size_t offset) {
    const auto bytes = page.subspan(offset, 4);
    return {bytes[1], little_endian<std::uint16_t>(bytes.subspan(2)), all_erased(bytes)};
}

static EepromPageState state_of(std::uint32_t status) {
    switch (status) {
        case page_erased:
            return EepromPageState::Erased;
        case page_copy:
            return EepromPageState::Copy;
        case page_active:
            return EepromPageState::Active;
        case page_inactive:
            return EepromPageState::Inactive;
        default:
            return EepromPageState::Corrupt;
    }
}

/// The firmware reads records up to the first that is not valid (eeprom_emulation.h@v2.3.1:523); what comes behind is only counted.
static void read_records(ByteView bytes, EepromPage& page, std::vector<bool>& cells) {
    bool reading = true;
    std::optional<Range> stopped_at;
    bool stopped_at_empty = false;
    for (std::size_t offset = 4; offset + 4 <= bytes.size(); offset += 4) {
        const auto record = record_at(bytes, offset);
        const auto at = range_of(page.at.begin + static_cast<Address>(offset), 4);
        if (reading && !record.valid()) {
            reading = false;
            stopped_at = at;
            stopped_at_empty = record.empty;
            if (!record.empty) page.first_invalid = at;
            if (record.empty && all_erased(bytes.subspan(offset))) return;
            continue;
        }
        if (!record.valid()) {
            if (!record.empty && !page.first_invalid) page.first_invalid = at;
            continue;
        }
        ++(reading ? page.records : page.unreachable);
        if (record.index >= capacity) {
            if (!page.first_index_out_of_range) page.first_index_out_of_range = at;
            ++page.index_out_of_range;
        } else if (reading) {
            cells[record.index] = true;
        }
    }
    page.ends_in_hole = stopped_at_empty && page.unreachable > 0;
    if (page.ends_in_hole) page.first_invalid = stopped_at;
}

static EepromPage read_page(const Image& image, Range at, int number, std::vector<bool>& cells) {
    EepromPage page{.number = number, .at = at};
    page.status = image.reader(at).read<std::uint32_t>();
    const auto bytes = image.bytes(at);
    if (bytes.size() < 8) return page;
    page.state = state_of(page.status.value);
    page.body_erased = all_erased(bytes.subspan(4));
    if (page.state != EepromPageState::Corrupt) read_records(bytes, page, cells);
    return page;
}

static Eeprom::State judge(const std::vector<EepromPage>& pages) {
    using Page = EepromPageState;
    const auto has = [&](Page state) { return std::any_of(pages.begin(), pages.end(), [&](const EepromPage& page) { return page.state == state; }); };
    const bool both = std::all_of(pages.begin(), pages.end(), [](const EepromPage& page) { return page.state == Page::Active; });
    if (both) return Eeprom::State::BothActive;
    if (has(Page::Active)) return has(Page::Copy) ? Eeprom::State::SwapInterrupted : has(Page::Corrupt) ? Eeprom::State::Corrupt : Eeprom::State::Normal;
    if (has(Page::NotInFile)) return Eeprom::State::NotChecked;
    if (has(Page::Corrupt)) return Eeprom::State::Corrupt;
    const bool blank = std::all_of(pages.begin(), pages.end(), [](const EepromPage& page) { return page.state == Page::Erased && page.body_erased; });
    return blank ? Eeprom::State::NeverUsed : Eeprom::State::WillBeFormatted;
}

Eeprom read_eeprom(const Image& image, const Layout& layout) {
    Eeprom eeprom;
    std::vector<std::vector<bool>> cells;
    for (std::size_t i = 0; i < layout.eeprom_pages.size(); ++i) {
        cells.emplace_back(capacity);
        eeprom.pages.push_back(read_page(image, layout.eeprom_pages[i], static_cast<int>(i) + 1, cells.back()));
    }
    if (eeprom.pages.size() != 2) return eeprom;
    eeprom.state = judge(eeprom.pages);
    for (std::size_t i = 0; i < 2 && !eeprom.active; ++i) {
        if (eeprom.pages[i].state != EepromPageState::Active) continue;  // page 1 first (eeprom_emulation.h@v2.3.1:288)
        eeprom.active = static_cast<int>(i) + 1;
        eeprom.cells_in_use = static_cast<std::uint32_t>(std::count(cells[i].begin(), cells[i].end(), true));
    }
    return eeprom;
}

}  // namespace photopsy

#include "handshake/judge.h"

#include <algorithm>
#include <string_view>

namespace photopsy {

namespace {

// SEQUENCE of 0x02.. bytes, version 0, and an INTEGER of 0x81 length form: the start of a PKCS#1 key of 1024 bits.
constexpr std::string_view start_in_cells{"\x02\x01\x00\x02\x81\x81", 6};
constexpr std::size_t before_start_in_cells = 4;

std::optional<EepromKey> search_page(ByteView page, int number, EepromRecord record, const std::vector<Number>& witnesses) {
    const auto values = eeprom_values(page, record);
    const std::string_view text(reinterpret_cast<const char*>(values.data()), values.size());
    for (auto found = text.find(start_in_cells); found != text.npos; found = text.find(start_in_cells, found + 1)) {
        if (found < before_start_in_cells) continue;
        const std::size_t cell = found - before_start_in_cells;
        const auto candidate = ByteView(values).subspan(cell, std::min(device_slot_size, values.size() - cell));
        SlotReading reading = read_device_slot(candidate, witnesses);
        if (reading.key) return EepromKey{{number, cell, record}, std::move(reading)};
    }
    return {};
}

}  // namespace

std::vector<EepromKey> search_eeprom_keys(const Image& image, const Layout& layout, const std::vector<Number>& witnesses) {
    std::vector<EepromKey> list;
    for (std::size_t i = 0; i < layout.eeprom_pages.size(); ++i) {
        const ByteView page = image.leading(layout.eeprom_pages[i]);
        const int number = static_cast<int>(i) + 1;
        auto found = search_page(page, number, EepromRecord::Newest, witnesses);
        if (!found) found = search_page(page, number, EepromRecord::Oldest, witnesses);
        if (found) list.push_back(std::move(*found));
    }
    return list;
}

std::vector<std::uint8_t> eeprom_key_bytes(const Image& image, const Layout& layout, const EepromCells& place) {
    const auto index = static_cast<std::size_t>(place.page) - 1;
    if (place.page < 1 || index >= layout.eeprom_pages.size()) return {};
    auto values = eeprom_values(image.leading(layout.eeprom_pages[index]), place.record);
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(place.cell, values.size())));
    values.resize(device_slot_size, 0xFF);
    return values;
}

}  // namespace photopsy

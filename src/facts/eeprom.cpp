#include "facts/eeprom.h"

#include "base/runs.h"

#include <algorithm>

namespace photopsy {

// services/inc/eeprom_emulation.h@v2.3.1:113-168. The format up to 0.4.9 was kept compatible: its 16-bit states are the low halves of these,
// and its records have the same bytes (hal/src/stm32f2xx/eeprom_hal.c@v0.4.9:36-72).
static constexpr std::uint32_t page_erased = 0xFFFFFFFF, page_copy = 0xFFFFEEEE, page_active = 0xFFFF0000, page_inactive = 0xCCCC0000;
static constexpr std::uint32_t capacity = 2048;  ///< the most of any device

/// Half of what the smaller page has room for (eeprom_emulation.h@v2.3.1:229-232): 2048 with 16 KiB. Of pages of 1 KiB fewer still are used, 100
/// (eeprom_emulation_impl.h@v0.6.4:23-27).
static std::uint32_t cells_of(const Layout& layout) {
    constexpr std::uint32_t small_page = 0x400, of_small_page = 100, record = 4;
    std::uint32_t smallest = capacity * record * 2;
    for (const auto page : layout.eeprom_pages) smallest = std::min<std::uint32_t>(smallest, page.size());
    return smallest == small_page ? of_small_page : smallest / record / 2;
}

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

std::vector<std::uint8_t> eeprom_values(ByteView page, EepromRecord which) {
    std::vector<std::uint8_t> values(capacity, 0xFF);
    std::vector<bool> seen(capacity);
    const auto written = page.size() - trailing_run(page, 0xFF);
    for (std::size_t offset = 4; offset < written && offset + 4 <= page.size(); offset += 4) {
        const auto record = record_at(page, offset);
        if (!record.valid() || record.index >= capacity || (which == EepromRecord::Oldest && seen[record.index])) continue;
        values[record.index] = page[offset];
        seen[record.index] = true;
    }
    return values;
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

/// Up to 0.4.9 a value is searched from the end of the page, whatever lies between (eeprom_hal.c@v0.4.9): no record hides another's.
static void read_all_records(ByteView bytes, EepromPage& page, std::vector<bool>& cells) {
    for (std::size_t offset = 4; offset + 4 <= bytes.size(); offset += 4) {
        const auto record = record_at(bytes, offset);
        const auto at = range_of(page.at.begin + static_cast<Address>(offset), 4);
        if (!record.valid()) {
            if (!record.empty && !page.first_invalid) page.first_invalid = at;
            continue;
        }
        ++page.records;
        if (record.index < cells.size()) {
            cells[record.index] = true;
            continue;
        }
        if (!page.first_index_out_of_range) page.first_index_out_of_range = at;
        ++page.index_out_of_range;
    }
}

/// From 0.5.0 on records are read up to the first that is not valid (eeprom_emulation.h@v2.3.1:523); what comes behind is only counted.
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
        if (record.index >= cells.size()) {
            if (!page.first_index_out_of_range) page.first_index_out_of_range = at;
            ++page.index_out_of_range;
        } else if (reading) {
            cells[record.index] = true;
        }
    }
    page.ends_in_hole = stopped_at_empty && page.unreachable > 0;
    if (page.ends_in_hole) page.first_invalid = stopped_at;
}

static EepromPage read_page(const Image& image, Range at, int number, EepromCode code, std::vector<bool>& cells) {
    static constexpr std::size_t used_by_old_code = 0x4000;  // of each page (eeprom_hal.c@v0.4.9:36)
    EepromPage page{.number = number, .at = at};
    page.status = image.reader(at).read<std::uint32_t>();
    auto bytes = image.bytes(at);
    if (bytes.size() < 8) return page;
    const bool old = code == EepromCode::Until049;
    if (old) bytes = bytes.first(std::min(bytes.size(), used_by_old_code));
    page.state = state_of(page.status.value);
    page.body_erased = all_erased(bytes.subspan(4));
    old ? read_all_records(bytes, page, cells) : read_records(bytes, page, cells);
    return page;
}

static bool all_are(const std::vector<EepromPage>& pages, EepromPageState state) {
    return std::all_of(pages.begin(), pages.end(), [&](const EepromPage& page) { return page.state == state; });
}

static bool never_used(const std::vector<EepromPage>& pages) {
    return std::all_of(pages.begin(), pages.end(), [](const EepromPage& page) { return page.state == EepromPageState::Erased && page.body_erased; });
}

static Eeprom::State judge(const std::vector<EepromPage>& pages) {
    using Page = EepromPageState;
    const auto has = [&](Page state) { return std::any_of(pages.begin(), pages.end(), [&](const EepromPage& page) { return page.state == state; }); };
    if (has(Page::NotInFile)) return Eeprom::State::NotChecked;
    if (all_are(pages, Page::Active)) return Eeprom::State::BothActive;
    if (has(Page::Active)) return has(Page::Copy) ? Eeprom::State::SwapInterrupted : has(Page::Corrupt) ? Eeprom::State::Corrupt : Eeprom::State::Normal;
    if (has(Page::Corrupt)) return Eeprom::State::Corrupt;
    return never_used(pages) ? Eeprom::State::NeverUsed : Eeprom::State::WillBeFormatted;
}

/// EEPROM_Init of hal/src/stm32f2xx/eeprom_hal.c@v0.4.9: only the low half of the status counts, so both marks of later code read as valid.
static EepromAtStart until_049(const EepromPage& one, const EepromPage& two) {
    constexpr std::uint16_t erased = 0xFFFF, receiving = 0xEEEE, valid = 0;
    const auto first = static_cast<std::uint16_t>(one.status.value), second = static_cast<std::uint16_t>(two.status.value);
    if (first == valid && second == erased) return EepromAtStart::Kept;
    if (first == erased && second == valid) return EepromAtStart::Kept;
    if (first == valid && second == receiving) return EepromAtStart::SwapFinished;
    if (first == receiving && (second == valid || second == erased)) return EepromAtStart::SwapFinished;
    if (first == erased && second == receiving) return EepromAtStart::SwapFinished;
    // A valid first page beside an unknown mark is taken for a swap that was cut off: what comes of it depends on what lies there.
    if (first == valid && second != valid) return EepromAtStart::Unknown;
    return EepromAtStart::Formatted;
}

static EepromAtStart since_050(const EepromPage& one, const EepromPage& two) {
    const bool active = one.state == EepromPageState::Active || two.state == EepromPageState::Active;
    return active ? EepromAtStart::Kept : EepromAtStart::Formatted;
}

static EepromAtStart start_of(const Eeprom& eeprom, EepromCode code) {
    const auto &one = eeprom.pages[0], &two = eeprom.pages[1];
    if (eeprom.state == Eeprom::State::NotChecked) return EepromAtStart::Unknown;
    if (never_used(eeprom.pages)) return EepromAtStart::NothingStored;
    const auto old_code = until_049(one, two), new_code = since_050(one, two);
    if (code == EepromCode::Unknown) return old_code == new_code ? old_code : EepromAtStart::Unknown;
    return code == EepromCode::Until049 ? old_code : new_code;
}

/// The old code knows the same marks and draws other conclusions from them.
static Eeprom::State as_the_code_sees_it(const Eeprom& eeprom) {
    using State = Eeprom::State;
    if (eeprom.code != EepromCode::Until049) return eeprom.state;
    const bool formats = eeprom.at_start == EepromAtStart::Formatted, keeps = eeprom.at_start == EepromAtStart::Kept;
    if (eeprom.state == State::Normal && formats) return State::WillBeFormatted;
    if (eeprom.state != State::WillBeFormatted || formats) return eeprom.state;
    return keeps ? State::Normal : State::SwapInterrupted;
}

static EepromCode code_of(std::optional<std::uint16_t> system_version) {
    constexpr std::uint16_t last_with_old_code = 11, erased_version = 0xFFFF;
    if (!system_version || *system_version == erased_version) return EepromCode::Unknown;
    return *system_version <= last_with_old_code ? EepromCode::Until049 : EepromCode::Since050;
}

/// The page that is read: page 1 first (eeprom_emulation.h@v2.3.1:288). Where page 1 is not in the file nothing can be said of page 2 either. The old code
/// reads the one that is valid, or will be when it has finished a swap, and none where it formats both.
static std::optional<int> active_page(const Eeprom& eeprom) {
    using Page = EepromPageState;
    if (eeprom.code == EepromCode::Until049 && eeprom.at_start == EepromAtStart::Formatted) return {};
    for (const auto& page : eeprom.pages) {
        if (page.state == Page::NotInFile) return {};
        if (page.state == Page::Active) return page.number;
    }
    if (eeprom.at_start != EepromAtStart::SwapFinished && eeprom.at_start != EepromAtStart::Kept) return {};
    for (const auto wanted : {Page::Inactive, Page::Copy})
        for (const auto& page : eeprom.pages)
            if (page.state == wanted) return page.number;
    return {};
}

bool Eeprom::holds_values() const {
    return std::any_of(pages.begin(), pages.end(), [](const EepromPage& page) { return page.records > 0 || page.unreachable > 0; });
}

EepromAtStart eeprom_at_start_of(const Eeprom& eeprom, std::uint16_t system_version) {
    return eeprom.pages.size() == 2 ? start_of(eeprom, code_of(system_version)) : EepromAtStart::Unknown;
}

bool would_lose_eeprom(const Eeprom& eeprom, std::uint16_t system_version) {
    const bool kept = eeprom.at_start == EepromAtStart::Kept || eeprom.at_start == EepromAtStart::SwapFinished;
    return kept && eeprom.holds_values() && eeprom_at_start_of(eeprom, system_version) == EepromAtStart::Formatted;
}

Eeprom read_eeprom(const Image& image, const Layout& layout, std::optional<std::uint16_t> system_version) {
    Eeprom eeprom{.code = code_of(system_version)};
    std::vector<std::vector<bool>> cells;
    for (std::size_t i = 0; i < layout.eeprom_pages.size(); ++i) {
        cells.emplace_back(cells_of(layout));
        eeprom.pages.push_back(read_page(image, layout.eeprom_pages[i], static_cast<int>(i) + 1, eeprom.code, cells.back()));
    }
    if (eeprom.pages.size() != 2) return eeprom;
    eeprom.state = judge(eeprom.pages);
    eeprom.at_start = start_of(eeprom, eeprom.code);
    eeprom.state = as_the_code_sees_it(eeprom);
    eeprom.active = active_page(eeprom);
    if (!eeprom.active) return eeprom;
    const auto& read = cells[static_cast<std::size_t>(*eeprom.active) - 1];
    eeprom.cells_in_use = static_cast<std::uint32_t>(std::count(read.begin(), read.end(), true));
    return eeprom;
}

}  // namespace photopsy

#include "dfu/memory_map.h"

#include <algorithm>
#include <charconv>

namespace photopsy::dfu {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

/// Takes the text up to `separator` (or all of it) off the front of `rest`.
std::string_view take_part(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// Takes a number off the front of `text`; nothing where there is none or it does not fit.
std::optional<std::uint32_t> take_number(std::string_view& text, int base) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end == text.data()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<std::uint32_t> unit_of(char letter) {
    if (letter == 'K') return 1024;
    if (letter == 'M') return 1024 * 1024;
    if (letter == 'B' || letter == ' ') return 1;
    return std::nullopt;
}

/// "03*016Ka" at `begin`.
std::optional<MapSegment> parse_segment(std::string_view text, std::uint64_t begin) {
    text = trimmed(text);
    const auto count = take_number(text, 10);
    if (!count || *count == 0 || text.empty() || text.front() != '*') return std::nullopt;
    text.remove_prefix(1);
    const auto size = take_number(text, 10);
    if (!size || *size == 0 || text.size() != 2) return std::nullopt;
    const auto unit = unit_of(text[0]);
    const int rights = text[1] - 'a' + 1;
    if (!unit || rights < 1 || rights > 7) return std::nullopt;
    const std::uint64_t sector = std::uint64_t{*size} * *unit;
    if (sector > 0xFFFFFFFFu || begin + sector * *count > 0xFFFFFFFFu) return std::nullopt;
    const Range at{static_cast<Address>(begin), static_cast<Address>(begin + sector * *count)};
    return MapSegment{at, static_cast<std::uint32_t>(sector), (rights & 1) != 0, (rights & 2) != 0, (rights & 4) != 0};
}

}  // namespace

std::optional<MemoryMap> parse_memory_map(std::string_view text) {
    if (text.empty() || text.front() != '@' || text.size() > 1024) return std::nullopt;
    text.remove_prefix(1);
    MemoryMap map{.name = std::string(trimmed(take_part(text, '/'))), .segments = {}};
    while (!text.empty()) {
        std::string_view address_text = trimmed(take_part(text, '/'));
        if (!address_text.starts_with("0x") && !address_text.starts_with("0X")) return std::nullopt;
        address_text.remove_prefix(2);
        const auto address = take_number(address_text, 16);
        if (!address || !address_text.empty()) return std::nullopt;
        std::uint64_t at = *address;
        std::string_view list = take_part(text, '/');
        while (!list.empty()) {
            const auto segment = parse_segment(take_part(list, ','), at);
            if (!segment) return std::nullopt;
            map.segments.push_back(*segment);
            at = segment->at.end;
        }
    }
    if (map.segments.empty()) return std::nullopt;
    return map;
}

bool MemoryMap::readable(Range range) const {
    std::vector<Range> held;
    for (const MapSegment& segment : segments)
        if (segment.readable) held.push_back(segment.at);
    std::sort(held.begin(), held.end(), [](Range a, Range b) { return a.begin < b.begin; });
    Address reached = range.begin;
    for (Range part : held)
        if (part.begin <= reached && part.end > reached) reached = part.end;
    return reached >= range.end;
}

bool can_be_written(const MemoryMap& map, const Layout& layout) {
    return std::all_of(layout.sectors.begin(), layout.sectors.end(), [&](const Sector& sector) {
        return !sector.writable_by_dfu || std::any_of(map.segments.begin(), map.segments.end(), [&](const MapSegment& segment) {
            return segment.erasable && segment.writable && segment.sector_size == sector.at.size() && segment.at.contains(sector.at);
        });
    });
}

}  // namespace photopsy::dfu

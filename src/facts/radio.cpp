#include "facts/radio.h"

#include <algorithm>

namespace photopsy {

namespace {

// The chip's firmware has 210412 bytes up to 0.6.2 and 215172 from 0.6.3 on, packed 149324.
constexpr std::uint32_t smallest = 150000, largest = 400000, smallest_packed = 0x8000;

bool inside(const Module& module, Address begin, std::uint32_t size) { return module.at.contains(begin) && size <= module.at.end - begin; }

/// The record that stands at `words`: size and address, and behind them the packed size if the whole would not fit or is said to be smaller.
std::optional<RadioFirmware> record_at(ByteView words, const Module& module) {
    const auto size = little_endian<std::uint32_t>(words), begin = little_endian<std::uint32_t>(words.subspan(4)),
               packed = little_endian<std::uint32_t>(words.subspan(8));
    if (size < smallest || size > largest) return {};
    RadioFirmware found{.state = RadioFirmware::State::NotChecked, .size = size};
    found.compressed = packed >= smallest_packed && packed < size && inside(module, begin, packed);
    if (!found.compressed && !inside(module, begin, size)) return {};
    found.at = range_of(begin, found.compressed ? packed : size);
    return found;
}

bool touches(const std::vector<Range>& places, Range at) {
    return std::any_of(places.begin(), places.end(), [&](Range place) { return place.overlaps(at); });
}

void unpack(const Image& image, RadioFirmware& radio) {
    const auto size = inflated_size(image.bytes(radio.at), radio.size);
    radio.unpacked = size.value_or(0);
    radio.state = size == radio.size ? RadioFirmware::State::Unpacks : RadioFirmware::State::Damaged;
}

}  // namespace

RadioFirmware read_radio_firmware(const Image& image, const Module& part1) {
    const auto bytes = image.bytes(part1.at);
    const auto* const first = bytes.data();
    for (std::size_t at = 0; at + 12 <= bytes.size(); at += 4) {
        if (little_endian<std::uint32_t>({first + at, 4}) - smallest > largest - smallest) continue;  // no size: nearly every word of the code ends here
        auto radio = record_at(bytes.subspan(at, 12), part1);
        if (!radio) continue;
        radio->record_at = range_of(part1.at.begin + static_cast<Address>(at), 12);
        const auto& damage = part1.damage;
        const bool hole = touches(damage.erased_runs, radio->at) || touches(damage.zero_runs, radio->at);
        if (part1.integrity == Integrity::Bad && radio->compressed)
            unpack(image, *radio);
        else if (part1.integrity == Integrity::Bad && hole)
            radio->state = RadioFirmware::State::Damaged;
        return *radio;
    }
    return {};
}

}  // namespace photopsy

// A key that stands some bytes away from its place, or whose bytes are in another order. Found by the bones that every key has.
#include "handshake/key_forms.h"
#include "handshake/skeleton.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace photopsy {

namespace {

constexpr unsigned few_mismatches = 4;
constexpr std::size_t most_places = 64;
constexpr int furthest_in_front = 409;  // further on, too few of the numbers are left to prove a key

bool bytes_at(ByteView bytes, std::size_t at, std::initializer_list<std::uint8_t> wanted) {
    return at + wanted.size() <= bytes.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Where a key would begin (perhaps in front of the field) for each bone that stands in the bytes.
std::set<int> possible_starts(ByteView field) {
    constexpr std::array<int, 5> halves = {276, 343, 410, 477, 544};  // of p, q, dP, dQ and qInv; up to six less where numbers in front are short
    constexpr int most_short = 6;
    std::set<int> starts;
    for (std::size_t i = 0; i < field.size() && starts.size() < most_places; ++i) {
        const int at = static_cast<int>(i);
        if (bytes_at(field, i, {0x02, 0x01, 0x00, 0x02, 0x81, 0x81})) starts.insert(at - 4);
        if (bytes_at(field, i, {0x02, 0x03, 0x01, 0x00, 0x01, 0x02, 0x81})) starts.insert(at - 139);
        if (!bytes_at(field, i, {0x02, 0x41, 0x00})) continue;
        for (const int half : halves)
            for (int less = 0; less <= most_short; ++less) starts.insert(at - half + less);
    }
    starts.erase(0);
    return starts;
}

/// What every key of the firmware's making holds whatever its numbers are.
std::vector<std::uint8_t> bones_alone() {
    return encode_pkcs1(RsaKey{Number(), Number(65537), Number(), Number(), Number(), Number(), Number(), Number()}, fixed_lengths);
}

std::vector<std::uint8_t> moved(ByteView field, int start) {
    if (start >= 0) {
        const auto rest = field.subspan(static_cast<std::size_t>(start));
        std::vector<std::uint8_t> bytes(rest.begin(), rest.end());
        bytes.resize(std::max(bytes.size(), device_slot_size), 0xFF);
        return bytes;
    }
    auto bytes = bones_alone();
    bytes.resize(static_cast<std::size_t>(-start));
    bytes.insert(bytes.end(), field.begin(), field.end());
    return bytes;
}

std::string words_for(int start) {
    const int count = start < 0 ? -start : start;
    const std::string bytes = count == 1 ? "one byte" : fmt::format("{} bytes", count);
    return start < 0 ? "the key stands " + bytes + " too early in the slot" : "the key stands " + bytes + " too far in the slot";
}

std::vector<std::uint8_t> reordered(ByteView field, std::size_t group) {
    std::vector<std::uint8_t> bytes(field.begin(), field.end());
    for (std::size_t i = 0; i + group <= bytes.size(); i += group)
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + group));
    return bytes;
}

}  // namespace

DisplacedKeys displaced_keys(ByteView field) {
    const auto starts = possible_starts(field);
    DisplacedKeys found{.keys = {}, .all_places = starts.size() < most_places};
    auto& list = found.keys;
    for (const int start : starts) {
        if (start < -furthest_in_front || start >= static_cast<int>(field.size()) - 64) continue;
        auto bytes = moved(field, start);
        if (find_skeleton(bytes).mismatches <= few_mismatches) list.push_back({std::move(bytes), words_for(start)});
    }
    for (const std::size_t group : {2u, 4u, 8u}) {
        auto bytes = reordered(field, group);
        if (find_skeleton(bytes).mismatches > 2) continue;
        list.push_back({std::move(bytes), group == 2 ? "the bytes of the key are swapped in pairs"
                                                     : fmt::format("the bytes of the key are turned round in groups of {}", group)});
    }
    return found;
}

std::uint32_t repeats_to(ByteView field, std::size_t extent) {
    constexpr std::size_t shortest_key = 91, more_than_chance = 48;  // numbers, and no longer what all keys begin with
    if (extent < shortest_key || field.size() <= extent) return 0;
    const auto again = field.subspan(extent);
    const auto same = static_cast<std::size_t>(std::mismatch(again.begin(), again.end(), field.begin()).first - again.begin());
    return same < more_than_chance ? 0 : static_cast<std::uint32_t>(extent + same);
}

}  // namespace photopsy

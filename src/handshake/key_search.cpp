#include "handshake/judge.h"

#include "handshake/key_text.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace photopsy {

namespace {

constexpr std::size_t most_found = 16;
// Inside every PKCS#1 key of 1024 bits: version 0, then an INTEGER of 0x81 length form. Four bytes before them the key begins. In code the length is much rarer
// than what stands before it.
constexpr std::string_view version_and_integer{"\x02\x01\x00\x02", 4}, length_of_modulus = "\x81\x81";
constexpr std::size_t before_version = 4, before_length = before_version + version_and_integer.size();

bool inside_any(Address at, const std::vector<Range>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](Range range) { return range.contains(at); });
}

bool looks_like_start(ByteView bytes) { return bytes.size() >= 12 && bytes[0] == 0x30 && bytes[1] == 0x82 && bytes[2] == 0x02; }

/// A place where a key may begin, and how much of what surrounds its numbers is as it should be.
struct Place {
    Range at;
    int marks = 0;
};

/// What the header, the modulus and the exponent behind it show without arithmetic. A whole key has all of it.
int marks_of(ByteView candidate) {
    constexpr std::size_t modulus_at = 11, exponent_at = modulus_at + 128;
    constexpr std::array<std::uint8_t, 5> exponent = {2, 3, 1, 0, 1};
    int marks = 0;
    for (std::size_t i = 0; i < exponent.size(); ++i) marks += exponent_at + i < candidate.size() && candidate[exponent_at + i] == exponent[i];
    if (candidate.size() <= exponent_at) return marks;
    marks += candidate[10] == 0;
    marks += (candidate[modulus_at] & 0x80) != 0;
    marks += (candidate[exponent_at - 1] & 1) != 0;
    return marks;
}

/// Each place once: where the same bytes stand again, there is nothing new to learn.
class Places {
public:
    void search(const Image& image, Range present, const std::vector<Range>& known) {
        const ByteView bytes = image.bytes(present);
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        for (auto offset = text.find(length_of_modulus, before_length); offset != text.npos; offset = text.find(length_of_modulus, offset + 1)) {
            const auto begin = offset - before_length;
            if (!text.substr(begin + before_version).starts_with(version_and_integer)) continue;
            const Address at = present.begin + static_cast<Address>(begin);
            const ByteView candidate = bytes.subspan(begin, std::min(device_slot_size, bytes.size() - begin));
            if (looks_like_start(candidate) && !inside_any(at, known) && seen_.insert(crc32(candidate)).second)
                places_.push_back({range_of(at, static_cast<std::uint32_t>(candidate.size())), marks_of(candidate)});
        }
    }
    /// The likeliest first; of equals the first in the flash.
    std::vector<Place> in_order() {
        std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) { return a.marks > b.marks; });
        return std::move(places_);
    }

private:
    std::vector<Place> places_;
    std::set<std::uint32_t> seen_;
};

}  // namespace

KeySearch search_private_keys(const Image& image, const std::vector<Range>& known, const std::vector<Number>& witnesses) {
    Places all;
    for (const auto& present : image.present()) all.search(image, present, known);
    KeySearch search;
    for (const auto& place : all.in_order()) {
        if (search.tried == most_key_attempts || search.found.size() == most_found) {
            ++search.untried;
            continue;
        }
        ++search.tried;
        SlotReading reading = read_device_slot(image.bytes(place.at), witnesses);
        if (reading.key) search.found.push_back({place.at, std::move(reading)});
    }
    std::sort(search.found.begin(), search.found.end(), [](const FoundKey& a, const FoundKey& b) { return a.at.begin < b.at.begin; });
    return search;
}

}  // namespace photopsy

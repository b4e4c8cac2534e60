#include "handshake/judge.h"

#include "handshake/key_text.h"

#include <algorithm>
#include <functional>

namespace photopsy {

namespace {

constexpr std::size_t most_found = 16;
// Inside every PKCS#1 key of 1024 bits: version 0, then an INTEGER of 0x81 length form. Four bytes before it the key begins.
constexpr std::array<std::uint8_t, 6> version_and_modulus = {0x02, 0x01, 0x00, 0x02, 0x81, 0x81};
constexpr std::size_t before_version = 4;

bool inside_any(Address at, const std::vector<Range>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](Range range) { return range.contains(at); });
}

bool looks_like_start(ByteView bytes) { return bytes.size() >= 12 && bytes[0] == 0x30 && bytes[1] == 0x82 && bytes[2] == 0x02; }

void search_range(const Image& image, Range present, const std::vector<Range>& known, const std::vector<Number>& witnesses, std::vector<FoundKey>& found) {
    const ByteView bytes = image.bytes(present);
    const std::boyer_moore_horspool_searcher pattern(version_and_modulus.begin(), version_and_modulus.end());
    auto from = bytes.begin();
    while (found.size() < most_found) {
        const auto hit = std::search(from, bytes.end(), pattern);
        if (hit == bytes.end()) return;
        from = hit + 1;
        const auto offset = static_cast<std::size_t>(hit - bytes.begin());
        if (offset < before_version) continue;
        const Address at = present.begin + static_cast<Address>(offset - before_version);
        const ByteView candidate = bytes.subspan(offset - before_version, std::min(device_slot_size, bytes.size() - offset + before_version));
        if (!looks_like_start(candidate) || inside_any(at, known)) continue;
        SlotReading reading = read_device_slot(candidate, witnesses);
        if (reading.key) found.push_back({range_of(at, static_cast<std::uint32_t>(candidate.size())), std::move(reading)});
    }
}

}  // namespace

std::vector<FoundKey> search_private_keys(const Image& image, const std::vector<Range>& known, const std::vector<Number>& witnesses) {
    std::vector<FoundKey> found;
    for (const auto& present : image.present()) search_range(image, present, known, witnesses, found);
    return found;
}

}  // namespace photopsy

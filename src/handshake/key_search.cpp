#include "handshake/judge.h"

#include "handshake/key_text.h"

#include <algorithm>
#include <string_view>

namespace photopsy {

namespace {

constexpr std::size_t most_found = 16;
// Inside every PKCS#1 key of 1024 bits: version 0, then an INTEGER of 0x81 length form. Four bytes before it the key begins.
constexpr std::string_view version_and_modulus{"\x02\x01\x00\x02\x81\x81", 6};
constexpr std::size_t before_version = 4;

bool inside_any(Address at, const std::vector<Range>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](Range range) { return range.contains(at); });
}

bool looks_like_start(ByteView bytes) { return bytes.size() >= 12 && bytes[0] == 0x30 && bytes[1] == 0x82 && bytes[2] == 0x02; }

void search_range(const Image& image, Range present, const std::vector<Range>& known, const std::vector<Number>& witnesses, std::vector<FoundKey>& found) {
    const ByteView bytes = image.bytes(present);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (auto offset = text.find(version_and_modulus); offset != text.npos && found.size() < most_found; offset = text.find(version_and_modulus, offset + 1)) {
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

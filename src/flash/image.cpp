#include "flash/image.h"

#include <algorithm>
#include <utility>

namespace photopsy {

Image::Image(Range whole) : base_(whole.begin), bytes_(whole.size(), 0xFF) {}

Image::Image(std::vector<std::uint8_t> bytes, Address base) : base_(base), bytes_(std::move(bytes)) {
    const auto room = static_cast<std::size_t>(0xFFFFFFFFu - base);
    if (bytes_.size() > room) bytes_.resize(room);
    if (!bytes_.empty()) present_.push_back(range());
}

Range Image::copy(const Piece& piece) {
    const auto fits = std::min<std::uint64_t>(piece.bytes.size(), 0xFFFFFFFFull - piece.at);
    const Range inside = intersection({piece.at, piece.at + static_cast<Address>(fits)}, range());
    if (inside.empty()) return {};
    const auto part = piece.bytes.subspan(inside.begin - piece.at, inside.size());
    std::copy(part.begin(), part.end(), bytes_.begin() + (inside.begin - base_));
    return inside;
}

/// Sorts the ranges and joins those that overlap or touch.
static void tidy(std::vector<Range>& ranges) {
    std::sort(ranges.begin(), ranges.end(), [](Range a, Range b) { return a.begin < b.begin; });
    std::size_t kept = 0;
    for (const Range range : ranges) {
        if (kept != 0 && range.begin <= ranges[kept - 1].end)
            ranges[kept - 1].end = std::max(ranges[kept - 1].end, range.end);
        else
            ranges[kept++] = range;
    }
    ranges.resize(kept);
}

void Image::put(Address at, ByteView bytes) {
    const Piece piece{at, bytes};
    put_all({&piece, 1});
}

void Image::put_all(std::span<const Piece> pieces) {
    for (const auto& piece : pieces)
        if (const Range inside = copy(piece); !inside.empty()) present_.push_back(inside);
    tidy(present_);
}

const Range* Image::part_with(Address at) const {
    const auto behind = std::upper_bound(present_.begin(), present_.end(), at, [](Address address, Range part) { return address < part.begin; });
    if (behind == present_.begin() || !(behind - 1)->contains(at)) return nullptr;
    return &*(behind - 1);
}

bool Image::has(Range at) const {
    if (at.end < at.begin) return false;  // an address plus a hostile length went past the end of the address space
    if (at.empty()) return range().contains(at);
    const auto* part = part_with(at.begin);
    return part && part->contains(at);
}

ByteView Image::bytes(Range at) const {
    if (!has(at)) return {};
    return ByteView(bytes_).subspan(at.begin - base_, at.size());
}

ByteView Image::leading(Range at) const {
    const auto* part = at.end < at.begin ? nullptr : part_with(at.begin);
    if (!part) return {};
    return ByteView(bytes_).subspan(at.begin - base_, std::min(part->end, at.end) - at.begin);
}

}  // namespace photopsy

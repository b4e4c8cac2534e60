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

/// `ranges` with `added`, merged with all that it overlaps or touches.
static std::vector<Range> merged(const std::vector<Range>& ranges, Range added) {
    std::vector<Range> result;
    for (const auto& range : ranges) {
        if (range.end < added.begin || added.end < range.begin)
            result.push_back(range);
        else
            added = {std::min(added.begin, range.begin), std::max(added.end, range.end)};
    }
    result.insert(std::find_if(result.begin(), result.end(), [&](Range range) { return added.end < range.begin; }), added);
    return result;
}

void Image::put(Address at, ByteView bytes) {
    const auto fits = std::min<std::uint64_t>(bytes.size(), 0xFFFFFFFFull - at);
    const Range inside = intersection({at, at + static_cast<Address>(fits)}, range());
    if (inside.empty()) return;
    const auto part = bytes.subspan(inside.begin - at, inside.size());
    std::copy(part.begin(), part.end(), bytes_.begin() + (inside.begin - base_));
    present_ = merged(present_, inside);
}

bool Image::has(Range at) const {
    if (at.end < at.begin) return false;  // an address plus a hostile length went past the end of the address space
    if (at.empty()) return range().contains(at);
    return std::any_of(present_.begin(), present_.end(), [&](Range part) { return part.contains(at); });
}

ByteView Image::bytes(Range at) const {
    if (!has(at)) return {};
    return ByteView(bytes_).subspan(at.begin - base_, at.size());
}

ByteView Image::leading(Range at) const {
    if (at.end < at.begin) return {};
    for (const auto& part : present_)
        if (part.contains(at.begin)) return ByteView(bytes_).subspan(at.begin - base_, std::min(part.end, at.end) - at.begin);
    return {};
}

}  // namespace photopsy

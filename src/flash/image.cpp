#include "flash/image.h"

#include <algorithm>
#include <utility>

namespace photopsy {

Image::Image(Range whole) { add_flash(whole); }

Image::Image(Range whole, std::vector<std::uint8_t> file) : file_(std::make_shared<const std::vector<std::uint8_t>>(std::move(file))) {
    flashes_.push_back({whole, 0});
}

void Image::settle() {
    if (in_place_.empty()) own();
}

void Image::release_file() {
    if (in_place_.empty()) file_.reset();
}

void Image::own() {
    const auto& last = flashes_.back();
    const auto size = last.offset + last.at.size();
    if (!in_place_.empty() || !bytes_ || bytes_.use_count() > 1) {
        const auto from = held();
        std::vector<std::uint8_t> own;
        own.reserve(size);
        own.assign(from.begin(), from.end());
        bytes_ = std::make_shared<std::vector<std::uint8_t>>(std::move(own));
    }
    in_place_ = {};
    bytes_->resize(size, 0xFF);
}

bool Image::take(const Piece& piece) {
    if (!file_ || !present_.empty() || flashes_.size() != 1 || piece.at != range().begin || piece.bytes.size() != range().size()) return false;
    const auto* const begin = file_->data();
    if (piece.bytes.empty() || piece.bytes.data() < begin || piece.bytes.data() + piece.bytes.size() > begin + file_->size()) return false;
    in_place_ = piece.bytes;
    present_.push_back(range());
    return true;
}

Image::Image(std::vector<std::uint8_t> bytes, Address base) {
    const auto room = static_cast<std::size_t>(0xFFFFFFFFu - base);
    if (bytes.size() > room) bytes.resize(room);
    flashes_.push_back({range_of(base, static_cast<std::uint32_t>(bytes.size())), 0});
    if (!bytes.empty()) present_.push_back(range());
    bytes_ = std::make_shared<std::vector<std::uint8_t>>(std::move(bytes));
}

void Image::add_flash(Range whole) {
    const std::size_t offset = flashes_.empty() ? 0 : flashes_.back().offset + flashes_.back().at.size();
    flashes_.push_back({whole, offset});
    own();
}

const Image::Flash& Image::flash_of(Address at) const {
    const auto found = std::find_if(flashes_.begin(), flashes_.end(), [&](const Flash& flash) { return flash.at.contains(at); });
    return found == flashes_.end() ? flashes_.front() : *found;
}

Range Image::flash_at(Address at) const {
    const Range whole = flash_of(at).at;
    return whole.contains(at) ? whole : Range{};
}

ByteView Image::stretch(Range at) const {
    const auto& flash = flash_of(at.begin);
    if (!flash.at.contains(at)) return {};
    return held().subspan(flash.offset + (at.begin - flash.at.begin), at.size());
}

void Image::copy(const Piece& piece) {
    const auto fits = std::min<std::uint64_t>(piece.bytes.size(), 0xFFFFFFFFull - piece.at);
    for (const auto& flash : flashes_) {
        const Range inside = intersection({piece.at, piece.at + static_cast<Address>(fits)}, flash.at);
        if (inside.empty()) continue;
        const auto part = piece.bytes.subspan(inside.begin - piece.at, inside.size());
        std::copy(part.begin(), part.end(), bytes_->begin() + static_cast<std::ptrdiff_t>(flash.offset + (inside.begin - flash.at.begin)));
        present_.push_back(inside);
    }
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
    if (pieces.size() == 1 && take(pieces.front())) return;
    own();
    for (const auto& piece : pieces) copy(piece);
    tidy(present_);
}

Image Image::with_only(std::span<const Range> parts) const {
    auto image = *this;
    image.present_.clear();
    for (const auto part : parts)
        for (const auto held : present_)
            if (const auto both = intersection(part, held); !both.empty()) image.present_.push_back(both);
    tidy(image.present_);
    return image;
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
    return stretch(at);
}

ByteView Image::leading(Range at) const {
    const auto* part = at.end < at.begin ? nullptr : part_with(at.begin);
    if (!part) return {};
    return stretch({at.begin, std::min(part->end, at.end)});
}

}  // namespace photopsy

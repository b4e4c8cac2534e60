#include "flash/contradictions.h"

#include "base/hex.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// The part of a piece that lies in the flash.
Piece inside(const Piece& piece, Range flash) {
    const auto length = std::min<std::uint64_t>(piece.bytes.size(), 0xFFFFFFFFull - piece.at);
    const Range part = intersection({piece.at, piece.at + static_cast<Address>(length)}, flash);
    return part.empty() ? Piece{} : Piece{part.begin, piece.bytes.subspan(part.begin - piece.at, part.size())};
}

void differ_at(Address at, Agreement& result) {
    if (result.different++ == 0) result.where = {at, at + 1};
    result.where = {std::min(result.where.begin, at), std::max(result.where.end, at + 1)};
}

/// For each byte of a flash what was said of it last.
class Said {
public:
    explicit Said(Range flash) : flash_(flash), last_(flash.size(), nothing) {}

    void take(const Piece& piece, Agreement& result) {
        const auto part = inside(piece, flash_);
        for (std::size_t i = 0; i < part.bytes.size(); ++i) {
            auto& before = last_[part.at - flash_.begin + i];
            if (before == nothing)
                ++result.elsewhere;
            else if (before == part.bytes[i])
                ++result.alike;
            else
                differ_at(part.at + static_cast<Address>(i), result);
            before = part.bytes[i];
        }
    }

private:
    static constexpr std::uint16_t nothing = 0x100;  // no byte
    Range flash_;
    std::vector<std::uint16_t> last_;
};

void add(Capture& capture, CaptureDefect defect, Range where, std::uint64_t offset, std::uint64_t length, std::string detail) {
    capture.problems.push_back({.defect = defect, .where = where, .file_offset = offset, .length = length, .detail = std::move(detail)});
}

std::string bytes_in_words(std::size_t count) { return count == 1 ? "one byte" : fmt::format("{} bytes", count); }

/// "12 of them differ, between 0x08004000 and 0x08004020".
std::string difference(const Agreement& seen) {
    return fmt::format("{} of them differ{}, from {} to {}", seen.different, seen.different == 1 ? "s" : "", hex_address(seen.where.begin),
                       hex_address(seen.where.end));
}

}  // namespace

Agreement agreement_of(std::span<const Piece> pieces, Range flash) {
    Said said(flash);
    Agreement result;
    for (const auto& piece : pieces) said.take(piece, result);
    return result;
}

Agreement agreement_with(const Image& image, std::span<const Piece> pieces) {
    Said said(image.range());
    Agreement known, result;
    for (const Range present : image.present()) said.take({present.begin, image.bytes(present)}, known);
    for (const auto& piece : pieces) said.take(piece, result);
    return result;
}

void note_contradictions(std::span<const Piece> pieces, Range flash, Capture& capture) {
    const auto seen = agreement_of(pieces, flash);
    const auto twice = seen.alike + seen.different;
    if (seen.different != 0)
        add(capture, CaptureDefect::Contradictory, seen.where, 0, twice,
            fmt::format("the file gives {} of the flash more than once, and {}; the later ones were looked at", bytes_in_words(twice), difference(seen)));
    else if (seen.alike != 0)
        capture.remarks.push_back(fmt::format("the file gives {} of the flash more than once, each time alike", bytes_in_words(twice)));
}

void note_behind(const Behind& behind, Range flash, Capture& capture) {
    if (behind.size == 0) return;
    const auto seen = agreement_with(capture.image, behind.pieces);
    const auto follow = fmt::format("{} follow {}", bytes_in_words(behind.size), behind.end);
    if (seen.different != 0)
        return add(capture, CaptureDefect::Contradictory, seen.where, behind.offset, behind.size,
                   fmt::format("{}, which by the format ends the file: they give {} of the flash again, and {}; those before it were looked at", follow,
                               bytes_in_words(seen.alike + seen.different), difference(seen)));
    const auto what = seen.elsewhere != 0 ? "give bytes of the flash that stand nowhere before it"
                      : seen.alike != 0   ? "repeat what stands before it"
                                          : "belong to nothing";
    add(capture, CaptureDefect::Oversized, {flash.end, flash.end}, behind.offset, behind.size,
        fmt::format("{}, which by the format ends the file: they {} and were not read", follow, what));
}

}  // namespace photopsy

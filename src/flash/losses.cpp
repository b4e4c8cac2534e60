#include "flash/placement.h"

#include <algorithm>
#include <set>

namespace photopsy {

namespace {

/// Length of a module as its header says, with the checksum behind it.
std::size_t length_of(const Anchor& anchor) { return anchor.module.size() + 4; }

/// First byte of what the anchor marks; the anchor itself where the file begins after that.
std::size_t begin_of(const Anchor& anchor) { return anchor.offset >= anchor.header_offset ? anchor.offset - anchor.header_offset : anchor.offset; }

/// File offset up to which the bytes after an anchor are certain: the module's end where its checksum is right, else its header's.
std::size_t certain_until(ByteView file, const Anchor& anchor) {
    if (anchor.kind == Anchor::Kind::Table) return anchor.offset + 16;
    const auto begin = begin_of(anchor), length = std::size_t{anchor.module.size()};
    if (anchor.offset < anchor.header_offset || begin + length + 4 > file.size()) return anchor.offset + 24;
    const bool good = crc32(file.subspan(begin, length)) == big_endian<std::uint32_t>(file.subspan(begin + length));
    return good ? begin + length_of(anchor) : anchor.offset + 24;
}

/// The smallest shift above `now` and at most `most` at which the anchor can stand; `now` where there is none. A copy in the OTA or factory
/// area proves little, so it counts only for a small step.
Shift next_shift(const Anchor& anchor, std::size_t file_size, Shift now, Shift most) {
    constexpr Shift small_step = 4096;
    Shift best = now;
    // The bootloader of 2015 carries a default table of its own: only a whole copy counts.
    if (anchor.kind == Anchor::Kind::Table && anchor.offset + anchor.module.size() > file_size) return now;
    for (std::size_t i = 0; i < anchor.candidate_count; ++i) {
        const auto shift = anchor.candidates[i];
        const bool certain = i == 0 || anchor.kind == Anchor::Kind::Table || shift - now <= small_step;
        if (certain && shift > now && shift <= most && (best == now || shift < best)) best = shift;
    }
    return best;
}

/// More of the anchors from `index` on stand at `next` than at `now`: a single module at a wrong address is no loss.
bool rest_agrees(const std::vector<Anchor>& anchors, std::size_t index, Shift now, Shift next) {
    const auto rest = std::span(anchors).subspan(index);
    return votes_for(rest, next) > votes_for(rest, now);
}

/// Bytes of a SHA-256 have all values: few of them are zero, and hardly two are alike. Of 32 bytes of code or of a table of addresses many are.
bool may_be_digest(ByteView bytes) {
    constexpr std::ptrdiff_t most_zeros = 3;
    constexpr std::size_t least_values = 22;  // fewer are in one of some ten million digests
    return std::count(bytes.begin(), bytes.end(), 0) <= most_zeros && std::set<std::uint8_t>(bytes.begin(), bytes.end()).size() >= least_values;
}

/// A module's last bytes when they stand `lost` bytes early: zero, SHA-256, size of the suffix, checksum, then erased flash. A program whose writing stopped
/// ends with any of its bytes.
bool ends_early(ByteView file, const Anchor& anchor, Shift lost) {
    const auto end = static_cast<Shift>(begin_of(anchor)) + static_cast<Shift>(anchor.module.size()) - lost;
    if (end < 64 || static_cast<std::size_t>(end) + 12 > file.size()) return false;
    const auto at = static_cast<std::size_t>(end);
    const auto size = little_endian<std::uint16_t>(file.subspan(at - 2)), reserved = little_endian<std::uint16_t>(file.subspan(at - 36));
    return reserved == 0 && size >= 36 && size <= 48 && all_erased(file.subspan(at + 4, 8)) && may_be_digest(file.subspan(at - 34, 32));
}

/// A loss inside a module that no later anchor shows: the module's own end stands too early.
std::optional<Loss> loss_inside(ByteView file, const std::vector<Anchor>& anchors, Shift shift, Shift most) {
    for (const auto& anchor : anchors) {
        if (anchor.kind != Anchor::Kind::ModuleHeader || anchor.candidates[0] != shift) continue;
        const auto known = certain_until(file, anchor);
        if (known != anchor.offset + 24 || ends_early(file, anchor, 0) || !ends_early(file, anchor, most - shift)) continue;
        return Loss{known, begin_of(anchor) + length_of(anchor) - static_cast<std::size_t>(most - shift) - 40, shift, most};
    }
    return {};
}

}  // namespace

std::optional<Loss> find_hidden_loss(ByteView file, const std::vector<Anchor>& anchors, const Layout& layout, Shift most) {
    const auto last = std::find_if(anchors.rbegin(), anchors.rend(), [](const Anchor& anchor) { return anchor.kind == Anchor::Kind::ModuleHeader; });
    if (last == anchors.rend() || begin_of(*last) + length_of(*last) > file.size() || ends_early(file, *last, 0) ||
        certain_until(file, *last) != last->offset + 24)
        return {};
    Shift lost = 1;
    while (lost <= most && !ends_early(file, *last, lost)) ++lost;
    if (lost > most) return {};
    const auto early_end = begin_of(*last) + length_of(*last) - static_cast<std::size_t>(lost);
    // Modules are whole words long, so another one that ended here would end at a word. Else something behind must be early by as much.
    const auto all = lost % 4 == 0 ? find_anchors(file, layout) : std::vector<Anchor>{};
    const bool something_behind =
        std::any_of(all.begin(), all.end(), [&](const Anchor& anchor) { return anchor.offset >= early_end && anchor.fits(lost) && !anchor.fits(0); });
    if (lost % 4 == 0 && !something_behind) return {};
    return Loss{last->offset + 24, early_end - 40, 0, lost};
}

std::vector<Loss> find_losses(ByteView file, const std::vector<Anchor>& anchors, Shift first, Shift most) {
    std::vector<Loss> losses;
    if (most <= first) return losses;
    Shift now = first;
    std::size_t known = 0;
    for (std::size_t i = 0; i < anchors.size(); ++i) {
        const auto& anchor = anchors[i];
        if (anchor.offset < known) continue;  // inside a module whose checksum is right: a copy that it carries
        if (!anchor.fits(now)) {
            const auto next = next_shift(anchor, file.size(), now, most);
            if (next == now || losses.size() >= 64 || !rest_agrees(anchors, i, now, next)) continue;
            losses.push_back({known, std::max(known, begin_of(anchor)), now, next});
            now = next;
        }
        known = certain_until(file, anchor);
    }
    if (losses.empty())
        if (const auto inside = loss_inside(file, anchors, first, most)) losses.push_back(*inside);
    return losses;
}

}  // namespace photopsy

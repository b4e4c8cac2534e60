#include "flash/module_ends.h"
#include "flash/placement.h"

#include <algorithm>

namespace photopsy {

namespace {

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

#include "mend/slot_damage_copy.h"

#include "base/runs.h"
#include "handshake/key_text.h"
#include "handshake/skeleton.h"

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

constexpr std::uint8_t stranger = 'x';  ///< what stands for bytes that came from elsewhere

/// How the slot differs from the key, blank bytes aside.
struct Difference {
    std::size_t bytes = 0;
    bool flips = true;  ///< of one or two bits each: more in a byte is somebody's byte
};

struct Overlay {
    const DamagedSlot& damaged;
    ByteView found;  ///< the slot in the order of the key
    int shift;

    /// The byte of the slot at which byte `i` of the key stands; nothing where it lies outside.
    std::optional<std::size_t> place(std::size_t i) const {
        const auto at = static_cast<std::ptrdiff_t>(i) + shift;
        if (at < 0 || at >= static_cast<std::ptrdiff_t>(found.size())) return {};
        return static_cast<std::size_t>(at);
    }
    std::size_t size() const { return std::min({damaged.right.size(), damaged.instead.size(), damaged.second.size()}); }
};

Difference compare(const Overlay& overlay) {
    Difference difference;
    for (std::size_t i = 0; i < overlay.size(); ++i) {
        const auto at = overlay.place(i);
        if (!at || overlay.found[*at] == overlay.damaged.right[i] || is_blank(overlay.found[*at])) continue;
        ++difference.bytes;
        difference.flips = difference.flips && std::popcount(static_cast<unsigned>(overlay.found[*at] ^ overlay.damaged.right[i])) <= 2;
    }
    return difference;
}

std::uint8_t same_damage(std::uint8_t found, std::size_t i, const DamagedSlot& damaged, bool flipped) {
    const auto right = damaged.right[i], stand_in = damaged.instead[i];
    if (found == right) return stand_in;
    if (is_blank(found)) return found;
    if (flipped) return static_cast<std::uint8_t>(stand_in ^ found ^ right);
    return (found & ~right & 0xFF) == 0 ? stand_in & damaged.second[i] : stranger;
}

/// Two keys over each other, as far as the second had come; behind that the first alone.
void mix(const Overlay& overlay, SlotBytes& out) {
    const auto& damaged = overlay.damaged;
    std::size_t reached = 0;
    for (std::size_t i = 0; i < overlay.size(); ++i)
        if (const auto at = overlay.place(i); at && overlay.found[*at] != damaged.right[i]) reached = i + 1;
    for (std::size_t i = 0; i < overlay.size(); ++i) {
        const auto at = overlay.place(i);
        if (!at) continue;
        auto& byte = out[*at];
        byte = damaged.instead[i];
        if (i >= reached || overlay.found[*at] == damaged.right[i]) continue;
        byte &= damaged.second[i];
        if (byte == damaged.instead[i]) byte &= static_cast<std::uint8_t>(byte - 1);  // both have the same here: lose a bit all the same
    }
}

/// The octets that every key has in front of its numbers in PKCS#8.
void keep_wrapping(const Overlay& overlay, SlotBytes& out) {
    const auto wrapped = wrap_pkcs8(overlay.damaged.right);
    if (overlay.shift <= 0 || wrapped.size() != overlay.damaged.right.size() + static_cast<std::size_t>(overlay.shift)) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(overlay.shift); ++i)
        if (overlay.found[i] == wrapped[i]) out[i] = wrapped[i];
}

}  // namespace

SlotBytes noise_with_blanks(ByteView slot) {
    constexpr std::size_t shortest = 8;
    SlotBytes out(slot.size());
    for (std::size_t begin = 0; begin < slot.size();) {
        const auto end = begin + leading_run(slot.subspan(begin), slot[begin]);
        const bool stays = is_blank(slot[begin]) && (end - begin >= shortest || begin == 0 || end == slot.size());
        for (auto i = begin; i < end; ++i) out[i] = stays ? slot[i] : noise_at(static_cast<std::uint32_t>(i));
        begin = end;
    }
    return out;
}

void copy_damage(const DamagedSlot& damaged, const KeyWriting& writing, SlotBytes& out) {
    constexpr std::size_t few = 16, few_octets = 4;
    const auto found = turned_round(damaged.found, writing.group);
    auto turned = turned_round(out, writing.group);
    const Overlay overlay{damaged, found, writing.shift};
    const auto difference = compare(overlay);
    const auto octets = skeleton_of(writing.lengths).length_octets;
    if (damaged.mixed)
        mix(overlay, turned);
    else
        for (std::size_t i = 0; i < overlay.size(); ++i) {
            const auto at = overlay.place(i);
            if (!at) continue;
            const bool octet = difference.bytes <= few_octets && std::find(octets.begin(), octets.end(), i) != octets.end();
            turned[*at] = same_damage(found[*at], i, damaged, octet || (difference.flips && difference.bytes <= few));
        }
    keep_wrapping(overlay, turned);
    out = turned_round(turned, writing.group);
}

}  // namespace photopsy

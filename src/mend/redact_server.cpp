// The server's key: Particle's is public, with the few bits that damage changed; another server's becomes one that is nobody's.
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/walk.h"
#include "mend/redaction.h"
#include "mend/slot_damage_copy.h"

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

constexpr std::uint32_t modulus_size = 256;

/// A modulus of the right size that is nobody's; another for another original.
SlotBytes other_server_slot(unsigned which) {
    constexpr std::uint32_t most_salts = 64;
    SlotBytes slot(published_server_key().begin(), published_server_key().end());
    for (std::uint32_t salt = 0; salt < most_salts; ++salt) {
        for (std::uint32_t i = 0; i < modulus_size; ++i) slot[server_modulus_at + i] = noise_at((which * most_salts + salt + 100) * 1024 + i);
        slot[server_modulus_at] |= 0x80;
        slot[server_modulus_at + modulus_size - 1] |= 1;
        if (read_server_slot(slot).kind == ServerSlotKind::Rsa2048) return slot;
    }
    return slot;
}

SlotBytes nobodys(ByteView slot, DumpRedaction& redaction) {
    const auto next = static_cast<unsigned>(redaction.server_stand_ins.size());
    const SlotBytes modulus(slot.begin() + server_modulus_at, slot.begin() + server_modulus_at + modulus_size);
    return other_server_slot(redaction.first_stand_in + redaction.server_stand_ins.try_emplace(modulus, next).first->second);
}

/// Particle's key with a few flipped bits, or with a stretch of something else: of that only where it is.
SlotBytes damaged_published_key(ByteView slot) {
    constexpr unsigned few_bits = 24;
    const auto right = published_server_key();
    auto out = noise_with_blanks(slot);
    unsigned bits = 0;
    for (std::size_t i = 0; i < slot.size(); ++i) bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[i] ^ right[i])));
    for (std::size_t i = 0; i < slot.size(); ++i) {
        const auto changed = static_cast<unsigned>(slot[i] ^ right[i]);
        if (changed == 0 || is_blank(slot[i]) || (bits <= few_bits && std::popcount(changed) <= 2)) out[i] = slot[i];
        if (changed != 0 && out[i] == right[i]) out[i] ^= 0x10;
    }
    return out;
}

/// What both this and another server's key begin with, as far as it is there, then the stand-in's modulus, then blank.
SlotBytes cut_off(ByteView slot, std::size_t kept, DumpRedaction& redaction) {
    const auto published = published_server_key();
    const bool particles = std::equal(slot.begin(), slot.begin() + static_cast<std::ptrdiff_t>(kept), published.begin());
    const auto whole = particles ? SlotBytes(published.begin(), published.end()) : nobodys(slot, redaction);
    SlotBytes out(slot.begin(), slot.end());
    std::copy_n(whole.begin(), std::min(kept, whole.size()), out.begin());
    return out;
}

}  // namespace

SlotBytes stand_in_server_slot(ByteView slot, DumpRedaction& redaction) {
    if (slot.size() != server_slot_size || std::all_of(slot.begin(), slot.end(), is_blank)) return noise_with_blanks(slot);
    const auto reading = read_server_slot(slot);
    switch (reading.kind) {
        case ServerSlotKind::Published:
            return {slot.begin(), slot.end()};
        case ServerSlotKind::NearPublished:
            return damaged_published_key(slot);
        case ServerSlotKind::Rsa2048:
            return nobodys(slot, redaction);
        case ServerSlotKind::Truncated:
            return cut_off(slot, reading.kept, redaction);
        default:
            break;
    }
    auto out = noise_with_blanks(slot);
    std::copy_n(slot.begin(), std::min(foreign_head(slot), slot.size()), out.begin());
    return out;
}

}  // namespace photopsy

#pragma once
// The damage of a key slot, carried over to a stand-in: erased bytes stay erased, flipped bits flipped, two keys over each other are two stand-ins over each
// other. What was written over the key by somebody is not damage of the key, and nothing of it comes along.
#include "mend/key_writing.h"

namespace photopsy {

inline bool is_blank(std::uint8_t byte) { return byte == 0xFF || byte == 0; }

/// Noise, but for runs of eight or more erased or zero bytes, and shorter ones at either end of the slot.
SlotBytes noise_with_blanks(ByteView slot);

struct DamagedSlot {
    ByteView found;                    ///< the slot as it is
    SlotBytes right, instead, second;  ///< the key that belongs there, its stand-in and another one, written alike
    bool mixed = false;                ///< a second key was programmed over the first
};
/// Writes the stand-in with the damage into `out`, which has the size of the slot and holds noise_with_blanks().
void copy_damage(const DamagedSlot&, const KeyWriting&, SlotBytes& out);

}  // namespace photopsy

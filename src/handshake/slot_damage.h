#pragma once
// What kind of damage lies between the bytes of a slot and the bytes that should stand there.
#include "handshake/device_slot.h"

namespace photopsy {

/// The key is known: compares the slot with the encoding of `reading.key` that fits it best; sets what, damage, detail, bones, number_differs.
void judge_against_key(ByteView slot, SlotReading& reading);

/// The key is not known: tells the damage by erased runs, zero runs, and how many bits are set. Sets what, damage, detail.
void judge_without_key(ByteView slot, SlotReading& reading);

/// Share of set bits in the numbers of the slot, in percent. Keys have about 50, the AND of two keys 25.
unsigned percent_of_set_bits(ByteView slot, const Skeleton&);

}  // namespace photopsy

#pragma once
// In which of the possible ways a key stands in its slot: lengths of its numbers, which of its d, behind which bytes, in which order.
#include "handshake/device_slot.h"
#include "mend/redaction.h"

namespace photopsy {

struct KeyWriting {
    IntegerLengths lengths = fixed_lengths;
    bool unpadded = false, smallest_d = false;
    std::optional<Number> own_d;  ///< of the original alone: another d that fits its primes as well
    int shift = 0;                ///< of the key's first byte in the slot; negative where its beginning is missing
    std::size_t group = 1;        ///< bytes that are turned round together
};

/// The writing that agrees with most bytes of the slot.
KeyWriting writing_of(ByteView slot, const RsaKey&, const SlotReading&);
/// A key in that form, its first byte at 0.
SlotBytes write_as(const KeyWriting&, const RsaKey&);
SlotBytes turned_round(ByteView, std::size_t group);

/// PEM, hexadecimal or base64 text, and what is written in it a stand-in; empty where the slot holds no such text.
SlotBytes stand_in_text(ByteView slot, DumpRedaction&);

}  // namespace photopsy

#pragma once
// Which bytes of a dump a checksum of the firmware's own vouches for: what can be believed of a flash that was read only once.
#include "facts/facts.h"

namespace photopsy {

/// The modules whose CRC-32 is right, checksum included, and the copies of the configuration table whose checksum is right (a superseded one with its mark
/// put back). Sorted by address, not joined. Empty where nothing has a checksum.
std::vector<Range> proven_by_checksum(const Facts&);

/// Number of `bytes`, the first of which stands at `base`, that are not erased and lie outside of proven_by_checksum(): a bit that was read wrongly there
/// shows nowhere.
std::uint64_t unproven_bytes(const Facts&, ByteView bytes, Address base);

}  // namespace photopsy

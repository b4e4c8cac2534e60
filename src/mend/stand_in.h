#pragma once
// Published keys that stand in for a device's own in a dump that is given away. Their primes are in stand_in_primes.txt for all to read: they
// protect nothing, and only look like what they replace.
#include "handshake/rsa_key.h"

#include <optional>

namespace photopsy {

/// A key whose numbers, as short as they can be written, have these lengths; with fixed_lengths any key. `which` picks another one of the same
/// kind. Nothing where none of the pool fits (several short numbers at once).
std::optional<RsaKey> stand_in_key(const IntegerLengths&, unsigned which);

}  // namespace photopsy

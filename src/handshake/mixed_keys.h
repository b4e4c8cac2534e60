#pragma once
// Two keys in one slot. Device OS 0.4.3 to 0.6.4 programs a new key over the old one before it erases; after a power cut each bit is set only
// where both keys have it. The public key of the old one, from the device's cache, is then enough to get the old key back.
// Method: Heninger, Shacham, "Reconstructing RSA Private Keys from Random Key Bits" (2009); the channel that only clears bits as in
// Paterson, Polychroniadou, Sibborn, "A Coding-Theoretic Approach to Recovering Noisy RSA Keys" (2012).
#include "handshake/rsa_key.h"

#include <optional>

namespace photopsy {

struct SeparatedKey {
    std::optional<RsaKey> key;  ///< proved
    bool all_tried = true;      ///< false: the budget came to its end, and another key may fit
};
/// `seen`: the numbers as they stand in the slot; every bit set there is set in the key that is sought. `modulus`: the 1024 bits of its n.
/// No key where the numbers do not fit the modulus or too few of their bits are left. The work is bounded: at most a tenth of a second or two.
SeparatedKey separate_mixed_key(const RsaKey& seen, const Number& modulus);

}  // namespace photopsy

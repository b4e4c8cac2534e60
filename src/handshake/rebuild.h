#pragma once
// RSA keys are redundant: n, d, p, q, dP, dQ and qInv all say the same two primes. What damage leaves is enough to say the rest again.
#include "handshake/rsa_key.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

struct RebuiltKey {
    RsaKey key;              ///< proved: equations, primality, encryption and decryption
    std::string method;      ///< "from n and d", for people
    bool witnessed = false;  ///< its modulus is one of the witnesses
};

/// The key behind numbers of which some are wrong. Each number is taken as wholly right or of no use. A key is returned only where the rest
/// confirms it: its product is the n that stands there (or a witness), or d fits both primes, or both primes are confirmed by dP, dQ or qInv.
/// `witnesses`: moduli that this device is known to have had (its public-key cache ...).
std::optional<RebuiltKey> rebuild_key(const RsaKey& numbers, const std::vector<Number>& witnesses);

}  // namespace photopsy

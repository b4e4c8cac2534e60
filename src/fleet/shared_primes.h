#pragma once
// Keys made on small devices at their first start may share a prime, and then both are broken: whoever has the two public keys has both private ones.
#include "base/bytes.h"

#include <functional>
#include <vector>

namespace photopsy::fleet {

/// Does two pieces of work, and returns when both are done: one after the other, or at once where there are threads. They share nothing that either changes.
using DoBoth = std::function<void(const std::function<void()>&, const std::function<void()>&)>;
inline void one_after_the_other(const std::function<void()>& first, const std::function<void()>& second) { first(), second(); }

/// A factor that two or more different moduli have in common. The factor itself is as good as the private keys and is not told.
struct SharedPrime {
    std::vector<std::size_t> keys;  ///< indices of the moduli, ascending; equal moduli all stand here
    unsigned bits = 0;              ///< length of the greatest common divisor
};

struct SharedPrimes {
    std::vector<SharedPrime> found;  ///< by their first key
    bool all_compared = true;        ///< false: more keys share factors than are told apart one by one (most_related)
};

/// Most moduli with a factor in common that are compared one by one to tell which share which.
inline constexpr std::size_t most_related = 2000;

/// Batch GCD (D. J. Bernstein, "How to find smooth parts of integers", 2004): product and remainder tree over all different moduli. `moduli`: big-endian;
/// empty ones and factors of less than 64 bits are passed over. Equal moduli are one key, not a shared prime. Time nearly linear in the number of keys.
SharedPrimes find_shared_primes(const std::vector<std::vector<std::uint8_t>>& moduli, const DoBoth& = one_after_the_other);

}  // namespace photopsy::fleet

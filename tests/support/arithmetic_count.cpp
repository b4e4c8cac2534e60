#include "support/arithmetic_count.h"

#include <openssl/bn.h>

static thread_local std::uint64_t powers = 0;

namespace photopsy::test {
std::uint64_t modular_powers() { return powers; }
}  // namespace photopsy::test

extern "C" {
// NOLINTBEGIN: the names are the linker's
int __real_BN_mod_exp(BIGNUM*, const BIGNUM*, const BIGNUM*, const BIGNUM*, BN_CTX*);
int __wrap_BN_mod_exp(BIGNUM* result, const BIGNUM* base, const BIGNUM* power, const BIGNUM* modulus, BN_CTX* context) {
    ++powers;
    return __real_BN_mod_exp(result, base, power, modulus, context);
}
BIGNUM* __real_BN_mod_inverse(BIGNUM*, const BIGNUM*, const BIGNUM*, BN_CTX*);
BIGNUM* __wrap_BN_mod_inverse(BIGNUM* result, const BIGNUM* number, const BIGNUM* modulus, BN_CTX* context) {
    ++powers;
    return __real_BN_mod_inverse(result, number, modulus, context);
}
// NOLINTEND
}

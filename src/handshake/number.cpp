#include "base/digest.h"
#include "handshake/number.h"

#include <array>

namespace photopsy {

Number square_root(const Number& value) {
    if (value.is_zero() || value.negative()) return Number();
    Number guess = Number(1) << ((value.bits() + 1) / 2 + 1);
    for (;;) {  // Newton from above: strictly falling until it is the root
        Number next = (guess + value / guess) >> 1;
        if (next >= guess) return guess;
        guess = std::move(next);
    }
}

namespace {

const std::vector<std::uint64_t>& small_primes() {
    static const std::vector<std::uint64_t> primes = [] {
        std::vector<bool> composite(1 << 16, false);
        std::vector<std::uint64_t> found;
        for (std::size_t i = 3; i < composite.size(); i += 2) {
            if (composite[i]) continue;
            found.push_back(i);
            for (std::size_t multiple = i * i; multiple < composite.size(); multiple += 2 * i) composite[multiple] = true;
        }
        return found;
    }();
    return primes;
}

/// One Miller-Rabin round for odd `value` = odd_part * 2^twos + 1.
bool passes_round(const Number& value, const Number& odd_part, int twos, const Number& base) {
    const Number last = value - Number(1);
    Number x = power(base, odd_part, value);
    if (x == Number(1) || x == last) return true;
    for (int i = 1; i < twos; ++i) {
        x = x * x % value;
        if (x == last) return true;
    }
    return false;
}

}  // namespace

bool has_no_small_factor(const Number& value) {
    if (!value.is_odd()) return false;
    for (const auto prime : small_primes())
        if (value.remainder(prime) == 0) return value == Number(prime);
    return true;
}

bool is_prime(const Number& value) {
    if (value.negative() || value.bits() < 2) return false;
    if (value == Number(2)) return true;
    if (!has_no_small_factor(value)) return false;
    if (value.bits() <= 32) return true;  // no factor below 2^16
    const Number last = value - Number(1);
    int twos = 0;
    while (!last.bit(twos)) ++twos;
    const Number odd_part = last >> twos;
    auto seed = sha256(value.bytes(static_cast<std::size_t>(value.bits() + 7) / 8));
    for (int round = 0; round < 24; ++round) {
        if (!passes_round(value, odd_part, twos, Number(2) + Number(seed) % (value - Number(4)))) return false;
        seed = sha256(seed);
    }
    return true;
}

}  // namespace photopsy

#include "handshake/number.h"
#include "base/digest.h"

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

/// The odd primes below 2^17 in their order, as many to a group as make a product below 2^32: one division of the large number serves all of them.
struct PrimeGroup {
    std::uint64_t product = 1;
    std::vector<std::uint64_t> primes;
};
const std::vector<PrimeGroup>& small_primes() {
    static const std::vector<PrimeGroup> groups = [] {
        std::vector<bool> composite(1 << 17, false);
        std::vector<PrimeGroup> found(1);
        for (std::size_t i = 3; i < composite.size(); i += 2) {
            if (composite[i]) continue;
            if (found.back().product * i >> 32) found.emplace_back();
            found.back().product *= i;
            found.back().primes.push_back(i);
            for (std::size_t multiple = i * i; multiple < composite.size(); multiple += 2 * i) composite[multiple] = true;
        }
        return found;
    }();
    return groups;
}

/// Odd, and no prime below the limit (or a little above it) divides the value.
bool has_no_factor_below(const Number& value, std::uint64_t limit) {
    if (!value.is_odd()) return false;
    for (const auto& group : small_primes()) {
        if (group.primes.front() >= limit) return true;
        const std::uint64_t rest = value.remainder(group.product);
        for (const auto prime : group.primes)
            if (rest % prime == 0) return value == Number(prime);
    }
    return true;
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

bool has_no_small_factor(const Number& value) { return has_no_factor_below(value, 1u << 16); }

std::vector<std::uint64_t> divisors_below(const Number& value, std::uint64_t limit) {
    std::vector<std::uint64_t> found = {1};
    if (value.is_zero()) return found;
    const auto multiply = [&](std::uint64_t prime) {  // every divisor so far, times each power of the prime that divides
        const std::size_t so_far = found.size();
        for (std::uint64_t power = prime; power < limit && value.remainder(power) == 0; power *= prime)
            for (std::size_t i = 0; i < so_far; ++i)
                if (found[i] * power < limit) found.push_back(found[i] * power);
    };
    multiply(2);
    for (const auto& group : small_primes()) {
        if (group.primes.front() >= limit) break;
        const std::uint64_t rest = value.remainder(group.product);
        for (const auto prime : group.primes)
            if (rest % prime == 0) multiply(prime);
    }
    return found;
}

bool is_prime(const Number& value, int rounds) {
    if (value.negative() || value.bits() < 2) return false;
    if (value == Number(2)) return true;
    if (value.bits() <= 32) return has_no_small_factor(value);
    if (!has_no_factor_below(value, 1u << 10)) return false;  // more would cost true primes more than it saves with others
    const Number last = value - Number(1);
    int twos = 0;
    while (!last.bit(twos)) ++twos;
    const Number odd_part = last >> twos;
    auto seed = sha256(value.bytes(static_cast<std::size_t>(value.bits() + 7) / 8));
    for (int round = 0; round < rounds; ++round) {
        if (!passes_round(value, odd_part, twos, Number(2) + Number(seed) % (value - Number(4)))) return false;
        seed = sha256(seed);
    }
    return true;
}

}  // namespace photopsy

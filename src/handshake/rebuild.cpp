#include "handshake/rebuild.h"

#include <algorithm>

namespace photopsy {

namespace {

const Number& one() {
    static const Number value(1);
    return value;
}

struct Candidate {
    Number p, q;
    std::string method;
};

/// Every number that makes `multiple` = k (prime - 1) with k below e and a prime of full size.
std::vector<Number> primes_from_exponent(const Number& exponent, const Number& public_exponent) {
    std::vector<Number> found;
    const Number multiple = public_exponent * exponent - one();
    if (exponent.is_zero() || multiple.bits() < prime_bits || public_exponent.bits() > 17) return found;
    if (multiple.bits() > prime_bits + 17) return found;
    // Outside of these the prime has another size.
    const std::uint64_t least = (multiple >> prime_bits).low_word(),
                        most = std::min((multiple >> (prime_bits - 1)).low_word() + 1, public_exponent.low_word() - 1);
    for (const auto k : divisors_below(multiple, most + 1)) {
        if (k < least) continue;
        Number prime = multiple / Number(k) + one();
        if (prime.bits() == prime_bits && is_prime(prime, 1)) found.push_back(std::move(prime));
    }
    return found;
}

/// A proper divisor of n that a multiple of (prime - 1) betrays; 0 if none.
Number factor_by_multiple(const Number& n, const Number& multiple) {
    if (!n.is_odd() || multiple.bits() < 2 || multiple.negative()) return {};
    for (const std::uint64_t base : {2u, 3u, 5u, 7u, 11u, 13u, 17u, 19u}) {
        // a^multiple is 1 modulo the betrayed prime. Where it is 1 modulo both, halving the exponent parts them for one base in two.
        Number exponent = multiple;
        for (;;) {
            const Number common = gcd(power(Number(base), exponent, n) - one(), n);
            if (common > one() && common < n) return common;
            if (common == one() && exponent == multiple) return {};  // no multiple at all
            if (common == one() || exponent.is_odd()) break;
            exponent = exponent >> 1;
        }
    }
    return {};
}

class Rebuilder {
public:
    Rebuilder(const RsaKey& numbers, const std::vector<Number>& witnesses) : seen_(numbers), witnesses_(witnesses) {}

    std::optional<RebuiltKey> run() {
        // Cheap ways first; each ends the search when its key is confirmed.
        if (try_pair(seen_.p, seen_.q, "from p and q")) return result_;
        if (by_moduli()) return result_;
        if (by_coefficient(seen_.p, "p")) return result_;
        if (by_exponents()) return result_;
        if (by_flipped_prime()) return result_;
        return {};
    }

private:
    bool is_witness(const Number& n) const { return std::find(witnesses_.begin(), witnesses_.end(), n) != witnesses_.end(); }

    bool d_fits(const Candidate& c) const {
        return !seen_.d.is_zero() && seen_.e * seen_.d % (c.p - one()) == one() && seen_.e * seen_.d % (c.q - one()) == one();
    }

    /// The rule of the header: what stands in the slot must say both primes once more than was needed to find them.
    bool confirmed(const Candidate& c, const RsaKey& key) const {
        if (key.n == seen_.n || is_witness(key.n) || d_fits(c)) return true;
        const bool p = c.p == seen_.p, q = c.q == seen_.q, dp = key.dp == seen_.dp, dq = key.dq == seen_.dq, qinv = key.qinv == seen_.qinv;
        return (qinv && (p || dp) && (q || dq)) || (p && dp && q && dq);
    }

    bool try_pair(const Number& p, const Number& q, std::string_view method) {
        if (p.bits() != prime_bits || q.bits() != prime_bits || !p.is_odd() || !q.is_odd()) return false;
        const auto key = key_of_primes(p, q, seen_.e, seen_.qinv);
        if (!key || !confirmed({p, q, {}}, *key) || !is_proved(*key)) return false;
        result_ = RebuiltKey{*key, std::string(method), is_witness(key->n)};
        return true;
    }

    /// Both orders: which prime is called p decides what dP, dQ and qInv are.
    bool try_factor(const Number& n, const Number& factor, const std::string& method) {
        if (factor.bits() != prime_bits || !(n % factor).is_zero()) return false;
        const Number other = n / factor;
        const bool swap = other == seen_.p || factor == seen_.q || (seen_.e * seen_.dp % (other - one()) == one()) ||
                          (seen_.e * seen_.dq % (factor - one()) == one()) || (factor * seen_.qinv % other == one());
        // Where nothing decides, what is left of p and q does; else the larger prime comes first, as key generators write them.
        const std::size_t likeness = common_start(factor, seen_.p) + common_start(other, seen_.q),
                          swapped = common_start(other, seen_.p) + common_start(factor, seen_.q);
        const bool same = likeness == swapped;
        return swap || (same ? other > factor && !(factor == seen_.p || other == seen_.q) : swapped > likeness) ? try_pair(other, factor, method)
                                                                                                                : try_pair(factor, other, method);
    }

    static std::size_t common_start(const Number& a, const Number& b) { return common_prefix(a.bytes(64), b.bytes(64)); }

    bool by_moduli() {
        std::vector<Number> moduli = witnesses_;  // first: where the slot holds two keys, the one that is known to be wanted
        moduli.push_back(seen_.n);
        for (const auto& n : moduli) {
            if (!n.is_odd() || n.bits() < 2 * prime_bits - 1) continue;
            const std::string name = n == seen_.n ? "n" : "the public-key cache";
            if (try_factor(n, seen_.p, "from " + name + " and p") || try_factor(n, seen_.q, "from " + name + " and q")) return true;
            const std::array<std::pair<const Number*, const char*>, 3> exponents = {{{&seen_.d, "d"}, {&seen_.dp, "dP"}, {&seen_.dq, "dQ"}}};
            for (const auto& [exponent, symbol] : exponents)
                if (try_factor(n, factor_by_multiple(n, seen_.e * *exponent - one()), "from " + name + " and " + symbol)) return true;
        }
        return false;
    }

    /// qInv is 1/q mod p: with p it says q, up to one p.
    bool by_coefficient(const Number& p, const std::string& name) {
        if (p.bits() != prime_bits || !p.is_odd()) return false;
        const auto q = inverse(seen_.qinv, p);
        return q && (try_pair(p, *q, "from " + name + " and qInv") || try_pair(p, *q + p, "from " + name + " and qInv"));
    }

    /// q qInv - 1 is a multiple of p, e d - 1 one of p - 1.
    bool by_private_exponent(const Number& q, const std::string& name) {
        const Number multiple_of_p = q * seen_.qinv - one();
        if (multiple_of_p.bits() < prime_bits || !q.is_odd()) return false;
        Number odd_part = multiple_of_p;
        while (!odd_part.is_odd()) odd_part = odd_part >> 1;
        Number found = gcd(power(Number(2), seen_.e * seen_.d - one(), odd_part) - one(), odd_part);
        for (std::uint64_t small = 3; small < 1000 && found.bits() > prime_bits; small += 2)
            while (found.remainder(small) == 0 && found.bits() > prime_bits) found = found / Number(small);
        return try_pair(found, q, "from " + name + ", qInv and d");
    }

    bool by_exponents() {
        std::vector<Number> ps = primes_from_exponent(seen_.dp, seen_.e), qs = primes_from_exponent(seen_.dq, seen_.e);
        for (const auto& p : ps)
            if (try_pair(p, seen_.q, "from dP and q") || by_coefficient(p, "dP")) return true;
        for (const auto& q : qs)
            if (try_pair(seen_.p, q, "from p and dQ") || by_private_exponent(q, "dQ")) return true;
        for (const auto& p : ps)
            for (const auto& q : qs)
                if (try_pair(p, q, "from dP and dQ")) return true;
        return by_private_exponent(seen_.q, "q");
    }

    /// n is whole, and everything else has a flipped bit or two: one flip of a prime that makes it divide n again.
    bool by_flipped_prime() {
        std::vector<Number> moduli = {seen_.n};
        moduli.insert(moduli.end(), witnesses_.begin(), witnesses_.end());
        for (const auto& n : moduli) {
            if (!n.is_odd() || n.bits() < 2 * prime_bits - 1) continue;
            for (const Number* prime : {&seen_.p, &seen_.q}) {
                for (int bit = 0; bit < prime_bits; ++bit) {
                    const Number weight = one() << bit;
                    if (try_factor(n, prime->bit(bit) ? *prime - weight : *prime + weight, "from n and a prime with one flipped bit")) return true;
                }
            }
        }
        return false;
    }

    const RsaKey& seen_;
    const std::vector<Number>& witnesses_;
    std::optional<RebuiltKey> result_;
};

}  // namespace

std::optional<RebuiltKey> rebuild_key(const RsaKey& numbers, const std::vector<Number>& witnesses) {
    if (numbers.e == Number(65537)) return Rebuilder(numbers, witnesses).run();
    RsaKey usual = numbers;  // nearly every key has it, and the firmware knows no other
    usual.e = Number(65537);
    if (auto found = Rebuilder(usual, witnesses).run()) return found;
    const bool possible = numbers.e.is_odd() && numbers.e.bits() >= 2 && numbers.e.bits() <= 17;
    return possible ? Rebuilder(numbers, witnesses).run() : std::nullopt;
}

}  // namespace photopsy

#include "mend/keys.h"

#include "handshake/public_key.h"
#include "handshake/walk.h"

#include <fmt/format.h>

#include <array>

namespace photopsy {

namespace {

using Came = KeyTest::Result;

KeyTest test(std::string name, bool passes, std::string fail, Came otherwise = Came::Fail) {
    return {std::move(name), passes ? Came::Pass : otherwise, passes ? "" : std::move(fail)};
}

/// Of a modulus that is not the product of the primes as they stand: which of them is damaged nobody knows, and a damaged number tells nothing of the key.
KeyTest unless_damaged(KeyTest test, bool whole) {
    return whole ? std::move(test)
                 : KeyTest{std::move(test.name), Came::NotChecked, "the modulus is not the product of the primes: one of the numbers is damaged"};
}

Number distance(const Number& a, const Number& b) { return a < b ? b - a : a - b; }

}  // namespace

bool has_roca_fingerprint(const Number& modulus) {
    // Primes whose residues a modulus of the faulty generator can only have from the powers of 65537 (Nemec et al., CCS 2017).
    constexpr std::array<std::uint64_t, 38> primes = {3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                                                      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    for (const auto prime : primes) {
        const std::uint64_t residue = modulus.remainder(prime);
        std::uint64_t power = 1;
        bool reached = false;
        for (std::uint64_t i = 0; i < prime && !reached; ++i) {
            reached = power == residue;
            power = power * (65537 % prime) % prime;
        }
        if (!reached) return false;
    }
    return true;
}

std::vector<KeyTest> test_key(const RsaKey& key) {
    const Number one(1);
    std::vector<KeyTest> list;
    list.push_back(test("size", key.n.bits() == 1024, fmt::format("the modulus has {} bits; the firmware reads 1024", key.n.bits())));
    list.push_back(test("e", key.e == Number(65537), "the public exponent is not 65537, the only one that the firmware knows"));
    const bool whole = key.p * key.q == key.n;
    list.push_back(test("n = p q", whole, "the modulus is not the product of the primes"));
    list.push_back(test("p", is_prime(key.p), "p is not prime"));
    list.push_back(test("q", is_prime(key.q), "q is not prime"));
    const bool primes = key.p.bits() > 2 && key.q.bits() > 2;
    list.push_back(test("dP", primes && key.e * key.dp % (key.p - one) == one, "dP is not 1/e mod p-1"));
    list.push_back(test("dQ", primes && key.e * key.dq % (key.q - one) == one, "dQ is not 1/e mod q-1"));
    list.push_back(test("qInv", primes && key.q * key.qinv % key.p == one, "qInv is not 1/q mod p"));
    const bool d_fits = primes && key.e * key.d % (key.p - one) == one && key.e * key.d % (key.q - one) == one;
    list.push_back(test("d", d_fits, "d does not belong to the primes; the firmware never uses it", Came::Warn));
    list.push_back(unless_damaged(test("no small factor", has_no_small_factor(key.n), "a prime below 65536 divides the modulus"), whole));
    list.push_back(unless_damaged(
        test("primes far apart", distance(key.p, key.q).bits() > key.n.bits() / 2 - 100, "the primes are so close that the modulus can be factored"), whole));
    list.push_back(
        unless_damaged(test("not ROCA", !has_roca_fingerprint(key.n), "the modulus has the fingerprint of CVE-2017-15361 and can be factored"), whole));
    const Number published(published_server_key().subspan(server_modulus_at, 256));
    list.push_back(
        unless_damaged(test("no prime shared with Particle's key", gcd(key.n, published) == one, "the key shares a prime with Particle's server key"), whole));
    return list;
}

}  // namespace photopsy

// The arithmetic under keys, against the slow and plain way.
#include "handshake/number.h"
#include "support/keys.h"

#include "catch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("greatest common divisors and inverses", "[number]") {
    Dice dice(17);
    for (int i = 0; i < 300; ++i) {
        const std::uint64_t a = dice.below(1u << 20), b = dice.below(1u << 20);
        CHECK(gcd(Number(a), Number(b)) == Number(std::gcd(a, b)));
        const auto found = inverse(Number(a), Number(b));
        REQUIRE(found.has_value() == (b >= 2 && a % b != 0 && std::gcd(a, b) == 1));
        if (found) CHECK(*found * Number(a) % Number(b) == Number(1));
    }
    CHECK(gcd(Number(0) - Number(12), Number(18)) == Number(6));
    CHECK(gcd(Number(0), Number(0)) == Number(0));
    const auto& key = first_key();
    CHECK(gcd(key.n, key.p * Number(6)) == key.p);
    CHECK(*inverse(Number(0) - Number(3), Number(7)) == Number(2));
    CHECK_FALSE(inverse(Number(5), Number(1)));
    CHECK_FALSE(inverse(Number(0), Number(7)));
}

TEST_CASE("the inverse of a number of one word, where the modulus is longer", "[number]") {
    Dice dice(19);
    const auto& key = first_key();
    const auto of_size = [&](int bits) { return Number((std::uint64_t{dice.below(1u << 31)} << 32 | dice.below(1u << 31)) >> (64 - bits)); };
    for (int i = 0; i < 200; ++i) {
        const Number value = of_size(2 + i % 63), modulus = (key.n >> (i * 3)) + of_size(40);
        const auto found = inverse(value, modulus);
        INFO(i);
        REQUIRE(found.has_value() == (gcd(value, modulus) == Number(1)));
        if (!found) continue;
        CHECK(*found * value % modulus == Number(1));
        CHECK((*found < modulus && Number(0) < *found));
    }
    CHECK_FALSE(inverse(Number(65537), Number(65537) * key.p));
    CHECK_FALSE(inverse(Number(6), Number(4) * key.p));
    CHECK(*inverse(Number(0) - Number(65537), key.p) == key.p - *inverse(Number(65537), key.p));
}

TEST_CASE("divisors below a limit", "[number]") {
    Dice dice(18);
    for (int i = 0; i < 60; ++i) {
        const std::uint64_t value = (dice.below(1u << 16) + 1) * (dice.below(1u << 10) + 1), limit = 1 + dice.below(5000);
        std::vector<std::uint64_t> wanted;
        for (std::uint64_t k = 1; k < std::max<std::uint64_t>(limit, 2); ++k)
            if (value % k == 0) wanted.push_back(k);
        auto found = divisors_below(Number(value), limit);
        std::sort(found.begin(), found.end());
        CHECK(found == wanted);
    }
    auto found = divisors_below(Number(65537) * Number(99991) * first_key().p, 1u << 17);
    std::sort(found.begin(), found.end());
    CHECK(found == std::vector<std::uint64_t>{1, 65537, 99991});
}

TEST_CASE("primes are told from composites that look like them", "[number]") {
    for (std::uint64_t value = 0; value < 2000; ++value) {
        bool prime = value >= 2;
        for (std::uint64_t k = 2; k * k <= value; ++k) prime = prime && value % k != 0;
        INFO(value);
        CHECK(is_prime(Number(value)) == prime);
        CHECK(is_prime(Number(value), 1) == prime);
    }
    for (const int rounds : {1, 8, 24}) {
        CHECK(is_prime(first_key().p, rounds));
        CHECK_FALSE(is_prime(first_key().n, rounds));
        CHECK_FALSE(is_prime(first_key().p * Number(65537), rounds));  // no factor that trial division finds
    }
    // A Carmichael number with three factors of 36 bits: (6k+1)(12k+1)(18k+1), all prime.
    std::uint64_t k = 4'000'000'000;
    while (!is_prime(Number(6 * k + 1)) || !is_prime(Number(12 * k + 1)) || !is_prime(Number(18 * k + 1))) ++k;
    CHECK_FALSE(is_prime(Number(6 * k + 1) * Number(12 * k + 1) * Number(18 * k + 1)));
    CHECK(has_no_small_factor(Number(65537)));
    CHECK(has_no_small_factor(Number(65521)));
    CHECK_FALSE(has_no_small_factor(Number(65521) * Number(65537)));
}

/// a * b + c as bytes, the slow way: no word in it is wider than one that every target has.
static std::vector<std::uint8_t> product_by_bytes(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    std::array<std::uint32_t, 17> sums{};  // the lowest byte first
    for (unsigned i = 0; i < 8; ++i) sums[i] += static_cast<std::uint32_t>(c >> 8 * i & 0xFF);
    for (unsigned i = 0; i < 8; ++i)
        for (unsigned k = 0; k < 8; ++k) sums[i + k] += static_cast<std::uint32_t>(a >> 8 * i & 0xFF) * static_cast<std::uint32_t>(b >> 8 * k & 0xFF);
    std::vector<std::uint8_t> bytes(16);
    for (unsigned i = 0; i < 16; ++i) {
        sums[i + 1] += sums[i] >> 8;
        bytes[15 - i] = static_cast<std::uint8_t>(sums[i]);
    }
    return bytes;
}

TEST_CASE("words of 64 bits stay whole where the library's own are narrower", "[number]") {
    Dice dice(19);
    std::vector<std::uint64_t> words = {0, 1, 0xFFFFFFFF, 0x100000000, 0x100000001, 0xFFFFFFFF00000000, 0xFFFFFFFFFFFFFFFF, 0x8000000000000000};
    for (int i = 0; i < 60; ++i) words.push_back(dice.next());
    for (const auto a : words) {
        INFO(a);
        CHECK(Number(a).low_word() == a);
        CHECK(Number(a) == (Number(a >> 32) << 32) + Number(a & 0xFFFFFFFF));
        CHECK(Number(a).bits() == static_cast<int>(std::bit_width(a)));
        CHECK(((Number(1) << 64) * Number(a) + Number(a)).low_word() == a);
        for (const auto b : words) {
            const std::uint64_t rest = b ? a % b : 0;
            REQUIRE((Number(a) < Number(b)) == (a < b));
            REQUIRE((Number(a) * Number(b) + Number(rest)).bytes(16) == product_by_bytes(a, b, rest));
            if (b == 0) continue;
            REQUIRE(Number(a).remainder(b) == rest);
            REQUIRE((Number(b) * Number(a) + Number(rest)).remainder(b) == rest);
            REQUIRE((Number(a) / Number(b)).low_word() == a / b);
        }
    }
}

// The arithmetic under keys, against the slow and plain way.
#include "handshake/number.h"
#include "support/keys.h"

#include "catch.h"

#include <algorithm>
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

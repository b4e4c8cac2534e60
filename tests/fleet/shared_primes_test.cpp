#include "fleet/fleet.h"

#include "support/keys.h"
#include "support/shared.h"

#include "catch.h"

#include <set>
#include <thread>

using namespace photopsy;
using test::Dice;

namespace {

using Bytes = std::vector<std::uint8_t>;

/// An odd number of `size` bytes. Not a prime: what counts is that two have nothing large in common.
Number odd_number(Dice& dice, std::size_t size) {
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.next());
    bytes.front() |= 0xC0;
    bytes.back() |= 1;
    return Number(bytes);
}

Bytes bytes_of(const Number& number) { return number.bytes(static_cast<std::size_t>(number.bits() + 7) / 8); }

std::vector<Bytes> moduli(Dice& dice, std::size_t count) {
    std::vector<Bytes> list;
    for (std::size_t i = 0; i < count; ++i) list.push_back(bytes_of(odd_number(dice, 128)));
    return list;
}

std::set<std::vector<std::size_t>> pairs(const fleet::SharedPrimes& shared) {
    std::set<std::vector<std::size_t>> list;
    for (const auto& one : shared.found) list.insert(one.keys);
    return list;
}

}  // namespace

TEST_CASE("a prime in two keys is found, and no pair that has none", "[fleet]") {
    Dice dice(1);
    for (const std::size_t count : {std::size_t{2}, std::size_t{3}, std::size_t{17}, std::size_t{200}}) {
        auto list = moduli(dice, count);
        CHECK(fleet::find_shared_primes(list).found.empty());
        const auto prime = test::rolled_key(dice).p;
        const auto a = dice.below(count), b = (a + 1 + dice.below(count - 1)) % count;
        list[a] = bytes_of(prime * odd_number(dice, 64));
        list[b] = bytes_of(prime * odd_number(dice, 64));
        const auto shared = fleet::find_shared_primes(list);
        INFO(count << " keys, " << a << " and " << b);
        REQUIRE(shared.found.size() == 1);
        CHECK(shared.found[0].keys == std::vector<std::size_t>{std::min(a, b), std::max(a, b)});
        // The other factors are no primes here and may have a small one in common.
        CHECK(shared.found[0].bits >= static_cast<unsigned>(prime.bits()));
        CHECK(shared.found[0].bits < static_cast<unsigned>(prime.bits()) + 32);
        CHECK(shared.all_compared);
    }
}

TEST_CASE("equal moduli are one key, not a shared prime", "[fleet]") {
    Dice dice(2);
    auto list = moduli(dice, 20);
    list[7] = list[3];
    CHECK(fleet::find_shared_primes(list).found.empty());
    const auto prime = odd_number(dice, 64);
    list[3] = list[7] = bytes_of(prime * odd_number(dice, 64));
    list[11] = bytes_of(prime * odd_number(dice, 64));
    CHECK(pairs(fleet::find_shared_primes(list)) == std::set<std::vector<std::size_t>>{{3, 7, 11}});
}

TEST_CASE("a key whose primes are both shared is told with either neighbour", "[fleet]") {
    Dice dice(3);
    auto list = moduli(dice, 12);
    const auto p = test::rolled_key(dice).p, q = test::rolled_key(dice).q, r = test::rolled_key(dice).p;
    list[2] = bytes_of(p * q);
    list[5] = bytes_of(q * r);
    list[9] = bytes_of(p * odd_number(dice, 64));
    CHECK(pairs(fleet::find_shared_primes(list)) == std::set<std::vector<std::size_t>>{{2, 9}, {2, 5}});
}

TEST_CASE("what is no key is passed over", "[fleet]") {
    Dice dice(4);
    auto list = moduli(dice, 6);
    list[0] = {};
    list[1] = {0, 0, 0};
    list[2] = {15};
    list[3] = bytes_of(Number(std::uint64_t{3}) * odd_number(dice, 127));  // a small factor in common is no prime of a key
    list[4] = bytes_of(Number(std::uint64_t{3}) * odd_number(dice, 127));
    CHECK(fleet::find_shared_primes(list).found.empty());
    CHECK(fleet::find_shared_primes({}).found.empty());
    CHECK(fleet::find_shared_primes({list[5]}).found.empty());
}

TEST_CASE("two pieces of work at once find what one after the other finds", "[fleet]") {
    Dice dice(6);
    const auto at_once = [](const std::function<void()>& first, const std::function<void()>& second) {
        std::thread other(second);
        first();
        other.join();
    };
    for (const std::size_t count : {std::size_t{2}, std::size_t{5}, std::size_t{33}, std::size_t{100}}) {
        auto list = moduli(dice, count);
        const auto prime = test::rolled_key(dice).p;
        for (const auto i : {std::size_t{0}, count - 1}) list[i] = bytes_of(prime * odd_number(dice, 64));
        CHECK(pairs(fleet::find_shared_primes(list, at_once)) == std::set<std::vector<std::size_t>>{{0, count - 1}});
        CHECK(pairs(fleet::find_shared_primes(list)) == std::set<std::vector<std::size_t>>{{0, count - 1}});
    }
}

TEST_CASE("where a prime is shared, a new key is the first step, whatever else the dump needs", "[fleet]") {
    Dice dice(7);
    const auto prime = test::rolled_key(dice).p;
    const std::string new_key = "Give the device a new key and register it", keep_key = "Register the key that is in the device";
    fleet::Rows rows(4);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].path = rows[i].device = std::to_string(i);
        rows[i].outcome = Outcome::Attention;
        rows[i].causes = {{"private-key-regenerated", "t", i < 2 ? "DCT copy" : "elsewhere"}};
        rows[i].steps = {keep_key};
        rows[i].modulus = bytes_of(i == 0 ? prime * odd_number(dice, 64) : odd_number(dice, 128));
    }
    rows[1].older_modulus = bytes_of(prime * odd_number(dice, 64));  // the key that was there before
    const auto all = fleet::look_together(rows);
    REQUIRE(all.primes.found.size() == 1);
    CHECK(all.primes.found[0].keys == std::vector<std::size_t>{0, 1});
    CHECK(all.for_people == fleet::Members{0, 1});
    for (std::size_t i = 0; i < rows.size(); ++i) CHECK(all.rows[i].steps.front() == (i < 2 ? new_key : keep_key));
    REQUIRE(all.groups.size() == 2);
    for (const auto& group : all.groups) CHECK(group.remedy == (group.members.front() == 0 ? new_key : keep_key));
}

TEST_CASE("many keys that are related do not keep it for ever", "[fleet]") {
    Dice dice(5);
    const auto prime = odd_number(dice, 16);
    std::vector<Bytes> list;
    const auto count = test::full_tests() ? fleet::most_related + 200 : std::size_t{60};
    for (std::size_t i = 0; i < count; ++i) list.push_back(bytes_of(prime * odd_number(dice, 16)));
    const auto shared = fleet::find_shared_primes(list);
    CHECK(shared.all_compared == (count <= fleet::most_related));
    REQUIRE_FALSE(shared.found.empty());
    CHECK(std::max_element(shared.found.begin(), shared.found.end(), [](const auto& a, const auto& b) { return a.keys.size() < b.keys.size(); })->keys.size() ==
          std::min(count, fleet::most_related));
}

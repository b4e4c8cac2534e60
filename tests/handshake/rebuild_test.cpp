// Keys that come back: whatever is left must be enough, and what comes back must be the key or nothing.
#include "handshake/rebuild.h"
#include "handshake/device_slot.h"
#include "support/keys.h"
#include "support/shared.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::array<std::pair<std::size_t, std::size_t>, 7> places = {
    {{11, 128}, {148, 128}, {279, 64}, {346, 64}, {413, 64}, {480, 64}, {547, 64}}};  // n d p q dP dQ qInv, fixed widths
constexpr std::array<const char*, 7> names = {"n", "d", "p", "q", "dP", "dQ", "qInv"};

void scramble(Bytes& slot, std::size_t component, unsigned bits, Dice& dice) {
    const auto [at, size] = places[component];
    for (unsigned i = 0; i < bits; ++i) slot[at + dice.below(size)] ^= static_cast<std::uint8_t>(1u << dice.below(8));
}
void erase(Bytes& slot, std::size_t component) {
    std::fill_n(slot.begin() + static_cast<std::ptrdiff_t>(places[component].first), places[component].second, std::uint8_t{0xFF});
}

bool comes_back(const Bytes& slot, const RsaKey& key) {
    const auto reading = read_device_slot(slot);
    return reading.key && reading.key->key.n == key.n && encode_for_device(reading.key->key) == encode_for_device(key);
}

}  // namespace

TEST_CASE("any single component comes back, however damaged", "[keys][rebuild]") {
    const auto key = second_key();
    const Bytes whole = device_slot_of(key);
    Dice dice(3);
    for (std::size_t component = 0; component < places.size(); ++component) {
        for (const unsigned bits : {1u, 2u, 8u, 64u}) {
            Bytes slot = whole;
            scramble(slot, component, bits, dice);
            INFO(names[component] << " " << bits);
            CHECK(comes_back(slot, key));
        }
        Bytes slot = whole;
        erase(slot, component);
        INFO(names[component] << " erased");
        CHECK(comes_back(slot, key));
    }
}

TEST_CASE("of two keys in one slot, the one comes back whose public key is known from elsewhere", "[keys][rebuild]") {
    const auto newer = first_key(), older = second_key();
    Bytes slot = device_slot_of(older);
    const Bytes begun = device_slot_of(newer);
    std::copy_n(begun.begin(), 343, slot.begin());  // n, d and p of the newer one, dP, dQ and qInv of the older one
    const auto found = [&](const std::vector<Number>& witnesses) {
        const auto reading = read_device_slot(slot, witnesses);
        REQUIRE(reading.key);
        return reading.key->key.n;
    };
    CHECK(found({}) == newer.n);
    CHECK(found({older.n}) == older.n);
    CHECK(found({newer.n}) == newer.n);
}

TEST_CASE("any two components come back", "[keys][rebuild]") {
    const auto key = first_key();
    for (std::size_t a = 0; a < places.size(); ++a) {
        for (std::size_t b = a + 1; b < places.size(); ++b) {
            Bytes slot = device_slot_of(key);
            erase(slot, a);
            erase(slot, b);
            INFO(names[a] << " and " << names[b]);
            CHECK(comes_back(slot, key));
        }
    }
}

TEST_CASE("n, e and d alone give the whole key, and p, q alone do not pass for proved", "[keys][rebuild]") {
    Bytes slot = device_slot_of(first_key());
    std::fill(slot.begin() + 277, slot.end(), std::uint8_t{0xFF});
    const auto reading = read_device_slot(slot);
    REQUIRE(reading.key);
    CHECK(reading.key->key.n == first_key().n);
    RsaKey only_primes{
        .n = Number(5), .e = Number(65537), .d = Number(5), .p = first_key().p, .q = first_key().q, .dp = Number(5), .dq = Number(5), .qinv = Number(5)};
    CHECK_FALSE(rebuild_key(only_primes, {}));
    CHECK(rebuild_key(only_primes, {first_key().n}));
}

TEST_CASE("a flipped prime that is prime by chance is not believed", "[keys][rebuild]") {
    const auto key = first_key();
    int tried = 0;
    for (int bit = 1; bit < 511; ++bit) {
        const Number other = key.p.bit(bit) ? key.p - (Number(1) << bit) : key.p + (Number(1) << bit);
        if (!is_prime(other)) continue;
        ++tried;
        RsaKey damaged = key;
        damaged.p = other;
        damaged.n = damaged.dp = damaged.qinv = damaged.d = Number(7);
        const auto rebuilt = rebuild_key(damaged, {});
        CHECK_FALSE((rebuilt && !(rebuilt->key.n == key.n)));
    }
    CHECK(tried > 0);
}

TEST_CASE("random damage never yields a wrong key", "[keys][rebuild][properties]") {
    const auto key = first_key();
    const Bytes whole = device_slot_of(key), minimal = minimal_slot_of(key);
    Dice dice(77);
    const int trials = full_tests() ? 100'000 : 60;
    int wrong = 0, back = 0;
    for (int trial = 0; trial < trials; ++trial) {
        Bytes slot = trial % 2 ? whole : minimal;
        const std::size_t hurts = 1 + dice.below(6);
        for (std::size_t i = 0; i < hurts; ++i) {
            const std::size_t at = dice.below(slot.size()), size = std::min(slot.size() - at, std::size_t{1} << dice.below(7));
            const auto how = dice.below(3);
            for (std::size_t j = at; j < at + size; ++j) slot[j] = static_cast<std::uint8_t>(how == 0 ? 0xFF : how == 1 ? dice.next() : slot[j] & dice.next());
        }
        const auto reading = read_device_slot(slot);
        if (!reading.key) continue;
        ++back;
        wrong += !(reading.key->key.n == key.n);
    }
    CHECK(wrong == 0);
    CHECK(back > trials / 4);
}

TEST_CASE("two keys in one slot part with the public key of the old one", "[keys][rebuild]") {
    Bytes slot = device_slot_of(first_key());
    const Bytes other = device_slot_of(second_key());
    for (std::size_t i = 0; i < slot.size(); ++i) slot[i] &= other[i];
    CHECK_FALSE(read_device_slot(slot).key);
    for (const auto& key : {first_key(), second_key()}) {
        const auto reading = read_device_slot(slot, {key.n});
        REQUIRE(reading.key);
        CHECK(reading.what == DeviceKeyClass::Mixed);
        CHECK(encode_for_device(reading.key->key) == encode_for_device(key));
    }
    Dice dice(9);
    CHECK_FALSE(read_device_slot(slot, {rolled_key(dice).n}).key);
}

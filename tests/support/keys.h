#pragma once
// Keys made for the tests (2026, by a key generator; in use nowhere), as their primes, and slots built from them.
#include "handshake/rsa_key.h"

#include <cstdint>
#include <vector>

namespace photopsy::test {

RsaKey first_key();
RsaKey second_key();

/// `size` bytes: the key as the firmware writes it (or in minimal DER), erased behind it.
std::vector<std::uint8_t> device_slot_of(const RsaKey&, std::size_t size = 612);
std::vector<std::uint8_t> minimal_slot_of(const RsaKey&, std::size_t size = 612);

/// A deterministic stream of numbers for trials (xorshift); not for keys.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
    std::uint64_t next() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        return state_ ^= state_ << 17;
    }
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

private:
    std::uint64_t state_;
};

/// A fresh RSA key of the dice, of 1024 bits where nothing else is said: slow enough (some ms) to be used sparingly.
RsaKey rolled_key(Dice&, std::size_t prime_bytes = 64, std::uint64_t e = 65537);

}  // namespace photopsy::test

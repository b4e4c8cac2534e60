#include "facts/flipped_bit.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

// Polynomials modulo the CRC's, bits reflected as in the CRC: 0x80000000 is 1, one shift to the right is one multiplication by x.
constexpr std::uint32_t polynomial = 0xEDB88320, one = 0x80000000;

constexpr std::uint32_t times_x(std::uint32_t value) { return value & 1 ? value >> 1 ^ polynomial : value >> 1; }
constexpr std::uint32_t over_x(std::uint32_t value) { return value & one ? (value ^ polynomial) << 1 | 1 : value << 1; }

constexpr std::uint32_t multiplied(std::uint32_t a, std::uint32_t b) {
    std::uint32_t product = 0;
    for (; a; a <<= 1, b = times_x(b))
        if (a & one) product ^= b;
    return product;
}

/// The first powers of x, by value, and what takes away as many at once: an exponent is found in small and great steps.
struct Power {
    std::uint32_t value = 0, exponent = 0;
};
constexpr std::uint32_t great_step = 2048;
constexpr std::array<Power, great_step> powers = [] {
    std::array<Power, great_step> list{};
    auto value = one;
    for (std::uint32_t exponent = 0; exponent < great_step; ++exponent, value = times_x(value)) list[exponent] = {value, exponent};
    std::sort(list.begin(), list.end(), [](const Power& a, const Power& b) { return a.value < b.value; });
    return list;
}();
constexpr std::uint32_t over_great_step = [] {
    auto value = one;
    for (std::uint32_t step = 0; step < great_step; ++step) value = over_x(value);
    return value;
}();

/// The exponent, up to `most`, of the power of x that this is.
std::optional<std::uint32_t> exponent_of(std::uint32_t value, std::uint32_t most) {
    for (std::uint32_t below = 0; below <= most; below += great_step, value = multiplied(value, over_great_step)) {
        const auto found = std::lower_bound(powers.begin(), powers.end(), value, [](const Power& power, std::uint32_t wanted) { return power.value < wanted; });
        if (found == powers.end() || found->value != value) continue;
        const auto exponent = below + found->exponent;
        return exponent <= most ? std::optional(exponent) : std::nullopt;
    }
    return {};
}

}  // namespace

std::optional<FlippedBit> solve_flipped_bit(std::uint32_t difference, std::uint32_t length) {
    if (std::has_single_bit(difference)) {
        const auto bit = static_cast<std::uint32_t>(std::countr_zero(difference));
        return FlippedBit{length + 3 - bit / 8, static_cast<std::uint8_t>(bit % 8)};
    }
    // Bit b of the byte that stands `distance` before the end leaves x to the power of 31 - b + 8 distance.
    constexpr std::uint32_t longest = 0x10000000;
    const auto exponent = exponent_of(difference, 31 + 8 * std::min(length, longest));
    if (!exponent || *exponent < 32) return {};
    const auto distance = (*exponent - 24) / 8;
    return FlippedBit{length - distance, static_cast<std::uint8_t>(7 - (*exponent - 24) % 8)};
}

}  // namespace photopsy

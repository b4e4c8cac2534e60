#include "facts/flipped_bit.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

constexpr std::uint32_t polynomial = 0xEDB88320;

constexpr std::uint32_t advance_byte(std::uint32_t value) {
    for (int i = 0; i < 8; ++i) value = value & 1 ? value >> 1 ^ polynomial : value >> 1;
    return value;
}

/// For stepping back: the byte that gave this top byte, and what it gave.
struct Origin {
    std::uint8_t byte = 0;
    std::uint32_t gave = 0;
};
constexpr std::array<Origin, 256> origins = [] {
    std::array<Origin, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        const auto gave = advance_byte(byte);
        table[gave >> 24] = {static_cast<std::uint8_t>(byte), gave};
    }
    return table;
}();

/// Undoes one byte of zeros.
constexpr std::uint32_t step_back(std::uint32_t value) {
    const auto& origin = origins[value >> 24];
    return (value ^ origin.gave) << 8 | origin.byte;
}

/// Product of two polynomials modulo the CRC's, bits reflected as in the CRC: 0x80000000 is 1.
constexpr std::uint32_t multiplied(std::uint32_t a, std::uint32_t b) {
    std::uint32_t product = 0;
    for (; a; a <<= 1) {
        if (a & 0x80000000u) product ^= b;
        b = b & 1 ? b >> 1 ^ polynomial : b >> 1;
    }
    return product;
}

/// Undoes so many bytes of zeros at once.
constexpr std::uint32_t step_back(std::uint32_t value, std::uint32_t bytes) {
    for (auto power = step_back(0x80000000u); bytes; bytes >>= 1, power = multiplied(power, power))
        if (bytes & 1) value = multiplied(value, power);
    return value;
}
static_assert(step_back(0x12345678u, 3) == step_back(step_back(step_back(0x12345678u))));

}  // namespace

std::optional<FlippedBit> solve_flipped_bit(std::uint32_t difference, std::uint32_t length, std::uint32_t from, std::uint32_t to) {
    if (std::has_single_bit(difference)) {
        const auto bit = static_cast<std::uint32_t>(std::countr_zero(difference));
        return FlippedBit{length + 3 - bit / 8, static_cast<std::uint8_t>(bit % 8)};
    }
    // A flip in the byte `distance` before the end has run through that many steps since it was that bit alone.
    to = std::min(to, length);
    difference = step_back(difference, length - to);
    for (std::uint32_t distance = length - to + 1; distance <= length - std::min(from, to); ++distance) {
        difference = step_back(difference);
        if (difference <= 0x80 && std::has_single_bit(difference)) return FlippedBit{length - distance, static_cast<std::uint8_t>(std::countr_zero(difference))};
    }
    return {};
}

}  // namespace photopsy

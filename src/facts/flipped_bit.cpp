#include "facts/flipped_bit.h"

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

}  // namespace

std::optional<FlippedBit> solve_flipped_bit(std::uint32_t difference, std::uint32_t length) {
    if (std::has_single_bit(difference)) {
        const auto bit = static_cast<std::uint32_t>(std::countr_zero(difference));
        return FlippedBit{length + 3 - bit / 8, static_cast<std::uint8_t>(bit % 8)};
    }
    // A flip in the byte `distance` before the end has run through that many steps since it was that bit alone.
    for (std::uint32_t distance = 1; distance <= length; ++distance) {
        difference = step_back(difference);
        if (difference <= 0x80 && std::has_single_bit(difference)) return FlippedBit{length - distance, static_cast<std::uint8_t>(std::countr_zero(difference))};
    }
    return {};
}

}  // namespace photopsy

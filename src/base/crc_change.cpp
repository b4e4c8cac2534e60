#include "base/crc_change.h"

#include <array>

namespace photopsy {

/// What eight shifts do to the register's low byte.
static const std::array<std::uint32_t, 256>& step_table() {
    static const auto table = [] {
        std::array<std::uint32_t, 256> made{};
        for (std::uint32_t i = 0; i < made.size(); ++i) {
            made[i] = i;
            for (int bit = 0; bit < 8; ++bit) made[i] = (made[i] >> 1) ^ (made[i] & 1 ? 0xEDB88320u : 0);
        }
        return made;
    }();
    return table;
}

/// The table index whose entry has this top byte: every top byte stands there once, so the register can be run backwards.
static std::uint8_t index_with_top(std::uint8_t top) {
    static const auto inverse = [] {
        std::array<std::uint8_t, 256> made{};
        for (std::size_t i = 0; i < made.size(); ++i) made[step_table()[i] >> 24] = static_cast<std::uint8_t>(i);
        return made;
    }();
    return inverse[top];
}

std::uint32_t crc_step(std::uint32_t state, std::uint8_t byte) { return step_table()[(state ^ byte) & 0xFF] ^ (state >> 8); }

std::uint32_t crc_step_back(std::uint32_t state, std::uint8_t byte) {
    const auto index = index_with_top(static_cast<std::uint8_t>(state >> 24));
    return ((state ^ step_table()[index]) << 8) | (index ^ byte);
}

std::vector<std::uint8_t> single_byte_changes(std::uint32_t syndrome, std::size_t length) {
    std::vector<std::uint8_t> change(length + 1);
    for (std::size_t distance = 1; distance < change.size(); ++distance) {
        const auto index = index_with_top(static_cast<std::uint8_t>(syndrome >> 24));
        if (step_table()[index] == syndrome) change[distance] = index;
        syndrome = ((syndrome ^ step_table()[index]) << 8) | index;
    }
    return change;
}

}  // namespace photopsy

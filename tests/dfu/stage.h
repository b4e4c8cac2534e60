#pragma once
// The data stage of a control transfer, as the emulated device fills it.
#include <algorithm>
#include <cstdint>
#include <vector>

namespace photopsy::test {

inline std::uint8_t low(std::uint32_t value) { return static_cast<std::uint8_t>(value); }
inline std::uint8_t high(std::uint32_t value) { return static_cast<std::uint8_t>(value >> 8); }

/// As many of the bytes as were asked for; how many that is.
inline int give(const std::vector<std::uint8_t>& bytes, std::uint16_t wanted, std::uint8_t* stage) {
    const std::size_t length = std::min<std::size_t>(bytes.size(), wanted);
    std::copy_n(bytes.begin(), length, stage);
    return static_cast<int>(length);
}

}  // namespace photopsy::test

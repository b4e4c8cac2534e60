#pragma once
// Which single bit, flipped, makes a bad CRC-32 good again? Solved from the difference of the two checksums, not by trying.
#include "base/bytes.h"

#include <optional>

namespace photopsy {

struct FlippedBit {
    std::uint32_t offset = 0;  ///< of the byte, counted from the start of the content; length + 0..3: in the stored CRC behind it (big-endian)
    std::uint8_t bit = 0;      ///< 0 (lowest) .. 7
};

/// `difference` = stored CRC xor CRC of `length` bytes of content, not 0. Nothing if no single bit explains it.
/// A flip is unique: the polynomial's order (2^32 - 1) is longer than any content (up to 256 MiB here). Takes length / 256 steps.
std::optional<FlippedBit> solve_flipped_bit(std::uint32_t difference, std::uint32_t length);

}  // namespace photopsy

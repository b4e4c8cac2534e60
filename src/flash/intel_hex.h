#pragma once
// Bytes at addresses as Intel HEX text (Intel, "Hexadecimal Object File Format Specification", 1988), for copies of a flash with gaps.
#include "flash/image.h"

#include <span>
#include <vector>

namespace photopsy {

/// Records of up to 16 bytes, an extended linear address where the upper half of the address changes, and the end record. Lines end with a line feed.
std::vector<std::uint8_t> intel_hex_of(std::span<const Piece> pieces);

}  // namespace photopsy

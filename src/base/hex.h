#pragma once
// How numbers and bytes are written in every report: lower case, fixed width, no locale.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

std::string hex(ByteView bytes);            ///< "0102ff"
std::string hex_spaced(ByteView bytes);     ///< "01 02 ff"
std::string hex_address(Address address);   ///< "0x08004000"
std::string hex_word(std::uint32_t value);  ///< "78563412", for CRCs

/// Pairs of hexadecimal digits, either case. Nothing where the length is odd or a character is no digit.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

}  // namespace photopsy

#pragma once
#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// RFC 4648, section 4, with padding, in one line.
std::string base64(ByteView bytes);
/// Nothing where it is no such text: a character of another alphabet, a length that is no multiple of four, padding elsewhere than at the end.
std::optional<std::vector<std::uint8_t>> bytes_of_base64(std::string_view text);

}  // namespace photopsy

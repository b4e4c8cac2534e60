#pragma once
// Titles of remedies that are asked for where many dumps lie beside each other.
#include <string_view>

namespace photopsy {

inline constexpr std::string_view new_key_title = "Give the device a new key and register it";

}  // namespace photopsy

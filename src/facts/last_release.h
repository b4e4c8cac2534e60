#pragma once
// The release to write where nothing on a device tells one.
#include <cstdint>
#include <string_view>

namespace photopsy {

/// The newest final release of which this module's file is in a package of npm, where anybody can fetch it; else the newest of which one is known at all; ""
/// where there is none.
std::string_view last_release_with_module(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index);

}  // namespace photopsy

#pragma once
// Titles by which a report says of a file that it holds no dump, where the cause's id alone does not say so.
#include <string_view>

namespace photopsy {

inline constexpr std::string_view title_of_firmware_alone = "The file holds firmware, not a dump";
inline constexpr std::string_view title_of_no_known_flash = "The file does not hold the flash of a device that is known here";

}  // namespace photopsy

#pragma once
// Offsets inside one sector of a DCD, and the words that mark it. Source: services/inc/dcd.h@v0.7.0:98-213,430-432; docs/formats/dcd.md.
#include <cstdint>

namespace photopsy::dcd_format {

inline constexpr std::uint32_t copy_size = 0x4000;
inline constexpr std::uint32_t seal = 4, header_size = 8;
inline constexpr std::uint32_t footer = 0x3FE0, footer_flags = 0x3FF0, footer_watermark = 0x3FF8, stored_crc = 0x3FFC;
inline constexpr std::uint32_t watermark_value = 0x1E1C279A;
inline constexpr std::uint32_t seal_open = 0xFFFFFFFF, seal_valid = 0xEDA15E00, seal_superseded = 0x69A00C00, seal_retired = 0;
inline constexpr std::uint8_t counter_mask = 3;

}  // namespace photopsy::dcd_format

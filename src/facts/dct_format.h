#pragma once
// Offsets inside one copy (flash sector) of the configuration table as the WICED code of Photon and P1 lays it out.
// Sources: hal/src/photon/wiced/platform/include/platform_dct.h@v0.7.0:676-761 and the section table of the shipped STM32F2xx.a.
#include "base/bytes.h"

#include <cstdint>

namespace photopsy::dct_format {

inline constexpr std::uint32_t copy_size = 0x4000;
inline constexpr std::uint32_t header_size = 388;
inline constexpr std::uint32_t write_incomplete = 8;
inline constexpr std::uint32_t is_current = 9;
inline constexpr std::uint32_t magic = 12;
inline constexpr std::uint32_t magic_number = 0x4D435242;  ///< "BRCM"
inline constexpr std::uint32_t apps_locations = 96;        ///< 8 entries of 36 bytes: id, 3 pad, location, size
inline constexpr std::uint32_t wifi_config = 0x1A30;
inline constexpr std::uint32_t application = 0x1D7C;
inline constexpr std::uint32_t wifi_entry_size = 121;
inline constexpr std::uint32_t wifi_entries = 5;
inline constexpr std::uint32_t version_struct = 0x3FF0;
inline constexpr std::uint32_t version_magic_number = 0xDC0200CD;
inline constexpr std::uint32_t version = 0x3FF6;
inline constexpr std::uint32_t stored_crc = 0x3FF8;
inline constexpr std::uint32_t initial_write = 0x3FFC;
inline constexpr std::uint32_t sequence = 0x3FFD;
inline constexpr std::uint32_t crc_chunk = 32;

/// The register value of a CRC-32 without its final inversion, started afresh: what the chunked checksum adds up.
std::uint32_t raw_crc(ByteView bytes);

}  // namespace photopsy::dct_format

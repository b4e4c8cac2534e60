#pragma once
// The two checksums of the field.
#include "base/bytes.h"

#include <array>
#include <cstdint>

namespace photopsy {

/// CRC-32 (IEEE 802.3: reflected 0xEDB88320, start and final xor 0xFFFFFFFF), as zlib and the firmware compute it.
/// `start` is the CRC of what came before (0 for a first block), as in zlib's crc32().
/// Source: platform/MCU/STM32F2xx/SPARK_Firmware_Driver/src/hw_config.c@v2.3.1:979.
std::uint32_t crc32(ByteView bytes, std::uint32_t start = 0);

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4).
Sha256 sha256(ByteView bytes);

}  // namespace photopsy

#pragma once
// The two real writers of the Photon's configuration table, as the bootloader reaches them over DFU alternate setting 1, on a simulated flash.
// Follows what the vendor's object code does in each generation (wiced_dct_internal_common.o, wiced_dct_update.o), the power may fail in any operation
// (NorFlash).
#include "dfu/nor_flash.h"

#include <optional>
#include <vector>

namespace photopsy::test {

enum class DctCode { G0, G1, G2, G3, G4, G5 };  ///< 0.4.0, 0.4.2, 0.4.3-0.4.5, 0.4.6-0.6.4, 0.7.0-rc.1.., 0.7.0 and later

/// Which DCT code serves DFU on this flash: the bootloader's own below version 100; from 100 on that of system part 2, and nothing where part 2 or the
/// part 1 it needs fails its CRC or is older than 0.7.0 (bootloader/src/photon/bootloader_dct.c@v0.7.0:23-96).
std::optional<DctCode> dct_code_for_dfu(const NorFlash& flash);

/// A module's header at this offset of the flash is what the bootloader accepts (it looks at no checksum), and whether its CRC-32 is right too.
bool has_header(const NorFlash& flash, std::uint32_t at);
bool is_sound_module(const NorFlash& flash, std::uint32_t at);

/// Version of the bootloader in the flash; 0xFFFF where there is none.
std::uint16_t bootloader_version(const NorFlash& flash);

/// Offset of the sector that `code` takes for current. Re-initialises the table where neither is valid, as reading does on the device.
std::uint32_t current_dct(NorFlash& flash, DctCode code);

/// dct_write_app_data(): false where the range or a verification fails.
bool write_dct(NorFlash& flash, DctCode code, std::uint32_t application_offset, ByteView data);

inline constexpr std::uint32_t dct_application = 7548;  ///< offset of the application data in a sector

}  // namespace photopsy::test

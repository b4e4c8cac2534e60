#pragma once
// What must not stand in a table that is written: copies and a flag that the next start carries out, and that cost the device its bootloader.
#include "flash/layout.h"

#include <cstdint>
#include <vector>

namespace photopsy {

/// Offsets in the application data of copies that wait and that are never to be carried out: one that goes where DFU does not write (the bootloader accepts
/// 0x08000000 and then erases the sector that it runs from: FM@v2.3.1:123-131,264-311), or one that switches its own checks off.
std::vector<std::uint32_t> forbidden_copies(const Layout&, ByteView application_data);

/// Whether the flag that has the system apply what lies in the OTA area is set, and lies in `written` (offsets in the application data).
bool sets_update_flag(const Layout&, ByteView application_data, Range written);

/// The application data without either: such copies marked as none, the flag cleared.
std::vector<std::uint8_t> without_danger(const Layout&, std::vector<std::uint8_t> application_data);

}  // namespace photopsy

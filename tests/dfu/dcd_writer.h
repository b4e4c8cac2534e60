#pragma once
// The Electron's configuration store as its bootloader reaches it over DFU alternate setting 1: always by code of the bootloader's own generation
// (docs/formats/dcd.md), on the emulated device's flash.
#include "dfu/dct_writer.h"

namespace photopsy::test {

/// Offset in the flash of application byte 0 of the copy in force. Re-initialises the store where neither copy is valid, as reading does on the device.
std::uint32_t current_dcd(NorFlash& flash);

/// One write of `data` at application byte `offset`; false where it would run past the table.
bool write_dcd(NorFlash& flash, std::uint32_t offset, ByteView data);

}  // namespace photopsy::test

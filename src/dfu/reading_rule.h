#pragma once
// How the flash of a device may be read, by what the device itself says and what is known of its kind.
#include "dfu/descriptors.h"
#include "dfu/flash_reader.h"
#include "flash/layout.h"

#include <string_view>

namespace photopsy::dfu {

/// Never more than device and layout both take. Block numbers are trusted to count in that size only where both name the same.
BlockRule block_rule(const DfuInterface&, const Layout&);
/// The device's descriptor rules reading out, or it is not in DFU mode.
bool forbids_reading(const DfuInterface&);
/// The name of alternate setting 0 is a memory map in which not all of the layout's flash is readable. A text that is no map forbids nothing.
bool map_forbids_reading(std::string_view map_text, const Layout&);

}  // namespace photopsy::dfu

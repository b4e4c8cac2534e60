#pragma once
// Bootloader and the other modules are not of one device: which of them is wrong?
#include "facts/facts.h"

namespace photopsy {

/// The one device that all other running modules name, several of them, while the bootloader alone names this one; nothing where the bootloader does not stand
/// alone, or where they differ among themselves.
std::optional<std::uint16_t> device_of_all_but_bootloader(const Facts&);

/// A device that device_of_all_but_bootloader() names and whose table is of the same kind: nothing in the flash tells it from this one, but the bootloader.
const Layout* device_as_well_possible(const Facts&);

/// The bootloader alone is made for another device than this one, and at least one other running module is this one's: no write over USB does that, and what
/// this bootloader would write is not known.
bool only_bootloader_is_of_other_device(const Facts&);

}  // namespace photopsy

#pragma once
// The parts of proved_public(): each marks one kind of place.
#include "facts/proved_public.h"

namespace photopsy {

inline constexpr std::uint32_t shortest_blank = 8;  ///< a random secret has such a run once in 2^63 bytes

/// Whole released modules and single released blocks, at their place or any other multiple of 4 KiB.
void mark_released_firmware(const Image&, const Layout&, const std::vector<Module>&, PublicMap&);
/// Pieces that equal, byte for byte, a piece of released firmware elsewhere in the image: the last and shorter block of a module, copied.
void mark_repeated_firmware(const Image&, PublicMap&);
/// Headers, suffixes, vector and export tables, import stubs of modules that no release has; the vectors of a bootloader without a header.
void mark_module_structure(const Image&, const Layout&, const std::vector<Module>&, PublicMap&);
/// Runs of one value, FF or 00, and worn cells in erased flash.
void mark_blank(const Image&, PublicMap&);
/// Pages of the emulated EEPROM: states, and of each record its status and number.
void mark_eeprom(const Image&, const Layout&, PublicMap&);
/// The page of system flags of a device whose firmware is in one piece.
void mark_update_flags(const Image&, const Layout&, PublicMap&);
/// Both copies of the configuration table.
void mark_tables(const Image&, const Layout&, const Dct&, PublicMap&);

}  // namespace photopsy

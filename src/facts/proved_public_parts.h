#pragma once
// The parts of proved_public(): each marks one kind of place.
#include "facts/proved_public.h"

namespace photopsy {

inline constexpr std::uint32_t shortest_blank = 8;  ///< a random secret has such a run once in 2^63 bytes

/// Whole released modules and single released blocks, at their place or any other multiple of 4 KiB.
void mark_released_firmware(const Image&, const Layout&, const std::vector<Module>&, PublicMap&);
/// Headers, suffixes, vector tables and import stubs of modules that no release has.
void mark_module_structure(const Image&, const Layout&, const std::vector<Module>&, PublicMap&);
/// Both copies of the configuration table.
void mark_tables(const Image&, const Layout&, const Dct&, PublicMap&);

}  // namespace photopsy

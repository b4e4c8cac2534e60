#pragma once
// Whether the bootloader reaches the configuration table: for the records of updates, and for reads and writes over DFU alternate setting 1.
// Source: bootloader/src/photon/bootloader_dct.c@v2.3.1:27-65; docs/formats/boot.md, "What the bootloader can reach".
#include "facts/modules.h"

namespace photopsy {

enum class TableAccess {
    Own,            ///< bootloaders up to 99, and all of devices with a DCD, bring the code themselves
    BySystem,       ///< from 100 on they call system part 2, and both parts are usable
    PartsUnusable,  ///< ... and a part is damaged, missing, misplaced or for another platform
    PartsDoNotFit,  ///< ... both are whole, and part 1 is older than part 2 asks for
    SystemTooOld,   ///< ... part 2 is whole and from before 0.7.0: it has no code for this
    Unknown         ///< the file does not hold what decides
};

/// Nothing in `bootloader_version`: the bootloader is not in the file or has no sane header; then only what holds for every bootloader is known.
TableAccess table_access(const std::vector<Module>&, const Layout&, std::optional<std::uint16_t> bootloader_version);

inline bool is_reached(TableAccess access) { return access == TableAccess::Own || access == TableAccess::BySystem; }
inline bool is_out_of_reach(TableAccess access) { return !is_reached(access) && access != TableAccess::Unknown; }

}  // namespace photopsy

#pragma once
// Whether what a device holds lies on the way from a plan's beginning to its end.
#include "mend/repair.h"

#include <vector>

namespace photopsy {

/// Where the bootloader lies; empty where the layout has no such region.
Range bootloader_place(const Layout&);
/// Sectors that the plan erases or programs, ascending, each once.
std::vector<Range> sectors_of(const Repair&, const Layout&);
/// From `there` to `wanted` by programming alone.
bool can_be_programmed(ByteView there, ByteView wanted);

/// Every byte of this sector is as before, as afterwards, or between the two as programming goes; any byte where the plan erases it.
bool lies_on_the_way(const Repair&, Range sector, ByteView there);

enum class TableState : std::uint8_t { AsBefore, AsAfter, Between, Elsewhere };
/// The application data in force in `flash` (which needs to hold the two copies only), in view of the plan's table steps up to and including `step`.
TableState table_state(const Repair&, const Layout&, const Image& flash, std::size_t step);
bool writes_table(const Repair&);
/// The table's data when all steps up to and including `step` are done.
std::vector<std::uint8_t> table_data_behind(const Repair&, const Layout&, std::size_t step);
/// Its last step is a start in which the system installs a bootloader.
bool installs_bootloader(const Repair&);

}  // namespace photopsy

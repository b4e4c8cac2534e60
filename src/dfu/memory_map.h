#pragma once
// The DfuSe memory map that a device tells in the name of an alternate setting (UM0424, 4.3.2):
// "@Internal Flash   /0x08000000/03*016Ka,01*016Kg,01*064Kg,07*128Kg".
#include "flash/layout.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy::dfu {

/// Equal sectors in a row. The letter's low three bits: 1 readable, 2 erasable, 4 writable ('a' = 1, 'g' = 7).
struct MapSegment {
    Range at;
    std::uint32_t sector_size = 0;
    bool readable = false, erasable = false, writable = false;
};

struct MemoryMap {
    std::string name;                  ///< "Internal Flash", blanks at the ends taken off
    std::vector<MapSegment> segments;  ///< in the order of the text; those of one address part touch each other

    /// True where every byte of `range` lies in readable segments (any order, touching or not overlapping).
    bool readable(Range range) const;
};

/// Nothing where the text is no memory map, a number is out of range, or a segment runs past the 32-bit address space. Several address parts
/// ("/0x08000000/.../0x20000000/...") are taken. Size letters: K, M, B and blank (bytes).
std::optional<MemoryMap> parse_memory_map(std::string_view text);

/// The device's own map offers every sector that the layout says can be written.
bool can_be_written(const MemoryMap&, const Layout&);

}  // namespace photopsy::dfu

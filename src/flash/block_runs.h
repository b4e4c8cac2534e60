#pragma once
// Stretches of a flash that are one value from a block's begin to a block's end, as blocks of a transfer that did not arrive leave them.
#include "flash/lost_blocks.h"
#include "flash/overwritten.h"

namespace photopsy {

inline constexpr std::uint32_t lost_unit = 1024;  ///< a quarter of a DFU transfer

/// Runs of whole blocks of one value in `where`, from a block's begin to a block's end.
std::vector<Range> runs_of_blocks(const Image&, Range where, std::uint8_t value, std::uint32_t block = lost_unit);

/// The run is as long as its blocks, but for a few bytes: what stands before and behind it in `where` is something else, and there is something behind it.
bool ends_with_its_blocks(const Image&, Range where, Range run, std::uint8_t value);

/// Up to the last byte of a place that is not erased, or to the end that the header of the module in it names.
Range in_use(const Image&, const ModuleSlot&, FixedPlaces&);

/// Blocks that are lost in a serial flash that holds a device's keys beside images of its firmware (lost_beside_keys.cpp).
LostBlocks lost_beside_keys(const Image&, const Layout&);

}  // namespace photopsy

#pragma once
// Does a layout hang together? What a single key cannot show: tiling, overlaps, places outside the flash, names used twice.
#include "flash/layout.h"
#include "flash/text_tree.h"

namespace photopsy {

/// Adds the first contradiction in `layout` to `problems`, at the line of `file` (the tree that it was read from).
void check_layout(const Layout& layout, const TextNode& file, TableReader::Problems& problems);

}  // namespace photopsy

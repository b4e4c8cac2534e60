#pragma once
// Names modules that their header and checksum no longer name. Nothing here runs for a module whose CRC is good.
#include "facts/block_identity.h"
#include "facts/modules.h"

#include <optional>

namespace photopsy {

/// The release (or set of releases) whose blocks stand in the module's slot. Nothing if no block is known.
std::optional<BlockIdentity> identify_blocks(const Image&, const Layout&, const Module&);

/// For every module with a bad CRC or without a header: fills damage.blocks, foreign_blocks, foreign_release and flipped_bit.
void explain_damage(const Image&, const Layout&, std::vector<Module>&);

}  // namespace photopsy

#pragma once
// Bytes of a system part that nothing executes and no other part reads: wrong ones change what its checksum says, and nothing that it does.
#include "facts/modules.h"

namespace photopsy {

/// True where all that is wrong with the part lies in such bytes: its last ones (product, SHA-256, size, checksum), vectors that are zero in every part
/// (docs/formats/module.md), and the stack word of all parts but the first, which alone the bootloader loads. Known where the SHA-256, which covers the code,
/// is still right, or where exactly one flipped bit explains the checksum.
bool is_hit_where_nothing_runs(const Image&, const Module&);

}  // namespace photopsy

#pragma once
// Erased flash as it looks on old chips: FF, with a worn cell here and there that reads 0. Pure.
#include "base/bytes.h"

namespace photopsy {

/// The number of bytes up to the last one that was written. Up to eight single 0 bits that stand alone in erased flash are worn cells and do not
/// count as written. 0 for erased bytes and for an empty view.
std::uint32_t written_size(ByteView);

/// True where nothing was written: FF, but for up to eight single worn cells. True for an empty view.
inline bool is_erased(ByteView bytes) { return written_size(bytes) == 0; }

}  // namespace photopsy

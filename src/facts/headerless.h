#pragma once
// Firmware in one piece from before 0.4: it has no module header and no checksum, so nothing in it tells whether it is whole (docs/formats/core.md).
#include "facts/modules.h"

namespace photopsy {

/// What ModuleDamage::content calls it.
inline constexpr std::string_view firmware_without_header = "firmware without a module header";

/// True where what lies in a place of firmware in one piece has no module header, and may be firmware all the same: it begins with a vector table of the
/// Cortex-M3 whose first word is a stack pointer and whose handlers lie in written flash of the place that it is linked for, and nothing else speaks of another
/// file or of a later firmware that lost its header. `damage` is what else was found there. False for devices whose firmware always had one. Total: any bytes
/// give an answer.
bool looks_like_firmware_without_header(const Image&, const Layout&, const Module&, const ModuleDamage& damage);

/// The same, of a module that was read: whether it is whole cannot be told.
bool may_lack_header(const Module&);

}  // namespace photopsy

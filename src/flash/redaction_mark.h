#pragma once
// The text by which a dump tells that photopsy has overwritten its secrets. Format: docs/redaction.md, "The mark".
#include "flash/image.h"
#include "flash/layout.h"

#include <string_view>
#include <vector>

namespace photopsy {

inline constexpr std::string_view redaction_mark = "photopsy redacted 1";
/// Behind it where something that the original's report calls certain is told less surely of the copy, because only a secret proved it.
inline constexpr std::string_view less_sure_mark = " less sure";

/// Where the mark may stand (32 bytes each), the best place first: at the end of the bootloader's area, which no released bootloader reaches; in the unused
/// bytes of each copy of the configuration table, for files without a bootloader; in unused parts of an external flash; at the end of the flash and of each
/// slot.
std::vector<Range> redaction_mark_places(const Layout&);

/// True where the mark stands at one of its places.
bool has_redaction_mark(const Image&, const Layout&);
/// True where that mark tells that the copy is less sure than its original.
bool is_marked_less_sure(const Image&, const Layout&);

}  // namespace photopsy

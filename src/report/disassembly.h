#pragma once
#include "base/result.h"
#include "facts/facts.h"
#include "facts/proved_public.h"

#include <string>
#include <string_view>

namespace photopsy {

inline constexpr unsigned longest_disassembly = 2000;  ///< lines

/// Thumb code as text, one instruction a line, stubs and calls to them named ("hal_dct[0]"). `where`: an address (hexadecimal), the name of a
/// module slot (its reset handler), or "reset" (the bootloader's). `count`: lines, held at longest_disassembly. One sentence for what is
/// no place of code in this image, is not in the file, or is not proved to be the same on every device (`shared`: code that no release has, settings,
/// what lies behind a module).
Result<std::string> disassembly_text(const Image&, const Facts&, const PublicMap& shared, std::string_view where, unsigned count);
/// The same as one JSON object (docs/schemas/disassembly.schema.json).
Result<std::string> disassembly_json(const Image&, const Facts&, const PublicMap& shared, std::string_view where, unsigned count);

}  // namespace photopsy

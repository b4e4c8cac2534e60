#pragma once
// Runs of one byte inside a module that is not whole: what an erase, a transfer or a write that stopped left there, and not what its maker put in.
#include "facts/modules.h"

namespace photopsy {

inline constexpr std::uint32_t run_step = 256;  ///< runs are looked for from step to step

/// Runs of `value` (erased or zero) in `where`, a part of the slot, that are longer than any of a module of its kind, exact to the byte. An owner's application
/// may hold any bytes: there only a run counts that lies as what an erase or a transfer leaves does, and that no whole copy of the application holds.
std::vector<Range> runs_in_module(const Image&, const Layout&, const Module&, Range where, std::uint8_t value);

}  // namespace photopsy

#pragma once
// Was the file of a second flash read well, and is it a copy of that flash at all? The marks of the internal flash (flash/placement.h) are not in it: what
// tells are the keys and images at their places.
#include "flash/capture.h"

#include <optional>

namespace photopsy {

/// Why this file, in which nothing stands where the second flash has it, is no copy of that flash: of one value all over, or of an internal flash.
std::optional<CaptureProblem> why_not_external(ByteView file, const Layout&);

/// The bytes in their right order and from the flash's first one on, where the file makes sense only so; else nothing.
struct StraightExternal {
    std::vector<std::uint8_t> bytes;
    std::optional<Address> begin;  ///< of a file that begins later: the address of its first byte
    std::optional<CaptureProblem> problem;
};
std::optional<StraightExternal> straightened_external(ByteView file, const Layout&);

/// Parts of the second flash in `capture` that repeat what stands before them, or that did not arrive, are taken out, and named. Of a chip that answers the
/// same several times only what did not arrive.
void find_repeats_in_external(const Layout&, Capture&, bool chip_repeats);

}  // namespace photopsy

#pragma once
// Bytes in the middle of a file that are none of the flash's, seen by what stands late behind them.
#include "flash/anchors.h"

#include <vector>

namespace photopsy {

/// A place of a file at which bytes were added: everything behind it stands so many bytes late.
struct Gain {
    std::size_t known_until = 0;  ///< file offset up to which the bytes before are certain
    std::size_t known_from = 0;   ///< file offset from which on the bytes behind are certain
    std::size_t size = 0;         ///< how many were added
    /// It is known which bytes were added: all that stand between.
    bool exact() const { return known_from - known_until == size; }
};

/// Bytes that were added to a file that begins with the flash, in ascending order. Empty where nothing stands late. Of a flash whose modules are whole and in
/// place it is a quick look.
std::vector<Gain> find_gains(ByteView file, const Layout& layout);

}  // namespace photopsy

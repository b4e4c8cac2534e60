#pragma once
// Where the module of an anchor begins and ends in a file, and how far that is proved.
#include "flash/anchors.h"

namespace photopsy {

/// Length of a module as its header says, with the checksum behind it.
std::size_t length_of(const Anchor&);
/// First byte of what the anchor marks; the anchor itself where the file begins after that.
std::size_t begin_of(const Anchor&);
/// File offset up to which the bytes after an anchor are certain: the module's end where its checksum is right, else its header's.
std::size_t certain_until(ByteView file, const Anchor&);
/// A module's last bytes when they stand `lost` bytes early (late where it is negative): zero, SHA-256, size of the suffix, checksum, then erased flash. A
/// program whose writing stopped ends with any of its bytes.
bool ends_early(ByteView file, const Anchor&, Shift lost);

}  // namespace photopsy

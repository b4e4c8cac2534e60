#pragma once
// A module whose header says something else than its place and its own last bytes do: was the header hit, or does another module begin here?
#include "facts/modules.h"

namespace photopsy {

/// True where the module that ends at `end` has a wrong header and is right apart from that: with start, end, platform, function and index as the place asks
/// for, the version that its last bytes name, and dependencies on what was released, the checksum is right.
bool only_its_header_is_wrong(const Image&, const Layout&, const Module&, Address end);

/// The version that a whole module was built with, where its header was changed later and its checksum made anew: with the platform, function and index of its
/// place its own SHA-256 is right; or all its blocks but those of the header and the last bytes are those of one release. Nothing where nothing shows that.
std::optional<std::uint16_t> version_before_change(const Image&, const Layout&, const Module&);

/// True where the first block is that of a released module of this place, version and length: what the header says is no damage.
bool begins_as_released(const Image&, const Layout&, const Module&);

/// True where a module ends in the sector that it begins in: a write erases that sector before its first byte, and leaves no other module's end in it.
bool shares_its_first_sector(const Layout&, const Module&, Address end);

/// True where the first block, but for a few bytes, is that of the released module which these last bytes name, or where both lie in one sector and what
/// stands around the header is a module's of this place: what the header says else is damage.
bool begins_as_it_ends(const Image&, const Layout&, const Module&, const Trailer&);

/// The version of the code: what the header says, or what it said before one bit of it was flipped or it was changed, or what the module's own last bytes name
/// where the header was hit.
std::uint16_t version_of_code(const Layout&, const Module&);

/// False where the header names another function or index than its place is for; nothing but a changed header does where it is linked for that place.
bool is_of_its_kind(const Layout&, const Module&);

/// Bytes of the header are wrong, whatever else is.
bool header_was_hit(const Module&);

/// Where its bytes lie, even if the header says otherwise.
Range true_extent(const Module&);

}  // namespace photopsy

#pragma once
// Things in a dump that say at which flash address they belong: module headers name their module's address, the configuration table has its
// magic number at a known place. With them the bytes of a shifted, cut or swapped file find their place.
#include "flash/layout.h"

#include <array>
#include <vector>

namespace photopsy {

/// Flash address minus file offset, relative to the flash's begin: 0 in a file that is a whole flash from its first byte on.
using Shift = std::int64_t;

struct Anchor {
    enum class Kind { ModuleHeader, Table } kind = Kind::ModuleHeader;
    std::size_t offset = 0;             ///< of the header, or of the table copy, in the file
    std::uint16_t platform_id = 0;      ///< of a module
    Range module;                       ///< as linked; of a table: the copy where it is likeliest
    std::size_t header_offset = 0;      ///< of the header inside the module: 0, or the vector table's size
    std::array<Shift, 3> candidates{};  ///< where it can belong, the likeliest first
    std::size_t candidate_count = 0;

    bool fits(Shift shift) const;
};

/// The anchor whose first byte stands at `offset`, if there is one. Modules of any platform count.
bool read_anchor(ByteView file, std::size_t offset, const Layout& layout, Anchor& anchor);

/// Anchors at exactly the places that `layout` gives them for a file that begins at the flash's begin. Fast: looks at those places only.
std::vector<Anchor> anchors_in_place(ByteView file, const Layout& layout);

/// All anchors of the file, at any byte, in ascending order (at most 4096).
std::vector<Anchor> find_anchors(ByteView file, const Layout& layout);

/// A device whose bootloader has no header: the file begins with a stack pointer and a reset handler inside that bootloader. False for other devices.
bool begins_with_plain_bootloader(ByteView file, const Layout& layout);

/// The shift that most anchors agree on and how many do; 0 and 0 where there is none. Ties go to the smallest displacement.
struct ShiftVote {
    Shift shift = 0;
    std::size_t votes = 0;
};
ShiftVote best_shift(const std::vector<Anchor>& anchors);
std::size_t votes_for(std::span<const Anchor> anchors, Shift shift);

/// How many things stand nearly where they belong: up to three wrong bits each. For files that are full of wrong bits.
std::size_t nearly_in_place(ByteView file, const Layout& layout);
/// The same of modules alone.
std::size_t nearly_modules_in_place(ByteView file, const Layout& layout);

}  // namespace photopsy

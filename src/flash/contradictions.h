#pragma once
// The same bytes given twice: alike, which proves something, or differently, so that nobody knows which of them the flash held.
#include "flash/formats.h"

namespace photopsy {

/// How far bytes agree with others that were given for the same addresses.
struct Agreement {
    std::size_t alike = 0, different = 0;
    std::size_t elsewhere = 0;  ///< bytes for addresses that nothing else names
    Range where;                ///< from the first to the last address at which they differ; empty where none does
};

/// Of all pieces with those before them. Addresses outside `flash` do not count. Each byte is looked at once.
Agreement agreement_of(std::span<const Piece> pieces, Range flash);
/// Of pieces with an image that was put together without them, and with each other.
Agreement agreement_with(const Image&, std::span<const Piece> pieces);

/// Notes Contradictory where the pieces that a file names differ from each other, and a remark where it says something twice alike. `flash` is what they
/// are pieces of.
void note_contradictions(std::span<const Piece> pieces, Range flash, Capture&);

/// Notes Contradictory where that is another form of what stands before, else Oversized. Its bytes are never put into the image.
void note_behind(const Behind&, Range flash, Capture&);

}  // namespace photopsy

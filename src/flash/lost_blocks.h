#pragma once
// Blocks of a transfer that did not arrive and were left zero or erased in the file, as no flash comes to look.
#include "flash/capture.h"

namespace photopsy {

/// What is taken to be lost, and by what that was seen; empty where nothing was.
struct LostBlocks {
    std::vector<Range> at;
    std::string words;
};

/// Blocks of 1024 bytes that are zero or erased where something must stand, in several parts of the flash. One such block is damage of the module or table it
/// lies in, and the free places of a flash may hold anything.
LostBlocks find_lost_blocks(const Image& image, const Layout& layout);
/// Notes them as RepeatedBlocks and takes them out of the image.
void note_lost_blocks(const Layout& layout, Capture& capture);

/// The same bytes of each block of a DFU transfer that holds something, erased or zero in all of them: packets at the end of each that did not arrive.
LostBlocks find_lost_ends(const Image& image, const Layout& layout);

}  // namespace photopsy

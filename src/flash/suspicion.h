#pragma once
// Does the content look as if it had been read badly? Blocks read twice, blocks of zeros everywhere, wrong bits everywhere.
#include "flash/capture.h"

namespace photopsy {

/// Ranges of modules in their slots whose checksum is right: what lies there was read well, however odd it looks.
std::vector<Range> proven_modules(const Image& image, const Layout& layout);

/// Blocks that repeat the block or the run of blocks before them, or that are zero in many parts of the flash: RepeatedBlocks. What is only a repetition is
/// taken out of the image.
void find_repeated_blocks(const Layout& layout, Capture& capture);

/// A bit that is the same in every word that was read: Noisy. What else such a file looks like, it is not.
void find_stuck_line(Capture& capture);

/// Single wrong bytes all over erased flash, together with modules whose checksum is wrong: Noisy.
void find_noise(const Layout& layout, Capture& capture);

/// Platform that most module headers in their slots name; nothing where there is none. The bootloader counts most, for DFU cannot write it; but alone it does
/// not outweigh two modules of the device that `layout` is of.
std::optional<std::uint16_t> platform_of(const Image& image, const Layout& layout);

/// "Particle P1", "Argon", "platform 99".
std::string name_of_platform(std::uint16_t platform_id);

/// A whole module of another device than that of platform `own`, which begins with the first byte, proved by its checksum: its size without that, its platform.
struct WholeModule {
    std::uint32_t size = 0;
    std::uint16_t platform_id = 0;
};
std::optional<WholeModule> module_of_other_device(ByteView bytes, std::uint16_t own);

/// A module of a later device (Argon, Boron ...) anywhere in the file, proved by its checksum: its platform.
std::optional<std::uint16_t> later_platform_in(ByteView file);

}  // namespace photopsy

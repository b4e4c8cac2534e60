#pragma once
// Files in which nothing of this device's flash stands: what they are, said instead of a verdict.
#include "flash/capture.h"

namespace photopsy {

/// Whether anything in `bytes`, taken to be the flash from its first byte on or from anywhere in it, is of a device like `layout`: a module header, a copy of
/// the configuration table, or one of them with a few wrong bits in its place. Looks at every byte: for files that do not stand in place.
bool is_marked(ByteView bytes, const Layout& layout);

/// Notes OtherPlatform of a flash with a table of the WICED SDK and a program, and nothing of Particle's. Puts nothing into the image.
void note_other_wiced_device(ByteView bytes, const Layout& layout, Capture& capture);

/// Notes NotBinary (a known kind of file, or too little to be a flash) or OtherPlatform (firmware or bytes of something else) with one sentence that says what
/// the file is, as far as its bytes tell. Puts nothing into the image.
void note_other_file(ByteView bytes, const Layout& layout, Capture& capture);

/// Says of bytes at addresses that nothing among them is of this flash: they lie elsewhere, or no mark stands in them. False, and nothing said, where there is
/// one (or nothing but one value, which is a blank flash). Addresses below the flash's size count from the flash's begin.
bool note_other_addresses(const std::vector<Piece>& pieces, const Layout& layout, Capture& capture);

/// A DfuSe file of which nothing is for the flash itself: `bytes` are for other alternate settings.
void note_other_settings(std::uint64_t bytes, const Layout& layout, Capture& capture);

/// Where the image holds whole modules and nothing else (a restore image, a firmware file as HEX or DfuSe): one Truncated problem that says so in place of one
/// for each gap. Does nothing otherwise.
void note_modules_only(const Layout& layout, Capture& capture);

}  // namespace photopsy

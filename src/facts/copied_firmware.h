#pragma once
// Firmware in one piece: which of the stored images the next start puts in its place, and what is known of it. Format: docs/formats/core.md. Source:
// bootloader/src/main.c@v0.6.4:179-216, hw_config.c@v0.6.4:1130-1162.
#include "facts/facts.h"

namespace photopsy {

/// The factory image, where nothing that begins with a stack pointer will lie in the firmware's place after the job of the flags: then it is copied, untested
/// as well. nullptr where it is not, or has no such beginning itself.
const StoredImage* fallback_of(const MonolithicUpdate&);

/// What the next start runs, where it is one of the stored images: the fallback, else the source of the job. nullptr where it runs what is installed.
const StoredImage* copied_by(const MonolithicUpdate&);

/// It may be firmware of before 0.4, which has neither header nor checksum: nothing tells whether it is whole.
bool is_unproved(const StoredImage&, const std::vector<Module>&);

/// It lies in the file, and is neither whole nor unproved.
bool is_damaged(const StoredImage&, const std::vector<Module>&);

/// What the next start runs, installed or copied, is unproved.
bool runs_unproved_firmware(const Facts&);

}  // namespace photopsy

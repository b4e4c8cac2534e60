#pragma once
// Which of the built-in devices do the bytes of a flash belong to? All evidence is weighed: the platform that each module names, more where its checksum is
// right, and the kind of the configuration store.
#include "flash/layout.h"

namespace photopsy {

/// The built-in layout whose marks stand in the bytes, at their places or anywhere; nullptr where none do.
const Layout* layout_of_bytes(ByteView);

/// The device that the table and all other modules of a flash are of, where its whole bootloader is another device's; nullptr where the two agree, or where
/// which one is right is open.
const Layout* device_against_bootloader(ByteView);

}  // namespace photopsy

#pragma once
// The external flash of devices that have one: which file is a copy of it, and how its bytes join those of the internal flash.
// Sizes and marks: docs/formats/core.md.
#include "flash/capture.h"

namespace photopsy {

/// The address in the external flash at which the file begins, where keys, server address or firmware images stand in it at their places. Nothing where
/// the layout keeps no configuration there, or where nothing in the file says so (a blank flash proves nothing).
std::optional<Address> external_flash_begin(ByteView file, const Layout&);

/// Which of a device's two flashes a file is a copy of, as far as its bytes tell.
enum class FlashOfFile { Unknown, Internal, External };
FlashOfFile flash_of_file(ByteView file, const Layout&);

/// Puts a file that was said to be, or was recognized as, the external flash into `capture.image`, and names its defects. Formats as for the
/// internal flash. The file may be empty of anything: that is a fact, not a defect.
void put_external(Capture&, ByteView file, std::string name, std::string container, const Layout&);

}  // namespace photopsy

#pragma once
// What a file is that was given as firmware and that a plan does not use: its owner thinks that it is the right one.
#include "mend/repair.h"

#include <string>

namespace photopsy {

/// As the end of a sentence that begins with the file's name: "is cut off: 100000 of 261452 bytes." By content alone; total.
std::string unused_firmware_in_words(ByteView file, const Layout&);

}  // namespace photopsy

#pragma once
// What a write of the bootloader does to a store that the system reads by rules of its own.
#include "facts/dct.h"

namespace photopsy {

/// True where a write over DFU starts from the copy that the system uses, and the system reads what was written. Asked of the headers alone.
bool write_reaches_system(const Dct&);

}  // namespace photopsy

#pragma once
// Where a device key goes, said for a key without a dump: of the first known device that has keys of this kind.
#include "flash/layout.h"

#include <string>

namespace photopsy {

struct KeyPlace {
    std::uint16_t vendor = 0, product = 0;  ///< of the device in DFU mode
    std::uint32_t offset = 0;               ///< in the table, alternate setting 1
    std::string device;                     ///< "Photon": another kind of device has other numbers
};

/// `layout`: the dump's, or nullptr. All zero where no device has keys of this kind.
KeyPlace key_place(const Layout* layout, KeyKind);

}  // namespace photopsy

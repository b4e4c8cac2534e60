#pragma once
// Where a device key goes, said for a key without a dump: of the first known device that has keys of this kind.
#include "flash/layout.h"

#include <string>
#include <vector>

namespace photopsy {

struct KeyPlace {
    std::uint16_t vendor = 0, product = 0;  ///< of the device in DFU mode
    std::uint32_t offset = 0;               ///< in the table, alternate setting 1
    std::string device;                     ///< "Photon": another kind of device has other numbers
};

/// `layout`: the dump's, or nullptr. All zero where no device has keys of this kind.
KeyPlace key_place(const Layout* layout, KeyKind);

/// The key as a file for dfu-util. Into a serial flash only an even number of bytes can be written over DFU (docs/formats/core.md): an erased byte ends an odd
/// one there, which no reader of the key looks at. `layout`: nullptr where it is not known; then, and for every other store, the key as it is.
std::vector<std::uint8_t> key_file_for(const Layout* layout, std::vector<std::uint8_t> der);

}  // namespace photopsy

#pragma once
// What a USB configuration descriptor says about DFU. The bytes come from a device, so nothing in them is believed before it is checked.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy::dfu {

struct AlternateSetting {
    std::uint8_t number = 0;
    std::uint8_t name_index = 0;  ///< string descriptor with the memory map; 0: none
};

/// The DFU interface of a device. Defaults are those of every Photon bootloader (usbd_dfu_core.c@v0.7.0:275-288).
struct DfuInterface {
    std::uint8_t number = 0;
    bool in_dfu_mode = true;  ///< protocol 2; protocol 1 is an application that could be asked to detach
    std::vector<AlternateSetting> alternates;
    bool has_functional_descriptor = false;
    bool can_upload = true;
    std::uint16_t transfer_size = 4096;
    std::uint16_t dfu_version = 0x011A;
};

/// Finds the first DFU interface (class 0xFE, subclass 1) in the bytes of a configuration descriptor. The functional descriptor (type 0x21)
/// may stand behind any of its alternate settings: the Particle bootloader puts it behind the last one. Nothing where the bytes are no
/// configuration descriptor, a length runs past the end, or no DFU interface is in it.
std::optional<DfuInterface> parse_configuration(ByteView bytes);

/// A USB string descriptor (UTF-16LE) as text: printable ASCII, everything else as '?'. Empty where the bytes are no string descriptor.
std::string text_of_string_descriptor(ByteView bytes);

}  // namespace photopsy::dfu

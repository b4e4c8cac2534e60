#pragma once
// Who is on the other end of the cable, by what USB says before anything is opened.
#include "flash/layout.h"

#include <cstdint>
#include <span>
#include <string>

namespace photopsy::dfu {

struct UsbNumbers {
    std::uint16_t vendor = 0, product = 0, bcd_device = 0;
};

enum class Mode : std::uint8_t { Foreign, Dfu, Serial };  ///< Foreign: not of the devices photopsy knows

struct Identity {
    Mode mode = Mode::Foreign;
    const Layout* layout = nullptr;  ///< nullptr where photopsy has no layout for this product
    std::string title;               ///< "Particle Photon"
    bool serial_is_device_id = false;
    bool winusb_by_itself = false;  ///< from bootloader 8 on
    std::string bootloader;         ///< what is known of it: "8 or later (system 0.6.0 or later)"

    std::string named(UsbNumbers usb) const;  ///< "Particle Photon (2b04:d006)"
};

/// `serial` as the device tells it, or "" where it could not be read.
Identity identify_usb(UsbNumbers usb, std::string_view serial, std::span<const Layout* const> layouts);

/// Serials compare without case: bootloader 100 writes upper case, 101 lower (usbd_desc.c, commit 7f4b463fd).
bool same_serial(std::string_view a, std::string_view b);
/// The fixed serial of bootloaders before 8: no id.
bool is_placeholder_serial(std::string_view serial);
std::string usb_id(UsbNumbers usb);  ///< "2b04:d006"

}  // namespace photopsy::dfu

#pragma once
// What can go wrong between a person and the flash of a device, in one sentence and one remedy each. Texts only: no I/O, no decision.
// Source of meanings and cures: libusb 1.0 error codes on Linux, Windows and macOS; docs/capture.md.
#include "base/bytes.h"

#include <string>
#include <string_view>

namespace photopsy::dfu {

enum class Trouble : std::uint8_t {
    None,
    NoDevice,        ///< nothing of Particle's on USB
    SerialMode,      ///< a device is there, running its firmware
    UnknownProduct,  ///< a DFU device photopsy has no layout for
    SeveralDevices,
    NoSuchDevice,       ///< --serial or --path fits none
    NotPermitted,       ///< LIBUSB_ERROR_ACCESS
    InUse,              ///< LIBUSB_ERROR_BUSY
    NoDriver,           ///< LIBUSB_ERROR_NOT_SUPPORTED
    HalfDriver,         ///< LIBUSB_ERROR_NOT_FOUND
    UsbUnavailable,     ///< libusb itself does not start
    NotReadable,        ///< the device's own memory map or functional descriptor rules reading out
    Gone,               ///< unplugged, reset, power lost
    NoAnswer,           ///< LIBUSB_ERROR_TIMEOUT, again and again
    Refused,            ///< LIBUSB_ERROR_PIPE, again and again
    LineBroken,         ///< LIBUSB_ERROR_IO, OVERFLOW
    ShortBlocks,        ///< fewer bytes than asked for, again and again
    OddState,           ///< the bootloader does not come to dfuIDLE
    ReadsDisagree,      ///< too many blocks differ between two reads
    OtherDeviceOrFlash  ///< a resumed file does not fit the device
};

enum class HostSystem : std::uint8_t { Linux, Windows, MacOs };

/// Details for the sentences. Empty strings and zeros are left out of them.
struct TroubleDetails {
    std::string device;  ///< "Particle Photon (2b04:d006)"
    std::string dfu_id;  ///< "2b04:d006"
    std::string button;  ///< the one that is held: "SETUP"; "" where the device is not known
    Address at = 0;      ///< flash address being read
    bool at_is_known = false;
    bool winusb_by_itself = true;  ///< false: bootloader before 8, which needs Zadig on Windows
    std::string more;              ///< list of devices, libusb's own words ...
};

struct Advice {
    std::string sentence;  ///< what happened
    std::string remedy;    ///< what to do first, on this operating system
};

Advice advise(Trouble trouble, HostSystem system, const TroubleDetails& details);

/// How this device gets into DFU mode, without a full stop: "hold SETUP, tap RESET, let go of SETUP when the LED blinks yellow". "": any device.
std::string into_dfu_mode(std::string_view button);

/// Stable word for JSON output: "not-permitted". "" for None.
std::string trouble_name(Trouble trouble);

/// The rule that gives every user access to Particle's devices in DFU and serial mode, one line without line end.
std::string udev_rule();

}  // namespace photopsy::dfu

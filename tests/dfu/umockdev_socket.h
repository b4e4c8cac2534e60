#pragma once
// A socket of the mock USB with an emulated device in it: the usbfs ioctls of a real libusb are answered by the device model.
#include "dfu/photon_device.h"

#include <sys/types.h>
#include <umockdev.h>

#include <list>
#include <mutex>
#include <string>

namespace photopsy::test {

/// One sentence on standard error, and exit status 97: a mistake of the emulator's own.
[[noreturn]] void give_up(const std::string& sentence);

struct Urb {
    UMockdevIoctlData *urb, *buffer;
    bool answered;
    int status, length;
};

/// One socket with a device in it.
struct Socket {
    PhotonDevice device;
    int port = 1, number = 2;
    int claim_error = 0;
    std::mutex mutex;
    std::list<Urb> urbs;
    bool was_gone = false;
    std::vector<std::uint8_t> other_flash;  ///< not empty: what comes back after an unplug is another device, with this flash
    long interrupt_at = -1;                 ///< number of the block at which the program is sent SIGINT, before it gets its answer
    pid_t program = 0;
    std::string node, sysfs;
};

/// The device appears in the mock /sys and answers at its node.
void plug_in(UMockdevTestbed*, Socket&);

/// Takes a device that has gone off the bus, and brings it back under a new number in the same socket.
void replug(UMockdevTestbed*, Socket&, long after_ms);

}  // namespace photopsy::test

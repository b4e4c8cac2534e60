#pragma once
// Devices on this computer's USB, behind libusb. Only the CLI uses this; the machines of this room do not know it.
#include "dfu/identity.h"
#include "dfu/port.h"
#include "dfu/trouble.h"
#include "dfu/write_port.h"

#include <memory>
#include <string>
#include <vector>

namespace photopsy::dfu {

/// A device that is one of ours by its numbers, as it was found.
struct FoundDevice {
    UsbNumbers usb;
    std::string path;       ///< bus and ports, "1-2.3": the same for the same socket
    std::string serial;     ///< "" where it could not be read
    std::string flash_map;  ///< name of alternate setting 0; "" where it could not be read
    Identity identity;
    Trouble trouble = Trouble::None;  ///< why it cannot be opened and claimed
};

struct Opened {
    std::unique_ptr<Port> port;  ///< null where it failed
    BlockRule rule;
    std::optional<BlockRule> external;  ///< where the device offers its second flash for reading too
    Trouble trouble = Trouble::None;
};

/// The same for writing.
struct OpenedForWriting {
    std::unique_ptr<WritePort> port;
    BlockRule rule;
    std::optional<BlockRule> external;
    Trouble trouble = Trouble::None;
};

class Usb {
public:
    explicit Usb(std::vector<const Layout*> layouts);
    ~Usb();
    Usb(const Usb&) = delete;
    Usb& operator=(const Usb&) = delete;

    /// What libusb said when it did not start; "" where it did.
    const std::string& unavailable() const { return unavailable_; }

    /// All devices of ours in the order of bus and port. Opens each for a moment to read its serial and to see whether it can be claimed; asks for no
    /// string descriptor outside 1..7, and sends no DFU request.
    std::vector<FoundDevice> devices();

    /// Opens and claims `device` for reading. The port's reconnect() waits up to `patience_ms` for the same device (by serial where that is an id, else
    /// by path); `still_wanted` is asked now and then meanwhile, with true where the device is not there.
    Opened open(const FoundDevice& device, std::uint32_t patience_ms, std::function<bool(bool away)> still_wanted);
    /// The same for a repair. Refused where the device's own memory map lets less be written than the layout says.
    OpenedForWriting open_for_writing(const FoundDevice& device, std::uint32_t patience_ms, std::function<bool(bool away)> still_wanted);

private:
    struct Context;
    struct Claimed;
    Claimed claim(const FoundDevice& device, std::uint32_t patience_ms, std::function<bool(bool away)> still_wanted);
    std::unique_ptr<Context> context_;
    std::vector<const Layout*> layouts_;
    std::string unavailable_;
};

}  // namespace photopsy::dfu

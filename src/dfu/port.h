#pragma once
// The seam between the machines of this room and whatever carries control transfers: libusb, a browser, a test.
#include "dfu/capture_run.h"

#include <functional>

namespace photopsy::dfu {

class Port {
public:
    virtual ~Port() = default;
    /// One control transfer, waiting at most `timeout_ms`. The bytes of the answer stay valid until the next call.
    virtual Answer transfer(const Request& request, std::uint32_t timeout_ms) = 0;
    /// Opens the same device again, waiting for it to come back if it has gone. None, or why not.
    virtual Trouble reconnect() = 0;
    virtual void wait(std::uint32_t milliseconds) = 0;
};

/// Carries every step of `capture` out on `port` until it ends or `go_on` says false (asked after each transfer that brought bytes and before each
/// reconnection). Stopped or failed, the device is asked to return to dfuIDLE all the same.
DriveResult drive(FlashCapture& capture, Port& port, std::uint32_t timeout_ms, const std::function<bool(const FlashCapture&)>& go_on);

}  // namespace photopsy::dfu

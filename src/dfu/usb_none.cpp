// A program without USB (PHOTOPSY_USB=OFF): it says so wherever a device is asked for.
#include "dfu/usb.h"

namespace photopsy::dfu {

struct Usb::Context {};

Usb::Usb(std::vector<const Layout*> layouts) : layouts_(std::move(layouts)), unavailable_("this photopsy was built without USB") {}
Usb::~Usb() = default;
std::vector<FoundDevice> Usb::devices() { return {}; }
Opened Usb::open(const FoundDevice&, std::uint32_t, std::function<bool(bool)>) { return {nullptr, {}, {}, Trouble::UsbUnavailable}; }
OpenedForWriting Usb::open_for_writing(const FoundDevice&, std::uint32_t, std::function<bool(bool)>) { return {nullptr, {}, {}, Trouble::UsbUnavailable}; }

}  // namespace photopsy::dfu

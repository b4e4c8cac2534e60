#include "dfu/selection.h"

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr std::size_t shortest_serial_end = 4;

bool serial_fits(std::string_view serial, std::string_view wanted) {
    if (wanted.empty() || same_serial(serial, wanted)) return true;
    return wanted.size() >= shortest_serial_end && wanted.size() < serial.size() && same_serial(serial.substr(serial.size() - wanted.size()), wanted);
}

std::string listed(const std::vector<const FoundDevice*>& devices) {
    std::string text;
    for (const FoundDevice* device : devices) {
        if (!text.empty()) text += "; ";
        text += device->identity.named(device->usb) + " at path " + device->path;
        if (!device->serial.empty()) text += " with serial " + device->serial;
    }
    return text;
}

}  // namespace

TroubleDetails details_of(const FoundDevice& device) {
    return {.device = device.identity.named(device.usb), .dfu_id = usb_id(device.usb), .button = device.identity.layout ? device.identity.layout->button : "", .winusb_by_itself = device.identity.winusb_by_itself, .more = {}};
}

Choice choose(const std::vector<FoundDevice>& devices, std::string_view serial, std::string_view path) {
    std::vector<const FoundDevice*> in_dfu, fitting;
    for (const FoundDevice& device : devices) {
        if (device.identity.mode != Mode::Dfu) continue;
        in_dfu.push_back(&device);
        if (serial_fits(device.serial, serial) && (path.empty() || path == device.path)) fitting.push_back(&device);
    }
    // A device without a layout does not stand in the way of one that has one.
    if (fitting.size() > 1) std::erase_if(fitting, [](const FoundDevice* device) { return device->identity.layout == nullptr; });
    Choice choice;
    if (fitting.size() == 1) {
        choice.device = fitting.front();
        choice.trouble = choice.device->identity.layout ? choice.device->trouble : Trouble::UnknownProduct;
        choice.details = details_of(*choice.device);
    } else if (fitting.size() > 1) {
        choice.trouble = Trouble::SeveralDevices;
        choice.candidates = fitting;
        choice.details.more = listed(fitting);
    } else if (!in_dfu.empty() && (!serial.empty() || !path.empty())) {
        choice.trouble = in_dfu.size() == 1 && in_dfu.front()->trouble != Trouble::None ? in_dfu.front()->trouble : Trouble::NoSuchDevice;
        choice.details = choice.trouble == Trouble::NoSuchDevice ? TroubleDetails{} : details_of(*in_dfu.front());
        choice.details.more = listed(in_dfu);
    } else if (!devices.empty()) {
        choice.trouble = in_dfu.empty() ? Trouble::SerialMode : Trouble::UnknownProduct;
        choice.details = details_of(in_dfu.empty() ? devices.front() : *in_dfu.front());
    } else {
        choice.trouble = Trouble::NoDevice;
    }
    return choice;
}

}  // namespace photopsy::dfu

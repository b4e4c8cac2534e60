// Who is at the other end of the browser's USB, and the words about it.
#include "page/state.h"
#include "page/transfer.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::page;

namespace photopsy::page {

namespace {

std::vector<const Layout*> known_layouts() {
    std::vector<const Layout*> layouts;
    for (const auto name : builtin_layout_names()) layouts.push_back(builtin_layout(name));
    return layouts;
}

std::string_view word_for(dfu::Mode mode) { return mode == dfu::Mode::Dfu ? "dfu" : mode == dfu::Mode::Serial ? "running" : "foreign"; }

constexpr std::string_view into_dfu_again = "put it into DFU mode again (hold the button, tap RESET, let go when the light blinks yellow)";

/// What to do first, where the person has this page and no command line.
std::string remedy_in_browser(dfu::Trouble trouble, const dfu::Advice& advice) {
    using dfu::Trouble;
    switch (trouble) {
        case Trouble::Gone:
            return fmt::format("Plug it in with a cable that sits tight, {}, and press Connect: reading goes on where it stopped.", into_dfu_again);
        case Trouble::NoAnswer:
        case Trouble::Refused:
        case Trouble::OddState:
        case Trouble::LineBroken:
        case Trouble::ShortBlocks:
            return fmt::format(
                "Unplug it, take another cable or a USB port of the computer itself without a hub, {}, and press Connect: reading goes on where it stopped.",
                into_dfu_again);
        case Trouble::ReadsDisagree:
            return "Take another cable and a USB port of the computer itself, without a hub, and read it again from the beginning.";
        case Trouble::OtherDeviceOrFlash:
            return "Read it again from the beginning, with one device.";
        case Trouble::SerialMode:
            return fmt::format("To read it, {}.", into_dfu_again);
        case Trouble::UnknownProduct:
            return "Ask for it where you found this page; the flash of this kind of device is not known here.";
        case Trouble::NotReadable:
            return fmt::format("Unplug it, {}, and try once more; this is no bootloader that is known here.", into_dfu_again);
        default:
            return advice.remedy;
    }
}

}  // namespace

}  // namespace photopsy::page

int page_usb_ids() {
    std::string table;
    for (const Layout* layout : page::known_layouts()) {
        const auto& usb = layout->usb;
        table +=
            fmt::format("{}\t{}\t{}\tdfu\n{}\t{}\t{}\trunning\n", usb.vendor, usb.dfu_product, layout->title, usb.vendor, usb.serial_product, layout->title);
    }
    return answer(table);
}

int page_identify(std::uint32_t vendor, std::uint32_t product, std::uint32_t bcd_device, const char* serial) {
    auto& device = state().device;
    device.usb = {static_cast<std::uint16_t>(vendor), static_cast<std::uint16_t>(product), static_cast<std::uint16_t>(bcd_device)};
    device.serial = page::cell(serial);
    device.identity = dfu::identify_usb(device.usb, device.serial, page::known_layouts());
    const auto& who = device.identity;
    return answer(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", page::word_for(who.mode), who.layout ? who.layout->name : "", who.title,
                              who.serial_is_device_id ? "id" : "", who.winusb_by_itself ? "winusb" : "", who.bootloader));
}

int page_trouble(std::uint32_t number, std::uint32_t system, std::uint32_t address) {
    const auto trouble = page::trouble_numbered(number);
    const auto& device = state().device;
    dfu::TroubleDetails details;
    if (!device.identity.title.empty()) {
        details.device = device.identity.named(device.usb);
        details.dfu_id = dfu::usb_id(device.usb);
        details.winusb_by_itself = device.identity.winusb_by_itself;
        if (device.identity.layout) details.button = device.identity.layout->button;
    }
    details.at = address;
    details.at_is_known = address != 0;
    const auto advice = dfu::advise(trouble, static_cast<dfu::HostSystem>(system <= 2 ? system : 0), details);
    return answer(page::cell(advice.sentence) + "\n" + page::cell(page::remedy_in_browser(trouble, advice)) + "\n");
}

int page_udev_rule() { return answer(dfu::udev_rule()); }

#include "dfu/trouble.h"

#include <fmt/format.h>

namespace photopsy::dfu {
namespace {

bool is_windows(HostSystem system) { return system == HostSystem::Windows; }

std::string button_or(std::string_view button) { return button.empty() ? "SETUP (MODE)" : std::string(button); }

std::string dfu_mode_steps(const TroubleDetails& details) {
    return fmt::format("hold {}, tap RESET, keep holding until the LED blinks yellow (about 3 seconds; let go before it blinks green), and run this again",
                       button_or(details.button));
}

std::string device_or(const TroubleDetails& details) { return details.device.empty() ? "The device" : details.device; }

std::string place(const TroubleDetails& details) { return details.at_is_known ? fmt::format(" at 0x{:08x}", details.at) : ""; }

Advice no_device(HostSystem system, const TroubleDetails& details) {
    std::string remedy = fmt::format(
        "Put it into DFU mode: {}. If the LED blinks yellow and it is still not found, take a USB cable that carries data (many only charge) "
        "and a USB 2 port of the computer itself, without a hub",
        dfu_mode_steps(details));
    if (is_windows(system)) remedy += "; then look in the Device Manager for an unknown device";
    if (system == HostSystem::Linux) remedy += "; in a virtual machine or container, hand the USB device through";
    return {"No Particle device is connected by USB, or the cable carries no data.", remedy + "."};
}

Advice not_permitted(HostSystem system, const TroubleDetails& details) {
    if (is_windows(system))
        return {fmt::format("{} cannot be opened: another program has it.", device_or(details)),
                "Close the Particle CLI, Workbench, browser tabs with WebUSB and virtual machines, unplug the device, and plug it in again in DFU mode."};
    if (system == HostSystem::MacOs)
        return {fmt::format("{} cannot be opened: the system denies access.", device_or(details)),
                "Close other programs that use the device (Particle CLI, browser tabs, virtual machines), unplug it, and plug it in again in DFU mode."};
    return {
        fmt::format("{} cannot be opened: this user has no right to it.", device_or(details)),
        "Install the udev rule with `photopsy devices --udev-rule | sudo tee /etc/udev/rules.d/50-particle.rules && sudo udevadm control --reload`, unplug the "
        "device, and plug it in again in DFU mode."};
}

Advice no_driver(HostSystem system, const TroubleDetails& details) {
    if (!is_windows(system))
        return {fmt::format("{} is seen, but this system offers no way to open it.", device_or(details)),
                "Unplug it, try another USB port of the computer itself, and put it into DFU mode again."};
    if (details.winusb_by_itself)
        return {fmt::format("{} is seen, but has no driver or the wrong one.", device_or(details)),
                "Open the Device Manager while the LED blinks yellow, uninstall the device with \"Delete the driver software\" ticked, and plug it in again: "
                "Windows "
                "then takes WinUSB by itself. If that does not help, put WinUSB on it with Zadig (Options > List All Devices)."};
    return {fmt::format("{} is seen, but has no driver, and its bootloader is too old to name one to Windows.", device_or(details)),
            "Run Zadig while the LED blinks yellow: Options > List All Devices, choose the one whose name ends in \"DFU Mode\", driver WinUSB, Install."};
}

Advice half_driver(HostSystem system, const TroubleDetails& details) {
    if (is_windows(system))
        return {
            fmt::format("The driver of {} is installed by half, or for another mode of it.", details.device.empty() ? "the device" : details.device),
            fmt::format("Run Zadig while the LED blinks yellow (the DFU device{}, not the serial one): Options > List All Devices, driver WinUSB, Reinstall.",
                        details.dfu_id.empty() ? "" : " " + details.dfu_id)};
    return {fmt::format("{} does not offer its DFU interface.", device_or(details)), "Unplug it, put it into DFU mode again, and run this again."};
}

Advice gone(const TroubleDetails& details) {
    return {
        fmt::format("{} went away while it was read{}, and did not come back.", device_or(details), place(details)),
        fmt::format("Plug it in again with a cable that sits tight, hold {} and tap RESET until the LED blinks yellow, and run this again: `--resume` goes on "
                    "where it stopped.",
                    button_or(details.button))};
}

Advice while_reading(Trouble trouble, const TroubleDetails& details) {
    const std::string who = device_or(details), where = place(details);
    const std::string resume = " `--resume` goes on where it stopped.";
    switch (trouble) {
        case Trouble::NoAnswer:
            return {fmt::format("{} gives no answer{}.", who, where),
                    fmt::format("Tap RESET while holding {} until the LED blinks yellow again, take a USB 2 port without a hub, and run this again.",
                                button_or(details.button)) +
                        resume};
        case Trouble::Refused:
            return {fmt::format("{} refuses to hand out its flash{}.", who, where),
                    "Unplug it, put it into DFU mode again, and run this again; if it stops at the same address, take another cable and port." + resume};
        case Trouble::ShortBlocks:
            return {fmt::format("{} sends blocks that are too short{}.", who, where),
                    "Take another cable and a USB 2 port of the computer itself, without a hub, and run this again." + resume};
        case Trouble::OddState:
            return {fmt::format("The bootloader of {} does not return to its idle state{}.", details.device.empty() ? "the device" : details.device, where),
                    "Unplug it, put it into DFU mode again, and run this again." + resume};
        default:
            return {fmt::format("The connection to {} breaks{}.", details.device.empty() ? "the device" : details.device, where),
                    "Take another cable and a USB 2 port of the computer itself, without a hub, and run this again." + resume};
    }
}

Advice before_reading(Trouble trouble, const TroubleDetails& details) {
    const std::string list = details.more.empty() ? "" : ": " + details.more;
    switch (trouble) {
        case Trouble::SerialMode:
            return {fmt::format("{} is connected and runs its firmware; the flash can be read in DFU mode only.", device_or(details)),
                    fmt::format("Put it into DFU mode: {}.", dfu_mode_steps(details))};
        case Trouble::UnknownProduct:
            return {fmt::format("{} is in DFU mode, but photopsy knows no layout of its flash.", device_or(details)),
                    "`photopsy layouts` lists the devices that are known; for others, describe the device in a layout file and give it with --layout."};
        case Trouble::SeveralDevices:
            return {fmt::format("Several devices are in DFU mode{}.", list), "Say which one with --serial or --path, or unplug the others."};
        case Trouble::NoSuchDevice:
            return {fmt::format("None of the devices in DFU mode is the one asked for{}.", list),
                    "Look at `photopsy devices`, and give --serial or --path as it stands there."};
        case Trouble::NotReadable:
            return {fmt::format("{} says itself that its flash cannot be read over USB.", device_or(details)),
                    "Put the device into DFU mode again and compare with `dfu-util -l`; this is no Particle bootloader that photopsy knows."};
        default:
            return {fmt::format("USB cannot be used on this computer{}.", list),
                    "Run photopsy on a computer with USB, outside a container or virtual machine that has none."};
    }
}

}  // namespace

Advice advise(Trouble trouble, HostSystem system, const TroubleDetails& details) {
    switch (trouble) {
        case Trouble::None:
            return {};
        case Trouble::NoDevice:
            return no_device(system, details);
        case Trouble::NotPermitted:
            return not_permitted(system, details);
        case Trouble::InUse:
            return {fmt::format("{} is in use by another program.", device_or(details)),
                    "Close dfu-util, the Particle CLI, Workbench, browser tabs with WebUSB and virtual machines that may hold it, and run this again."};
        case Trouble::NoDriver:
            return no_driver(system, details);
        case Trouble::HalfDriver:
            return half_driver(system, details);
        case Trouble::Gone:
            return gone(details);
        case Trouble::NoAnswer:
        case Trouble::Refused:
        case Trouble::LineBroken:
        case Trouble::ShortBlocks:
        case Trouble::OddState:
            return while_reading(trouble, details);
        case Trouble::ReadsDisagree:
            return {"Two reads of the flash differ in many places: the cable, the port or the device cannot be trusted.",
                    "Take another cable and a USB 2 port of the computer itself, without a hub, and capture again."};
        case Trouble::OtherDeviceOrFlash:
            return {"What was read earlier does not fit what the device holds now: it is another device, or its flash has changed.",
                    "Capture again from the beginning, with one device: without --resume, after deleting its .partial file."};
        default:
            return before_reading(trouble, details);
    }
}

std::string into_dfu_mode(std::string_view button) {
    const auto held = button_or(button);
    return fmt::format("hold {}, tap RESET, let go of {} when the LED blinks yellow", held, button.empty() ? "the button" : held);
}

std::string trouble_name(Trouble trouble) {
    constexpr const char* names[] = {"",
                                     "no-device",
                                     "serial-mode",
                                     "unknown-product",
                                     "several-devices",
                                     "no-such-device",
                                     "not-permitted",
                                     "in-use",
                                     "no-driver",
                                     "half-driver",
                                     "usb-unavailable",
                                     "not-readable",
                                     "gone",
                                     "no-answer",
                                     "refused",
                                     "line-broken",
                                     "short-blocks",
                                     "odd-state",
                                     "reads-disagree",
                                     "other-device-or-flash"};
    return names[static_cast<std::size_t>(trouble)];
}

std::string udev_rule() { return R"(SUBSYSTEMS=="usb", ATTRS{idVendor}=="2b04", ATTRS{idProduct}=="[cd]0??", MODE="0666", ENV{ID_MM_DEVICE_IGNORE}="1")"; }

}  // namespace photopsy::dfu

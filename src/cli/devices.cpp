#include "cli/command.h"
#include "cli/device_reading.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/text_output.h"
#include "dfu/selection.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace photopsy {

namespace {

using dfu::FoundDevice;
using dfu::Mode;
using dfu::Trouble;

struct DevicesCommand {
    std::string format = "text";
    bool udev_rule = false;
    LayoutOptions layout;
    TextOptions text;
};

/// What stands between this device and a capture; None where nothing does.
Trouble obstacle(const FoundDevice& device) {
    if (device.identity.mode == Mode::Serial) return Trouble::SerialMode;
    return device.identity.layout ? device.trouble : Trouble::UnknownProduct;
}

std::string mode_name(Mode mode) { return mode == Mode::Dfu ? "dfu" : "serial"; }

std::string text_of(const FoundDevice& device) {
    std::string text =
        fmt::format("{}  {} mode  path {}\n", device.identity.named(device.usb), device.identity.mode == Mode::Dfu ? "DFU" : "normal (serial)", device.path);
    if (!device.identity.bootloader.empty()) text += fmt::format("  bootloader {}\n", device.identity.bootloader);
    if (!device.serial.empty())
        text += fmt::format("  serial {}{}\n", device.serial,
                            device.identity.serial_is_device_id         ? " (the device id)"
                            : dfu::is_placeholder_serial(device.serial) ? " (the same on all of these bootloaders: no id)"
                                                                        : "");
    const Trouble trouble = obstacle(device);
    if (trouble == Trouble::None) return text + "  ready: photopsy capture reads it\n";
    const dfu::Advice advice = dfu::advise(trouble, host_system(), details_of(device));
    return text + "  " + advice.sentence + "\n  " + advice.remedy + "\n";
}

nlohmann::ordered_json json_of(const FoundDevice& device) {
    const Trouble trouble = obstacle(device);
    nlohmann::ordered_json json;
    json["title"] = device.identity.title;
    json["usb_id"] = dfu::usb_id(device.usb);
    json["bcd_device"] = fmt::format("{:04x}", device.usb.bcd_device);
    json["mode"] = mode_name(device.identity.mode);
    json["path"] = device.path;
    json["layout"] = device.identity.layout ? nlohmann::ordered_json(device.identity.layout->name) : nlohmann::ordered_json();
    json["bootloader"] = device.identity.bootloader;
    json["serial"] = device.serial;
    json["serial_is_device_id"] = device.identity.serial_is_device_id;
    json["ready"] = trouble == Trouble::None;
    if (trouble == Trouble::None) return json;
    const dfu::Advice advice = dfu::advise(trouble, host_system(), details_of(device));
    json["trouble"] = {{"id", dfu::trouble_name(trouble)}, {"sentence", advice.sentence}, {"remedy", advice.remedy}};
    return json;
}

void list(const std::vector<FoundDevice>& devices, bool as_json, const Paint& paint, Session& session) {
    if (as_json) {
        auto array = nlohmann::ordered_json::array();
        for (const FoundDevice& device : devices) array.push_back(json_of(device));
        session.print(array.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    } else {
        for (const FoundDevice& device : devices) session.print(laid_out(text_of(device), paint));
    }
}

void run(const DevicesCommand& options, Session& session) {
    if (options.udev_rule) return session.print("# Particle devices in DFU and serial mode, for every user of this computer.\n" + dfu::udev_rule() + "\n");
    const bool as_json = options.format == "json";
    if (!as_json && options.format != "text") return session.fail("there is no format \"" + options.format + "\"; known are text, json");
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    dfu::Usb usb(usb_layouts(layout->get()));
    const auto devices = usb.devices();
    if (!usb.unavailable().empty())
        tell_trouble(Trouble::UsbUnavailable, {.more = usb.unavailable()}, session);
    else if (devices.empty())
        tell_trouble(Trouble::NoDevice, {}, session);
    if (as_json || !devices.empty()) list(devices, as_json, *paint, session);
}

}  // namespace

void setup_devices(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<DevicesCommand>();
    auto& command = program.add_subcommand("devices", "List connected devices, their mode, and what keeps them from being read");
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    command.add_flag("--udev-rule", &options->udev_rule, "Print the udev rule that lets every user of a Linux computer open the devices");
    add_text_options(command, options->text);
    add_layout_options(command, options->layout);
    command.footer =
        "Exit status 3 where no device is connected.\nExamples:\n  photopsy devices\n  photopsy devices --format json\n"
        "  photopsy devices --udev-rule | sudo tee /etc/udev/rules.d/50-particle.rules";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

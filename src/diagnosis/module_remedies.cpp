#include "diagnosis/module_remedies.h"

#include "base/hex.h"

#include <fmt/format.h>

namespace photopsy {

static constexpr std::string_view last_release = "2.3.1";

std::string write_command(const Layout& layout, const ModuleSlot& slot, std::string_view release) {
    return fmt::format("dfu-util -d {:04x}:{:04x} -a 0 -s {} -D {}", layout.usb.vendor, layout.usb.dfu_product, hex_address(slot.at.begin),
                       module_file(slot, release));
}

static std::string release_of_good(const Module* module) { return module && module->good() && !module->releases.empty() ? module->releases.front() : ""; }

Remedy keep_the_dump() {
    return {.title = "Keep this dump",
            .explain = "It is the only copy of what the device holds now, keys included. Store it before anything is written.",
            .cost = Remedy::Cost::Nothing};
}

std::string module_file(const ModuleSlot& slot, std::string_view release) {
    auto name = slot.file_name.empty() ? slot.name + ".bin" : slot.file_name;
    const auto dot = name.rfind('.');
    return release.empty() || dot == std::string::npos ? name : name.insert(dot, fmt::format("-{}", release));
}

std::string release_for(const Facts& facts, std::string_view slot) {
    const auto* module = facts.module(slot);
    // The part beside it decides, because the two must be of one release; a module's own claim counts only without that.
    if (slot == "system-part1")
        if (auto release = release_of_good(facts.module("system-part2")); !release.empty()) return release;
    if (slot == "system-part2")
        if (auto release = release_of_good(facts.module("system-part1")); !release.empty()) return release;
    if (module && !module->releases.empty() && module->platform_ok == true && module->range_ok == true) return module->releases.front();
    return facts.system.device_os.empty() || slot == "bootloader" ? std::string(last_release) : facts.system.device_os;
}

static Remedy write_part(const Facts& facts, const ModuleSlot& slot, std::string_view release) {
    return {.title = fmt::format("Write {} over USB", slot.title),
            .explain = fmt::format("In DFU mode (hold SETUP while you press RESET, until the light is yellow) this writes only the place of {}. Keys and "
                                   "settings lie elsewhere and stay. "
                                   "The file is the one of release {} for this device from the Device OS releases.",
                                   slot.title, release),
            .commands = {write_command(*facts.layout, slot, release)},
            .warning = "Do not unplug the device before dfu-util has finished.",
            .cost = Remedy::Cost::WritesFirmware};
}

Remedy write_system(const Facts& facts, std::string_view release) {
    Remedy remedy{.title = fmt::format("Write both system parts of release {}", release),
                  .explain = "Both parts of one release are known to work together. Keys and settings lie elsewhere and stay.",
                  .warning = "Do not unplug the device before dfu-util has finished. The application must be built for this release or an older one.",
                  .cost = Remedy::Cost::WritesFirmware};
    for (const auto& slot : facts.layout->slots)
        if (slot.name.starts_with("system-part")) remedy.commands.push_back(write_command(*facts.layout, slot, release));
    return remedy;
}

std::vector<Remedy> replace_bootloader(const Observations& seen, std::string_view release) {
    std::vector<Remedy> remedies;
    const auto* slot = seen.facts.layout->slot("bootloader");
    const auto file = slot ? module_file(*slot, release) : std::string("bootloader.bin");
    const bool running = seen.boot.result == BootResult::Runs || seen.boot.result == BootResult::SafeMode || seen.boot.result == BootResult::FactoryReset;
    if (running) {
        remedies.push_back(
            {.title = "Let the device go online",
             .explain = "In safe mode (breathing magenta) the cloud sees the wrong bootloader and sends the right one by itself; this takes a few minutes.",
             .cost = Remedy::Cost::WritesFirmware});
        remedies.push_back(
            {.title = "Replace the bootloader over USB serial",
             .explain = "The running system writes it; the bootloader cannot replace itself over DFU. The device must be in listening mode (blinking blue).",
             .commands = {fmt::format("particle flash --serial {}", file)},
             .warning = "If the power fails while it is written, the device needs a debugger.",
             .cost = Remedy::Cost::WritesFirmware});
    }
    remedies.push_back(
        {.title = "Write the bootloader with a debugger",
         .explain = "With an ST-Link or Particle Debugger on the SWD pins (D6, D7). This works when nothing else does.",
         .commands = {fmt::format(
             "openocd -f interface/stlink.cfg -f target/stm32f2x.cfg -c \"init; reset halt; flash write_image erase {} 0x08000000; reset; exit\"", file)},
         .warning = "The bootloader's sector may be write-protected by option bytes; unlock it first.",
         .cost = Remedy::Cost::WritesFirmware});
    return remedies;
}

static std::vector<Remedy> put_back_application(const Facts& facts, const ModuleSlot& slot) {
    Remedy cloud{.title = "Flash your application again",
                 .explain = "In safe mode the device is online and takes a new application over the air; it only replaces the application.",
                 .commands = {"particle flash {device-id} my-application.bin"},
                 .cost = Remedy::Cost::WritesFirmware};
    Remedy usb{.title = "Write the application over USB",
               .explain = "In DFU mode. Only the application's place is written.",
               .commands = {fmt::format("dfu-util -d {:04x}:{:04x} -a 0 -s {}:leave -D my-application.bin", facts.layout->usb.vendor,
                                        facts.layout->usb.dfu_product, hex_address(slot.at.begin))},
               .cost = Remedy::Cost::WritesFirmware};
    return {cloud, usb};
}

std::vector<Remedy> put_back(const Observations& seen, std::string_view slot_name) {
    std::vector<Remedy> remedies{keep_the_dump()};
    const auto* slot = seen.facts.layout->slot(slot_name);
    if (!slot) return remedies;
    std::vector<Remedy> more;
    if (slot_name == "user")
        more = put_back_application(seen.facts, *slot);
    else if (slot_name == "bootloader")
        more = replace_bootloader(seen, release_for(seen.facts, slot_name));
    else
        more = {write_part(seen.facts, *slot, release_for(seen.facts, slot_name))};
    remedies.insert(remedies.end(), more.begin(), more.end());
    return remedies;
}

}  // namespace photopsy

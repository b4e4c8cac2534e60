#include "report/commands.h"

#include "base/hex.h"
#include "handshake/server_address.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using FileKind = RemedyFile::Kind;

constexpr std::string_view your_device_id = "{device-id}";  ///< Discretion::text puts the id or YOUR_DEVICE_ID there

std::string dfu_util(const CommandNames& names, std::string_view rest) {
    const auto usb = names.layout ? names.layout->usb : UsbIdentity{};
    return fmt::format("dfu-util -d {:04x}:{:04x} {}", usb.vendor, usb.dfu_product, rest);
}

/// The DFU alternate setting through which a flash address is written.
int alternate_of(Address at, const CommandNames& names) {
    const bool outside = names.layout && names.layout->in_external(at);
    const auto* external = outside ? names.layout->usb.alternate(UsbAlternate::Holds::ExternalFlash) : nullptr;
    return external ? external->number : 0;
}

std::string upload(const RemedyFile& file, const CommandNames& names) {
    const auto flash = names.layout ? names.layout->flash : Range{};
    return dfu_util(names, fmt::format("-a 0 -s 0x{:08x}:0x{:x} -U {}", flash.begin, flash.size(), quoted_file(file_name(file, names), names.style.shell)));
}

std::string compile(const RemedyStep& step, const CommandNames& names) {
    const auto target = step.release.empty() ? "" : fmt::format(" . --target {}", step.release);
    return fmt::format("particle compile {}{} --saveTo {}", names.layout ? names.layout->name : "", target,
                       quoted_file(file_name(step.file, names), names.style.shell));
}

/// With a key file of the owner's, or with the key that the dump holds in another form.
std::string own_server_key(const RemedyStep& step, const CommandNames& names) {
    const auto quoted_name = [&](const RemedyFile& file) { return quoted_file(file_name(file, names), names.style.shell); };
    auto line = "photopsy keys server-slot " + quoted_file(names.keys, names.style.shell);
    if (step.from.kind == FileKind::OwnServerKey) line += " --key " + quoted_name(step.from);
    if (step.host == RemedyStep::Host::ToBeNamed) line += " --host YOUR_SERVER";
    if (step.host == RemedyStep::Host::AtUsualPort) line += fmt::format(" --port {}", cloud_port);
    return line + " -o " + quoted_name(step.file);
}

/// The second flash's file beside one that `photopsy capture` makes, as that calls it.
std::string external_beside(const RemedyFile& file, const CommandNames& names) {
    auto name = file_name(file, names);
    return name.insert(name.rfind('.'), external_mark);
}

/// The file that holds the keys of what was read into `file`.
std::string file_with_keys(const RemedyFile& file, const CommandNames& names) {
    if (file.kind == FileKind::Dump) return names.keys;
    const bool is_capture = file.kind == FileKind::NewDump || file.kind == FileKind::SecondDump || file.kind == FileKind::DumpAfterwards;
    return is_capture && names.keys_lie_in_external() ? external_beside(file, names) : file_name(file, names);
}

std::string upload_second(const RemedyFile& file, const CommandNames& names) {
    const auto* alternate = names.layout ? names.layout->usb.alternate(UsbAlternate::Holds::ExternalFlash) : nullptr;
    if (!alternate || !names.layout->external) return "photopsy capture -o " + quoted_file(file_name(file, names), names.style.shell);
    const auto at = names.layout->external->at;
    return dfu_util(names, fmt::format("-a {} -s 0x{:x}:0x{:x} -U {}", alternate->number, at.begin, at.size(),
                                       quoted_file(external_beside(file, names), names.style.shell)));
}

/// Both flashes again where both were given; which devices need no option for it, `photopsy capture` knows.
std::string capture_line(const RemedyStep& step, const CommandNames& names) {
    const auto quoted_name = [&](const std::string& name) { return quoted_file(name, names.style.shell); };
    auto line = "photopsy capture -o " + quoted_name(file_name(step.file, names));
    if (!names.external.empty() && !names.keys_lie_in_external()) line += " --external " + quoted_name(external_beside(step.file, names));
    return line;
}

/// Like with like: pairs where both flashes were given, and a second flash that was given alone with the second one of the new pair.
std::string compare_line(const RemedyStep& step, const CommandNames& names) {
    const auto quoted_name = [&](const std::string& name) { return quoted_file(name, names.style.shell); };
    const bool first_is_given = step.from.kind == FileKind::Dump;
    if (first_is_given && names.dump_is == CommandNames::Dump::External)
        return fmt::format("photopsy diff {} {}", quoted_name(names.dump), quoted_name(external_beside(step.file, names)));
    const auto line = fmt::format("photopsy diff {} {}", quoted_name(file_name(step.from, names)), quoted_name(file_name(step.file, names)));
    const bool both = !names.external.empty() || (!first_is_given && names.keys_lie_in_external());
    if (!both) return line;
    return fmt::format("{} --external-before {} --external-after {}", line, quoted_name(first_is_given ? names.external : external_beside(step.from, names)),
                       quoted_name(external_beside(step.file, names)));
}

/// A second flash takes no key of odd length: the file is made for it.
std::string for_length(const CommandNames& names) { return names.layout && names.keys_lie_in_external() ? " --kind " + names.layout->name : ""; }

std::string_view for_kind(KeyKind kind) { return kind == KeyKind::EcSlot ? " --ec" : ""; }

/// Sector 0, the bootloader's, may be write-protected (hal/src/stm32f2xx/core_hal_stm32f2xx.c@v0.6.0:342-345 does it at every start). In the end the device
/// stands still at its first instruction: a start may cost what the next step is to save.
std::string by_debugger(const RemedyStep& step, const CommandNames& names) {
    return fmt::format(
        "openocd -f interface/stlink.cfg -f target/stm32f2x.cfg -c \"init; reset halt; flash protect 0 0 0 off; flash write_image erase {} {}; reset halt; "
        "shutdown\"",
        file_name(step.file, names), hex_address(step.at));
}

/// Firmware is known by what it holds: a package of npm is given as it was fetched.
std::string plan_line(const RemedyStep& step, const CommandNames& names) {
    std::string line = "photopsy repair --device";
    if (step.from.kind == FileKind::RegisteredKey) line += " --registered-public-key " + quoted_file(file_name(step.from, names), names.style.shell);
    std::vector<std::string> places;
    for (const auto& file : step.firmware) {
        const auto package = npm_package(file, names);
        auto place = package.empty() ? file_name(file, names) : npm_archive(package);
        if (std::ranges::find(places, place) == places.end()) places.push_back(std::move(place));
    }
    for (const auto& place : places) line += " --firmware " + quoted_file(place, names.style.shell);
    return line;
}

}  // namespace

std::string command_line(const RemedyStep& step, const CommandNames& names) {
    using Kind = RemedyStep::Kind;
    const auto name = [&](const RemedyFile& file) { return quoted_file(file_name(file, names), names.style.shell); };
    const auto holding_keys = [&](const RemedyFile& file) { return quoted_file(file_with_keys(file, names), names.style.shell); };
    switch (step.kind) {
        case Kind::RecoverKey:
            return fmt::format("photopsy keys recover {} --key {} -o {}", holding_keys(step.from), step.key.substr(0, fingerprint_digits), name(step.file));
        case Kind::MakeKey:
            return fmt::format("photopsy keys new{}{} -o {}", for_kind(step.keys), for_length(names), name(step.file));
        case Kind::MakeServerKey:
            return fmt::format("photopsy keys server{} -o {}", for_kind(step.keys), name(step.file));
        case Kind::MakeOwnServerKey:
            return own_server_key(step, names);
        case Kind::CheckKey:
            return fmt::format("photopsy keys check {}", holding_keys(step.from));
        case Kind::ShowKeys:
            return fmt::format("photopsy keys show {}", holding_keys(step.from));
        case Kind::ExportPublicKey:
            return fmt::format("photopsy keys export {} -o {}", holding_keys(step.from), name(step.file));
        case Kind::ShareCopy:
            return fmt::format("photopsy redact {} -o {}", name(step.from), name(step.file));
        case Kind::MakeRaw:
            return fmt::format("photopsy convert {} -o {}", name(step.from), name(step.file));
        case Kind::Capture:
            return capture_line(step, names);
        case Kind::Compare:
            return compare_line(step, names);
        case Kind::Analyze:
            return fmt::format("photopsy analyze {}{}", name(step.from), step.device.empty() ? "" : " --kind " + step.device);
        case Kind::ListLayouts:
            return "photopsy layouts";
        case Kind::PlanRepair:
            return plan_line(step, names);
        case Kind::ReadFlash:
            return upload(step.file, names);
        case Kind::ReadSecondFlash:
            return upload_second(step.file, names);
        case Kind::WriteFlash:
            return dfu_util(names, fmt::format("-a {} -s {} -D {}", alternate_of(step.at, names), hex_address(step.at), name(step.file)));
        case Kind::WriteTable:
            return dfu_util(names, fmt::format("-a 1 -s {} -D {}", step.at, name(step.file)));
        case Kind::WriteByDebugger:
            return by_debugger(step, names);
        case Kind::WriteBySerial:
            return fmt::format("particle flash --serial {}", name(step.file));
        case Kind::FlashByCloud:
            return fmt::format("particle flash {} {}", your_device_id, name(step.file));
        case Kind::Compile:
            return compile(step, names);
        case Kind::RegisterKey:
            return fmt::format("particle keys send {} {}", your_device_id, name(step.file));
        case Kind::SetUpWifi:
            return "particle serial wifi";
        case Kind::SetTransport:
            return "particle keys protocol --protocol udp";
        case Kind::AskForAddress:
            return "photopsy repair --device --cause static-address-unreachable";
        case Kind::Update:
            return "particle update";
        case Kind::Restart:
            return "";  // `particle usb reset` knows no system before 0.8.0 and no Core, and a device that was just read is in DFU mode
    }
    return "";
}

std::vector<std::string> command_lines(const Remedy& remedy, const CommandNames& names) {
    auto lines = fetching_lines(remedy, names);
    for (const auto& step : remedy.steps)
        if (auto line = command_line(step, names); !line.empty()) lines.push_back(std::move(line));
    return lines;
}

}  // namespace photopsy

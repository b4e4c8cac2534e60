#include "report/commands.h"

#include "base/hex.h"
#include "report/discretion.h"
#include "report/plain_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using FileKind = RemedyFile::Kind;

constexpr std::string_view your_device_id = "{device-id}";  ///< Discretion::text puts the id or YOUR_DEVICE_ID there

constexpr std::size_t fingerprint_digits = 12;  ///< no two keys of one dump agree in so many

std::string_view base_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

/// "my dump.bin.xz" becomes "my-dump": a name that no shell must be told about.
std::string stem_of(std::string_view name) {
    std::string stem;
    for (const char c : base_name(name)) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (letter || c == '_' || c == '.')
            stem += c;
        else if (!stem.empty() && stem.back() != '-')
            stem += '-';
    }
    for (const std::string_view ending : {".gz", ".xz", ".zst", ".zip", ".7z", ".bin", ".dfu", ".hex", ".txt", ".img", ".dump", ".raw"})
        if (stem.size() > ending.size() && stem.ends_with(ending)) stem.resize(stem.size() - ending.size());
    while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) stem.pop_back();
    while (!stem.empty() && stem.front() == '.') stem.erase(0, 1);
    return stem.empty() ? "dump" : stem;
}

bool can_be_typed(std::string_view name, CommandStyle::Shell shell) {
    const bool windows = shell == CommandStyle::Shell::Windows;
    return without_control_characters(name) == name && !(windows && name.find('"') != std::string_view::npos);
}

std::string dfu_util(const CommandNames& names, std::string_view rest) {
    const auto usb = names.layout ? names.layout->usb : UsbIdentity{};
    return fmt::format("dfu-util -d {:04x}:{:04x} {}", usb.vendor, usb.dfu_product, rest);
}

std::string module_name(const RemedyFile& file, const Layout* layout) {
    const auto* slot = layout ? layout->slot(file.slot) : nullptr;
    auto name = slot && !slot->file_name.empty() ? slot->file_name : file.slot + ".bin";
    const auto dot = name.rfind('.');
    return file.release.empty() ? name : name.insert(dot, "-" + file.release);
}

/// The first name of this kind that no file has yet.
std::string free_name(const std::string& stem, std::string_view what, std::string_view ending, const std::vector<std::string>& taken) {
    const auto named = [&](int number) { return fmt::format("{}-{}{}{}", stem, what, number > 1 ? std::to_string(number) : "", ending); };
    int number = 1;
    while (std::find(taken.begin(), taken.end(), named(number)) != taken.end()) ++number;
    return named(number);
}

std::string upload(const RemedyFile& file, const CommandNames& names) {
    const auto flash = names.layout ? names.layout->flash : Range{};
    return dfu_util(names, fmt::format("-a 0 -s 0x{:08x}:0x{:x} -U {}", flash.begin, flash.size(), file_name(file, names)));
}

std::string compile(const RemedyStep& step, const CommandNames& names) {
    const auto target = step.release.empty() ? "" : fmt::format(" . --target {}", step.release);
    return fmt::format("particle compile {}{} --saveTo {}", names.layout ? names.layout->name : "", target, file_name(step.file, names));
}

std::string_view for_kind(KeyKind kind) { return kind == KeyKind::EcSlot ? " --ec" : ""; }

std::string by_debugger(const RemedyStep& step, const CommandNames& names) {
    return fmt::format("openocd -f interface/stlink.cfg -f target/stm32f2x.cfg -c \"init; reset halt; flash write_image erase {} {}; reset; exit\"",
                       file_name(step.file, names), hex_address(step.at));
}

}  // namespace

CommandNames command_names(const Analysis& analysis, const ReportStyle& style, const Discretion& discretion) {
    CommandNames names{.layout = analysis.layout, .style = style.commands, .dump = "your-dump.bin", .stem = "your-dump"};
    const auto& capture = analysis.capture;
    const std::string base(base_name(capture.typed.empty() ? capture.name : capture.typed));
    const bool is_file = !capture.typed.empty() || capture.name == base;
    const bool shown = style.owner_reads || discretion.file_name(base) == base;
    if (!is_file || !shown || !can_be_typed(base, style.commands.shell)) return names;
    names.dump = style.owner_reads && !capture.typed.empty() && can_be_typed(capture.typed, style.commands.shell) ? capture.typed : base;
    names.stem = stem_of(base);
    return names;
}

std::string file_name(const RemedyFile& file, const CommandNames& names) {
    const auto made = [&](std::string_view what, std::string_view ending) { return names.stem + "-" + std::string(what) + std::string(ending); };
    switch (file.kind) {
        case FileKind::None:
            return "";
        case FileKind::Dump:
            return names.dump;
        case FileKind::NewDump:
            return free_name(names.stem, "again", ".bin", names.style.taken);
        case FileKind::SecondDump:
            return free_name(names.stem, "once-more", ".bin", names.style.taken);
        case FileKind::RawDump:
            return free_name(names.stem, "flash", ".bin", names.style.taken);
        case FileKind::ShareableCopy:
            return made("shareable", ".bin");
        case FileKind::DeviceKey:
            return made("key", ".der");
        case FileKind::NewKey:
            return made("new-key", ".der");
        case FileKind::PublicKey:
            return made("public-key", ".pem");
        case FileKind::NewPublicKey:
            return made("new-key", ".pub.pem");
        case FileKind::ServerKey:
            return made("server-key", ".der");
        case FileKind::Module:
            return module_name(file, names.layout);
        case FileKind::OwnApplication:
            return "my-application.bin";
    }
    return "";
}

std::string command_line(const RemedyStep& step, const CommandNames& names) {
    using Kind = RemedyStep::Kind;
    const auto name = [&](const RemedyFile& file) { return quoted_file(file_name(file, names), names.style.shell); };
    switch (step.kind) {
        case Kind::RecoverKey:
            return fmt::format("photopsy keys recover {} --key {} -o {}", name(step.from), step.key.substr(0, fingerprint_digits), name(step.file));
        case Kind::MakeKey:
            return fmt::format("photopsy keys new{} -o {}", for_kind(step.keys), name(step.file));
        case Kind::MakeServerKey:
            return fmt::format("photopsy keys server{} -o {}", for_kind(step.keys), name(step.file));
        case Kind::ShowKeys:
            return fmt::format("photopsy keys show {}", name(step.from));
        case Kind::ExportPublicKey:
            return fmt::format("photopsy keys export {} -o {}", name(step.from), name(step.file));
        case Kind::ShareCopy:
            return fmt::format("photopsy redact {} -o {}", name(step.from), name(step.file));
        case Kind::MakeRaw:
            return fmt::format("photopsy convert {} -o {}", name(step.from), name(step.file));
        case Kind::Capture:
            return fmt::format("photopsy capture -o {}", name(step.file));
        case Kind::Compare:
            return fmt::format("photopsy diff {} {}", name(step.from), name(step.file));
        case Kind::Analyze:
            return fmt::format("photopsy analyze {}", name(step.from));
        case Kind::ListLayouts:
            return "photopsy layouts";
        case Kind::ReadFlash:
            return upload(step.file, names);
        case Kind::WriteFlash:
            return dfu_util(names, fmt::format("-a 0 -s {} -D {}", hex_address(step.at), name(step.file)));
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
        case Kind::Update:
            return "particle update";
        case Kind::Restart:
            return "particle usb reset";
    }
    return "";
}

std::vector<std::string> command_lines(const Remedy& remedy, const CommandNames& names) {
    std::vector<std::string> lines;
    for (const auto& step : remedy.steps) lines.push_back(command_line(step, names));
    return lines;
}

}  // namespace photopsy

#include "report/commands.h"

#include "base/hex.h"
#include "handshake/server_address.h"
#include "report/discretion.h"
#include "report/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

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

std::optional<KnownModule> published_module(const RemedyFile& file, const Layout* layout) {
    const auto* slot = layout ? layout->slot(file.slot) : nullptr;
    if (!slot || file.release.empty()) return {};
    return find_released_module(layout->platform_id, slot->function, slot->index, file.release);
}

std::string module_name(const RemedyFile& file, const Layout* layout) {
    if (const auto known = published_module(file, layout); known && !known->published.empty()) return std::string(known->published);
    const auto* slot = layout ? layout->slot(file.slot) : nullptr;
    auto name = slot && !slot->file_name.empty() ? slot->file_name : file.slot + ".bin";
    const auto dot = name.rfind('.');
    return file.release.empty() ? name : name.insert(dot, "-" + file.release);
}

/// The file as people find it: a package of npm, the archives of Device Restore, the releases on GitHub.
std::string source_in_words(const std::optional<KnownModule>& known, const RemedyFile& file, const Layout& layout) {
    const auto source = known ? known->source : std::string_view();
    const auto version = source.substr(std::min(source.size(), source.find('@') + 1));
    if (source.starts_with("particle-cli@")) return fmt::format("in the npm package {0} (npm pack {0} fetches it without installing it)", source);
    if (source == "particle-cli") return "in the history of github.com/particle-iot/particle-cli, folder assets/updates";
    if (source.starts_with("device-restore@"))
        return fmt::format("in src/assets/files/device-restore/{}/{}.zip of github.com/particle-iot/docs, which the page Device Restore offers", version,
                           layout.name);
    return fmt::format("with release {} of github.com/particle-iot/device-os", file.release);
}

/// The first name of this kind that no file has yet; one number for all endings of a set.
std::string free_name(const CommandNames& names, std::string_view what, std::string_view ending, std::initializer_list<std::string_view> set = {}) {
    const auto& taken = names.style.taken;
    const auto named = [&](int number, std::string_view end) {
        return fmt::format("{}-{}{}{}", names.stem, what, number > 1 ? std::to_string(number) : "", end);
    };
    const auto is_taken = [&](int number, std::string_view end) { return std::find(taken.begin(), taken.end(), named(number, end)) != taken.end(); };
    int number = 1;
    while (is_taken(number, ending) || std::any_of(set.begin(), set.end(), [&](std::string_view end) { return is_taken(number, end); })) ++number;
    return named(number, ending);
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

std::string_view for_kind(KeyKind kind) { return kind == KeyKind::EcSlot ? " --ec" : ""; }

std::string by_debugger(const RemedyStep& step, const CommandNames& names) {
    return fmt::format("openocd -f interface/stlink.cfg -f target/stm32f2x.cfg -c \"init; reset halt; flash write_image erase {} {}; reset; exit\"",
                       file_name(step.file, names), hex_address(step.at));
}

}  // namespace

/// The file as the reader has it; "" where it is none, its name tells an id, or it cannot be typed.
static std::string name_to_type(const std::string& name, const std::string& typed, const ReportStyle& style, const Discretion& discretion) {
    const std::string base(base_name(typed.empty() ? name : typed));
    const bool is_file = !typed.empty() || name == base;
    if (!is_file || discretion.file_name(base) != base || !can_be_typed(base, style.commands.shell)) return "";
    const bool whole_path = style.owner_reads && !typed.empty() && discretion.text(typed) == typed && can_be_typed(typed, style.commands.shell);
    return whole_path ? typed : base;
}

CommandNames command_names(const Analysis& analysis, const ReportStyle& style, const Discretion& discretion) {
    const auto& capture = analysis.capture;
    const std::string dump = name_to_type(capture.name, capture.typed, style, discretion);
    CommandNames names{.layout = analysis.layout, .style = style.commands, .dump = dump, .keys = dump, .stem = stem_of(dump)};
    if (dump.empty()) names.dump = names.keys = unnamed_dump, names.stem = "your-dump";
    // Where the store lies in the second flash and that is a file of its own, the keys are in that one.
    const auto* layout = analysis.layout;
    if (!capture.external || capture.external->name == capture.name || !layout || layout->dct.store != StoreKind::SerialFlash) return names;
    names.keys = name_to_type(capture.external->name, capture.external->typed, style, discretion);
    if (names.keys.empty()) names.keys = "your-second-flash.bin";
    return names;
}

std::string file_name(const RemedyFile& file, const CommandNames& names) {
    const auto new_key = [&](std::string_view ending) { return free_name(names, "new-key", ending, {".der", ".pub.pem"}); };
    switch (file.kind) {
        case FileKind::None:
            return "";
        case FileKind::Dump:
            return names.dump;
        case FileKind::NewDump:
            return free_name(names, "again", ".bin");
        case FileKind::SecondDump:
            return free_name(names, "once-more", ".bin");
        case FileKind::DumpAfterwards:
            return free_name(names, "afterwards", ".bin");
        case FileKind::RawDump:
            return free_name(names, "flash", ".bin");
        case FileKind::ShareableCopy:
            return free_name(names, "shareable", ".bin");
        case FileKind::DeviceKey:
            return free_name(names, file.key.empty() ? "key" : "key-" + file.key.substr(0, fingerprint_digits), ".der");
        case FileKind::NewKey:
            return new_key(".der");
        case FileKind::PublicKey:
            return free_name(names, "public-key", ".pem");
        case FileKind::NewPublicKey:
            return new_key(".pub.pem");
        case FileKind::NextPublicKey:
            return free_name(names, "next-public-key", ".pem");
        case FileKind::ServerKey:
            return free_name(names, "server-key", ".der");
        case FileKind::OwnServerKey:
            return "my-server.pub.pem";
        case FileKind::Module:
            return module_name(file, names.layout);
        case FileKind::OwnApplication:
            return "my-application.bin";
    }
    return "";
}

std::vector<FirmwareFile> firmware_files(const Remedy& remedy, const CommandNames& names) {
    std::vector<FirmwareFile> files;
    for (const auto& step : remedy.steps) {
        if (step.file.kind != FileKind::Module || step.file.release.empty() || !names.layout) continue;
        const auto known = published_module(step.file, names.layout);
        FirmwareFile file{.name = file_name(step.file, names),
                          .slot = step.file.slot,
                          .release = step.file.release,
                          .sha256 = known ? std::string(known->file_sha256) : "",
                          .source = source_in_words(known, step.file, *names.layout)};
        if (std::none_of(files.begin(), files.end(), [&](const FirmwareFile& other) { return other.name == file.name; })) files.push_back(std::move(file));
    }
    return files;
}

std::string command_line(const RemedyStep& step, const CommandNames& names) {
    using Kind = RemedyStep::Kind;
    const auto name = [&](const RemedyFile& file) { return quoted_file(file_name(file, names), names.style.shell); };
    const auto holding_keys = [&](const RemedyFile& file) { return file.kind == FileKind::Dump ? quoted_file(names.keys, names.style.shell) : name(file); };
    switch (step.kind) {
        case Kind::RecoverKey:
            return fmt::format("photopsy keys recover {} --key {} -o {}", holding_keys(step.from), step.key.substr(0, fingerprint_digits), name(step.file));
        case Kind::MakeKey:
            return fmt::format("photopsy keys new{} -o {}", for_kind(step.keys), name(step.file));
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
            return fmt::format("photopsy capture -o {}", name(step.file));
        case Kind::Compare:
            return fmt::format("photopsy diff {} {}", name(step.from), name(step.file));
        case Kind::Analyze:
            return fmt::format("photopsy analyze {}", name(step.from));
        case Kind::ListLayouts:
            return "photopsy layouts";
        case Kind::PlanRepair:
            return "photopsy repair --device";
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

// How the files are called that the lines of a report read and make.
#include "report/commands.h"

#include "base/hex.h"
#include "report/discretion.h"
#include "report/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

namespace photopsy {

namespace {

using FileKind = RemedyFile::Kind;

std::string_view base_name(std::string_view path, CommandStyle::Shell shell) { return path.substr(path.find_last_of(path_separators(shell)) + 1); }

/// "my dump.bin.xz" becomes "my-dump": a name that no shell must be told about.
std::string stem_of(std::string_view name, CommandStyle::Shell shell) {
    std::string stem;
    for (const char c : base_name(name, shell)) {
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

/// What files made from this dump are called after. A name that was changed for it may be that of another dump beside this one ("unit 1.bin", "unit#1.bin",
/// "unit-1.hex"), and its key would go into this device: the first digits of the dump's own digest keep them apart.
std::string stem_of_dump(std::string_view name, const Sha256& digest, CommandStyle::Shell shell) {
    constexpr std::string_view usual_ending = ".bin";
    constexpr std::size_t digits = 6;
    constexpr std::size_t longest = 180;  // no system takes a name of more than 255 bytes, and up to 40 stand behind this
    const auto base = base_name(name, shell);
    auto stem = stem_of(name, shell);
    if (stem.size() > longest) {
        auto end = longest;
        while ((static_cast<unsigned char>(stem[end]) & 0xC0) == 0x80) --end;  // between two letters
        stem.resize(end);
    }
    const bool as_it_is = base.size() == stem.size() + usual_ending.size() && base.starts_with(stem) && base.ends_with(usual_ending);
    return as_it_is || name.empty() ? stem : stem + "-" + hex(digest).substr(0, digits);
}

bool can_be_typed(std::string_view name, CommandStyle::Shell shell) {
    const bool windows = shell == CommandStyle::Shell::Windows;
    return without_control_characters(name) == name && !(windows && name.find('"') != std::string_view::npos);
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
    if (!known) return fmt::format("to be looked for with release {} of github.com/particle-iot/device-os: photopsy knows no file of it", file.release);
    if (known->published.empty()) return "only a name: this module is not known to be published as a file of its own";
    if (source == "particle-cli") return "in the history of github.com/particle-iot/particle-cli, folder assets/updates";
    if (source.starts_with("device-restore@"))
        return fmt::format("in src/assets/files/device-restore/{}/{}.zip of github.com/particle-iot/docs, which the page Device Restore offers", version,
                           layout.name);
    return fmt::format("with release {} of github.com/particle-iot/device-os", file.release);
}

/// The first name of this kind that no file has yet, beside the dump; one number for all endings of a set.
std::string free_name(const CommandNames& names, std::string_view what, std::string_view ending, std::initializer_list<std::string_view> set = {}) {
    const auto& taken = names.style.taken;
    const auto named = [&](int number, std::string_view end) {
        return fmt::format("{}-{}{}{}", names.stem, what, number > 1 ? std::to_string(number) : "", end);
    };
    const auto is_taken = [&](int number, std::string_view end) {
        return std::find(taken.begin(), taken.end(), names.folder + named(number, end)) != taken.end();
    };
    int number = 1;
    while (is_taken(number, ending) || std::any_of(set.begin(), set.end(), [&](std::string_view end) { return is_taken(number, end); })) ++number;
    return (names.lies == CommandNames::Lies::AsTyped ? names.folder : "") + named(number, ending);
}

/// The file as the reader has it; "" where it is none, its name tells an id, or it cannot be typed.
std::string name_to_type(const std::string& name, const std::string& typed, const ReportStyle& style, const Discretion& discretion) {
    const auto shell = style.commands.shell;
    const std::string base(base_name(typed.empty() ? name : typed, shell));
    if (typed == no_file || discretion.file_name(base) != base || !can_be_typed(base, shell)) return "";
    const bool whole_path = style.owner_reads && !typed.empty() && discretion.text(typed) == typed && can_be_typed(typed, shell);
    return whole_path ? typed : base;
}

CommandNames::Lies lies(const std::string& container, const std::string& typed, const std::string& dump, const ReportStyle& style) {
    if (dump.empty()) return CommandNames::Lies::Nowhere;
    if (typed.empty() && !container.empty()) return CommandNames::Lies::InArchive;
    return style.owner_reads && dump == typed ? CommandNames::Lies::AsTyped : CommandNames::Lies::InItsFolder;
}

/// What the steps write, and behind it what a plan is given.
std::vector<RemedyFile> modules_of(const Remedy& remedy) {
    std::vector<RemedyFile> files;
    for (const auto& step : remedy.steps) {
        if (step.file.kind == FileKind::Module) files.push_back(step.file);
        files.insert(files.end(), step.firmware.begin(), step.firmware.end());
    }
    return files;
}

/// Where the package keeps such files (`tar tzf` of 1.16.0, 2.4.1, 2.8.0 and 3.6.0).
std::string_view folder_in_package(std::string_view package) { return package.starts_with("particle-cli@1.") ? "package/updates" : "package/assets/updates"; }

}  // namespace

std::string npm_package(const RemedyFile& file, const CommandNames& names) {
    const auto known = published_module(file, names.layout);
    const bool is_in_npm = known && !known->published.empty() && known->source.starts_with("particle-cli@");
    return is_in_npm ? std::string(known->source) : "";
}

std::string npm_archive(std::string_view package) {
    std::string name(package);
    std::ranges::replace(name, '@', '-');
    return name + ".tgz";
}

std::vector<std::string> fetching_lines(const Remedy& remedy, const CommandNames& names) {
    std::vector<std::string> packages, lines;
    for (const auto& file : modules_of(remedy))
        if (auto package = npm_package(file, names); !package.empty() && std::ranges::find(packages, package) == packages.end())
            packages.push_back(std::move(package));
    for (const auto& package : packages) {
        lines.push_back("npm pack " + package);
        const auto folder = folder_in_package(package);
        std::string members;
        for (const auto& step : remedy.steps)
            if (step.file.kind == FileKind::Module && npm_package(step.file, names) == package)
                members += fmt::format(" {}", quoted(fmt::format("{}/{}", folder, file_name(step.file, names)), names.style.shell));
        if (!members.empty())
            lines.push_back(fmt::format("tar xzf {} --strip-components={}{}", npm_archive(package), std::ranges::count(folder, '/') + 1, members));
    }
    return lines;
}

std::string where_to_type(const CommandNames& names) {
    if (names.lies == CommandNames::Lies::InArchive) return fmt::format("Unpack {} first, and type the commands of this report in its folder.", names.dump);
    return names.lies == CommandNames::Lies::InItsFolder ? fmt::format("Type the commands of this report in the folder of {}.", names.dump) : "";
}

CommandNames command_names(const Analysis& analysis, const ReportStyle& style, const Discretion& discretion) {
    const auto& capture = analysis.capture;
    const auto typed = style.names_member ? std::string() : capture.typed;
    const auto dump = name_to_type(capture.name, typed, style, discretion);
    CommandNames names{
        .layout = analysis.layout, .style = style.commands, .dump = dump, .keys = dump, .stem = stem_of_dump(dump, capture.sha256, style.commands.shell)};
    names.lies = lies(capture.container, typed, dump, style);
    const auto folder_of = [&](const std::string& path) { return path.substr(0, path.size() - base_name(path, style.commands.shell).size()); };
    if (typed != no_file) names.folder = folder_of(typed);
    const auto given = [&](const std::string& file) {
        auto name = file.empty() ? file : name_to_type(file, file, style, discretion);
        if (!name.empty() && name != file && folder_of(file) != names.folder) names.lie_apart.push_back(name);
        return name;
    };
    names.server_public_key = given(style.commands.server_public_key);
    names.registered_public_key = given(style.commands.registered_public_key);
    if (dump.empty()) names.dump = names.keys = unnamed_dump, names.stem = "your-dump";
    if (!capture.external) return names;
    if (!capture.external_lies_apart()) {
        names.dump_is = CommandNames::Dump::External;
        if (names.stem.size() > external_mark.size() && names.stem.ends_with(external_mark)) names.stem.resize(names.stem.size() - external_mark.size());
        return names;
    }
    names.external = name_to_type(capture.external->name, capture.external->typed, style, discretion);
    if (names.external.empty()) names.external = "your-second-flash.bin";
    if (names.keys_lie_in_external()) names.keys = names.external;
    return names;
}

std::string file_name(const RemedyFile& file, const CommandNames& names) {
    const auto new_key = [&](std::string_view ending) { return free_name(names, "new-key", ending, {".der", ".pub.pem"}); };
    const auto capture_file = [&](std::string_view what) { return free_name(names, what, ".bin", {".bin", ".bin.json", "-external.bin"}); };
    switch (file.kind) {
        case FileKind::None:
            return "";
        case FileKind::Dump:
            return names.dump;
        case FileKind::NewDump:
            return capture_file("again");
        case FileKind::SecondDump:
            return capture_file("once-more");
        case FileKind::DumpAfterwards:
            return capture_file("afterwards");
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
            return names.server_public_key.empty() ? "my-server.pub.pem" : names.server_public_key;
        case FileKind::RegisteredKey:
            return names.registered_public_key.empty() ? "registered-key.pub.pem" : names.registered_public_key;
        case FileKind::Module:
            return module_name(file, names.layout);
        case FileKind::OwnApplication:
            return "my-application.bin";
    }
    return "";
}

std::vector<FirmwareFile> firmware_files(const Remedy& remedy, const CommandNames& names) {
    std::vector<FirmwareFile> files;
    for (const auto& named : modules_of(remedy)) {
        if (named.release.empty() || !names.layout) continue;
        const auto known = published_module(named, names.layout);
        FirmwareFile file{.name = file_name(named, names),
                          .slot = named.slot,
                          .release = named.release,
                          .sha256 = known ? std::string(known->file_sha256) : "",
                          .source = source_in_words(known, named, *names.layout)};
        if (std::none_of(files.begin(), files.end(), [&](const FirmwareFile& other) { return other.name == file.name; })) files.push_back(std::move(file));
    }
    return files;
}

}  // namespace photopsy

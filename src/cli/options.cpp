#include "cli/options.h"

#include "base/counted.h"
#include "cli/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace photopsy {

void add_layout_options(CommandDefinition& command, LayoutOptions& options) {
    command.add_option("--kind", &options.kind, "Take the dump for one of this kind of device (default: what the dump says)")
        .type_name("NAME")
        .choices(device_names);
    command.add_option("--device", &options.device, "The old name of --kind").type_name("NAME").deprecated();
    command.add_option("--layout", &options.file, "Take the device's layout from this file instead (see: photopsy layouts)").type_name("FILE");
}

std::vector<std::string> device_names() {
    const auto names = builtin_layout_names();
    return {names.begin(), names.end()};
}

Result<std::shared_ptr<const Layout>> asked_layout(const LayoutOptions& options) {
    using Pointer = std::shared_ptr<const Layout>;
    const auto& kind = options.kind.empty() ? options.device : options.kind;
    if (!kind.empty() && !options.file.empty()) return Error{"--kind and --layout both name a layout; give one of them"};
    if (!options.kind.empty() && !options.device.empty()) return Error{"--device NAME is the old name of --kind; give one of them"};
    if (!kind.empty()) {
        const auto* layout = builtin_layout(kind);
        if (!layout) return Error{"there is no device \"" + kind + "\"; known are " + fmt::format("{}", fmt::join(device_names(), ", "))};
        return Pointer(layout, [](const Layout*) {});  // lives as long as the program
    }
    if (options.file.empty()) return Pointer();
    static constexpr std::size_t largest_layout = 1u << 20;
    const auto text = read_file(options.file, largest_layout);
    if (!text) return text.error();
    auto layout = parse_layout({reinterpret_cast<const char*>(text->data()), text->size()}, options.file);
    if (!layout) return layout.error();
    return std::static_pointer_cast<const Layout>(std::make_shared<Layout>(std::move(*layout)));
}

void add_output_options(CommandDefinition& command, OutputOptions& options) {
    command.add_option("-o,--output", &options.file, "Write to this file instead of standard output").type_name("FILE");
    command.add_flag("--force", &options.force, "Overwrite the output file if it exists");
}

static std::string size_in_words(std::uint64_t bytes) {
    static constexpr std::uint64_t kilobyte = 1024, megabyte = kilobyte * kilobyte;
    if (bytes < kilobyte) return counted(bytes, "byte");
    return bytes < megabyte ? fmt::format("{} KB", (bytes + kilobyte / 2) / kilobyte) : fmt::format("{:.1f} MB", static_cast<double>(bytes) / megabyte);
}

void tell_written(const std::string& path, Session& session) {
    static constexpr std::pair<std::string_view, std::string_view> uses[] = {
        {".html", "; open it in a browser"}, {".md", "; copy all of it into your post"}, {".markdown", "; copy all of it into your post"}};
    std::error_code failure;
    const auto size = std::filesystem::is_regular_file(path, failure) ? std::filesystem::file_size(path, failure) : 0;
    if (failure || size == 0) return;
    const auto use = std::find_if(std::begin(uses), std::end(uses), [&](const auto& row) { return path.ends_with(row.first); });
    session.say(fmt::format("Wrote {} ({}){}.", path, size_in_words(size), use == std::end(uses) ? "" : use->second));
}

void deliver(std::string_view bytes, const OutputOptions& options, unsigned mode, Session& session) {
    if (options.to_stdout()) return session.print(bytes);
    if (const auto failure = write_output(options.file, bytes, options.force ? Overwrite::Yes : Overwrite::No, mode)) return session.fail(*failure);
    tell_written(options.file, session);
}

}  // namespace photopsy

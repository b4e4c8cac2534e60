#include "mend/firmware_words.h"

#include "flash/layout.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

constexpr std::uint32_t checksum_behind = 4, vectors_size = 0x184, core_vectors_size = 0x10C;
constexpr std::uint8_t last_function = 5;

/// A module's header as it stands in any file, whatever device it is for.
struct FoundHeader {
    std::uint32_t start = 0, end = 0;
    std::uint16_t platform_id = 0;
    std::uint8_t function = 0;
};

std::optional<FoundHeader> header_at(ByteView file, std::size_t at) {
    if (file.size() < at + module_header_size) return {};
    const auto bytes = file.subspan(at, module_header_size);
    const FoundHeader header{little_endian<std::uint32_t>(bytes), little_endian<std::uint32_t>(bytes.subspan(4)),
                             little_endian<std::uint16_t>(bytes.subspan(12)), bytes[14]};
    constexpr std::uint32_t flash_begin = 0x08000000, flash_end = 0x08100000;
    const bool sane = header.start >= flash_begin && header.end > header.start + module_header_size && header.end < flash_end;
    return sane && header.function != 0 && header.function <= last_function ? std::optional(header) : std::nullopt;
}

std::optional<FoundHeader> header_of(ByteView file) {
    for (const auto at : {std::uint32_t{0}, vectors_size, core_vectors_size})
        if (auto header = header_at(file, at)) return header;
    return {};
}

std::string platform_in_words(std::uint16_t platform_id) {
    if (const auto* layout = builtin_layout_for(platform_id)) return "a " + layout->title;
    return fmt::format("platform {}", platform_id);
}

std::string module_in_words(const FirmwareModule& module, const Layout& layout) {
    const auto* slot = slot_for(layout, module.header.function.value, module.header.index.value);
    auto text = slot ? slot->title : std::string("a module");
    const auto& releases = module.header.releases;
    if (!module.of_release) return text + ", whole, but of no release that photopsy knows";
    return releases.empty() ? text + ", a known file" : fmt::format("{} of release {}{}", text, releases.front(), releases.size() > 1 ? " (and others)" : "");
}

std::string whole_modules_in_words(const std::vector<FirmwareModule>& modules, const Layout& layout) {
    constexpr std::size_t most = 4;
    std::string text;
    for (std::size_t i = 0; i < modules.size() && i < most; ++i) text += (i == 0 ? "" : "; ") + module_in_words(modules[i], layout);
    return fmt::format("holds {}{}: that is not what is missing.", text, modules.size() > most ? " and more" : "");
}

}  // namespace

std::string unused_firmware_in_words(ByteView file, const Layout& layout) {
    if (const auto modules = firmware_in_file(file, layout, ""); !modules.empty()) return whole_modules_in_words(modules, layout);
    const auto header = header_of(file);
    if (!header) return fmt::format("holds no whole firmware for a {}.", layout.title);
    if (header->platform_id != layout.platform_id)
        return fmt::format("is firmware for {}, and not for a {}.", platform_in_words(header->platform_id), layout.title);
    const std::size_t length = header->end - header->start;
    if (file.size() < length + checksum_behind)
        return fmt::format("is cut off: {} of {} bytes are there. Fetch it again.", file.size(), length + checksum_behind);
    if (crc32(file.first(length)) != big_endian<std::uint32_t>(file.subspan(length))) return "has a wrong checksum: bytes in it are damaged. Fetch it again.";
    return fmt::format("is no firmware that belongs into a {} as it stands: its own SHA-256 or its place is wrong.", layout.title);
}

}  // namespace photopsy

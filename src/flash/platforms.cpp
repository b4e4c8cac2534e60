#include "flash/suspicion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace photopsy {

extern const std::string_view embedded_platforms;  // data/platforms.tsv: id, tab, name

/// Where a module header stands in a slot, by the first word of the slot.
static Range header_at(const Image& image, const Layout& layout, Address begin) {
    const auto first = little_endian<std::uint32_t>(image.bytes(range_of(begin, 4)));
    return range_of((first & layout.vector_mask) == layout.vector_value ? begin + layout.vector_size : begin, module_header_size);
}

/// The module at the slot has the checksum that stands behind it: what its header says was not damaged.
static bool is_whole(const Image& image, const Layout& layout, const ModuleSlot& slot) {
    const auto header = image.bytes(header_at(image, layout, slot.at.begin));
    if (header.size() != module_header_size) return false;
    const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
    if (end <= start || end - start > slot.at.size() - 4) return false;
    const auto bytes = image.bytes(range_of(slot.at.begin, end - start + 4));
    return !bytes.empty() && crc32(bytes.first(end - start)) == big_endian<std::uint32_t>(bytes.last(4));
}

std::optional<std::uint16_t> platform_of(const Image& image, const Layout& layout) {
    struct Votes {
        int weight = 0, modules = 0;
        bool proven = false;
    };
    std::map<std::uint16_t, Votes> votes;
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != slot.at.begin) continue;
        const auto header = image.bytes(header_at(image, layout, slot.at.begin));
        if (header.size() != module_header_size || little_endian<std::uint32_t>(header) != slot.linked_at || header[14] != slot.function) continue;
        const auto platform = little_endian<std::uint16_t>(header.subspan(12));
        auto& vote = votes[platform];
        vote.weight += slot.function == 2 ? 3 : 1;
        ++vote.modules;
        vote.proven = vote.proven || (platform != layout.platform_id && is_whole(image, layout, slot));
    }
    // One module that names another platform and fails its checksum is a damaged header, not another device.
    std::erase_if(votes, [&](const auto& one) { return one.first != layout.platform_id && one.second.modules < 2 && !one.second.proven; });
    const auto most = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second.weight < b.second.weight; });
    if (most == votes.end()) return {};
    const auto own = votes.find(layout.platform_id);
    // Somebody said which device it is, or the table did: one bootloader does not speak against that and two modules.
    if (own != votes.end() && own->second.modules > 1 && most->second.modules == 1) return layout.platform_id;
    return own != votes.end() && own->second.weight == most->second.weight ? layout.platform_id : most->first;
}

std::vector<Range> proven_modules(const Image& image, const Layout& layout) {
    std::vector<Range> proven;
    for (const auto& slot : layout.slots) {
        if (!is_whole(image, layout, slot)) continue;
        const auto header = image.bytes(header_at(image, layout, slot.at.begin));
        proven.push_back(range_of(slot.at.begin, little_endian<std::uint32_t>(header.subspan(4)) - little_endian<std::uint32_t>(header) + 4));
    }
    return proven;
}

std::string name_of_platform(std::uint16_t platform_id) {
    const auto row = embedded_platforms.find(fmt::format("\n{}\t", platform_id));
    if (row == std::string_view::npos) return fmt::format("device with platform id {}", platform_id);
    const auto name = embedded_platforms.substr(embedded_platforms.find('\t', row) + 1);
    return std::string(name.substr(0, name.find('\n')));
}

static constexpr std::size_t vector_sizes[] = {0, 0x184, 0x200, 0x10C};

std::optional<WholeModule> module_of_other_device(ByteView bytes, std::uint16_t own) {
    for (const auto vectors : vector_sizes) {
        if (bytes.size() < vectors + module_header_size) continue;
        const auto header = bytes.subspan(vectors, module_header_size);
        const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
        if (end <= start || end - start < 256 || bytes.size() < 4 || end - start > bytes.size() - 4 || header[14] < 1 || header[14] > 5) continue;
        const auto platform = little_endian<std::uint16_t>(header.subspan(12));
        if (platform != own && crc32(bytes.first(end - start)) == big_endian<std::uint32_t>(bytes.subspan(end - start, 4)))
            return WholeModule{end - start, platform};
    }
    return {};
}

std::optional<std::uint16_t> later_platform_in(ByteView file) {
    int tries = 64;  // checksums are computed over whole modules: never many of them
    for (std::size_t at = 0; at + module_header_size <= file.size() && tries > 0; at += 4) {
        const auto header = file.subspan(at, module_header_size);
        const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
        const auto platform = little_endian<std::uint16_t>(header.subspan(12));
        if (end <= start || end - start < 256 || end - start > file.size() || (end - start) % 4 || header[8] != 0 || header[14] < 2 || header[14] > 5 ||
            header[15] > 4)
            continue;
        for (const auto vectors : vector_sizes) {
            const auto length = end - start;
            if (at < vectors || at - vectors + length + 4 > file.size() || tries-- <= 0) continue;
            const auto module = file.subspan(at - vectors, length + 4);
            if (crc32(module.first(length)) == big_endian<std::uint32_t>(module.last(4))) return platform;
        }
    }
    return {};
}

}  // namespace photopsy

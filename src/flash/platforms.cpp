#include "flash/suspicion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace photopsy {

/// Where a module header stands in a slot, by the first word of the slot.
static Range header_at(const Image& image, const Layout& layout, Address begin) {
    const auto first = little_endian<std::uint32_t>(image.bytes(range_of(begin, 4)));
    return range_of((first & layout.vector_mask) == layout.vector_value ? begin + layout.vector_size : begin, module_header_size);
}

std::optional<std::uint16_t> platform_of(const Image& image, const Layout& layout) {
    std::map<std::uint16_t, int> votes;
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != slot.at.begin) continue;
        const auto header = image.bytes(header_at(image, layout, slot.at.begin));
        if (header.size() != module_header_size || little_endian<std::uint16_t>(header.subspan(12)) > 64 ||
            little_endian<std::uint32_t>(header) != slot.linked_at || header[14] != slot.function)
            continue;
        votes[little_endian<std::uint16_t>(header.subspan(12))] += slot.function == 2 ? 3 : 1;
    }
    const auto most = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == votes.end()) return {};
    const auto own = votes.find(layout.platform_id);
    return own != votes.end() && own->second == most->second ? layout.platform_id : most->first;
}

std::vector<Range> proven_modules(const Image& image, const Layout& layout) {
    std::vector<Range> proven;
    for (const auto& slot : layout.slots) {
        const auto header = image.bytes(header_at(image, layout, slot.at.begin));
        if (header.size() != module_header_size) continue;
        const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
        if (end <= start || end - start > slot.at.size() - 4) continue;
        const Range module = range_of(slot.at.begin, end - start);
        const auto bytes = image.bytes({module.begin, module.end + 4});
        if (!bytes.empty() && crc32(bytes.first(module.size())) == big_endian<std::uint32_t>(bytes.last(4))) proven.push_back({module.begin, module.end + 4});
    }
    return proven;
}

std::string name_of_platform(std::uint16_t platform_id) {
    // hal/shared/platforms.h@v2.3.1:27, platform/shared/inc/platforms.h@v0.6.0:27.
    static const std::map<std::uint16_t, const char*> names_by_id = {
        {0, "Spark Core"},         {2, "Spark Core HD"},      {4, "Photon development board"}, {6, "Particle Photon"},  {8, "Particle P1"},
        {9, "Ethernet prototype"}, {10, "Particle Electron"}, {12, "Particle Argon"},          {13, "Particle Boron"},  {14, "Particle Xenon"},
        {22, "Particle A SoM"},    {23, "Particle B SoM"},    {25, "Particle B5 SoM"},         {26, "Particle Tracker"}};
    const auto known = names_by_id.find(platform_id);
    return known == names_by_id.end() ? fmt::format("device with platform id {}", platform_id) : known->second;
}

std::optional<std::uint16_t> later_platform_in(ByteView file) {
    constexpr std::size_t vector_sizes[] = {0, 0x184, 0x200, 0x10C};
    int tries = 64;  // checksums are computed over whole modules: never many of them
    for (std::size_t at = 0; at + module_header_size <= file.size() && tries > 0; at += 4) {
        const auto header = file.subspan(at, module_header_size);
        const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
        const auto platform = little_endian<std::uint16_t>(header.subspan(12));
        if (end <= start || end - start < 256 || end - start > file.size() || (end - start) % 4 || header[8] != 0 || platform > 64 || header[14] < 2 ||
            header[14] > 5 || header[15] > 4)
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

#include "facts/carried_bootloader.h"

#include "base/digest.h"

namespace photopsy {

namespace {

constexpr std::uint32_t vector_size = 0x184, initial_stack = 0x20020000;

/// A whole bootloader (L + 4 bytes) at this place of `bytes`, or an empty view.
ByteView bootloader_at(ByteView bytes, std::size_t at, const ModuleSlot& slot) {
    const auto header = bytes.subspan(at + vector_size, module_header_size);
    const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
    if (start != slot.at.begin || end <= start + vector_size + module_header_size || end - start + 4 > slot.at.size()) return {};
    if (header[14] != FunctionBootloader || bytes.size() - at < end - start + 4) return {};
    const auto length = end - start;
    const auto image = bytes.subspan(at, length + 4);
    return crc32(image.first(length)) == big_endian<std::uint32_t>(image.subspan(length)) ? image : ByteView{};
}

}  // namespace

ByteView carried_bootloader(ByteView module, const ModuleSlot& slot) {
    for (std::size_t at = module_header_size; at + vector_size + module_header_size <= module.size(); at += 4) {
        if (little_endian<std::uint32_t>(module.subspan(at)) != initial_stack) continue;
        if (const auto found = bootloader_at(module, at, slot); !found.empty()) return found;
    }
    return {};
}

std::optional<std::uint16_t> carried_bootloader_version(ByteView module, const ModuleSlot& slot) {
    const auto found = carried_bootloader(module, slot);
    if (found.empty()) return {};
    return little_endian<std::uint16_t>(found.subspan(vector_size + 10));
}

std::optional<std::uint16_t> bootloader_of_updater(const Image& image, const Layout& layout, const std::vector<Module>& modules) {
    const auto* application = find_module(modules, "user");
    const auto* slot = layout.slot("bootloader");
    if (!slot || !application || !application->good() || application->function.value != FunctionUserPart) return {};
    return carried_bootloader_version(image.bytes(application->at), *slot);
}

}  // namespace photopsy

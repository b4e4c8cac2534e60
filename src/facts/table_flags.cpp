#include "facts/table_flags.h"

#include "facts/releases.h"

namespace photopsy {

TableFlags read_table_flags(const Image& image, const Layout& layout, const Dct& dct, const InstalledSystem& system) {
    constexpr std::uint32_t size = 32, header = 0x1ADEACC0;
    const auto at = dct.field_at(layout, "system_flags");
    TableFlags flags;
    if (at.size() < size || !image.has(at)) return flags;
    const auto half_word = [&](std::uint32_t offset) { return image.reader(range_of(at.begin + offset, 2)).read<std::uint16_t>(); };
    // Both loaders put the header there themselves, so that the two requests count without it.
    if (little_endian<std::uint32_t>(image.bytes(at)) == header) flags.startup_mode = image.reader(range_of(at.begin + 18, 1)).read<std::uint8_t>();
    if (system.bootloader_version && *system.bootloader_version != 0xFFFF) flags.watchdog = half_word(14);
    if (system.system_version && *system.system_version < first_checking_system_version) flags.wifi_reset = half_word(6);
    if (system.bootloader_version && *system.bootloader_version != 0xFFFF && !system.bootloader_uses_system_dct()) flags.factory_reset = half_word(12);
    return flags;
}

}  // namespace photopsy

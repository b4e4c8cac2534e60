// What may be written on a device, and how its flashes are read back.
#include "repair/run.h"

#include <algorithm>

namespace photopsy {

ReadingRules reading_rules(const Layout& layout, dfu::BlockRule internal, std::optional<dfu::BlockRule> second) {
    return {internal, second, layout.external ? layout.external->at : Range{}};
}

dfu::WriteRules write_rules(const Layout& layout, std::uint16_t bootloader_version, std::uint16_t block_size) {
    constexpr std::uint16_t first_by_system = 100, first_that_looks_up_anew = 400;
    dfu::WriteRules rules{.block_size = block_size};
    for (const auto& sector : layout.sectors)
        if (sector.writable_by_dfu) rules.sectors.push_back(sector.at);
    for (const auto& slot : layout.slots)
        if (is_system_part(slot))
            rules.system_parts =
                rules.system_parts.empty() ? slot.at : Range{std::min(rules.system_parts.begin, slot.at.begin), std::max(rules.system_parts.end, slot.at.end)};
    const auto* beside = layout.usb.alternate(UsbAlternate::Holds::ExternalFlash);
    if (beside && layout.dct.store == StoreKind::SerialFlash) {
        rules.second = {writable_sectors(layout, layout.external->at), static_cast<std::uint8_t>(beside->number)};
        return rules;  // no table
    }
    for (const auto& field : layout.dct.fields) rules.table_size = std::max(rules.table_size, field.offset + field.size);
    using Table = dfu::WriteRules::Table;
    const bool own_code = layout.dct.store != StoreKind::WicedTable || bootloader_version < first_by_system;
    rules.table = own_code ? Table::OwnCode : bootloader_version < first_that_looks_up_anew ? Table::UntilReset : Table::UntilProgrammed;
    return rules;
}

}  // namespace photopsy

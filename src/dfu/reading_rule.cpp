#include "dfu/reading_rule.h"

#include "dfu/memory_map.h"

#include <algorithm>

namespace photopsy::dfu {

BlockRule block_rule(const DfuInterface& told, const Layout& layout) {
    const auto known = static_cast<std::uint16_t>(std::min<std::uint32_t>(layout.usb.transfer_size, 4096));
    if (!told.has_functional_descriptor) return {known, false};
    return {std::min(known, told.transfer_size), known == told.transfer_size};
}

bool forbids_reading(const DfuInterface& told) { return !told.can_upload || !told.in_dfu_mode; }

bool map_forbids_reading(std::string_view map_text, const Layout& layout) {
    const auto map = parse_memory_map(map_text);
    return map && !map->readable(layout.flash);
}

}  // namespace photopsy::dfu

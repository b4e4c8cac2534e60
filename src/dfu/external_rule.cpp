#include "dfu/external_rule.h"

#include "dfu/memory_map.h"
#include "dfu/reading_rule.h"

namespace photopsy::dfu {

std::optional<BlockRule> external_rule(const DfuInterface& told, const Layout& layout, const std::function<std::string(std::uint8_t index)>& name_of) {
    const auto* wanted = layout.usb.alternate(UsbAlternate::Holds::ExternalFlash);
    if (!wanted || !layout.external) return std::nullopt;
    for (const AlternateSetting& alternate : told.alternates) {
        if (alternate.number != wanted->number) continue;
        const auto map = parse_memory_map(name_of(alternate.name_index));
        if (map && !map->readable(layout.external->at)) return std::nullopt;
        BlockRule rule = block_rule(told, layout);
        rule.alternate = alternate.number;
        return rule;
    }
    return std::nullopt;
}

}  // namespace photopsy::dfu

#include "cli/key_place.h"

#include <optional>

namespace photopsy {

static std::optional<KeyPlace> place_in(const Layout& layout, KeyKind kind) {
    for (const auto& set : layout.keys) {
        const auto* field = layout.dct.field(set.device_key);
        if (field && set.kind == kind) return KeyPlace{layout.usb.vendor, layout.usb.dfu_product, field->offset, layout.title};
    }
    return {};
}

KeyPlace key_place(const Layout* layout, KeyKind kind) {
    if (layout)
        if (const auto place = place_in(*layout, kind)) return *place;
    for (const auto name : builtin_layout_names())
        if (const auto place = place_in(*builtin_layout(name), kind)) return *place;
    return {};
}

}  // namespace photopsy

// Any two sectors are a store: what is read of them is defined, the same twice, and lies inside them.
#include "facts/store.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;

static const Layout& layout_with_dcd() {
    for (const auto name : builtin_layout_names())
        if (builtin_layout(name)->dct.store == StoreKind::Dcd) return *builtin_layout(name);
    std::abort();
}

static void demand(bool holds) {
    if (!holds) std::abort();
}

/// First byte: the generations of bootloader and system; the rest: both sectors, erased behind the end of the input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0) return 0;
    const auto& layout = layout_with_dcd();
    Image image(layout.flash);
    std::vector<std::uint8_t> stores(0x8000, 0xFF);
    std::copy_n(bytes + 1, std::min(size - 1, stores.size()), stores.begin());
    image.put(layout.dct.copies[0].begin, stores);
    StoreCode code{.system = static_cast<DcdGeneration>(bytes[0] % 3), .bootloader = static_cast<DcdGeneration>(bytes[0] / 3 % 3)};
    code.bootloader_version = 1006;
    const auto dct = read_store({image, layout, code}), again = read_store({image, layout, code});
    demand(dct.dcd && dct.copies.size() == 2 && dct.selected == again.selected && dct.selected_because == again.selected_because);
    demand(dct.selected.has_value() != (dct.would_reinitialize || dct.dcd->migrated_from != 0));
    for (const auto& copy : dct.copies)
        if (copy.damage)
            for (const auto place : copy.damage->places) demand(copy.at.contains(place));
    return 0;
}

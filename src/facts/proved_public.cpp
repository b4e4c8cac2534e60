#include "facts/proved_public.h"

#include "facts/proved_public_parts.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::array<std::string_view, 14> reason_names = {"not proved public", "released module",        "released block",          "module header",
                                                           "end of a module",   "vector table",           "call into another part",  "place of Wi-Fi firmware",
                                                           "update flag",       "structure of the table", "setting of a known form", "published server key",
                                                           "EEPROM record",     "erased or zero"};

bool released(PublicReason reason) { return reason == PublicReason::ReleasedModule || reason == PublicReason::ReleasedBlock; }

}  // namespace

std::string_view name_of(PublicReason reason) { return reason_names[static_cast<std::size_t>(reason)]; }

PublicMap::PublicMap(const Image& image) {
    const auto add = [&](Range whole) { flashes_.push_back({whole, std::vector<PublicReason>(whole.size(), PublicReason::None)}); };
    add(image.range());
    for (auto present : image.present())  // sorted: a second flash comes first or last
        if (const auto flash = image.flash_at(present.begin); flashes_.size() == 1 && !(flash == image.range())) add(flash);
}

void PublicMap::mark(Range at, PublicReason reason) {
    if (at.begin > at.end) return;
    for (auto& flash : flashes_) {
        const auto inside = intersection(at, flash.at);
        for (auto here = inside.begin; here < inside.end; ++here)
            if (auto& why = flash.why[here - flash.at.begin]; why == PublicReason::None) why = reason;
    }
}

PublicReason PublicMap::why(Address at) const {
    for (const auto& flash : flashes_)
        if (flash.at.contains(at)) return flash.why[at - flash.at.begin];
    return PublicReason::None;
}

bool PublicMap::covers(Range at) const {
    if (at.empty()) return true;
    for (const auto& flash : flashes_) {
        if (at.begin > at.end || !flash.at.contains(at)) continue;
        const auto first = flash.why.begin() + static_cast<std::ptrdiff_t>(at.begin - flash.at.begin);
        return std::find(first, first + static_cast<std::ptrdiff_t>(at.size()), PublicReason::None) == first + static_cast<std::ptrdiff_t>(at.size());
    }
    return false;
}

bool PublicMap::is_released(Range at) const {
    for (const auto& flash : flashes_) {
        if (at.begin > at.end || !flash.at.contains(at)) continue;
        const auto first = flash.why.begin() + static_cast<std::ptrdiff_t>(at.begin - flash.at.begin);
        return std::all_of(first, first + static_cast<std::ptrdiff_t>(at.size()), released);
    }
    return false;
}

PublicMap proved_public(const Image& image, const Layout& layout, const std::vector<Module>& modules, const Dct& dct) {
    PublicMap map(image);
    mark_released_firmware(image, layout, modules, map);
    mark_tables(image, layout, dct, map);
    mark_eeprom(image, layout, map);
    mark_update_flags(image, layout, map);
    mark_module_structure(image, layout, modules, map);
    mark_repeated_firmware(image, map);
    mark_blank(image, map);
    return map;
}

}  // namespace photopsy

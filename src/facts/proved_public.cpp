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

constexpr std::uint32_t page_size = 0x1000;

bool released(PublicReason reason) { return reason == PublicReason::ReleasedModule || reason == PublicReason::ReleasedBlock; }

}  // namespace

std::string_view name_of(PublicReason reason) { return reason_names[static_cast<std::size_t>(reason)]; }

PublicMap::PublicMap(const Image& image) {
    const auto add = [&](Range whole) {
        Flash flash{whole, {}};
        for (auto at = whole.begin; at < whole.end; at += std::min(page_size, whole.end - at)) flash.pages.push_back({{at, at + std::min(page_size, whole.end - at)}});
        flashes_.push_back(std::move(flash));
    };
    add(image.range());
    for (auto present : image.present())  // sorted: a second flash comes first or last
        if (const auto flash = image.flash_at(present.begin); flashes_.size() == 1 && !(flash == image.range())) add(flash);
}

/// Whole pages that bear one reason so far need no room for more.
void PublicMap::mark(Page& page, Range at, PublicReason reason) {
    if (page.each.empty() && page.all != PublicReason::None) return;
    if (page.each.empty() && at == page.at) {
        page.all = reason;
        return;
    }
    if (page.each.empty()) page.each.assign(page.at.size(), PublicReason::None);
    for (auto here = at.begin; here < at.end; ++here)
        if (auto& why = page.each[here - page.at.begin]; why == PublicReason::None) why = reason;
}

void PublicMap::mark(Range at, PublicReason reason) {
    if (at.begin > at.end) return;
    for (auto& flash : flashes_) {
        const auto inside = intersection(at, flash.at);
        if (inside.empty()) continue;
        for (auto i = (inside.begin - flash.at.begin) / page_size; i < flash.pages.size() && flash.pages[i].at.begin < inside.end; ++i)
            mark(flash.pages[i], intersection(inside, flash.pages[i].at), reason);
    }
}

const PublicMap::Flash* PublicMap::flash_with(Range at) const {
    const auto found = std::find_if(flashes_.begin(), flashes_.end(), [&](const Flash& flash) { return at.begin <= at.end && flash.at.contains(at); });
    return found == flashes_.end() ? nullptr : &*found;
}

template <class Holds>
bool PublicMap::every(const Flash& flash, Range at, Holds holds) {
    for (auto i = (at.begin - flash.at.begin) / page_size; i < flash.pages.size() && flash.pages[i].at.begin < at.end; ++i) {
        const auto& page = flash.pages[i];
        const auto part = intersection(at, page.at);
        const auto first = page.each.begin() + (page.each.empty() ? 0 : static_cast<std::ptrdiff_t>(part.begin - page.at.begin));
        if (page.each.empty() ? !part.empty() && !holds(page.all) : !std::all_of(first, first + static_cast<std::ptrdiff_t>(part.size()), holds)) return false;
    }
    return true;
}

PublicReason PublicMap::why(Address at) const {
    const auto* flash = at == 0xFFFFFFFFu ? nullptr : flash_with({at, at + 1});
    if (!flash) return PublicReason::None;
    const auto& page = flash->pages[(at - flash->at.begin) / page_size];
    return page.each.empty() ? page.all : page.each[at - page.at.begin];
}

bool PublicMap::covers(Range at) const {
    if (at.empty()) return true;
    const auto* flash = flash_with(at);
    return flash && every(*flash, at, [](PublicReason reason) { return reason != PublicReason::None; });
}

bool PublicMap::is_released(Range at) const {
    const auto* flash = flash_with(at);
    return flash && every(*flash, at, released);
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

#include "flash/layout.h"

#include <algorithm>

namespace photopsy {

template <class List, class Matches>
static auto* first(const List& list, Matches matches) {
    const auto found = std::find_if(list.begin(), list.end(), matches);
    return found == list.end() ? nullptr : &*found;
}

const DctField* DctLayout::field(std::string_view wanted) const {
    const auto named = [&](const DctField& candidate) { return candidate.name == wanted; };
    if (const auto* application = first(fields, named)) return application;
    return first(system_fields, named);
}

const ModuleSlot* Layout::slot(std::string_view wanted) const {
    return first(slots, [&](const ModuleSlot& candidate) { return candidate.name == wanted; });
}
const ModuleSlot* Layout::system_part(int index) const {
    constexpr std::uint8_t function_of_system_parts = 4;
    return first(slots, [&](const ModuleSlot& candidate) {
        return candidate.function == function_of_system_parts && candidate.index == index && candidate.linked_at == candidate.at.begin;
    });
}
const UsbAlternate* UsbIdentity::alternate(UsbAlternate::Holds what) const {
    return first(alternates, [&](const UsbAlternate& candidate) { return candidate.holds == what; });
}
const LayoutRegion* Layout::region_at(Address address) const {
    const auto holds = [&](const LayoutRegion& region) { return region.at.contains(address); };
    const auto* internal = first(regions, holds);
    return internal || !external ? internal : first(external->regions, holds);
}
bool Layout::in_external(Address address) const { return external && external->at.contains(address); }
const Sector* Layout::sector_at(Address address) const {
    return first(sectors, [&](const Sector& sector) { return sector.at.contains(address); });
}

}  // namespace photopsy

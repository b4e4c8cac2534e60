#include "flash/redaction_mark.h"

#include <algorithm>
#include <string>

namespace photopsy {

static constexpr std::uint32_t place_size = 32;

std::vector<Range> redaction_mark_places(const Layout& layout) {
    std::vector<Range> places;
    const auto end_of = [&](Range area) { places.push_back({area.end - place_size, area.end}); };
    if (!layout.regions.empty()) end_of(layout.regions.front().at);
    if (const auto* unused = layout.dct.field("unused_1658"); unused && unused->size >= place_size)
        for (auto copy : layout.dct.copies) places.push_back(range_of(copy.begin + layout.dct.application_offset + unused->offset, place_size));
    if (layout.external && !layout.external->regions.empty()) {
        end_of(layout.external->regions.front().at);
        const auto spare =
            std::find_if(layout.external->regions.begin(), layout.external->regions.end(), [](const LayoutRegion& each) { return each.name == "spare"; });
        if (spare != layout.external->regions.end()) end_of(spare->at);
    }
    end_of(layout.flash);
    for (const auto& region : layout.regions)
        if (layout.slot(region.name)) end_of(region.at);
    return places;
}

static bool stands_at_a_place(const std::string& mark, const Image& image, const Layout& layout) {
    const auto places = redaction_mark_places(layout);
    return std::any_of(places.begin(), places.end(), [&](Range place) {
        const auto bytes = image.bytes(place);
        return bytes.size() >= mark.size() &&
               std::equal(mark.begin(), mark.end(), bytes.begin(), [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    });
}

bool has_redaction_mark(const Image& image, const Layout& layout) { return stands_at_a_place(std::string(redaction_mark), image, layout); }

bool is_marked_less_sure(const Image& image, const Layout& layout) {
    return stands_at_a_place(std::string(redaction_mark) + std::string(less_sure_mark), image, layout);
}

}  // namespace photopsy

#include "flash/redaction_mark.h"

#include <algorithm>

namespace photopsy {

static constexpr std::uint32_t place_size = 32;

std::vector<Range> redaction_mark_places(const Layout& layout) {
    std::vector<Range> places;
    if (!layout.sectors.empty()) places.push_back({layout.sectors.front().at.end - place_size, layout.sectors.front().at.end});
    if (const auto* unused = layout.dct.field("unused_1658"); unused && unused->size >= place_size)
        for (auto copy : layout.dct.copies) places.push_back(range_of(copy.begin + layout.dct.application_offset + unused->offset, place_size));
    return places;
}

bool has_redaction_mark(const Image& image, const Layout& layout) {
    const auto places = redaction_mark_places(layout);
    return std::any_of(places.begin(), places.end(), [&](Range place) {
        const auto bytes = image.bytes(place);
        return bytes.size() >= redaction_mark.size() && std::equal(redaction_mark.begin(), redaction_mark.end(), bytes.begin(),
                                                                   [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    });
}

}  // namespace photopsy

// Lost blocks of a serial flash with keys, whose sectors are as small as a block of a transfer.
#include "flash/block_runs.h"
#include "flash/suspicion.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

static constexpr std::uint32_t small_block = lost_unit / 2;

/// A serial flash with keys: images of the firmware lie in it as whole copies, each with nothing erased or zero inside that begins and ends with a block. Only
/// the OTA area may have such holes: chunks that are still to come, or sectors that were erased for an image that did not (docs/formats/core.md).
static bool images_have_holes(const Image& image, const Layout& layout, std::uint8_t value) {
    const auto proven = proven_modules(image, layout);
    std::size_t holes = 0, in_ota = 0;
    for (const auto& slot : layout.slots) {
        if (std::any_of(proven.begin(), proven.end(), [&](Range module) { return module.begin == slot.at.begin; })) continue;
        const auto runs = runs_of_blocks(image, slot.at, value, small_block);
        const auto count =
            static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), [&](Range run) { return ends_with_its_blocks(image, slot.at, run, value); }));
        (slot.name == "ota" ? in_ota : holes) += count;
    }
    return holes >= 3 || (holes == 2 && in_ota > 0);
}

/// Zeros anywhere; of erased blocks those before the end of what an image's place holds, and all beside the keys: which of them were not read cannot be told.
static std::vector<Range> holes_beside_images(const Image& image, const Layout& layout, std::uint8_t value) {
    if (value == 0) return runs_of_blocks(image, layout.flash, 0, small_block);
    std::vector<Range> lost;
    FixedPlaces fixed(image, layout);
    const auto proven = proven_modules(image, layout);
    const auto add = [&](Range where) {
        const auto runs = runs_of_blocks(image, where, value, small_block);
        lost.insert(lost.end(), runs.begin(), runs.end());
    };
    for (const auto& slot : layout.slots)
        if (std::none_of(proven.begin(), proven.end(), [&](Range module) { return module.begin == slot.at.begin; })) add(in_use(image, slot, fixed));
    for (const Range copy : layout.dct.copies) add(copy);
    return lost;
}

LostBlocks lost_beside_keys(const Image& image, const Layout& layout) {
    for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0xFF}})
        if (images_have_holes(image, layout, value))
            return {holes_beside_images(image, layout, value),
                    fmt::format("whole blocks inside the images of the firmware are {}, at several places: no write leaves an image so, these reads failed",
                                value == 0 ? "zero" : "erased")};
    return {};
}

}  // namespace photopsy

#include "flash/block_runs.h"

#include "base/runs.h"

#include <algorithm>

namespace photopsy {

static constexpr std::uint32_t alike_by_chance = 3;  // bytes beside a block that have its value all the same

std::vector<Range> runs_of_blocks(const Image& image, Range where, std::uint8_t value, std::uint32_t block) {
    std::vector<Range> runs;
    const auto first = (where.begin + block - 1) / block * block;
    for (auto at = first; at + block <= where.end; at += block) {
        const auto bytes = image.bytes(range_of(at, block));
        if (bytes.empty() || !all_equal(bytes, value)) continue;
        if (!runs.empty() && runs.back().end == at)
            runs.back().end = at + block;
        else
            runs.push_back(range_of(at, block));
    }
    return runs;
}

bool ends_with_its_blocks(const Image& image, Range where, Range run, std::uint8_t value) {
    const auto before = image.bytes({run.begin - std::min(run.begin - where.begin, alike_by_chance + 1), run.begin});
    const auto behind = image.bytes({run.end, run.end + std::min(where.end - run.end, alike_by_chance + 1)});
    return !behind.empty() && leading_run(behind, value) <= alike_by_chance && trailing_run(before, value) <= alike_by_chance;
}

Range in_use(const Image& image, const ModuleSlot& slot, FixedPlaces& fixed) {
    const auto bytes = image.leading(slot.at);
    const auto content_end = slot.at.begin + static_cast<Address>(bytes.size() - trailing_run(bytes, 0xFF));
    const auto end = std::max(content_end, fixed.claimed_by(slot).end);
    return {slot.at.begin, std::min(slot.at.end, (end + lost_unit - 1) / lost_unit * lost_unit)};
}

}  // namespace photopsy

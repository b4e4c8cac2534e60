#include "facts/module_runs.h"

#include "base/runs.h"
#include "facts/erased.h"

#include <algorithm>

namespace photopsy {

namespace {

// Longest runs of one byte in the 360 modules of the catalogue: no FF run of 128 bytes, zero runs up to 1145 bytes (system-part1 up to 0.4.9).
// A user part may hold tables of its owner's making: see is_no_content().
constexpr std::uint32_t shortest_erased = 256, shortest_zeroed = 1280, shortest_in_user_part = 2048, shortest_block = 512;

/// Two erased runs with one worn cell between them are one.
void add_run(const Image& image, Range run, std::uint8_t value, std::vector<Range>& runs) {
    const bool continues = value == 0xFF && !runs.empty() && run.begin == runs.back().end + 1 && is_erased(image.bytes({runs.back().begin, run.end}));
    if (continues)
        runs.back().end = run.end;
    else
        runs.push_back(run);
}

/// Runs of `value` in `where` that hold whole aligned steps, exact to the byte, at least `shortest` long.
std::vector<Range> runs_of(const Image& image, Range where, std::uint8_t value, std::uint32_t shortest) {
    std::vector<Range> runs;
    const auto bytes = image.leading(where);
    const auto size = static_cast<std::uint32_t>(bytes.size());
    for (std::uint32_t at = 0; at + run_step <= size; at += run_step) {
        if (!all_equal(bytes.subspan(at, run_step), value)) continue;
        auto begin = at, end = at + run_step;
        while (end + run_step <= size && all_equal(bytes.subspan(end, run_step), value)) end += run_step;
        end += static_cast<std::uint32_t>(leading_run(bytes.subspan(end), value));
        begin -= static_cast<std::uint32_t>(trailing_run(bytes.first(begin), value));
        if (end - begin >= shortest) add_run(image, {where.begin + begin, where.begin + end}, value, runs);
        at = end / run_step * run_step;
    }
    return runs;
}

/// From step to step, but for a few bytes beside it that have the same value by chance. An array of the owner's lies anywhere.
bool lies_like_a_block(Range run) {
    constexpr std::uint32_t by_chance = 3;
    return run.size() >= shortest_block && (run.begin + by_chance) % run_step <= by_chance && run.end % run_step <= by_chance;
}

/// The same application lies whole at another place, with this very run in it: its maker put it there.
bool stands_in_whole_copy(const Image& image, const Layout& layout, const Module& module, Range run) {
    if (!module.present()) return false;
    const auto bytes = image.bytes(run);
    return std::any_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) {
        if (slot.at.begin == module.at.begin || image.erased(range_of(slot.at.begin, module_header_size))) return false;
        const auto other = read_module(image, layout, slot);
        if (!other.good() || other.start.value != module.start.value || other.end.value != module.end.value ||
            other.platform_id.value != module.platform_id.value)
            return false;
        const auto same = image.bytes(range_of(other.at.begin + (run.begin - module.at.begin), run.size()));
        return std::equal(bytes.begin(), bytes.end(), same.begin(), same.end());
    });
}

/// An erase ends with a sector, a transfer with a block, a write that stopped leaves the rest of its place; an array or a picture of the owner's begins and
/// ends anywhere. In a released application there are none.
bool is_no_content(const Image& image, const Layout& layout, const Module& module, Range where, Range run) {
    const bool to_an_end = run.begin <= where.begin || run.end >= where.end;
    const bool lies_so = lies_like_a_block(run) || (run.size() >= shortest_in_user_part && (to_an_end || !module.known_as.empty()));
    return lies_so && !stands_in_whole_copy(image, layout, module, run);
}

}  // namespace

std::vector<Range> runs_in_module(const Image& image, const Layout& layout, const Module& module, Range where, std::uint8_t value) {
    if (module.slot != "user") return runs_of(image, where, value, value == 0 ? shortest_zeroed : shortest_erased);
    auto runs = runs_of(image, where, value, shortest_block);
    std::erase_if(runs, [&](Range run) { return !is_no_content(image, layout, module, where, run); });
    return runs;
}

}  // namespace photopsy

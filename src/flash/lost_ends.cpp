// The part of each block of a transfer that never arrives: a last packet that is too short, or a buffer that is too small.
#include "base/counted.h"
#include "base/runs.h"
#include "flash/lost_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::uint32_t dfu_block = 4096;   ///< one DFU transfer (usbd_conf.h@v0.7.0:63); shorter blocks leave their traces in it, too
constexpr std::uint32_t shortest_loss = 8;  ///< no eight bytes are alike in as many blocks of code

/// What all blocks of content have in common at each of their bytes.
struct Columns {
    std::array<std::uint8_t, dfu_block> all{}, any{};
    std::vector<Range> blocks;  ///< not of one value
    std::vector<Range> erased;  ///< what may have stood at the end of each, nobody knows
    std::size_t full = 0;       ///< of them those that hold little else than content

    /// In most of their bytes: else one block stands again and again, and has its own stretches of one value.
    bool differ() const {
        std::size_t varied = 0;
        for (std::size_t i = 0; i < dfu_block; ++i) varied += all[i] != any[i];
        return varied >= dfu_block / 4;
    }
    std::vector<Range> runs_of(std::uint8_t value) const {
        const auto& bytes = value == 0xFF ? all : any;
        std::vector<Range> runs;
        for (std::uint32_t i = 0; i < dfu_block; ++i) {
            if (bytes[i] != value) continue;
            if (runs.empty() || runs.back().end != i) runs.push_back({i, i});
            runs.back().end = i + 1;
        }
        std::erase_if(runs, [](Range run) { return run.size() < shortest_loss; });
        return runs;
    }
};

/// Stops at the first few blocks of a flash that was read as it is.
Columns columns_of(const Image& image, const Layout& layout) {
    Columns columns;
    columns.all.fill(0xFF);
    for (auto at = layout.flash.begin; at + dfu_block <= layout.flash.end; at += dfu_block) {
        const auto block = image.bytes(range_of(at, dfu_block));
        if (!block.empty() && all_erased(block)) columns.erased.push_back(range_of(at, dfu_block));
        if (block.empty() || all_equal(block, block[0])) continue;
        columns.blocks.push_back(range_of(at, dfu_block));
        columns.full += count_other_than(0xFF, block) >= dfu_block / 3 && count_other_than(0, block) >= dfu_block / 3;
        for (std::size_t i = 0; i < dfu_block; ++i) {
            columns.all[i] &= block[i];
            columns.any[i] |= block[i];
        }
        if (columns.runs_of(0xFF).empty() && columns.runs_of(0).empty()) return {};
    }
    return columns;
}

/// A few stretches of each block are left out; where there are many of them, all of it is.
std::vector<Range> lost_in(const std::vector<Range>& blocks, const std::vector<Range>& runs) {
    constexpr std::size_t most_runs = 8;
    if (runs.size() > most_runs) return blocks;
    std::vector<Range> lost;
    for (const Range block : blocks)
        for (const Range run : runs) lost.push_back({block.begin + run.begin, block.begin + run.end});
    return lost;
}

}  // namespace

LostBlocks find_lost_ends(const Image& image, const Layout& layout) {
    constexpr std::size_t enough = 12;  // blocks of code: the firmware of a Core fills more
    const auto columns = columns_of(image, layout);
    if (columns.full < enough || !columns.differ()) return {};
    for (const std::uint8_t value : {std::uint8_t{0xFF}, std::uint8_t{0}}) {
        const auto runs = columns.runs_of(value);
        if (runs.empty()) continue;
        std::uint32_t length = 0;
        for (const Range run : runs) length += run.size();
        auto blocks = columns.blocks;
        if (value == 0xFF) blocks.insert(blocks.end(), columns.erased.begin(), columns.erased.end());
        const bool at_end = runs.size() == 1 && runs[0].end == dfu_block;
        return {lost_in(blocks, runs),
                fmt::format("{} {} of each block of 4096 bytes that holds something are {}, in all {} of them: what should stand there did not arrive",
                            at_end ? "the last" : "the same", counted(length, "byte"), value == 0 ? "zero" : "erased", columns.blocks.size())};
    }
    return {};
}

}  // namespace photopsy

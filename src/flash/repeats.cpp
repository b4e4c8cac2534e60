#include "base/hex.h"
#include "flash/lost_blocks.h"
#include "flash/overwritten.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace photopsy {

namespace {

/// A quarter of a DFU transfer. In none of the released modules do two such blocks with content stand one behind the other.
constexpr std::uint32_t repeat_unit = 1024;

struct Block {
    bool present = false, constant = false;
    std::size_t content = 0;  ///< a number that equal blocks share, and no others
};

/// Four words out of a block, mixed: nearly all blocks that differ do so in it, and the rest of them is not read.
std::uint64_t sample_of(ByteView bytes) {
    std::uint64_t sample = 0;
    for (const auto at : {0u, 376u, 688u, 1016u}) sample = (sample ^ little_endian<std::uint64_t>(bytes.subspan(at))) * 0x9E3779B97F4A7C15;
    return sample;
}

Range range_of_blocks(const Layout& layout, std::size_t first, std::size_t end) {
    return {layout.flash.begin + static_cast<Address>(first) * repeat_unit, layout.flash.begin + static_cast<Address>(end) * repeat_unit};
}

/// A block with content, known by a sample first.
struct Sampled {
    std::uint64_t sample = 0;
    ByteView bytes;
    std::size_t index = 0;
    int compare(const Sampled& other) const {
        return sample != other.sample ? (sample < other.sample ? -1 : 1) : std::memcmp(bytes.data(), other.bytes.data(), repeat_unit);
    }
};

/// Each block that is there: the constant ones by their value, the others by their order.
std::vector<Block> read_blocks(const Image& image, const Layout& layout) {
    std::vector<Block> blocks(layout.flash.size() / repeat_unit);
    std::vector<Sampled> contents;
    const auto whole = image.bytes(layout.flash);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const auto bytes = whole.empty() ? image.bytes(range_of_blocks(layout, i, i + 1)) : whole.subspan(i * repeat_unit, repeat_unit);
        if (bytes.empty()) continue;
        const bool constant = all_equal(bytes, bytes[0]);
        blocks[i] = {.present = true, .constant = constant, .content = bytes[0]};
        if (!constant) contents.push_back({sample_of(bytes), bytes, i});
    }
    std::sort(contents.begin(), contents.end(), [](const Sampled& a, const Sampled& b) { return a.compare(b) < 0; });
    std::size_t content = 0xFF;
    const Sampled* before = nullptr;
    for (const auto& one : contents) {
        content += !before || before->compare(one) != 0;
        blocks[one.index].content = content;
        before = &one;
    }
    return blocks;
}

bool same(const Block& a, const Block& b) { return a.present && b.present && a.constant == b.constant && a.content == b.content; }

/// Blocks [first, end) repeat what stands `lag` blocks earlier, without a gap between.
struct Repeat {
    std::size_t first = 0, end = 0, lag = 0;
};

class Repeats {
public:
    Repeats(const std::vector<Block>& blocks, const Layout& layout, const Image& image) : blocks_(blocks), layout_(layout), places_(image, layout) {}

    std::vector<Repeat> find() {
        std::vector<Repeat> found;
        const auto distances = distances_of_equals();
        // A large chunk read twice may hold a smaller repetition by chance, not the other way round: the smallest lag comes first.
        for (std::size_t lag = 1; lag < distances.size(); ++lag) {
            if (!distances[lag]) continue;
            for (std::size_t i = lag; i < blocks_.size();) {
                auto end = i;
                while (end < blocks_.size() && same(blocks_[end], blocks_[end - lag])) ++end;
                if (end - i >= lag && counts(i, end, lag, found)) found.push_back({i, end, lag});
                i = std::max(end, i + 1);
            }
        }
        return found;
    }

private:
    /// For each lag up to half of the blocks: whether any two blocks with content that lie so far apart are equal. Mostly none or a few do.
    std::vector<bool> distances_of_equals() const {
        static constexpr std::size_t none = ~std::size_t{0};
        std::vector<bool> distances(blocks_.size() / 2 + 1);
        std::vector<std::size_t> latest(0x100 + blocks_.size(), none), equal_before(blocks_.size(), none);
        for (std::size_t i = 0; i < blocks_.size(); ++i) {
            if (!blocks_[i].present || blocks_[i].constant) continue;
            equal_before[i] = std::exchange(latest[blocks_[i].content], i);
            for (auto other = equal_before[i]; other != none && i - other < distances.size(); other = equal_before[other]) distances[i - other] = true;
        }
        return distances;
    }
    /// It put something where something else must stand, and no smaller repetition explains that. Logs, tables and pages of an owner may repeat.
    bool counts(std::size_t first, std::size_t end, std::size_t lag, const std::vector<Repeat>& found) {
        const auto explained = [&](std::size_t i) {
            return blocks_[i].constant || std::any_of(found.begin(), found.end(), [&](const Repeat& repeat) { return repeat.first <= i && i < repeat.end; });
        };
        bool open = false;
        for (auto i = first; i < end && !open; ++i) open = !explained(i);
        return open && places_.overwritten(range_of_blocks(layout_, first, end), static_cast<std::uint32_t>(lag) * repeat_unit);
    }

    const std::vector<Block>& blocks_;
    const Layout& layout_;
    FixedPlaces places_;
};

/// The image without what lies in `bad` (ascending or not, may overlap).
Image without(const Image& image, const Layout& layout, const std::vector<Range>& bad) {
    std::vector<Piece> kept;
    for (auto part : image.present()) {
        auto from = part.begin;
        while (from < part.end) {
            Address until = part.end;
            bool inside = false;
            for (const auto& range : bad) {
                if (range.contains(from))
                    inside = true, until = std::min(part.end, range.end);
                else if (!inside && range.begin > from)
                    until = std::min(until, range.begin);
                if (inside) break;
            }
            if (!inside) kept.push_back({from, image.bytes({from, until})});
            from = until;
        }
    }
    Image result(layout.flash);
    result.put_all(kept);
    return result;
}

/// `bad` without the slots that hold a key: the slots are looked at as they are.
std::vector<Range> without_keys(const std::vector<Range>& bad, const std::vector<Range>& keys) {
    auto result = bad;
    for (const auto key : keys) {
        std::vector<Range> parts;
        for (const auto range : result) {
            if (!range.overlaps(key)) {
                parts.push_back(range);
                continue;
            }
            if (range.begin < key.begin) parts.push_back({range.begin, key.begin});
            if (key.end < range.end) parts.push_back({key.end, range.end});
        }
        result = std::move(parts);
    }
    return result;
}

/// What was repeated may be a slot's own all the same: one that begins like a key is looked at. What did not arrive is in no slot.
void note(Capture& capture, const Layout& layout, const std::vector<Range>& bad, std::string detail, bool holds_nothing = false) {
    const auto order = [](Range a, Range b) { return a.begin < b.begin; };
    const auto first = *std::min_element(bad.begin(), bad.end(), order), last = *std::max_element(bad.begin(), bad.end(), order);
    std::uint64_t length = 0;
    for (const auto& range : bad) length += range.size();
    capture.problems.push_back({.defect = CaptureDefect::RepeatedBlocks,
                                .where = {first.begin, last.end},
                                .file_offset = first.begin - layout.flash.begin,
                                .length = length,
                                .detail = std::move(detail),
                                .holds_nothing = holds_nothing});
    const auto kept = holds_nothing ? std::vector<Range>{} : FixedPlaces(capture.image, layout).key_slots();
    capture.image = without(capture.image, layout, without_keys(bad, kept));
}

}  // namespace

void find_repeated_blocks(const Layout& layout, Capture& capture) {
    if (auto lost = find_lost_ends(capture.image, layout); !lost.at.empty()) return note(capture, layout, lost.at, std::move(lost.words), true);
    const auto blocks = read_blocks(capture.image, layout);
    const auto repeats = Repeats(blocks, layout, capture.image).find();
    if (!repeats.empty()) {
        std::vector<Range> bad;
        std::size_t repeated = 0;
        for (const auto& repeat : repeats) {
            bad.push_back(range_of_blocks(layout, repeat.first, repeat.end));
            repeated += repeat.end - repeat.first;
        }
        const auto& first = repeats.front();
        return note(capture, layout, bad,
                    fmt::format("{} blocks of 1024 bytes repeat what stands before them: from {} on the same {} bytes come again", repeated,
                                hex_address(bad.front().begin), first.lag * repeat_unit));
    }
    const auto settings = FixedPlaces(capture.image, layout).table_data_in_modules();
    if (!settings.empty())
        return note(capture, layout, settings,
                    fmt::format("{} of 4096 bytes, from {} on, {} a copy of what stands in the configuration table, as DFU alternate setting 1 gives it: the "
                                "read went to the wrong setting there",
                                settings.size() == 1 ? "a block" : fmt::format("{} blocks", settings.size()), hex_address(settings.front().begin),
                                settings.size() == 1 ? "holds" : "hold"));
    note_lost_blocks(layout, capture);
}

void note_lost_blocks(const Layout& layout, Capture& capture) {
    if (auto lost = find_lost_blocks(capture.image, layout); !lost.at.empty()) note(capture, layout, lost.at, std::move(lost.words), true);
}

}  // namespace photopsy

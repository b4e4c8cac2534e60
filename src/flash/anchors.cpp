#include "flash/anchors.h"

#include "base/digest.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string_view>

namespace photopsy {

namespace {

constexpr std::size_t most_anchors = 4096;
constexpr std::uint32_t brcm = 0x4D435242, dcd_watermark = 0x1E1C279A;

std::uint32_t word_at(ByteView file, std::size_t offset) { return offset + 4 <= file.size() ? little_endian<std::uint32_t>(file.subspan(offset)) : 0; }

bool is_vector_table(std::uint32_t first_word, const Layout& layout) { return (first_word & layout.vector_mask) == layout.vector_value; }

/// Handlers of a module follow at `offset + 4`: a vector table, even where its first word is damaged.
bool holds_handlers(ByteView file, std::size_t offset, const Layout& layout, Range module) {
    constexpr std::size_t enough = 8;
    std::size_t handlers = 0;
    for (std::size_t at = 4; at + 4 <= layout.vector_size; at += 4)
        if (const auto word = word_at(file, offset + at); word % 2 == 1 && module.contains(word)) ++handlers;
    return handlers >= enough;
}

/// What stands at `offset` is the vector table of that module, whole or damaged: a program of one piece always has one, an application never (it begins with
/// its header), whatever pointers an owner keeps before its place.
bool begins_with_vectors(ByteView file, std::size_t offset, const Layout& layout, const ModuleSlot& home, Range module) {
    constexpr std::uint8_t one_piece = 3, application = 5;
    if (home.function == application) return false;
    return home.function == one_piece || is_vector_table(word_at(file, offset), layout) || holds_handlers(file, offset, layout, module);
}

/// Slot in which a module with this header is at home, or nullptr.
const ModuleSlot* home_of(const Layout& layout, std::uint32_t start, std::uint32_t end, std::uint8_t function, std::uint8_t index) {
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != start || slot.function != function) continue;
        if (slot.function != 3 && slot.index != index) continue;
        if (end > start && end - start < slot.at.size() && slot.at.begin == slot.linked_at) return &slot;
    }
    return nullptr;
}

void add_candidate(Anchor& anchor, Shift shift) {
    if (anchor.candidate_count < anchor.candidates.size()) anchor.candidates[anchor.candidate_count++] = shift;
}

/// The file is this module from its first byte, without a vector table before the header: the checksum behind it is right, or the file ends with it.
bool is_whole_from_header(ByteView file, std::uint32_t length) {
    if (file.size() < length + std::uint64_t{4}) return false;
    return file.size() == length + 4 || crc32(file.first(length)) == big_endian<std::uint32_t>(file.subspan(length));
}

bool read_module_anchor(ByteView file, std::size_t offset, const Layout& layout, Anchor& anchor) {
    if (file.size() - offset < module_header_size) return false;
    const auto header = file.subspan(offset, module_header_size);
    const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
    const auto platform = little_endian<std::uint16_t>(header.subspan(12));
    if (header[8] != 0 || header[9] != 0 || (end - start) % 4) return false;
    const auto* home = home_of(layout, start, end, header[14], header[15]);
    if (!home) return false;
    // The vector table before a header is recognized by its first word, or by the handlers behind that; a header so near the file's begin that it is cut off
    // had one, unless it is the user part's, or the file is that module from its header on.
    const bool cut_off = offset < layout.vector_size;
    const bool vectors = cut_off ? home->function != 5 && !(offset == 0 && is_whole_from_header(file, end - start))
                                 : begins_with_vectors(file, offset - layout.vector_size, layout, *home, {start, end});
    anchor = {.kind = Anchor::Kind::ModuleHeader,
              .offset = offset,
              .platform_id = platform,
              .module = {start, end},
              .header_offset = vectors ? layout.vector_size : 0};
    const auto shift_at = [&](Address base) {
        return static_cast<Shift>(base - layout.flash.begin) + static_cast<Shift>(anchor.header_offset) - static_cast<Shift>(offset);
    };
    add_candidate(anchor, shift_at(start));
    for (const auto& slot : layout.slots)
        if (slot.at.begin != start && (slot.linked_at == 0 || slot.linked_at == start)) add_candidate(anchor, shift_at(slot.at.begin));
    return true;
}

bool is_table(ByteView file, std::size_t offset, StoreKind store) {
    if (store == StoreKind::Dcd) {
        const auto seal = word_at(file, offset + 4);  // services/inc/dcd.h@v2.3.1: initial, valid, superseded, cleared
        return word_at(file, offset) == dcd_watermark && file.size() - offset >= 16 &&
               (seal == 0xFFFFFFFF || seal == 0xEDA15E00 || seal == 0x69A00C00 || seal == 0);
    }
    if (store != StoreKind::WicedTable || file.size() - offset < 16 || word_at(file, offset + 12) != brcm) return false;
    const auto mark = [&](std::size_t at) { return file[offset + at] <= 1 || file[offset + at] == 0xFF; };
    const auto size = [&](std::size_t at) { return word_at(file, offset + at) == 0 || word_at(file, offset + at) == 0xFFFFFFFF; };
    return size(0) && size(4) && mark(8) && mark(9) && mark(10) && mark(11);
}

bool read_table_anchor(ByteView file, std::size_t offset, const Layout& layout, Anchor& anchor) {
    if (!is_table(file, offset, layout.dct.store)) return false;
    anchor = {.kind = Anchor::Kind::Table, .offset = offset, .module = layout.dct.copies[0]};
    for (const auto& copy : layout.dct.copies) add_candidate(anchor, static_cast<Shift>(copy.begin - layout.flash.begin) - static_cast<Shift>(offset));
    return true;
}

}  // namespace

bool Anchor::fits(Shift shift) const {
    return std::find(candidates.begin(), candidates.begin() + candidate_count, shift) != candidates.begin() + candidate_count;
}

bool read_anchor(ByteView file, std::size_t offset, const Layout& layout, Anchor& anchor) {
    if (offset >= file.size()) return false;
    return read_module_anchor(file, offset, layout, anchor) || read_table_anchor(file, offset, layout, anchor);
}

std::vector<Anchor> anchors_in_place(ByteView file, const Layout& layout) {
    std::vector<Anchor> anchors;
    Anchor anchor;
    const auto try_at = [&](std::size_t offset) {
        const bool found = read_anchor(file, offset, layout, anchor) && anchor.fits(0);
        if (found) anchors.push_back(anchor);
        return found;
    };
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != slot.at.begin) continue;
        const std::size_t begin = slot.at.begin - layout.flash.begin;
        if (is_vector_table(word_at(file, begin), layout) || !try_at(begin)) try_at(begin + layout.vector_size);
    }
    for (const auto& copy : layout.dct.copies) try_at(copy.begin - layout.flash.begin);
    std::sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) { return a.offset < b.offset; });
    return anchors;
}

std::vector<Anchor> find_anchors(ByteView file, const Layout& layout) {
    std::vector<Anchor> anchors;
    Anchor anchor;
    // The text search of the standard library passes over a megabyte in no time; byte by byte in a loop of our own took longer than all the rest.
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    const auto found_at = [&](std::size_t offset, const auto& read) {
        if (anchors.size() < most_anchors && read(file, offset, layout, anchor)) anchors.push_back(anchor);
    };
    const auto high = static_cast<char>(layout.flash.begin >> 24);  // of the two addresses at a header's start
    for (auto at = text.find(high, 3); at != std::string_view::npos; at = text.find(high, at + 1))
        if (text[at - 3] == 0 && at + 4 < text.size() && text[at + 4] == high) found_at(at - 3, read_module_anchor);
    const bool dcd = layout.dct.store == StoreKind::Dcd;
    const std::string_view mark = dcd ? "\x9A\x27\x1C\x1E" : "BRCM";
    const std::size_t mark_offset = dcd ? 0 : 12;
    for (auto at = text.find(mark, mark_offset); at != std::string_view::npos; at = text.find(mark, at + 1)) found_at(at - mark_offset, read_table_anchor);
    std::sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) { return a.offset < b.offset; });
    return anchors;
}

std::size_t votes_for(std::span<const Anchor> anchors, Shift shift) {
    return static_cast<std::size_t>(std::count_if(anchors.begin(), anchors.end(), [&](const Anchor& anchor) { return anchor.fits(shift); }));
}

ShiftVote best_shift(const std::vector<Anchor>& anchors) {
    std::vector<Shift> shifts;
    for (const auto& anchor : anchors) shifts.insert(shifts.end(), anchor.candidates.begin(), anchor.candidates.begin() + anchor.candidate_count);
    std::sort(shifts.begin(), shifts.end());
    ShiftVote best;
    for (auto at = shifts.begin(); at != shifts.end();) {
        const auto end = std::upper_bound(at, shifts.end(), *at);
        const auto votes = static_cast<std::size_t>(end - at);
        if (votes > best.votes || (votes == best.votes && std::abs(*at) < std::abs(best.shift))) best = {*at, votes};
        at = end;
    }
    return best;
}

static constexpr int most_wrong = 3;  ///< bits of what stands nearly where it belongs

/// Bits of a header that do not depend on the release, as they are in a module for this slot. The end lies in the slot, so its upper half is known but for a
/// few bits.
struct ExpectedHeader {
    std::array<std::uint8_t, 16> bits{}, known{};
};

static ExpectedHeader expected_header(const ModuleSlot& slot, std::uint16_t platform_id) {
    ExpectedHeader header;
    const auto expect = [&](std::size_t at, std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) {
            header.bits[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (8 * i));
            header.known[at + static_cast<std::size_t>(i)] = 0xFF;
        }
    };
    expect(0, slot.linked_at, 4);
    expect(7, slot.linked_at >> 24, 1);  // the end has the same high byte
    expect(8, 0, 2);                     // reserved, flags
    expect(12, platform_id, 2);
    expect(14, slot.function | static_cast<std::uint32_t>(slot.index) << 8, 2);
    return header;
}

static int wrong_bits(ByteView bytes, const ExpectedHeader& expected) {
    int wrong = 0;
    for (std::size_t i = 0; i < expected.bits.size(); ++i) wrong += std::popcount(static_cast<unsigned>((bytes[i] ^ expected.bits[i]) & expected.known[i]));
    return wrong;
}

bool begins_with_plain_bootloader(ByteView file, const Layout& layout) {
    const bool has_header = std::any_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) { return slot.at.begin == layout.flash.begin; });
    if (has_header || layout.regions.empty() || file.size() < 8) return false;
    const auto reset = word_at(file, 4);
    return is_vector_table(word_at(file, 0), layout) && reset % 2 == 1 && layout.regions.front().at.contains(reset);
}

std::size_t nearly_modules_in_place(ByteView file, const Layout& layout) {
    std::size_t found = begins_with_plain_bootloader(file, layout);
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != slot.at.begin || slot.function == 3) continue;
        const std::size_t begin = slot.at.begin - layout.flash.begin + (slot.function == 5 ? 0 : layout.vector_size);
        if (begin + 16 > file.size() || all_equal(file.subspan(begin, 16), file[begin])) continue;
        const auto expected = expected_header(slot, layout.platform_id);
        // Zeros are few bits away from a header that has few: what stands there must be nearer to the header than to nothing.
        const int wrong = wrong_bits(file.subspan(begin, 16), expected), of_zeros = wrong_bits(std::array<std::uint8_t, 16>{}, expected);
        if (wrong <= most_wrong && wrong * 2 < of_zeros) ++found;
    }
    return found;
}

std::size_t nearly_in_place(ByteView file, const Layout& layout) {
    auto found = nearly_modules_in_place(file, layout);
    for (const auto& copy : layout.dct.copies) {
        const std::size_t at = copy.begin - layout.flash.begin + 12;
        if (layout.dct.store == StoreKind::WicedTable && at + 4 <= file.size() && std::popcount(word_at(file, at) ^ brcm) <= most_wrong) ++found;
    }
    return found;
}

}  // namespace photopsy

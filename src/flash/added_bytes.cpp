// Files in which bytes stand that are none of the flash's, or the flash's own for a second time: what is known of the flash is put where it belongs.
#include "base/counted.h"
#include "base/hex.h"
#include "flash/gains.h"
#include "flash/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace photopsy {

namespace {

Address address_of(const Layout& layout, Shift in_flash) {
    return layout.flash.begin + static_cast<Address>(std::clamp<Shift>(in_flash, 0, static_cast<Shift>(layout.flash.size())));
}

std::string where_it_stands(const Gain& gain, ByteView added, bool one_value) {
    const bool one = gain.size == 1;
    const auto count = counted(gain.size, "byte");
    if (!gain.exact())
        return fmt::format(
            "{} that {} none of the flash's {} between file offsets 0x{:x} and 0x{:x}: everything behind stands late by as much, and was read where it "
            "belongs; what stands between was left out",
            count, one ? "is" : "are", one ? "stands" : "stand", gain.known_until, gain.known_from);
    return fmt::format("{}{} at file offset 0x{:x} {} none of the flash's: everything behind {} stands late by as much; {} taken out here", count,
                       one_value ? fmt::format(" 0x{:02x}", added[0]) : "", gain.known_until, one ? "is" : "are", one ? "it" : "them",
                       one ? "it was" : "they were");
}

/// Bytes that stand twice in a row are a block that came twice; others are none of the flash's.
void note_gain(ByteView file, const Layout& layout, const Gain& gain, Shift before, Capture& capture) {
    constexpr std::size_t least_block = 64;
    const auto added = file.subspan(gain.known_until, gain.size);
    const auto equals = [&](std::size_t at) {
        const auto other = file.subspan(at, gain.size);
        return std::equal(added.begin(), added.end(), other.begin(), other.end());
    };
    const bool one_value = gain.exact() && all_equal(added, added[0]);
    const bool twice =
        gain.exact() && gain.size >= least_block && !one_value &&
        ((gain.known_until >= gain.size && equals(gain.known_until - gain.size)) || (gain.known_from + gain.size <= file.size() && equals(gain.known_from)));
    const Range where{address_of(layout, static_cast<Shift>(gain.known_until) + before),
                      address_of(layout, static_cast<Shift>(gain.known_from - gain.size) + before)};
    auto words = twice ? fmt::format(
                             "{} bytes at file offset 0x{:x} stand twice, one behind the other: everything behind them stands {} bytes late, and was "
                             "read where it belongs",
                             gain.size, gain.known_until, gain.size)
                       : where_it_stands(gain, added, one_value);
    capture.problems.push_back({.defect = twice ? CaptureDefect::RepeatedBlocks : CaptureDefect::Shifted,
                                .where = where,
                                .file_offset = gain.known_until,
                                .length = gain.size,
                                .detail = std::move(words),
                                .is_inside = true});
}

/// What the file has too much or too little at its end, once all its bytes are where they belong.
void note_end(ByteView file, const Layout& layout, Shift end, Capture& capture) {
    const auto whole = static_cast<Shift>(layout.flash.size());
    if (end < whole)
        capture.problems.push_back({.defect = CaptureDefect::Truncated,
                                    .where = {address_of(layout, end), layout.flash.end},
                                    .file_offset = file.size(),
                                    .detail = fmt::format("the file ends at flash address {}: {} of {} bytes {} missing", hex_address(address_of(layout, end)),
                                                          whole - end, whole, whole - end == 1 ? "is" : "are")});
    if (end > whole)
        capture.problems.push_back({.defect = CaptureDefect::Oversized,
                                    .where = {layout.flash.end, layout.flash.end},
                                    .file_offset = file.size() - static_cast<std::size_t>(end - whole),
                                    .length = static_cast<std::size_t>(end - whole),
                                    .detail = fmt::format("the flash of {} bytes ends in the file; behind it {} {} to nothing", whole,
                                                          end - whole == 1 ? "1 byte follows that" : fmt::format("{} bytes follow that", end - whole),
                                                          end - whole == 1 ? "belongs" : "belong")});
}

/// File offset at which the file's first bytes, its bootloader and table among them, begin again; 0 where they do not.
std::size_t begin_of_repetition(ByteView file, const Layout& layout) {
    constexpr std::size_t looked_for = 64, behind_table = 0x200;
    const auto& copies = layout.dct.copies;
    if (copies.empty() || file.size() < 2 * looked_for || file.size() > layout.flash.size() || all_equal(file.first(looked_for), file[0])) return 0;
    const auto least = std::size_t{copies.front().begin - layout.flash.begin} + behind_table;
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size()), first = text.substr(0, looked_for);
    // Where they come again before the table does, it is a block that came again and again.
    for (auto at = text.find(first, looked_for); at != std::string_view::npos && at >= least && file.size() - at >= least; at = text.find(first, at + 1)) {
        const auto length = file.size() - at;
        if (text.substr(at, std::min(at, length)) == text.substr(0, std::min(at, length))) return at;
    }
    return 0;
}

}  // namespace

bool place_with_gains(ByteView file, const Layout& layout, Capture& capture) {
    const auto gains = find_gains(file, layout);
    if (gains.empty()) return false;
    std::size_t from = 0;
    Shift shift = 0;
    const auto put_until = [&](std::size_t until) {
        const auto begin = static_cast<Shift>(from) + shift, room = static_cast<Shift>(layout.flash.size()) - begin;
        if (from < until && room > 0) capture.image.put(address_of(layout, begin), file.subspan(from, std::min(until - from, static_cast<std::size_t>(room))));
    };
    for (const auto& gain : gains) {
        put_until(gain.known_until);
        note_gain(file, layout, gain, shift, capture);
        shift -= static_cast<Shift>(gain.size);
        from = gain.known_from;
    }
    put_until(file.size());
    note_end(file, layout, static_cast<Shift>(file.size()) + shift, capture);
    return true;
}

bool place_restarted(ByteView file, const Layout& layout, Capture& capture) {
    const auto again = begin_of_repetition(file, layout);
    if (again == 0) return false;
    capture.image.put(layout.flash.begin, file.first(again));
    const auto begin = address_of(layout, static_cast<Shift>(again));
    capture.problems.push_back(
        {.defect = CaptureDefect::RepeatedBlocks,
         .where = {begin, layout.flash.end},
         .file_offset = again,
         .length = file.size() - again,
         .detail = fmt::format("from file offset 0x{:x} on the file begins again from its first byte: bootloader and configuration table "
                               "stand in it twice, and nothing of the flash from {} on",
                               again, hex_address(begin))});
    return true;
}

}  // namespace photopsy

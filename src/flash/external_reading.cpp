#include "flash/external_reading.h"

#include "flash/external.h"
#include "flash/lost_blocks.h"
#include "flash/placement.h"
#include "flash/suspicion.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace photopsy {

namespace {

using namespace std::string_view_literals;

/// Modules and tables of an internal flash at their places: more than one that somebody keeps in the second flash.
bool is_internal_flash_of(ByteView file, const Layout& device) {
    const auto marks = anchors_in_place(file, device).size();
    return marks >= 2 || (marks == 1 && begins_with_plain_bootloader(file, device));
}

const Layout* device_of_internal_flash(ByteView file, const Layout& asked) {
    if (is_internal_flash_of(file, asked)) return &asked;
    for (const auto name : builtin_layout_names())
        if (const auto& device = *builtin_layout(name); is_internal_flash_of(file, device)) return &device;
    return nullptr;
}

/// What begins each field, and is unlikely to stand there by chance.
constexpr std::pair<std::string_view, std::string_view> marks[] = {{"server_public_key", "\x30\x82\x01\x22\x30"sv},
                                                                   {"device_private_key", "\x30\x82\x02"sv},
                                                                   {"server_address",
                                                                    "\x01\x0F"
                                                                    "device.spark.io"sv}};

bool keys_are_erased_in_place(ByteView file, const Layout& layout) {
    const auto begin = layout.dct.copies.front().begin - layout.external->at.begin;
    return file.size() > begin && all_erased(file.subspan(begin, std::min<std::size_t>(layout.dct.copies.front().size(), file.size() - begin)));
}

/// Address in the flash less offset in the file, on which two marks agree and which is not 0. Keys that an owner keeps elsewhere beside erased places of their
/// own moved, and not the file.
std::optional<Shift> shift_of_keys(ByteView file, const Layout& layout) {
    if (keys_are_erased_in_place(file, layout)) return {};
    std::map<Shift, unsigned> votes;
    unsigned bit = 1;
    for (const auto& [name, text] : marks) {
        const auto* field = layout.dct.field(name);
        if (!field) continue;
        const Shift place = Shift{layout.dct.copies.front().begin} - layout.external->at.begin + layout.dct.application_offset + field->offset;
        const auto same = [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); };
        for (auto at = file.begin();; ++at) {
            at = std::search(at, file.end(), text.begin(), text.end(), same);
            if (at == file.end()) break;
            votes[place - (at - file.begin())] |= bit;
        }
        bit <<= 1;
    }
    for (const auto& [shift, agreed] : votes)
        if (shift != 0 && (agreed & (agreed - 1)) != 0) return shift;
    return {};
}

std::string_view words_of(ByteOrder order) {
    return order == ByteOrder::Halfwords ? "the two bytes of each 16-bit word are swapped"
           : order == ByteOrder::Words   ? "the four bytes of each 32-bit word stand in reverse order"
                                         : "the two halves of each 32-bit word are swapped";
}

std::optional<StraightExternal> swapped(ByteView file, const Layout& layout) {
    for (const auto order : {ByteOrder::Halfwords, ByteOrder::Words, ByteOrder::HalfwordsInWords}) {
        auto bytes = reordered(file, order);
        if (!external_flash_begin(bytes, layout)) continue;
        return StraightExternal{
            std::move(bytes),
            {},
            CaptureProblem{.defect = CaptureDefect::Byteswapped,
                           .where = layout.external->at,
                           .length = file.size(),
                           .detail = fmt::format("in the file of the {} {}; they were put back in order here", layout.external->title, words_of(order))}};
    }
    return {};
}

std::optional<StraightExternal> moved(ByteView file, const Layout& layout) {
    const auto shift = shift_of_keys(file, layout);
    const auto& flash = *layout.external;
    if (!shift || *shift >= Shift{flash.at.size()}) return {};
    if (*shift > 0) return StraightExternal{{file.begin(), file.end()}, flash.at.begin + static_cast<Address>(*shift), {}};
    const auto before = static_cast<std::size_t>(-*shift);
    return StraightExternal{{file.begin() + static_cast<std::ptrdiff_t>(before), file.end()},
                            {},
                            CaptureProblem{.defect = CaptureDefect::Shifted,
                                           .where = {flash.at.begin, flash.at.begin},
                                           .length = before,
                                           .detail = fmt::format("{} bytes stand before the {} in its file", before, flash.title)}};
}

bool holds_keys(const Layout& layout) { return layout.external && layout.dct.store == StoreKind::SerialFlash && !layout.dct.copies.empty(); }

}  // namespace

std::optional<CaptureProblem> why_not_external(ByteView file, const Layout& layout) {
    if (!layout.external || file.empty() || external_flash_begin(file, layout)) return {};
    const auto& flash = *layout.external;
    if (all_equal(file, file[0])) {
        constexpr std::uint8_t erased = 0xFF;  // what an empty chip reads (docs/formats/core.md); no firmware fills one with anything else
        if (file[0] == erased || !holds_keys(layout)) return {};
        return CaptureProblem{
            .defect = CaptureDefect::Blank,
            .where = flash.at,
            .length = file.size(),
            .detail = fmt::format("every one of the {} bytes of the {} is 0x{:02x}, and an erased chip reads ff", file.size(), flash.title, file[0])};
    }
    const auto* device = device_of_internal_flash(file, layout);
    if (!device) return {};
    return CaptureProblem{
        .defect = CaptureDefect::OtherPlatform,
        .where = flash.at,
        .length = file.size(),
        .detail = fmt::format("the file that was given as the {} of a {} is a copy of the internal flash of a {}", flash.title, layout.title, device->title)};
}

std::optional<StraightExternal> straightened_external(ByteView file, const Layout& layout) {
    if (!holds_keys(layout) || file.empty() || external_flash_begin(file, layout)) return {};
    auto found = swapped(file, layout);
    return found ? std::move(found) : moved(file, layout);
}

void find_repeats_in_external(const Layout& layout, Capture& capture, bool chip_repeats) {
    if (!holds_keys(layout)) return;
    const auto& flash = *layout.external;
    auto of_second = layout;
    of_second.flash = flash.at;
    of_second.regions = flash.regions;
    std::erase_if(of_second.slots, [&](const ModuleSlot& slot) { return !flash.at.contains(slot.at.begin); });
    Capture second{.image = Image(flash.at)};
    for (const auto part : capture.image.present())
        if (flash.at.contains(part.begin)) second.image.put(part.begin, capture.image.bytes(part));
    chip_repeats ? note_lost_blocks(of_second, second) : find_repeated_blocks(of_second, second);
    if (second.problems.empty()) return;
    for (auto& problem : second.problems) {
        problem.detail = fmt::format("in the {} {}", flash.title, problem.detail);
        capture.problems.push_back(std::move(problem));
    }
    Image kept(layout.flash);
    kept.add_flash(flash.at);
    for (const auto part : capture.image.present())
        if (!flash.at.contains(part.begin)) kept.put(part.begin, capture.image.bytes(part));
    for (const auto part : second.image.present()) kept.put(part.begin, second.image.bytes(part));
    capture.image = std::move(kept);
}

}  // namespace photopsy

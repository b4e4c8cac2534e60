#include "flash/capture.h"

#include "base/counted.h"
#include "base/hex.h"
#include "flash/contradictions.h"
#include "flash/external.h"
#include "flash/formats.h"
#include "flash/layout_choice.h"
#include "flash/other_file.h"
#include "flash/placement.h"
#include "flash/suspicion.h"
#include "flash/table_upload.h"
#include "flash/transfer.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

bool Capture::has(CaptureDefect defect) const {
    return std::any_of(problems.begin(), problems.end(), [&](const CaptureProblem& problem) { return problem.defect == defect; });
}

bool Capture::untrustworthy() const {
    return std::any_of(problems.begin(), problems.end(), [](const CaptureProblem& problem) { return problem.defect != CaptureDefect::Oversized; });
}

namespace {

/// The bytes of all pieces from the flash's begin on, gaps erased: what the places of modules are looked up in.
Image flattened(std::vector<Piece> pieces, Range flash) {
    Image image(flash);
    for (auto& piece : pieces)
        if (piece.at < flash.size()) piece.at += flash.begin;
    image.put_all(pieces);
    return image;
}

bool holds_table(const Image& image, const Layout& layout) {
    return std::any_of(layout.dct.copies.begin(), layout.dct.copies.end(), [&](Range copy) { return !image.bytes(range_of(copy.begin, 16)).empty(); });
}

/// Where a HEX writer leaves erased rows out: no row of the file is erased, the first begins the flash, and a table is there: firmware alone says nothing of
/// what lies between.
bool leaves_erased_rows_out(const std::vector<Piece>& pieces, const Image& image, const Layout& layout) {
    if (pieces.size() < 2 || pieces.front().at != layout.flash.begin || !holds_table(image, layout)) return false;
    return std::none_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
        for (std::size_t i = 0; i + 64 <= piece.bytes.size(); i += 64)
            if (all_erased(piece.bytes.subspan(i, 64))) return true;
        return false;
    });
}

void note_gaps(const Layout& layout, Capture& capture) {
    constexpr std::size_t most_named = 16;
    Address expected = layout.flash.begin;
    std::size_t gaps = 0, unnamed_bytes = 0;
    const auto missing = [&](Range gap) {
        if (gap.empty()) return;
        if (++gaps > most_named) unnamed_bytes += gap.size();
        if (gaps > most_named) return;
        capture.problems.push_back({.defect = CaptureDefect::Truncated,
                                    .where = gap,
                                    .file_offset = capture.size,
                                    .length = 0,
                                    .detail = fmt::format("the file holds nothing for {} to {}: {} {} missing", hex_address(gap.begin), hex_address(gap.end),
                                                          counted(gap.size(), "byte"), gap.size() == 1 ? "is" : "are")});
    };
    for (const auto& part : capture.image.present()) {
        missing({expected, part.begin});
        expected = part.end;
    }
    missing({expected, layout.flash.end});
    if (gaps <= most_named) return;
    capture.problems.push_back(
        {.defect = CaptureDefect::Truncated,
         .where = {layout.flash.end, layout.flash.end},
         .file_offset = capture.size,
         .length = 0,
         .detail = fmt::format("{} more {}, {} in all, {} not named one by one", gaps - most_named, gaps - most_named == 1 ? "gap" : "gaps",
                               counted(unnamed_bytes, "byte"), gaps - most_named == 1 ? "is" : "are")});
}

/// A file of thousands of crumbs is no dump; what follows looks at each part, and a report names them all.
void keep_largest_parts(const Layout& layout, Capture& capture) {
    constexpr std::size_t most_parts = 1000;
    const auto all = capture.image.present();
    if (all.size() <= most_parts) return;
    std::vector<Range> kept(all.begin(), all.end());
    std::nth_element(kept.begin(), kept.begin() + most_parts, kept.end(),
                     [](Range a, Range b) { return std::pair(b.size(), a.begin) < std::pair(a.size(), b.begin); });
    kept.resize(most_parts);
    std::vector<Piece> pieces;
    for (const Range part : kept) pieces.push_back({part.begin, capture.image.bytes(part)});
    capture.problems.push_back({.defect = CaptureDefect::Truncated,
                                .where = layout.flash,
                                .file_offset = capture.size,
                                .length = 0,
                                .detail = fmt::format("the file holds {} separate parts of the flash: only the {} largest were read", all.size(), most_parts)});
    Image image(layout.flash);
    image.put_all(pieces);
    capture.image = std::move(image);
}

/// Formats that name their own addresses: DfuSe, Intel HEX.
void place_pieces(Decoded decoded, const Layout& layout, Capture& capture) {
    auto& pieces = decoded.pieces;
    if (note_other_addresses(pieces, layout, capture)) return;
    const auto from_zero = [&](const Piece& piece) { return piece.at < layout.flash.size() && layout.flash.begin >= layout.flash.size(); };
    if (!pieces.empty() && std::all_of(pieces.begin(), pieces.end(), from_zero)) {
        for (auto* list : {&pieces, &decoded.behind.pieces})
            for (auto& piece : *list) piece.at += layout.flash.begin;
        capture.remarks.push_back(fmt::format("the addresses in the file count from 0: they were read from {} on", hex_address(layout.flash.begin)));
    }
    std::size_t outside = 0;
    for (const auto& piece : pieces) {
        const auto end = static_cast<Address>(std::min<std::uint64_t>(std::uint64_t{piece.at} + piece.bytes.size(), 0xFFFFFFFFu));
        outside += piece.bytes.size() - intersection(layout.flash, {piece.at, end}).size();
    }
    capture.image.put_all(pieces);
    if (outside)
        capture.remarks.push_back(fmt::format("{} of the file {} outside the flash and {} left out", counted(outside, "byte"), outside == 1 ? "lies" : "lie",
                                              outside == 1 ? "was" : "were"));
    note_contradictions(pieces, layout.flash, capture);
    note_behind(decoded.behind, layout.flash, capture);
    if (decoded.ended && leaves_erased_rows_out(pieces, capture.image, layout)) {
        Image filled(std::vector<std::uint8_t>(layout.flash.size(), 0xFF), layout.flash.begin);
        filled.put_all(pieces);
        capture.image = std::move(filled);
        capture.remarks.push_back("the file leaves erased rows out: they were filled with 0xff");
    }
    keep_largest_parts(layout, capture);
    const bool cut_at_bad_line = capture.has(CaptureDefect::NotBinary);
    if (!cut_at_bad_line) note_gaps(layout, capture);
    note_modules_only(layout, capture);
}

/// One value over and over is what a read that failed leaves. A few bytes, or a line of one character, are nothing of the kind.
bool is_blank(ByteView bytes) {
    constexpr std::size_t shortest_of_fill = 64, shortest = 1024;
    if (!all_equal(bytes, bytes[0])) return false;
    const bool fill = bytes[0] == 0 || bytes[0] == 0xFF, character = bytes[0] >= 0x20 && bytes[0] < 0x7F;
    return fill ? bytes.size() >= shortest_of_fill : !character && bytes.size() >= shortest;
}

constexpr std::size_t device_slot_bytes = 612;  // what `particle keys save` and dfu-util read of the slot (docs/formats/keys.md)

void note_blank(ByteView bytes, const Layout& layout, Capture& capture) {
    auto detail = fmt::format("every one of the {} bytes is 0x{:02x}", bytes.size(), bytes[0]);
    if (bytes[0] == 0 && !layout.dct.copies.empty() && bytes.size() == layout.dct.copies[0].size())
        detail +=
            ": this is what DFU alternate setting 1 gives when the bootloader cannot reach the configuration table, because a system part is missing or "
            "damaged";
    if (bytes[0] == 0xFF && bytes.size() == device_slot_bytes) detail += ": as many as the slot of the device's key has, which holds no key where it reads so";
    capture.problems.push_back({.defect = CaptureDefect::Blank, .where = layout.flash, .file_offset = 0, .length = bytes.size(), .detail = std::move(detail)});
    if (bytes.size() >= layout.flash.size()) capture.image.put(layout.flash.begin, bytes.first(layout.flash.size()));
}

/// A transfer whose added bytes leave a whole flash when they are taken out, or a part of one in which more stands where it belongs than before.
UndoneTransfer added_by_transfer(ByteView bytes, const Layout& layout) {
    if (auto undone = undo_transfer(bytes, layout.flash.size()); !undone.bytes.empty()) return undone;
    auto cut = undo_cut_transfer(bytes, layout.flash.size());
    const auto marks = cut.bytes.empty() ? 0 : anchors_in_place(cut.bytes, layout).size();
    return marks >= 2 && marks > anchors_in_place(bytes, layout).size() ? cut : UndoneTransfer{};
}

void place_raw(ByteView bytes, const Layout& layout, Capture& capture) {
    const Range nowhere{layout.flash.begin, layout.flash.begin};
    if (bytes.empty()) {
        if (capture.problems.empty()) capture.problems.push_back({.defect = CaptureDefect::Empty, .where = nowhere, .detail = "the file holds no byte"});
        return;
    }
    if (is_blank(bytes)) return note_blank(bytes, layout, capture);
    if (const auto undone = added_by_transfer(bytes, layout); !undone.bytes.empty()) {
        place(undone.bytes, layout, capture);
        const auto added = bytes.size() - undone.bytes.size();
        capture.problems.push_back(
            {.defect = CaptureDefect::Oversized,
             .where = {layout.flash.end, layout.flash.end},
             .file_offset = 0,
             .length = added,
             .detail = fmt::format("{}: {} too many, which {} taken out here", undone.words, counted(added, "byte"), added == 1 ? "was" : "were"),
             .is_undone = true});
        return;
    }
    if (kind_of_foreign_file(bytes).empty()) return place(bytes, layout, capture);
    note_other_file(bytes, layout, capture);
}

void note_platform(ByteView bytes, const Layout& layout, Capture& capture) {
    const auto found = platform_of(capture.image, layout);
    const auto add = [&](Range where, std::string detail) {
        capture.problems.push_back(
            {.defect = CaptureDefect::OtherPlatform, .where = where, .file_offset = 0, .length = bytes.size(), .detail = std::move(detail)});
    };
    if (capture.has(CaptureDefect::OtherPlatform)) {
        const auto later = later_platform_in(bytes);
        if (later && *later != layout.platform_id)
            capture.problems.back().detail = fmt::format("the file holds firmware of a {}, not of a {}", name_of_platform(*later), layout.title);
    } else if (const auto* rest = device_against_bootloader(capture.image.everything())) {
        if (rest->platform_id != layout.platform_id)
            add(layout.flash,
                fmt::format("the table and all modules but the bootloader in this dump are those of a {}, not of a {}: compare with what is printed "
                            "on the device",
                            rest->title, layout.title));
    } else if (found && *found != layout.platform_id) {
        add(layout.flash, fmt::format("the modules in this dump are made for a {}, not for a {}", name_of_platform(*found), layout.title));
    }
}

}  // namespace

const Layout& layout_for(ByteView file) {
    const auto& otherwise = default_layout();
    const auto decoded = decode(file);
    const auto flat = flattened(decoded.pieces, decoded.pieces.empty() ? Range{} : otherwise.flash);
    const ByteView bytes = decoded.pieces.empty() ? decoded.raw : flat.everything();
    if (const auto* found = layout_of_bytes(bytes)) return *found;
    for (const auto name : builtin_layout_names())
        if (const auto& device = *builtin_layout(name);
            external_flash_begin(bytes, device) || (bytes.size() == device.flash.size() && begins_with_plain_bootloader(bytes, device)))
            return device;
    if (bytes.size() < 1024 || all_equal(bytes, bytes[0])) return otherwise;
    if (const auto* uploaded = device_of_upload(bytes); uploaded && decoded.pieces.empty()) return *uploaded;
    for (const auto order : {ByteOrder::Halfwords, ByteOrder::Words, ByteOrder::HalfwordsInWords})
        if (const auto* found = layout_of_bytes(reordered(bytes, order))) return *found;
    return otherwise;
}

/// The whole of recognize() for a file of the internal flash.
static void recognize_internal(ByteView file, const Layout& layout, Capture& capture) {
    auto decoded = decode(file);
    capture.format = decoded.format;
    capture.problems = std::move(decoded.problems);
    capture.remarks = std::move(decoded.remarks);
    if (decoded.pieces.empty() && decoded.for_other_settings > 0)
        note_other_settings(decoded.for_other_settings, layout, capture);
    else if (decoded.pieces.empty())
        place_raw(decoded.raw, layout, capture);
    else
        place_pieces(std::move(decoded), layout, capture);
    capture.image.settle();
    const bool readable = !capture.image.present().empty() && !capture.is_dct_upload && !capture.has(CaptureDefect::Blank);
    if (readable && !capture.has(CaptureDefect::DctOnly)) {
        find_stuck_line(capture);
        if (!capture.has(CaptureDefect::Noisy)) find_repeated_blocks(layout, capture);
        if (!capture.has(CaptureDefect::Noisy) && !capture.has(CaptureDefect::RepeatedBlocks)) find_noise(layout, capture);
    }
    if (!capture.has(CaptureDefect::Noisy)) note_platform(file, layout, capture);
}

static Capture recognize_into(Image image, ByteView file, std::string name, std::string container, const Layout& layout) {
    Capture capture{.image = std::move(image), .name = std::move(name), .container = std::move(container), .size = file.size(), .sha256 = sha256(file)};
    if (flash_of_file(file, layout) != FlashOfFile::External) {
        recognize_internal(file, layout, capture);
        return capture;
    }
    capture.image.settle();
    put_external(capture, file, capture.name, capture.container, layout);
    capture.format = capture.external->format;
    capture.remarks.push_back(fmt::format("the file is the {} of a {}; its internal flash is not in it", layout.external->title, layout.title));
    return capture;
}

Capture recognize(ByteView file, std::string name, std::string container, const Layout& layout) {
    return recognize_into(Image(layout.flash), file, std::move(name), std::move(container), layout);
}

Capture recognize(std::vector<std::uint8_t>&& file, std::string name, std::string container, const Layout& layout) {
    const Image image(layout.flash, std::move(file));
    auto capture = recognize_into(image, image.file(), std::move(name), std::move(container), layout);
    capture.image.release_file();
    return capture;
}

}  // namespace photopsy

#include "flash/external.h"

#include "base/counted.h"
#include "base/hex.h"
#include "flash/anchors.h"
#include "flash/contradictions.h"
#include "flash/external_reading.h"
#include "flash/formats.h"
#include "flash/key_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace photopsy {

namespace {

using namespace std::string_view_literals;

bool stands_at(ByteView file, std::size_t offset, std::string_view text) {
    return offset <= file.size() && file.size() - offset >= text.size() &&
           std::equal(text.begin(), text.end(), file.begin() + static_cast<std::ptrdiff_t>(offset),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// Keys and address at their places, each of which is unlikely to stand there by chance.
int marks_of_keys(ByteView file, const Layout& layout, Address begin) {
    const auto& store = layout.dct;
    const auto at = [&](std::string_view name) -> std::size_t {
        const auto* field = store.field(name);
        const auto where = field ? store.copies[0].begin + store.application_offset + field->offset : 0xFFFFFFFF;
        return field && where >= begin ? where - begin : 0xFFFFFFFF;
    };
    return stands_at(file, at("server_public_key"), "\x30\x82\x01\x22"sv) + stands_at(file, at("device_private_key"), "\x30\x82\x02"sv) +
           stands_at(file, at("server_address"),
                     "\x01\x0F"
                     "device.spark.io"sv);
}

/// Firmware images that are linked for the internal flash.
int marks_of_images(ByteView file, const Layout& layout, Address begin) {
    int marks = 0;
    for (const auto& slot : layout.slots) {
        if (!layout.external->at.contains(slot.at.begin) || slot.at.begin < begin) continue;
        const std::size_t header = slot.at.begin - begin + layout.vector_size;
        if (header + module_header_size > file.size()) continue;
        marks += little_endian<std::uint32_t>(file.subspan(header)) == slot.linked_at && file[header + 14] == slot.function;
    }
    return marks;
}

Address after(Address begin, std::size_t count) { return begin + static_cast<Address>(std::min<std::size_t>(count, 0xFFFFFFFFu - begin)); }

/// A chip of a quarter of the size answers the same four times (the memory map promises the full size whatever chip is fitted).
bool repeats_four_times(ByteView file, Range whole) {
    const std::size_t quarter = whole.size() / 4;
    if (file.size() != whole.size() || all_equal(file, file[0])) return false;
    for (std::size_t i = 1; i < 4; ++i)
        if (!std::equal(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(quarter), file.begin() + static_cast<std::ptrdiff_t>(i * quarter)))
            return false;
    return true;
}

/// Early units have a chip of a quarter of the size (sst25vf_spi.c@v0.6.4:53-54, docs/formats/core.md). A file of just that length is all of it, where keys lie
/// in it; behind it a larger chip holds nothing but the owner's data.
bool is_of_small_chip(ByteView file, Address begin, const Layout& layout) {
    const auto whole = layout.external->at;
    return layout.dct.store == StoreKind::SerialFlash && begin == whole.begin && file.size() == whole.size() / 4 && !layout.dct.copies.empty() &&
           layout.dct.copies.front().end <= whole.begin + file.size();
}

/// As the full size is read from such a chip.
void put_small_chip(Capture& capture, ByteView file, const ExternalFlash& flash) {
    const auto size = static_cast<Address>(file.size());
    for (Address at = flash.at.begin; at < flash.at.end; at += size) capture.image.put(at, file);
    capture.remarks.push_back(fmt::format(
        "the file of the {} holds {} bytes, as the chip of early units does: it is taken for all of it. Of a larger chip only the owner's data would "
        "be missing",
        flash.title, file.size()));
}

void note_shape(Capture& capture, ByteView bytes, Range placed, const Layout& layout) {
    const ExternalFlash& flash = *layout.external;
    const bool holds_keys = layout.dct.store == StoreKind::SerialFlash;
    const auto add = [&](CaptureDefect defect, Range where, std::uint64_t offset, std::uint64_t length, std::string detail) {
        capture.problems.push_back({.defect = defect, .where = where, .file_offset = offset, .length = length, .detail = std::move(detail)});
    };
    if (placed.begin > flash.at.begin)
        add(CaptureDefect::Shifted, {flash.at.begin, placed.begin}, 0, bytes.size(),
            fmt::format("the file begins at {} of the {}", hex_address(placed.begin), flash.title));
    else if (placed.end < flash.at.end)
        add(CaptureDefect::Truncated, {placed.end, flash.at.end}, bytes.size(), 0,
            fmt::format("the file holds the first {} of {} bytes of the {}", bytes.size(), flash.at.size(), flash.title));
    if (bytes.size() > placed.size())
        add(CaptureDefect::Oversized, {flash.at.end, flash.at.end}, placed.size(), bytes.size() - placed.size(),
            fmt::format("{} {} the end of the {}", counted(bytes.size() - placed.size(), "byte"), bytes.size() - placed.size() == 1 ? "follows" : "follow",
                        flash.title));
    if (repeats_four_times(bytes, flash.at))
        capture.remarks.push_back(
            fmt::format("the {} repeats its first quarter four times: the chip is probably one of {} bytes", flash.title, flash.at.size() / 4));
    if (!bytes.empty() && all_equal(bytes, bytes[0]))
        capture.remarks.push_back(fmt::format("every byte of the {} reads {:02x}: it is {}, or the chip does not answer{}", flash.title, bytes[0],
                                              bytes[0] == 0xFF ? "erased" : "empty",
                                              holds_keys ? "" : ". That is normal: no released firmware of this device keeps anything there"));
}

/// Formats that name their own addresses. What lies outside the flash is dropped.
void put_pieces(Capture& capture, const std::vector<Piece>& pieces, const ExternalFlash& flash) {
    std::vector<Piece> inside;
    for (const auto& piece : pieces)
        if (flash.at.contains(piece.at)) inside.push_back({piece.at, piece.bytes.first(std::min<std::size_t>(piece.bytes.size(), flash.at.end - piece.at))});
    capture.image.put_all(inside);
    note_contradictions(inside, flash.at, capture);
    if (capture.image.has(flash.at)) return;
    capture.problems.push_back({.defect = CaptureDefect::Truncated,
                                .where = flash.at,
                                .file_offset = capture.external->size,
                                .detail = fmt::format("the file does not hold all {} bytes of the {}", flash.at.size(), flash.title)});
}

/// What is wrong with the file of a flash in which no firmware keeps anything says nothing of the device.
void only_note(Capture& capture, std::size_t first) {
    for (auto at = first; at < capture.problems.size(); ++at)
        if (capture.problems[at].defect != CaptureDefect::Oversized)
            capture.remarks.push_back(capture.problems[at].detail +
                                      ". No released firmware of this device keeps anything there: the rest is judged all the same");
    const auto begin = capture.problems.begin() + static_cast<std::ptrdiff_t>(first);
    capture.problems.erase(std::remove_if(begin, capture.problems.end(), [](const CaptureProblem& one) { return one.defect != CaptureDefect::Oversized; }),
                           capture.problems.end());
}

}  // namespace

std::optional<Address> external_flash_begin(ByteView file, const Layout& layout) {
    if (!layout.external || layout.dct.store != StoreKind::SerialFlash || layout.dct.copies.empty()) return {};
    const Address whole = layout.external->at.begin;
    const Address keys = layout.dct.copies[0].begin + layout.dct.application_offset + (layout.dct.fields.empty() ? 0 : layout.dct.fields.front().offset);
    const bool full_size = file.size() == layout.external->at.size() || is_of_small_chip(file, whole, layout);
    if (marks_of_keys(file, layout, whole) + marks_of_images(file, layout, whole) >= (full_size ? 1 : 2)) return whole;
    if (marks_of_keys(file, layout, keys) >= 2) return keys;  // a read of the key sectors alone
    return {};
}

FlashOfFile flash_of_file(ByteView file, const Layout& layout) {
    const auto decoded = decode(file);
    if (!decoded.pieces.empty()) return layout.in_external(decoded.pieces.front().at) ? FlashOfFile::Unknown : FlashOfFile::Internal;
    if (!anchors_in_place(decoded.raw, layout).empty()) return FlashOfFile::Internal;
    if (key_file_form(decoded.raw).holds != KeyFileKind::None) return FlashOfFile::Unknown;  // the serial flash begins with keys too
    return external_flash_begin(decoded.raw, layout) ? FlashOfFile::External : FlashOfFile::Unknown;
}

/// The bytes of a file without addresses.
static void put_raw(Capture& capture, ByteView raw, std::uint64_t file_size, const Layout& layout) {
    const auto& flash = *layout.external;
    const auto kind = raw.empty() ? std::string() : kind_of_foreign_file(raw);
    if (raw.empty() || !kind.empty()) {
        capture.problems.push_back({.defect = kind.empty() ? CaptureDefect::Empty : CaptureDefect::NotBinary,
                                    .where = {flash.at.begin, flash.at.begin},
                                    .length = file_size,
                                    .detail = kind.empty() ? fmt::format("the file of the {} holds no byte", flash.title)
                                                           : fmt::format("the file of the {} is {}, not the bytes of a flash", flash.title, kind)});
        return;
    }
    if (auto wrong = why_not_external(raw, layout)) return capture.problems.push_back(std::move(*wrong));
    auto straight = straightened_external(raw, layout);
    const ByteView bytes = straight ? ByteView(straight->bytes) : raw;
    if (straight && straight->problem) capture.problems.push_back(std::move(*straight->problem));
    const Address begin = straight && straight->begin ? *straight->begin : external_flash_begin(bytes, layout).value_or(flash.at.begin);
    if (is_of_small_chip(bytes, begin, layout)) {
        put_small_chip(capture, bytes, flash);
        note_shape(capture, bytes, flash.at, layout);
        return find_repeats_in_external(layout, capture, true);
    }
    const Range placed{begin, std::min(flash.at.end, after(begin, bytes.size()))};
    capture.image.put(begin, bytes.first(placed.size()));
    note_shape(capture, bytes, placed, layout);
    find_repeats_in_external(layout, capture, repeats_four_times(bytes, flash.at));
}

void put_external(Capture& capture, ByteView file, std::string name, std::string container, const Layout& layout) {
    if (!layout.external) return;
    const auto& flash = *layout.external;
    const auto first = capture.problems.size();
    auto decoded = decode(file);
    capture.external = CaptureFile{std::move(name), std::move(container), decoded.format, file.size(), sha256(file), {}};
    capture.image.add_flash(flash.at);
    capture.remarks.insert(capture.remarks.end(), decoded.remarks.begin(), decoded.remarks.end());
    for (auto& problem : decoded.problems) capture.problems.push_back(std::move(problem));
    if (!decoded.pieces.empty())
        put_pieces(capture, decoded.pieces, flash);
    else
        put_raw(capture, decoded.raw, file.size(), layout);
    if (layout.dct.store != StoreKind::SerialFlash) only_note(capture, first);
}

}  // namespace photopsy

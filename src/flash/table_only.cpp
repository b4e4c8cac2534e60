// Files that hold nothing but the configuration table: one copy, both copies, or what DFU alternate setting 1 gives of the current one.
#include "base/hex.h"
#include "flash/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace photopsy {

static void add(Capture& capture, Range where, std::size_t length, std::string detail) {
    capture.problems.push_back({.defect = CaptureDefect::DctOnly, .where = where, .file_offset = 0, .length = length, .detail = std::move(detail)});
}

static bool is_table_at(ByteView file, std::size_t offset, const Layout& layout) {
    Anchor anchor;
    return read_anchor(file, offset, layout, anchor) && anchor.kind == Anchor::Kind::Table;
}

static bool starts_with(ByteView bytes, std::size_t offset, std::string_view text) {
    return bytes.size() >= offset + text.size() && std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                                                              [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

/// Marks of application data in its first bytes: keys in DER, system flags, an address, or the whole file erased behind a few of them.
static int marks_of_application_data(ByteView file, const DctLayout& dct) {
    using namespace std::string_view_literals;
    const auto at = [&](std::string_view name) { return std::size_t{dct.field(name) ? dct.field(name)->offset : 0xFFFFFF}; };
    int marks = 0;
    marks += starts_with(file, at("device_private_key"), "\x30\x82"sv);
    marks += starts_with(file, at("device_public_key"), "\x30\x81\x9F\x30"sv);
    marks += starts_with(file, at("server_public_key"), "\x30\x82\x01\x22"sv);
    marks += starts_with(file, at("server_address"),
                         "\x01\x0F"
                         "device.spark.io"sv);
    marks += starts_with(file, at("system_flags"), "\xC0"sv);
    return marks;
}

/// An upload of 16 KiB runs on into the sector behind the copy: the other copy, or the first EEPROM page.
static int next_sector_follows(ByteView file, const Layout& layout) {
    const std::size_t room = layout.dct.copies.front().size() - layout.dct.application_offset;
    if (file.size() < room + 16) return 0;
    const auto page = little_endian<std::uint32_t>(file.subspan(room));
    return is_table_at(file, room, layout) || page == 0xFFFF0000u || page == 0xFFFFEEEEu;
}

/// What a person filled up behind an upload of 16 KiB is left out.
static ByteView without_filling(ByteView file, std::size_t usual_size) {
    if (file.size() <= usual_size) return file;
    const auto rest = file.subspan(usual_size);
    return all_erased(rest) || all_equal(rest, 0) ? file.first(usual_size) : file;
}

static bool place_application_data(ByteView given, const Layout& layout, Capture& capture) {
    const auto file = without_filling(given, layout.dct.copies.front().size());
    const auto& dct = layout.dct;
    const auto copy = dct.copies.front();
    if (file.size() > copy.size() || file.size() < 64) return false;
    const int marks = marks_of_application_data(file, dct) + next_sector_follows(file, layout);
    const bool usual_size = given.size() == copy.size();
    if (marks < (usual_size ? 1 : 2)) return false;
    const auto room = copy.size() - dct.application_offset;
    const auto length = std::min<std::size_t>(file.size(), room);
    const auto at = range_of(copy.begin + dct.application_offset, static_cast<std::uint32_t>(length));
    capture.image.put(at.begin, file.first(length));
    capture.is_dct_upload = true;
    auto detail = fmt::format(
        "the file holds {} bytes of application data as DFU alternate setting 1 gives them: keys and settings of the copy in use, without its header", length);
    if (file.size() > length) detail += fmt::format("; the last {} bytes come from the next flash sector and were left out", file.size() - length);
    if (given.size() > file.size()) detail += fmt::format("; {} bytes of filling behind them were left out", given.size() - file.size());
    add(capture, at, given.size(), std::move(detail));
    return true;
}

bool place_table_only(ByteView file, const Layout& layout, Capture& capture) {
    if (layout.dct.copies.size() != 2) return false;
    const auto first = layout.dct.copies[0], second = layout.dct.copies[1];
    const std::size_t size = first.size();
    const bool leading = is_table_at(file, 0, layout), following = is_table_at(file, size, layout);
    const bool begins_with_bootloader = file.size() >= 4 && (little_endian<std::uint32_t>(file) & layout.vector_mask) == layout.vector_value;
    if (file.size() == 2 * size && (leading || (following && !begins_with_bootloader)) && first.end == second.begin) {
        capture.image.put(first.begin, file);
        add(capture, {first.begin, second.end}, file.size(),
            fmt::format("the file holds the two copies of the configuration table ({} bytes from {}) and nothing else", file.size(), hex_address(first.begin)));
        return true;
    }
    if (file.size() == size && leading) {
        capture.image.put(first.begin, file);
        add(capture, first, file.size(),
            fmt::format("the file holds one copy of the configuration table ({} bytes) and nothing else; which of the two it is cannot be told", size));
        return true;
    }
    return layout.dct.store == StoreKind::WicedTable && place_application_data(file, layout, capture);
}

}  // namespace photopsy

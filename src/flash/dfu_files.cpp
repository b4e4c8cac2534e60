// DFU suffix (USB DFU 1.1, appendix B) and DfuSe files (ST UM0391).
#include "base/hex.h"
#include "base/text_encoding.h"
#include "flash/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace photopsy {

static bool starts_with(ByteView bytes, std::string_view text) {
    return bytes.size() >= text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

DfuSuffix dfu_suffix(ByteView file) {
    constexpr std::size_t length = 16;
    if (file.size() < length) return {};
    const auto tail = file.last(length);
    if (!starts_with(tail.subspan(8), "UFD") || tail[11] != length) return {};
    return {.length = length,
            .vendor = little_endian<std::uint16_t>(tail.subspan(4)),
            .product = little_endian<std::uint16_t>(tail.subspan(2)),
            .device = little_endian<std::uint16_t>(tail),
            .dfu_version = little_endian<std::uint16_t>(tail.subspan(6)),
            // The suffix stores the CRC without the final inversion.
            .crc_good = (crc32(file.first(file.size() - 4)) ^ 0xFFFFFFFFu) == little_endian<std::uint32_t>(tail.subspan(12))};
}

bool is_dfuse(ByteView file) { return starts_with(file, "DfuSe") && file.size() >= 11 && file[5] == 1; }

static void add_problem(Decoded& decoded, CaptureDefect defect, std::size_t file_offset, std::string detail) {
    decoded.problems.push_back({.defect = defect, .where = {}, .file_offset = file_offset, .length = 0, .detail = std::move(detail)});
}

/// What stands in a DfuSe file beside the flash.
struct LeftOut {
    std::size_t elements = 0;
    std::uint8_t alternate = 0;  ///< of the first
    bool several = false;        ///< alternate settings
};

static void leave_out(std::uint8_t alternate, LeftOut& left_out) {
    if (left_out.elements++ == 0) left_out.alternate = alternate;
    left_out.several = left_out.several || alternate != left_out.alternate;
}

static std::string words_of(const LeftOut& left_out) {
    const auto what = left_out.elements == 1 ? "an element for" : fmt::format("{} elements for", left_out.elements);
    return fmt::format("{} DFU alternate setting {}{} left out", what, left_out.alternate,
                       left_out.several         ? " and others were"
                       : left_out.elements == 1 ? " was"
                                                : " were");
}

/// Elements of one target, up to the end of the file, the first that does not fit, or more than anyone writes.
static void read_elements(Reader& reader, ByteView file, std::uint32_t elements, std::uint8_t alternate, Decoded& decoded, LeftOut& left_out) {
    for (std::uint32_t i = 0; i < elements && reader.ok(); ++i) {
        const auto address = reader.read<std::uint32_t>().value, size = reader.read<std::uint32_t>().value;
        const auto from = reader.here();
        const auto there = std::min<std::size_t>(size, file.size() - from);
        if (!reader.ok()) break;
        if (alternate != 0) {
            leave_out(alternate, left_out);
            decoded.for_other_settings += there;
        } else if (there > 0 && decoded.pieces.size() < most_pieces)
            decoded.pieces.push_back({address, file.subspan(from, there)});
        else if (there > 0)
            return add_problem(
                decoded, CaptureDefect::NotBinary, from,
                fmt::format("the DfuSe file names more than {} separate places: what stands from file offset 0x{:x} on was not read", most_pieces, from));
        reader.skip(size);
    }
    if (reader.ok()) return;
    decoded.ended = false;
    add_problem(decoded, CaptureDefect::Truncated, file.size(), "the DfuSe file ends inside an element");
}

/// One DfuSe image from the first byte of `body` on; how many bytes of it are that image.
static std::size_t read_image(ByteView body, Decoded& decoded) {
    Reader reader(body, 0);
    reader.skip(10);
    const auto targets = reader.read<std::uint8_t>().value;
    LeftOut left_out;
    for (unsigned target = 0; target < targets && reader.ok(); ++target) {
        if (!starts_with(body.subspan(reader.here()), "Target")) {
            decoded.ended = false;
            add_problem(decoded, CaptureDefect::Truncated, reader.here(), "the DfuSe file ends before its last target");
            break;
        }
        reader.skip(6);
        const auto alternate = reader.read<std::uint8_t>().value;
        reader.skip(4 + 255 + 4);
        read_elements(reader, body, reader.read<std::uint32_t>().value, alternate, decoded, left_out);
    }
    if (left_out.elements) decoded.remarks.push_back(words_of(left_out));
    return reader.ok() ? reader.here() : body.size();
}

/// `file` ends with the suffix, if it has one.
static void check_suffix(ByteView file, Decoded& decoded) {
    const auto suffix = dfu_suffix(file);
    if (suffix.length == 0)
        decoded.remarks.push_back("the DfuSe file has no suffix, so its bytes cannot be checked");
    else if (!suffix.crc_good)
        add_problem(decoded, CaptureDefect::Contradictory, file.size() - 4, "the checksum of the DfuSe file is wrong: its bytes changed after it was written");
}

Decoded decode_dfuse(ByteView file) {
    Decoded decoded{.format = "dfuse"};
    const auto body = file.first(file.size() - dfu_suffix(file).length);
    auto size = read_image(body, decoded);
    if (size < body.size()) size += dfu_suffix(file.first(std::min(file.size(), size + 16))).length;
    check_suffix(size < body.size() ? file.first(size) : file, decoded);
    if (size >= body.size()) return decoded;
    decoded.behind = {.end = "the last target of the DfuSe file", .offset = size, .size = body.size() - size};
    Decoded again;
    if (is_dfuse(body.subspan(size))) read_image(body.subspan(size), again);
    decoded.behind.pieces = std::move(again.pieces);
    return decoded;
}

/// Raw bytes, with a suffix taken off where there is one.
static Decoded decode_raw(ByteView file) {
    const auto suffix = dfu_suffix(file);
    if (suffix.length == 0) return {.raw = file};
    Decoded decoded{.format = "raw-with-dfu-suffix", .raw = file.first(file.size() - suffix.length)};
    if (suffix.crc_good)
        decoded.remarks.push_back(fmt::format("a valid DFU suffix of {} bytes was taken off", suffix.length));
    else
        add_problem(decoded, CaptureDefect::Contradictory, file.size() - 4,
                    fmt::format("a DFU suffix of {} bytes was taken off; its checksum is wrong: the file changed after the suffix was added", suffix.length));
    return decoded;
}

static Decoded decode_letters(ByteView file) {
    if (is_intel_hex(file)) return decode_intel_hex(file);
    if (is_hex_listing(file)) return decode_hex_listing(file);
    if (auto listing = decode_base64_listing(file)) return std::move(*listing);
    return decode_raw(file);
}

/// A HEX text or a listing whose letters are stored in 16 bits or behind a mark (what ">" of a Windows shell writes), read as if they were not. Offsets are
/// those of the file.
static Decoded decode_encoded(ByteView file) {
    const auto text = as_ascii(file);
    auto decoded = decode_letters(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
    if (decoded.format == "raw" || decoded.format == "raw-with-dfu-suffix") return decode_raw(file);
    const auto mark = encoding_mark_size(file), bytes_a_letter = text_encoding(file) == TextEncoding::Utf8WithMark ? std::size_t{1} : 2;
    for (auto& problem : decoded.problems) {
        problem.file_offset = mark + problem.file_offset * bytes_a_letter;
        problem.length *= bytes_a_letter;
    }
    decoded.behind.offset = mark + decoded.behind.offset * bytes_a_letter;
    decoded.behind.size *= bytes_a_letter;
    return decoded;
}

Decoded decode(ByteView file) {
    if (is_dfuse(file)) return decode_dfuse(file);
    return text_encoding(file) == TextEncoding::Bytes ? decode_letters(file) : decode_encoded(file);
}

}  // namespace photopsy

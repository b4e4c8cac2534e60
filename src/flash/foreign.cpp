// Files that are no flash image at all, by what stands at their beginning.
#include "base/text_encoding.h"
#include "flash/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace photopsy {

using namespace std::string_view_literals;

static constexpr std::string_view text_destroyed_it = "a binary file that a program saved as text, which destroyed it";

struct Magic {
    std::string_view bytes, kind;
};

static constexpr Magic magics[] = {
    {"\x89PNG\r\n"sv, "a PNG picture"},
    {"\xFF\xD8\xFF"sv, "a JPEG picture"},
    {"GIF8"sv, "a GIF picture"},
    {"II*\0"sv, "a TIFF picture"},
    {"MM\0*"sv, "a TIFF picture"},
    {"OggS"sv, "an Ogg sound"},
    {"ID3\3"sv, "an MP3 sound"},
    {"fLaC"sv, "a FLAC sound"},
    {"wOFF"sv, "a font"},
    {"wOF2"sv, "a font"},
    {"UF2\nWQ]\x9E"sv, "a UF2 file (made for devices that show up as a USB drive)"},
    {"hsqs"sv, "a SquashFS file system"},
    {"QFI\xFB"sv, "a disk image (QCOW)"},
    {"KDMV"sv, "a disk image (VMDK)"},
    {"conectix"sv, "a disk image (VHD)"},
    {"\x27\x05\x19\x56"sv, "a U-Boot image"},
    {"\xCA\xFE\xBA\xBE"sv, "a Java class or Mach-O program"},
    {"\xCF\xFA\xED\xFE"sv, "a Mach-O program"},
    {"\0asm"sv, "a WebAssembly module"},
    {"!<arch>\n"sv, "a library or package (ar)"},
    {"\x1F\x8B\x08"sv, "a gzip file that is damaged or inside another file (unpack it first)"},
    {"\xFD"
     "7zXZ\0"sv,
     "an xz file that is damaged or inside another file (unpack it first)"},
    {"\x28\xB5\x2F\xFD"sv, "a Zstandard file that is damaged or inside another file (unpack it first)"},
    {"7z\xBC\xAF\x27\x1C"sv, "a 7-Zip file that is damaged or inside another file (unpack it first)"},
    {"PK\x03\x04"sv, "a ZIP file that is damaged or inside another file (unpack it first)"},
    {"MSCF"sv, "a CAB archive"},
    {"\xED\xAB\xEE\xDB"sv, "an RPM package"},
    {"07070"sv, "a cpio archive"},
    {"\xD4\xC3\xB2\xA1"sv, "a capture of network packets"},
    {"\n\r\r\n"sv, "a capture of network packets"},
    {"RIFF"sv, "a RIFF file (sound, video or picture)"},
    {"%PDF"sv, "a PDF document"},
    {"\x7F"
     "ELF"sv,
     "an ELF program (the linker's output; arm-none-eabi-readelf shows it)"},
    {"MZ\x90"sv, "a Windows program"},
    {"SQLite format 3"sv, "an SQLite database"},
    {"PK\x05\x06"sv, "an empty ZIP archive"},
    {"Rar!"sv, "a RAR archive (unpack it first)"},
    {"BZh"sv, "a bzip2 file (unpack it first)"},
    {"\xD0\xCF\x11\xE0"sv, "an old Office document"},
    {"-----BEGIN"sv, "a key or certificate in PEM form"},
    {"<!DOCTYPE"sv, "an HTML page"},
    {"<!doctype"sv, "an HTML page"},
    {"<html"sv, "an HTML page"},
    {"<HTML"sv, "an HTML page"},
    {"<?xml"sv, "an XML document"},
    {"{\n"sv, "JSON text"},
    {"{\""sv, "JSON text"},
    {"[\n"sv, "JSON text"},
    {"#!"sv, "a script"},
    {"\xFF\xFEU\0"sv, "UTF-16 text"},
};

static std::string_view text_kind(std::string_view start) {
    // The shortest first record, a header without text, is "S0030000FC".
    constexpr std::size_t shortest_record = 10;
    const auto line = start.substr(0, start.find_first_of("\r\n"));
    if (line.size() >= shortest_record && line[0] == 'S' && line[1] >= '0' && line[1] <= '3' &&
        line.find_first_not_of("0123456789ABCDEFabcdef", 1) == std::string_view::npos)
        return "Motorola S-records (objcopy -I srec -O binary makes a dump of them)";
    if (start.find("dfu-util") != std::string_view::npos) return "the output of dfu-util";
    return "text";
}

static bool is_plain_letter(std::uint8_t byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t'; }

/// Letters, digits, punctuation and blanks, or parts of UTF-8 characters: nearly all of the first 4 KiB.
static bool reads_as_text(ByteView start) {
    const auto readable = [](std::uint8_t byte) { return is_plain_letter(byte) || (byte >= 0x80 && byte < 0xF5); };
    const auto good = std::count_if(start.begin(), start.end(), readable), ascii = std::count_if(start.begin(), start.end(), is_plain_letter);
    return good * 100 >= static_cast<std::ptrdiff_t>(start.size()) * 99 && ascii * 100 >= static_cast<std::ptrdiff_t>(start.size()) * 60;
}

/// What the letters of 16 bits in a file are, as far as it is looked at: up to an impossible one.
struct WideLetters {
    std::size_t count = 0;
    std::size_t zeros = 0;
    std::size_t readable = 0;     ///< ASCII, or of a script that is not Latin
    std::size_t of_a_byte = 0;    ///< up to U+00FF
    std::size_t high_values = 0;  ///< different upper bytes
    bool impossible = false;      ///< U+FFFF, or half a pair: no program writes them
};

static WideLetters wide_letters(ByteView file, bool low_first) {
    WideLetters letters;
    std::array<bool, 256> high_seen{};
    for (std::size_t i = 0; i + 1 < file.size() && !letters.impossible; i += 2) {
        const std::uint8_t high = file[low_first ? i + 1 : i], low = file[low_first ? i : i + 1];
        ++letters.count;
        letters.zeros += high == 0 && low == 0;
        letters.of_a_byte += high == 0;
        letters.readable += high == 0 ? is_plain_letter(low) : high < 0xD8;
        letters.impossible = (high == 0xFF && low == 0xFF) || (high >= 0xD8 && high < 0xE0);
        high_seen[high] = true;
    }
    letters.high_values = static_cast<std::size_t>(std::count(high_seen.begin(), high_seen.end(), true));
    return letters;
}

/// Whether all letters, if they are any, are a byte's.
static bool alternate_bytes_are_zero(ByteView file, bool low_first) {
    for (std::size_t i = 0; i + 1 < file.size(); i += 2)
        if (file[low_first ? i + 1 : i] != 0) return false;
    return true;
}

/// "" where the file is no letters of 16 bits. Binary becomes that when a shell takes its output for text: each byte a letter of the shell's code page, which
/// has them in a few ranges of Unicode only.
static std::string_view kind_of_wide(ByteView file) {
    constexpr std::size_t most_ranges = 24, fewest_unmarked = 8192;
    const auto encoding = text_encoding(file);
    const bool marked = encoding_mark_size(file) == 2;
    if (!marked && !alternate_bytes_are_zero(file, encoding != TextEncoding::Utf16BigEndian)) return "";
    const auto letters = wide_letters(file.subspan(marked ? 2 : 0), encoding != TextEncoding::Utf16BigEndian);
    if (letters.impossible || letters.zeros * 4 >= letters.count * 3) return "";
    if (marked && letters.readable * 10 > letters.count * 9) return "UTF-16 text";
    const bool widened = marked ? letters.of_a_byte * 4 >= letters.count && letters.high_values <= most_ranges : letters.count >= fewest_unmarked;
    return widened ? text_destroyed_it : "";
}

/// Binary that a program took for Latin-1 and wrote as UTF-8: all of it is valid UTF-8, and much of it is two-byte characters up to U+00FF.
static bool was_recoded(ByteView file) {
    std::size_t pairs = 0;
    for (std::size_t i = 0; i + 1 < file.size(); ++i) {
        if (file[i] < 0x80) continue;
        if ((file[i] != 0xC2 && file[i] != 0xC3) || (file[i + 1] & 0xC0) != 0x80) return false;
        ++pairs;
        ++i;
    }
    return pairs > 256;
}

/// Bytes that a program replaced because they were no UTF-8 ("EF BF BD"): binary saved as text.
static bool was_saved_as_text(ByteView file) {
    static constexpr auto replacement = "\xEF\xBF\xBD"sv;
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    std::size_t found = 0;
    for (auto at = text.find(replacement); at != text.npos; at = text.find(replacement, at + replacement.size())) ++found;
    return found > 64 && found * 3 > file.size() / 20;
}

/// Values that never occur in a file in which each should. In each of 221 dumps all 256 stand among the
/// first 18,634 bytes that are neither erased nor zero; a transfer or a program that takes a file for text
/// removes or replaces some in all of it: zeros, all from 0x80 on, 0x1A, the marks of flow control.
static std::string lost_values(ByteView file) {
    constexpr std::size_t enough = 0x10000, block = 4096;  // neither erased nor zero
    std::array<bool, 256> seen{};
    for (auto rest = file; !rest.empty(); rest = rest.subspan(std::min(block, rest.size()))) {
        const auto part = rest.first(std::min(block, rest.size()));
        if (seen[part.front()] && all_equal(part, part.front())) continue;
        for (const auto byte : part) seen[byte] = true;
        if (std::find(seen.begin(), seen.end(), false) == seen.end()) return "";
    }
    std::set<std::uint32_t> seen_blocks;
    std::size_t content = 0;
    for (; !file.empty(); file = file.subspan(std::min(block, file.size()))) {
        const auto part = file.first(std::min(block, file.size()));
        if (!seen_blocks.insert(crc32(part)).second) continue;  // a read that is stuck gives few values over and over
        content += static_cast<std::size_t>(std::count_if(part.begin(), part.end(), [](std::uint8_t byte) { return byte != 0 && byte != 0xFF; }));
    }
    if (content < enough) return "";
    if (std::find(seen.begin() + 0x80, seen.end(), true) == seen.end()) return "no byte from 0x80 on";
    std::string values;
    std::size_t lost = 0;
    for (std::size_t value = 0; value < seen.size(); ++value)
        if (!seen[value] && ++lost <= 4) values += fmt::format("{}0x{:02x}", values.empty() ? "" : ", ", value);
    return fmt::format("{} {}{}", lost == 1 ? "no byte" : "none of the bytes", values, lost > 4 ? fmt::format(" and {} others", lost - 4) : "");
}

/// File systems and partition tables, by the marks in their first sectors.
static std::string_view disk_kind(ByteView file, std::string_view text) {
    const auto marked = [&](std::size_t at, std::string_view mark) { return text.size() >= at + mark.size() && text.substr(at, mark.size()) == mark; };
    if (!marked(510, "\x55\xAA"sv)) {
        if (marked(0x8001, "CD001"sv)) return "a disk image (ISO 9660)";
        return marked(0x438, "\x53\xEF"sv) && file.size() > 0x800 && all_equal(file.first(0x400), 0) ? "a disk image (ext file system)" : "";
    }
    if (marked(0x200, "EFI PART"sv)) return "a disk image (GPT partitions)";
    if (marked(54, "FAT"sv) || marked(82, "FAT32"sv) || marked(3, "NTFS"sv) || marked(3, "EXFAT"sv)) return "a disk image (FAT or NTFS file system)";
    if ((little_endian<std::uint32_t>(file) & 0x2FF10000) == 0x20000000) return "";  // a stack pointer in RAM: code, and these two bytes are chance
    for (std::size_t entry = 446; entry < 510; entry += 16)                          // of the partition table: active or not
        if (file[entry] != 0 && file[entry] != 0x80) return "";
    return "a disk image (partition table)";
}

std::string kind_of_foreign_file(ByteView file) {
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    for (const auto& magic : magics)
        if (text.starts_with(magic.bytes)) return std::string(magic.kind);
    if (file.size() > 262 && text.substr(257, 5) == "ustar") return "a tar archive (unpack it first)";
    if (const auto disk = disk_kind(file, text); !disk.empty()) return std::string(disk);
    const auto start = file.first(std::min<std::size_t>(file.size(), 4096));
    if (!start.empty() && reads_as_text(start)) return std::string(text_kind(text.substr(0, 4096)));
    // DER: SEQUENCE with a two-byte length that ends where the file ends.
    if (file.size() > 64 && file.size() < 4096 && file[0] == 0x30 && file[1] == 0x82 && static_cast<std::size_t>(file[2] * 256 + file[3]) + 4 <= file.size() &&
        file[2] < 16)
        return "a key or certificate in DER form";
    const auto part = file.first(std::min<std::size_t>(file.size(), 1u << 16));
    if (const auto wide = kind_of_wide(part); !wide.empty()) return std::string(wide);
    if (was_recoded(part) || was_saved_as_text(part)) return std::string(text_destroyed_it);
    if (const auto lost = lost_values(file); !lost.empty())
        return fmt::format("a file as a program or a transfer leaves it that takes binary for text ({} is in it)", lost);
    return "";
}

}  // namespace photopsy

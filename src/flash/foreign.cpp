// Files that are no flash image at all, by what stands at their beginning.
#include "flash/formats.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace photopsy {

using namespace std::string_view_literals;

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
    if (start.size() > 3 && start[0] == 'S' && (start[1] == '0' || start[1] == '1' || start[1] == '3') &&
        start.find_first_not_of("0123456789ABCDEFabcdef", 1) != 1)
        if (start.substr(0, 12).find_first_not_of("S0123456789ABCDEFabcdef") == std::string_view::npos)
            return "Motorola S-records (objcopy -I srec -O binary makes a dump of them)";
    if (start.find("dfu-util") != std::string_view::npos) return "the output of dfu-util";
    return "text";
}

/// Letters, digits, punctuation and blanks, or parts of UTF-8 characters: nearly all of the first 4 KiB.
static bool reads_as_text(ByteView start) {
    const auto readable = [](std::uint8_t byte) {
        return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t' || (byte >= 0x80 && byte < 0xF5);
    };
    const auto plain = [](std::uint8_t byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t'; };
    const auto good = std::count_if(start.begin(), start.end(), readable), ascii = std::count_if(start.begin(), start.end(), plain);
    return good * 100 >= static_cast<std::ptrdiff_t>(start.size()) * 99 && ascii * 100 >= static_cast<std::ptrdiff_t>(start.size()) * 60;
}

/// Every second byte zero, the others readable.
static bool reads_as_utf16(ByteView start) {
    if (start.size() < 4 || !((start[0] == 0xFF && start[1] == 0xFE) || (start[0] == 0xFE && start[1] == 0xFF))) return false;
    std::size_t zeros = 0;
    for (auto byte : start) zeros += byte == 0;
    return zeros * 3 > start.size();
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
    static constexpr std::array<std::uint8_t, 3> replacement = {0xEF, 0xBF, 0xBD};
    std::size_t found = 0;
    for (auto at = file.begin(); (at = std::search(at, file.end(), replacement.begin(), replacement.end())) != file.end(); at += 3) ++found;
    return found > 64 && found * 3 > file.size() / 20;
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
    if (reads_as_utf16(start)) return "UTF-16 text";
    // DER: SEQUENCE with a two-byte length that ends where the file ends.
    if (file.size() > 64 && file.size() < 4096 && file[0] == 0x30 && file[1] == 0x82 && static_cast<std::size_t>(file[2] * 256 + file[3]) + 4 <= file.size() &&
        file[2] < 16)
        return "a key or certificate in DER form";
    const auto part = file.first(std::min<std::size_t>(file.size(), 1u << 16));
    if (was_recoded(part) || was_saved_as_text(part)) return "a binary file that a program saved as text, which destroyed it";
    return "";
}

}  // namespace photopsy

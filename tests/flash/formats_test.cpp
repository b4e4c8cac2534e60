#include "flash/formats.h"

#include "base/base64.h"
#include "base/digest.h"
#include "flash/dump_files.h"
#include "flash/toy_flash.h"

#include <fmt/format.h>

#include <string>

using namespace photopsy;
using namespace photopsy::test;

static bool holds(const Capture& capture, const Bytes& flash) {
    const auto bytes = capture.image.bytes(capture.image.range());
    return std::equal(bytes.begin(), bytes.end(), flash.begin(), flash.end());
}

TEST_CASE("a DFU suffix is taken off, its checksum is said", "[formats]") {
    const auto flash = toy_flash();
    auto file = with_suffix(flash);
    const auto suffix = dfu_suffix(file);
    CHECK(suffix.length == 16);
    CHECK(suffix.vendor == 0x2B04);
    CHECK(suffix.product == 0xD006);
    CHECK(suffix.crc_good);
    const auto good = read(file);
    CHECK(good.format == "raw-with-dfu-suffix");
    CHECK(good.problems.empty());
    CHECK(good.remarks.size() == 1);
    CHECK(holds(good, flash));
    file[100] ^= 1;
    const auto changed = read(file);
    CHECK(changed.problems.at(0).detail.find("checksum is wrong") != std::string::npos);
    CHECK(dfu_suffix(flash).length == 0);
    CHECK(dfu_suffix(bytes_of("UFD")).length == 0);
}

TEST_CASE("a DfuSe file is rebuilt by address", "[formats]") {
    const auto flash = toy_flash();
    const auto part = [&](std::size_t begin, std::size_t end) {
        return Bytes(flash.begin() + static_cast<std::ptrdiff_t>(begin), flash.begin() + static_cast<std::ptrdiff_t>(end));
    };
    const auto whole = dfuse({{0x08080000, part(0x80000, 0x100000)}, {0x08000000, part(0, 0x80000)}});
    const auto capture = read(whole);
    CHECK(capture.format == "dfuse");
    CHECK(capture.problems.empty());
    CHECK(capture.remarks.empty());
    CHECK(holds(capture, flash));

    const auto partial = read(dfuse({{0x08020000, part(0x20000, 0x60000)}}));
    REQUIRE(partial.problems.size() == 2);
    CHECK(partial.problems[0].defect == CaptureDefect::Truncated);
    CHECK(partial.problems[0].where == Range{0x08000000, 0x08020000});
    CHECK(partial.problems[1].where == Range{0x08060000, 0x08100000});
    const auto other_setting = read(dfuse({{0, part(0x5D7C, 0x9D7C)}}, 1));
    CHECK(other_setting.remarks.at(0).find("alternate setting 1") != std::string::npos);
    REQUIRE(other_setting.problems.size() == 1);
    CHECK(other_setting.problems[0].defect == CaptureDefect::NotBinary);
    CHECK(other_setting.problems[0].detail.find("nothing in the file is for the flash") != std::string::npos);
    for (std::size_t size = 11; size < 700; size += 13) CHECK_NOTHROW(read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))));
}

TEST_CASE("Intel HEX is read by address", "[formats]") {
    const auto flash = toy_flash();
    const auto whole = read(bytes_of(intel_hex(flash, 0x08000000)));
    CHECK(whole.format == "intel-hex");
    CHECK(whole.problems.empty());
    CHECK(holds(whole, flash));
    const auto sparse = read(bytes_of(intel_hex(flash, 0x08000000, ErasedRows::LeftOut)));
    CHECK(sparse.problems.empty());
    CHECK(holds(sparse, flash));
    const auto from_zero = read(bytes_of(intel_hex(flash, 0)));
    CHECK(from_zero.problems.empty());
    CHECK(from_zero.remarks.size() == 1);
    CHECK(holds(from_zero, flash));
    const auto part = read(bytes_of(intel_hex(Bytes(flash.begin(), flash.begin() + 0x8000), 0x08000000)));
    REQUIRE(part.problems.size() == 1);
    CHECK(part.problems[0].where == Range{0x08008000, 0x08100000});
}

TEST_CASE("addressed files of something else are said to be that, and modules alone are modules alone", "[formats]") {
    std::string elsewhere = hex_record(0, 4, std::vector<std::uint8_t>{0x10, 0x00}), low;
    for (std::uint16_t at = 0; at < 0x2000; at += 32) {
        Bytes row(32);
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<std::uint8_t>(at * 7u + i * 13u + 1);
        elsewhere += hex_record(at, 0, row);
        if (at < 0x100 || at >= 0x800) low += hex_record(at, 0, row);  // with a gap
    }
    const auto other = read(bytes_of(elsewhere + ":00000001FF\n"));
    REQUIRE(other.problems.size() == 1);
    CHECK(other.problems[0].defect == CaptureDefect::OtherPlatform);
    CHECK(other.problems[0].detail.find("nothing in the file lies in the flash") != std::string::npos);
    const auto from_zero = read(bytes_of(low + ":00000001FF\n"));
    REQUIRE(from_zero.problems.size() == 1);
    CHECK(from_zero.problems[0].defect == CaptureDefect::OtherPlatform);
    CHECK(from_zero.image.present().empty());

    const auto boot = toy_module(0x08000000, 0x3A10, 6, 2, 0, 4), part1 = toy_module(0x08020000, 0x34F00, 6, 4, 1, 4);
    const auto restore = read(dfuse({{0x08000000, boot}, {0x08020000, part1}}));
    REQUIRE(restore.problems.size() == 1);
    CHECK(restore.problems[0].defect == CaptureDefect::Truncated);
    CHECK(restore.problems[0].detail.find("2 firmware modules and nothing else") != std::string::npos);
    // A writer that leaves erased rows out would make the same file of firmware alone: what is not there stays unknown.
    std::string rows;
    const auto append = [&](std::uint32_t base, const Bytes& module) {
        for (std::uint32_t at = 0; at < module.size(); at += 32) {
            if (at % 0x10000 == 0)
                rows += hex_record(0, 4, std::vector<std::uint8_t>{static_cast<std::uint8_t>((base + at) >> 24), static_cast<std::uint8_t>((base + at) >> 16)});
            rows += hex_record(static_cast<std::uint16_t>(at), 0, ByteView(module).subspan(at, std::min<std::size_t>(32, module.size() - at)));
        }
    };
    append(0x08000000, boot);
    append(0x08020000, part1);
    const auto hex = read(bytes_of(rows + ":00000001FF\n"));
    REQUIRE(hex.problems.size() == 1);
    CHECK(hex.problems[0].detail.find("2 firmware modules and nothing else") != std::string::npos);
    CHECK(hex.image.present().size() == 2);
}

TEST_CASE("the first bad line of an Intel HEX text is named", "[formats]") {
    const auto good = intel_hex(Bytes(256, 0x5A), 0x08000000);
    const auto problem = [](std::string text) {
        const auto decoded = decode_intel_hex(bytes_of(text));
        REQUIRE(decoded.problems.size() == 1);
        CHECK(decoded.problems[0].defect == CaptureDefect::NotBinary);
        return decoded.problems[0].detail;
    };
    const auto with_line = [&](const std::string& line) {
        return good.substr(0, good.find("\r\n", 30) + 2) + line + "\n" + good.substr(good.find("\r\n", 30) + 2);
    };
    CHECK(problem(with_line(":020000040800F3")).find("line 3 of the Intel HEX text has a wrong checksum") != std::string::npos);
    CHECK(problem(with_line(":0300000408F1")).find("shorter or longer") != std::string::npos);
    CHECK(problem(with_line(":00000009F7")).find("unknown record type") != std::string::npos);
    CHECK(problem(with_line(":0000000")).find("pairs of hexadecimal digits") != std::string::npos);
    CHECK(problem(with_line("hello")).find("begin with a colon") != std::string::npos);
    CHECK(problem(with_line(":0100000408F3")).find("address of a wrong length") != std::string::npos);
    CHECK(decode_intel_hex(bytes_of(":020000021000EC\n:0100000055AA\n:00000001FF")).pieces.at(0).at == 0x10000);
    CHECK(decode_intel_hex(bytes_of(":0100000055AA\n")).remarks.at(0).find("no end record") != std::string::npos);
}

TEST_CASE("listings in hexadecimal digits are decoded, and called listings", "[formats]") {
    const auto flash = toy_flash();
    std::string xxd, hexdump, plain;
    for (std::size_t at = 0; at < flash.size(); at += 16) {
        const auto row = ByteView(flash).subspan(at, 16);
        std::string spaced, pairs, digits, text;
        for (std::size_t i = 0; i < 16; ++i) {
            spaced += fmt::format("{}{:02x}", i == 8 ? "  " : i ? " " : "", row[i]);
            pairs += fmt::format("{}{:02x}", i && i % 2 == 0 ? " " : "", row[i]);
            digits += fmt::format("{:02x}", row[i]);
            text += row[i] >= 0x20 && row[i] < 0x7F ? static_cast<char>(row[i]) : '.';
        }
        xxd += fmt::format("{:08x}: {}  {}\n", at, pairs, text);
        const bool same_as_before = at >= 32 && std::equal(row.begin(), row.end(), flash.begin() + static_cast<std::ptrdiff_t>(at - 16));
        if (!same_as_before)
            hexdump += fmt::format("{:08x}  {}  |{}|\n", at, spaced, text);
        else if (!hexdump.ends_with("*\n"))
            hexdump += "*\n";
        plain += digits + "\n";
    }
    hexdump += "00100000\n";
    for (const auto& listing : {xxd, hexdump, plain}) {
        const auto capture = read(bytes_of(listing));
        CHECK(capture.format == "hex-listing");
        REQUIRE(capture.problems.size() == 1);
        CHECK(capture.problems[0].defect == CaptureDefect::NotBinary);
        CHECK(holds(capture, flash));
    }
}

namespace {

/// Rows of a listing as a Windows tool writes them: its heading, then address, bytes and letters.
std::string windows_listing(const Bytes& flash, std::string_view heading, std::string_view address, std::string_view before, std::string_view letters) {
    std::string text(heading);
    for (std::size_t at = 0; at < flash.size(); at += 16) {
        std::string digits;
        for (std::size_t i = 0; i < 16 && at + i < flash.size(); ++i) digits += fmt::format("{}{:02x}", i ? " " : "", flash[at + i]);
        text += fmt::format(fmt::runtime(address), at) + fmt::format("{}{:<47}{}\r\n", before, digits, letters);
    }
    return text;
}

/// Each letter in 16 bits, as ">" of a Windows shell stores them.
Bytes widened(std::string_view text, bool low_first = true) {
    Bytes file = low_first ? Bytes{0xFF, 0xFE} : Bytes{0xFE, 0xFF};
    for (const char letter : text) {
        const auto low = static_cast<std::uint8_t>(letter);
        file.push_back(low_first ? low : std::uint8_t{0});
        file.push_back(low_first ? std::uint8_t{0} : low);
    }
    return file;
}

}  // namespace

TEST_CASE("listings of Windows tools are decoded, with their headings", "[formats]") {
    const auto flash = toy_flash();
    const auto format_hex =
        windows_listing(flash, "\r\n\r\n           Path: C:\\Users\\me\\dump.bin\r\n\r\n           00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\r\n\r\n",
                        "{:08X}   ", "", "  fed ab 12");
    const auto newer = windows_listing(flash,
                                       "\n   Label: C:\\dump.bin\n\n          Offset Bytes                                           Ascii\n"
                                       "                 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F\n          ------ ------ -----\n",
                                       "{:016X} ", "", " ");
    const auto certutil = windows_listing(flash, "", "{:04x}", "\t", "   ...P");
    for (const auto& listing : {bytes_of(format_hex), bytes_of(newer), bytes_of(certutil), widened(format_hex), widened(certutil, false)}) {
        const auto capture = read(listing);
        CHECK(capture.format == "hex-listing");
        REQUIRE(capture.problems.size() == 1);
        CHECK(capture.problems[0].defect == CaptureDefect::NotBinary);
        CHECK(holds(capture, flash));
    }
    // The letters beside the last row may be digits; a heading without a listing is a text.
    const auto last = decode(bytes_of(windows_listing(Bytes(57, 0x41), "", "{:08X}   ", "", "   41 41 41 41")));
    CHECK(last.format == "hex-listing");
    CHECK(last.owned == Bytes(57, 0x41));
    CHECK(decode(bytes_of(format_hex.substr(0, 170))).format == "raw");
    std::string late;
    for (int line = 0; line < 9; ++line) late += "a letter about my Photon\n";
    CHECK(decode(bytes_of(late + certutil)).format == "raw");
}

TEST_CASE("Intel HEX in letters of 16 bits, or behind a mark, is read like any other, and faults are named where they stand", "[formats]") {
    const auto flash = toy_flash();
    const auto text = intel_hex(flash, 0x08000000);
    for (const auto& file : {widened(text), widened(text, false), bytes_of("\xEF\xBB\xBF" + text)}) {
        const auto capture = read(file);
        CHECK(capture.format == "intel-hex");
        CHECK(capture.problems.empty());
        CHECK(holds(capture, flash));
    }
    const auto bad = text.substr(0, 2000) + "?" + text.substr(2001);
    const auto plain = decode(bytes_of(bad)), wide = decode(widened(bad)), marked = decode(bytes_of("\xEF\xBB\xBF" + bad));
    REQUIRE(plain.problems.size() == 1);
    REQUIRE(wide.problems.size() == 1);
    REQUIRE(marked.problems.size() == 1);
    CHECK(wide.problems[0].detail == plain.problems[0].detail);
    CHECK(wide.problems[0].file_offset == 2 + 2 * plain.problems[0].file_offset);
    CHECK(wide.problems[0].length == 2 * plain.problems[0].length);
    CHECK(marked.problems[0].file_offset == 3 + plain.problems[0].file_offset);
    const auto twice = decode(widened(text + text));
    CHECK(twice.behind.offset == 2 + 2 * text.size());
    CHECK(twice.behind.pieces.size() == decode(bytes_of(text + text)).behind.pieces.size());
    // What is no text behind such a mark stays as it is.
    const auto other = decode(widened("a letter about my Photon, which blinks and blinks and blinks"));
    CHECK(other.format == "raw");
    CHECK(other.raw.size() == 2 + 2 * 60);
}

TEST_CASE("a dump in base64 letters is decoded, and called a listing", "[formats]") {
    const auto flash = toy_flash();
    const auto lines = [](std::string letters, std::size_t width) {
        for (std::size_t at = width; at < letters.size(); at += width + 2) letters.insert(at, "\r\n");
        return letters + "\r\n";
    };
    const auto letters = base64(flash);
    for (const auto& text : {"-----BEGIN CERTIFICATE-----\r\n" + lines(letters, 64) + "-----END CERTIFICATE-----\r\n", lines(letters, 76), letters,
                             "begin-base64 644 dump.bin\n" + lines(letters, 60) + "====\n"}) {
        for (const auto& file : {bytes_of(text), widened(text)}) {
            const auto capture = read(file);
            CHECK(capture.format == "base64-listing");
            REQUIRE(capture.problems.size() == 1);
            CHECK(capture.problems[0].defect == CaptureDefect::NotBinary);
            CHECK(holds(capture, flash));
        }
    }
    // A letter that is none, an end that is missing in the middle of four, and little of it: no listing.
    auto wrong = lines(letters, 64);
    wrong[70000] = '?';
    CHECK(decode(bytes_of(wrong)).format == "raw");
    CHECK(decode(bytes_of(letters.substr(0, letters.size() - 1))).format == "raw");
    CHECK(decode(bytes_of("-----BEGIN CERTIFICATE-----\n" + lines(letters.substr(0, 1200), 64) + "-----END CERTIFICATE-----\n")).format == "raw");
}

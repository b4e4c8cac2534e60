#include "flash/formats.h"

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

// Memory as debuggers display it, in bytes and in words.
#include "flash/dump_files.h"
#include "flash/formats.h"
#include "flash/toy_flash.h"

#include <fmt/format.h>

#include <string>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::string letters_of(ByteView row) {
    std::string letters;
    for (const auto byte : row) letters += byte >= 0x20 && byte < 0x7F ? static_cast<char>(byte) : '.';
    return letters;
}

/// As J-Link Commander's mem writes it: letters behind two blanks.
std::string j_link_listing(const Bytes& bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        const auto row = ByteView(bytes).subspan(at, std::min<std::size_t>(16, bytes.size() - at));
        text += fmt::format("{:08X} =", 0x08000000 + at);
        for (const auto byte : row) text += fmt::format(" {:02X}", byte);
        text += "  " + letters_of(row) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("letters beside the bytes are no bytes, whatever they spell", "[formats]") {
    for (const std::string text : {"41 42 43 44 45 4", "AB CD EF 01 23 4", "AABBCCDDEEFF0011", "A  B  CD        ", "                ", "no digits at all"}) {
        auto bytes = Bytes(4096, 0xFF);
        for (std::size_t at = 0; at < bytes.size(); at += 16) std::copy(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
        for (const std::size_t size : {std::size_t{4096}, std::size_t{4096 - 7}}) {
            bytes.resize(size);
            INFO(text << " " << size);
            const auto listing = bytes_of(j_link_listing(bytes));
            const auto decoded = decode_hex_listing(listing);
            CHECK(decoded.format == "hex-listing");
            REQUIRE(decoded.problems.size() == 1);
            CHECK(std::equal(decoded.raw.begin(), decoded.raw.end(), bytes.begin(), bytes.end()));
        }
    }
    // A line that is missing is not made up.
    auto missing = j_link_listing(Bytes(4096, 'q'));
    missing.erase(missing.find("08000100"), missing.find("08000110") - missing.find("08000100"));
    const auto missing_bytes = bytes_of(missing);
    CHECK(decode_hex_listing(missing_bytes).raw.size() == 0x100);
    // Nothing that can be the letters of what stands before it: named, and not chosen.
    std::string odd = j_link_listing(Bytes(64, 'q'));
    odd += "08000040 = 34 31 41 41\n";
    const auto odd_bytes = bytes_of(odd);
    const auto decoded = decode_hex_listing(odd_bytes);
    REQUIRE(decoded.problems.size() == 2);
    CHECK(decoded.problems[1].detail.find("line 5") != std::string::npos);
    CHECK(decoded.raw.size() == 64);
}

TEST_CASE("what debuggers display of memory is decoded, words as the numbers that they are", "[formats]") {
    const auto flash = toy_flash();
    std::string gdb, gdb_named, gdb_words, openocd, openocd_words, j_link, j_link_words;
    for (std::size_t at = 0; at < flash.size(); at += 16) {
        const auto row = ByteView(flash).subspan(at, 16);
        const auto address = 0x08000000 + at;
        std::string bytes, marked, words, marked_words;
        for (std::size_t i = 0; i < 16; ++i) {
            bytes += fmt::format(" {:02x}", row[i]);
            marked += fmt::format("\t0x{:02x}", row[i]);
            if (i % 4) continue;
            const auto word = little_endian<std::uint32_t>(row.subspan(i));
            words += fmt::format(" {:08x}", word);
            marked_words += fmt::format("\t0x{:08x}", word);
        }
        gdb += fmt::format("0x{:x}:{}\n", address, marked);
        gdb_named += fmt::format("0x{:x} <vectors+{}>:{}\n", address, at, marked);
        gdb_words += fmt::format("0x{:x}:{}\n", address, marked_words);
        openocd += fmt::format("0x{:08x}:{} \n", address, bytes);
        openocd_words += fmt::format("0x{:08x}:{} \n", address, words);
        j_link += fmt::format("{:08X} ={}\n", address, bytes);
        j_link_words += fmt::format("{:08X} ={}\n", address, words);
    }
    for (const auto& listing : {gdb, gdb_named, gdb_words, openocd, openocd_words, j_link, j_link_words}) {
        INFO(listing.substr(0, 60));
        const auto capture = read(bytes_of(listing));
        CHECK(capture.format == "hex-listing");
        REQUIRE(capture.problems.size() == 1);
        CHECK(capture.problems[0].is_listing);
        const auto bytes = capture.image.bytes(capture.image.range());
        CHECK(std::equal(bytes.begin(), bytes.end(), flash.begin(), flash.end()));
    }
}

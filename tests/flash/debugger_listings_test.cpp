// Memory as debuggers display it, in bytes and in words.
#include "flash/dump_files.h"
#include "flash/toy_flash.h"

#include <fmt/format.h>

#include <string>

using namespace photopsy;
using namespace photopsy::test;

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

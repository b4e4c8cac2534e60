#include "flash/transfer.h"

#include "flash/dump_files.h"
#include "flash/toy_flash.h"

using namespace photopsy;
using namespace photopsy::test;

static Bytes with_added(const Bytes& flash, std::uint8_t added, std::uint8_t before) {
    Bytes file;
    for (const auto byte : flash) {
        if (byte == before) file.push_back(added);
        file.push_back(byte);
    }
    return file;
}

TEST_CASE("what a transfer added is taken out where that leaves a whole flash, and said", "[capture]") {
    const auto flash = toy_flash();
    const std::tuple<std::uint8_t, std::uint8_t, const char*> transfers[] = {{'\r', '\n', "0x0d before each 0x0a"}, {0xFF, 0xFF, "each byte 0xff twice"}};
    for (const auto& [added, before, words] : transfers) {
        CAPTURE(words);
        const auto file = with_added(flash, added, before);
        const auto undone = undo_transfer(file, flash.size());
        CHECK(undone.bytes == flash);
        CHECK(undone.words.find(words) != std::string::npos);
        const auto capture = read(file);
        CHECK(defects(capture) == std::set{CaptureDefect::Oversized});
        CHECK(said(capture).find(words) != std::string::npos);
        check_in_place(capture, flash);

        // One place left out, one byte more or less: the transfer is not the cause.
        auto one_left_out = file;
        const std::uint8_t pair[] = {added, before};
        one_left_out.erase(std::search(one_left_out.begin(), one_left_out.end(), pair, pair + 2));
        CHECK(undo_transfer(one_left_out, flash.size()).bytes.empty());
        CHECK(undo_transfer(file + Bytes{0x55}, flash.size()).bytes.empty());
        CHECK(undo_transfer(cut(file, 0, file.size() - 1), flash.size()).bytes.empty());
    }
    CHECK(undo_transfer(flash, flash.size()).bytes.empty());
    CHECK(undo_transfer(flash + flash, flash.size()).bytes.empty());
    CHECK(undo_transfer({}, flash.size()).bytes.empty());
}

TEST_CASE("what a transfer added to a file that was cut off behind it is taken out as well", "[capture]") {
    const auto flash = toy_flash();
    const auto cut_off = cut(with_added(flash, '\r', '\n'), 0, flash.size());
    CHECK(undo_transfer(cut_off, flash.size()).bytes.empty());
    const auto undone = undo_cut_transfer(cut_off, flash.size());
    REQUIRE(undone.bytes.size() < flash.size());
    CHECK(std::equal(undone.bytes.begin(), undone.bytes.end(), flash.begin()));
    const auto capture = read(cut_off);
    CHECK(defects(capture) == std::set{CaptureDefect::Oversized, CaptureDefect::Truncated});
    check_in_place(capture, flash);
    CHECK(undo_cut_transfer(flash, flash.size()).bytes.empty());
    CHECK(undo_cut_transfer(bytes_of("two lines\r\nof text\r\n"), flash.size()).bytes.empty());
    // A text has its lines from whoever wrote it.
    expect("a text", bytes_of([] {
               std::string text;
               for (int i = 0; i < 4000; ++i) text += "a line of no dump\r\n";
               return text;
           }()),
           {CaptureDefect::NotBinary});
}

// Bytes that were lost on the way, and blocks that were read twice.
#include "flash/dump_files.h"
#include "flash/toy_flash.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

TEST_CASE("bytes lost in the middle are noticed, and what stands behind them is read where it belongs", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t at : {0x1000u, 0x5000u, 0x21000u, 0x30000u, 0x70000u, 0x80000u}) {
        for (const std::size_t count : {1u, 17u, 512u, 4096u}) {
            CAPTURE(at, count);
            const auto capture = read(cut(flash, 0, at) + cut(flash, at + count, flash.size()));
            CHECK(defects(capture) == std::set{Defect::BytesLost});
            REQUIRE_FALSE(capture.problems.empty());
            CHECK(capture.problems[0].length == count);
            CHECK(capture.problems[0].where.contains(0x08000000 + static_cast<Address>(at)));
            check_in_place(capture, flash);
        }
    }
    const auto thrice = cut(flash, 0, 0x5000) + cut(flash, 0x5011, 0x30000) + cut(flash, 0x30011, 0x70000) + cut(flash, 0x70011, flash.size());
    const auto capture = read(thrice);
    CHECK(defects(capture) == std::set{Defect::BytesLost});
    CHECK(capture.problems.size() == 3);
    check_in_place(capture, flash);
    const auto lonely = toy_flash({.user = false, .factory = false});
    expect("no module behind the loss", cut(lonely, 0, 0x70000) + cut(lonely, 0x70011, lonely.size()), {Defect::BytesLost});
    expect("filled up at the end", cut(flash, 0, 0x70000) + cut(flash, 0x70040, flash.size()) + Bytes(64, 0xFF), {Defect::BytesLost});
}

TEST_CASE("blocks that were read twice are noticed, and only the first is believed", "[capture]") {
    const auto flash = toy_flash();
    const auto block = cut(flash, 0x30000, 0x31000);
    const struct {
        const char* what;
        Bytes file;
    } cases[] = {
        {"one block for everything", repeated(cut(flash, 0, 4096), 256)},
        {"stuck from a point on", cut(flash, 0, 0x31000) + repeated(block, (flash.size() - 0x31000) / 4096)},
        {"one block twice", cut(flash, 0, 0x31000) + block + cut(flash, 0x32000, flash.size())},
        {"64 KiB in the middle again", cut(flash, 0, 0x30000) + cut(flash, 0x20000, 0x30000) + cut(flash, 0x40000, flash.size())},
        {"the first 128 KiB all over", repeated(cut(flash, 0, 0x20000), 8)},
    };
    for (const auto& repeated_case : cases) {
        expect(repeated_case.what, repeated_case.file, {Defect::RepeatedBlocks});
        check_in_place(read(repeated_case.file), flash);
    }
    auto zeroed = flash;
    std::fill_n(zeroed.begin() + 0x23000, 4096, std::uint8_t{0});
    expect("one zeroed block is damage of a module", zeroed, {});
    for (const std::size_t at : {0x5000u, 0x67000u, 0xB0000u}) std::fill_n(zeroed.begin() + static_cast<std::ptrdiff_t>(at), 4096, std::uint8_t{0});
    expect("zeroed blocks everywhere", zeroed, {Defect::RepeatedBlocks});
}

TEST_CASE("an owner's own data may repeat where nothing of the flash's must stand", "[capture]") {
    const auto flash = toy_flash({.factory = false});
    std::mt19937 random(4);
    const auto noise = [&](std::size_t size) {
        Bytes bytes(size);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 9);
        return bytes;
    };
    const auto with = [&](std::size_t at, const Bytes& data) {
        auto changed = flash;
        std::copy(data.begin(), data.end(), changed.begin() + static_cast<std::ptrdiff_t>(at));
        return changed;
    };
    const std::size_t spare[] = {0xA2000, 0xB0000, 0xBC000, 0xC0000, 0xD1000, 0xE4000, 0xF8000};
    for (const auto at : spare)
        for (const std::size_t period : {16u, 48u, 512u, 1024u, 4096u, 8192u}) {
            CAPTURE(at, period);
            expect("a log or table with a period", with(at, repeated(noise(period), 0x4000 / period)), {});
            expect("constant pages", with(at, Bytes(0x3000, static_cast<std::uint8_t>(random()))), {});
        }
    auto zeros = flash;
    for (const auto at : spare) std::fill_n(zeros.begin() + static_cast<std::ptrdiff_t>(at), 0x1000, std::uint8_t{0});
    expect("pages of zeros in every spare place", zeros, {});
    // In the application: whole, it is whatever it is; with a wrong checksum only what has no period of its own is a read gone wrong.
    auto application = toy_module(0x080A0000, 0x9000, 6, 5, 1, 3);
    const auto table = repeated(noise(64), 0x4000 / 64);
    std::copy(table.begin(), table.end(), application.begin() + 0x2123);
    expect("a table in an application with a wrong bit", with(0xA0000, application), {});
    const auto block = Bytes(application.begin() + 0x1000, application.begin() + 0x2000);
    std::copy(block.begin(), block.end(), application.begin() + 0x7000);
    std::copy(block.begin(), block.end(), application.begin() + 0x8000);
    std::copy(block.begin(), block.end(), application.begin() + 0x6000);
    expect("a block of an application again and again", with(0xA0000, application), {Defect::RepeatedBlocks});
    // Pages of an owner's that are alike begin anywhere, with a wrong bit beside them or cut off; a block that was sent twice begins with a block.
    auto pages = toy_module(0x080A0000, 0x9000, 6, 5, 1, 3);
    const auto equal = repeated(noise(4096), 5);
    std::copy(equal.begin(), equal.end(), pages.begin() + 0x1123);
    expect("equal pages in an application with a wrong bit", with(0xA0000, pages), {});
    expect("the same while it is received", with(0xC0000, cut(pages, 0, 0x6000)), {});
    // Two equal copies of the table are two tables, and the key in them is looked at.
    const auto twins = with(0x8000, cut(flash, 0x4000, 0x8000));
    const auto capture = read(twins);
    CHECK(defects(capture).empty());
    CHECK(capture.image.has({0x08004000, 0x0800C000}));
}

TEST_CASE("a stuck read is noticed wherever it ran over something that must stand there", "[capture]") {
    std::mt19937 random(17);
    std::size_t noticed = 0, runs = 0;
    for (int run = 0; run < 60; ++run) {
        const auto flash = toy_flash({.ota = run % 2 == 0, .seed = 100u + static_cast<unsigned>(run)});
        const std::size_t unit = 1024u << random() % 3, times = 2 + random() % 12;
        const std::size_t at = (0x20000 + random() % 0x78000) / unit * unit;
        const auto block = cut(flash, at, at + unit);
        if (std::all_of(block.begin(), block.end(), [&](auto byte) { return byte == block[0]; })) continue;
        auto file = flash;
        for (std::size_t i = 1; i <= times; ++i) std::copy(block.begin(), block.end(), file.begin() + static_cast<std::ptrdiff_t>(at + i * unit));
        CAPTURE(at, unit, times);
        const auto capture = read(file);
        ++runs;
        // Where all of it fell behind a module, nothing was overwritten.
        const bool in_module = at + unit < 0x54F00 || (at >= 0x60000 && at + unit < 0x9B2C4) || at + (times + 1) * unit > 0x60000;
        if (!in_module) continue;
        CHECK(capture.has(Defect::RepeatedBlocks));
        noticed += capture.has(Defect::RepeatedBlocks);
        check_in_place(capture, flash);
    }
    CHECK(runs > 40);
    CHECK(noticed * 10 >= runs * 7);
}

TEST_CASE("the same application in all places that may hold it is no repetition of a read", "[capture]") {
    const auto application = toy_module(0x080A0000, 0x5678, 6, 5, 1, 9);
    auto flash = toy_flash({.user = false, .factory = false});
    for (const std::size_t at : {0xA0000u, 0xC0000u, 0xE0000u})
        std::copy(application.begin(), application.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
    expect("whole three times", flash, {});
    for (const std::size_t place : {0xA0000u, 0xC0000u, 0xE0000u}) {
        CAPTURE(place);
        auto bit = flash;
        bit[place + 0x500] ^= 4;
        expect("a wrong bit in one of them", bit, {});
        auto end = flash;
        std::fill_n(end.begin() + static_cast<std::ptrdiff_t>(place) + 0x4000, 0x1678 + 4, std::uint8_t{0xFF});
        expect("one of them cut short", end, {});
    }
    // Over a header of the flash's own it is one: the same 128 KiB read three times.
    const auto chunk = cut(flash, 0x60000, 0x80000);
    expect("128 KiB again and again", cut(flash, 0, 0x80000) + chunk + chunk + cut(flash, 0xC0000, flash.size()), {Defect::RepeatedBlocks});
}

TEST_CASE("two EEPROM pages that begin with the same unknown word are no repetition", "[capture]") {
    auto flash = toy_flash();
    const Bytes page = {0x78, 0x56, 0x34, 0x12, 7, 0, 1, 0};
    for (const std::size_t at : {0xC000u, 0x10000u}) {
        std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(at), 0x4000, std::uint8_t{0xFF});
        std::copy(page.begin(), page.end(), flash.begin() + static_cast<std::ptrdiff_t>(at));
    }
    expect("alike", flash, {});
}

TEST_CASE("an application stands where its header does, whatever pointers an owner keeps before it", "[capture]") {
    auto flash = toy_flash();
    for (std::size_t at = 0xA0000 - 0x184, i = 0; at < 0xA0000; at += 4, ++i) {
        const auto pointer = 0x080A0101u + static_cast<std::uint32_t>(i) * 8;
        for (std::size_t byte = 0; byte < 4; ++byte) flash[at + byte] = static_cast<std::uint8_t>(pointer >> (8 * byte));
    }
    expect("pointers into it", flash, {});
}

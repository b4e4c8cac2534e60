// Blocks of a transfer that did not arrive, and stand zero or erased in the file.
#include "flash/dump_files.h"
#include "flash/toy_flash.h"
#include "support/story.h"

#include <random>

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

namespace {

/// Every block of `size` that `lost` names is `value`.
template <class Lost>
Bytes with_lost(Bytes flash, std::size_t size, std::uint8_t value, const Lost& lost) {
    for (std::size_t block = 0; block < flash.size() / size; ++block)
        if (lost(block)) std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(block * size), size, value);
    return flash;
}

Bytes filled(Bytes flash, std::size_t begin, std::size_t end, std::uint8_t value) {
    std::fill(flash.begin() + static_cast<std::ptrdiff_t>(begin), flash.begin() + static_cast<std::ptrdiff_t>(end), value);
    return flash;
}

bool are_lost(const Bytes& file) {
    const auto capture = read(file);
    for (const auto& problem : capture.problems) UNSCOPED_INFO(problem.detail);
    const bool lost = defects(capture) == std::set{Defect::RepeatedBlocks} && capture.problems[0].holds_nothing;
    CHECK((lost || capture.problems.empty()));
    return lost;
}

}  // namespace

TEST_CASE("blocks of a transfer that are erased or zero in several parts of the flash did not arrive", "[capture]") {
    const auto flash = toy_flash();
    for (const std::uint8_t value : {0xFF, 0x00}) {
        CAPTURE(value);
        CHECK(are_lost(with_lost(flash, 4096, value, [](std::size_t block) { return block % 2 == 1; })));
        CHECK(are_lost(with_lost(flash, 4096, value, [](std::size_t block) { return block % 4 == 1; })));
        CHECK(are_lost(with_lost(flash, 2048, value, [](std::size_t block) { return block % 2 == 1; })));
        std::mt19937 random(5);
        CHECK(are_lost(with_lost(flash, 4096, value, [&](std::size_t) { return random() % 10 == 0; })));
    }
    // A stretch of zeros over the bootloader and the table, which none of them can have been read through.
    CHECK(are_lost(filled(flash, 0, 0x10000, 0)));
    CHECK(are_lost(filled(flash, 0x2000, 0x6000, 0)));
}

TEST_CASE("packets of the bus that are zero or erased inside firmware and a key did not arrive", "[capture]") {
    const auto flash = toy_flash();
    for (const std::uint8_t value : {0xFF, 0x00}) {
        CAPTURE(value);
        const auto with = [&](std::initializer_list<std::size_t> places) {
            auto file = flash;
            for (const auto at : places) file = filled(file, at, at + 64, value);
            return file;
        };
        CHECK(are_lost(with({0x5DC0, 0x41000, 0x62000})));
        if (value == 0) CHECK(are_lost(with({0x5D80, 0x41000, 0x62000})));  // over the begin of the key's slot
        CHECK(are_lost(with({0x1000, 0x1400, 0x24440})));
        CHECK(are_lost(with_lost(flash, 64, value, [](std::size_t block) { return block % 64 == 5; })));
        CHECK_FALSE(are_lost(with({0x41000, 0x62000})));
        CHECK_FALSE(are_lost(with({0x41000, 0x42000, 0x43000})));
        CHECK_FALSE(are_lost(with({0x5DC4, 0x41010, 0x62020})));
        CHECK_FALSE(are_lost(with({0xA0040, 0xA0100, 0xA0200, 0xE0100})));
    }
}

TEST_CASE("blocks of one part and of what DFU cannot write did not arrive together", "[capture]") {
    const auto flash = toy_flash();
    const auto holes = [](Bytes file, std::initializer_list<std::size_t> places) {
        for (const auto at : places) file = filled(std::move(file), at, at + 4096, 0xFF);
        return file;
    };
    CHECK(are_lost(holes(flash, {0x21000, 0x27000, 0x31000, 0x5000})));
    CHECK(are_lost(holes(flash, {0x21000, 0x27000, 0x31000, 0x3000})));
    CHECK_FALSE(are_lost(holes(flash, {0x21000, 0x27000, 0x31000})));
    CHECK_FALSE(are_lost(holes(flash, {0x21000, 0x5000})));
    // A key that was erased, with the data around it as it was; a bootloader whose writing stopped anywhere.
    CHECK_FALSE(are_lost(filled(holes(flash, {0x21000, 0x27000, 0x31000}), 0x5D9E, 0x6002, 0xFF)));
    CHECK_FALSE(are_lost(filled(holes(flash, {0x21000, 0x27000, 0x31000}), 0x2C00, 0x4000, 0xFF)));
}

TEST_CASE("of a dump with lost blocks what is left stands in its place, and no slot is erased in it", "[capture]") {
    const auto flash = toy_flash();
    const auto capture = read(with_lost(flash, 4096, 0xFF, [](std::size_t block) { return block % 2 == 1; }));
    const auto& layout = *builtin_layout("photon");
    for (const Range lost :
         {Range{0x08001000, 0x08002000}, {0x08003000, 0x08004000}, {0x08005000, 0x08006000}, {0x08021000, 0x08022000}, {0x0809B000, 0x0809B2C4}})
        CHECK_FALSE(capture.image.has(lost));
    for (const auto part : capture.image.present())
        if (const auto bytes = capture.image.bytes(part); part.end <= layout.dct.copies[1].end)
            CHECK(std::equal(bytes.begin(), bytes.end(), flash.begin() + (part.begin - layout.flash.begin)));
}

TEST_CASE("what one fault of a flash leaves is no lost block", "[capture]") {
    const auto flash = toy_flash();
    expect("one block of one part", filled(flash, 0x70000, 0x71000, 0xFF), {});
    expect("many blocks of one part", with_lost(flash, 4096, 0xFF, [](std::size_t block) { return block >= 0x60 && block < 0x9B && block % 3 == 1; }), {});
    expect("a block of each part", filled(filled(flash, 0x30000, 0x31000, 0xFF), 0x70000, 0x71000, 0xFF), {});
    expect("erased sectors", filled(filled(filled(flash, 0x4000, 0x8000, 0xFF), 0x40000, 0x60000, 0xFF), 0x80000, 0xA0000, 0xFF), {});
    // Written up to somewhere behind an erase, and the next sector as it was.
    expect("writes that stopped", filled(filled(filled(flash, 0x2C00, 0x4000, 0xFF), 0x31000, 0x40000, 0xFF), 0x72000, 0x80000, 0xFF), {});
    // Erased from and to anywhere: no transfer begins there.
    expect("runs of any place", filled(filled(filled(flash, 0x1100, 0x2200, 0xFF), 0x30123, 0x31ABC, 0xFF), 0x70777, 0x72333, 0xFF), {});
    expect("one zeroed block", filled(flash, 0x70000, 0x71000, 0), {});
    expect("both copies of the table", filled(flash, 0x4000, 0xC000, 0), {});
}

TEST_CASE("blocks of a Core's flash that did not arrive hit its bootloader, which nothing erases in part", "[capture]") {
    const auto& layout = *builtin_layout("core");
    const auto core = std::ranges::find(stories(), "core-healthy-0.7.0", &test::Story::name);
    REQUIRE(core != stories().end());
    auto flash = core->sample.file;
    std::mt19937 random(7);
    for (std::size_t at = 0x200; at < 0x3800; ++at) flash[at] = static_cast<std::uint8_t>(random());  // a bootloader as long as a real one
    const auto problems_of = [&](const Bytes& file) { return recognize(file, "core.bin", "", layout).problems; };
    REQUIRE(problems_of(flash).empty());
    for (const std::size_t size : {1024u, 2048u, 4096u})
        for (const std::uint8_t value : {std::uint8_t{0xFF}, std::uint8_t{0}}) {
            INFO(size << " " << int{value});
            const auto problems = problems_of(with_lost(flash, size, value, [](std::size_t block) { return block % 2 == 1; }));
            REQUIRE(problems.size() == 1);
            CHECK(problems.front().defect == Defect::RepeatedBlocks);
            CHECK(problems.front().holds_nothing);
        }
    // Pages of the firmware alone, erased or zero, are damage of the firmware; so is one of the bootloader beside one of the firmware.
    CHECK(problems_of(filled(filled(flash, 0x6000, 0x6400, 0xFF), 0x7000, 0x7400, 0xFF)).empty());
    CHECK(problems_of(filled(filled(flash, 0x1000, 0x1400, 0xFF), 0x7000, 0x7400, 0xFF)).empty());
    CHECK(problems_of(filled(flash, 0x6000, 0x20000, 0xFF)).empty());  // a copy that was cut
}

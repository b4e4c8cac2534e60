// Bytes in the middle of a file that are none of the flash's.
#include "flash/gains.h"

#include "flash/dump_files.h"
#include "flash/toy_flash.h"

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

static Bytes with_inserted(const Bytes& flash, std::size_t at, const Bytes& added) { return cut(flash, 0, at) + added + cut(flash, at, flash.size()); }

TEST_CASE("bytes added inside a module are found, taken out and said", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t at : {0x1000u, 0x21000u, 0x30004u, 0x71000u, 0xA0800u})
        for (const auto& added : {Bytes(4096, 0xFF), Bytes(64, 0), Bytes{0x11}, cut(flash, at - 512, at)}) {
            CAPTURE(at, added.size());
            const auto longer = with_inserted(flash, at, added);
            const auto gains = find_gains(longer, *builtin_layout("photon"));
            REQUIRE(gains.size() == 1);
            CHECK(gains[0].exact());
            CHECK(gains[0].size == added.size());
            CHECK(gains[0].known_until <= at + 16);  // what follows may begin alike
            CHECK(gains[0].known_from >= at);
            const auto defect = added.size() == 512 ? Defect::RepeatedBlocks : Defect::Shifted;
            const auto capture = read(longer);
            CHECK(defects(capture) == std::set{defect});
            CHECK(capture.image.has(capture.image.range()));
            CHECK(capture.untrustworthy());
            check_in_place(capture, flash);
            const auto shortened = read(cut(longer, 0, flash.size()));
            CHECK(defects(shortened) == std::set{defect, Defect::Truncated});
            check_in_place(shortened, flash);
        }
    const auto twice = read(with_inserted(with_inserted(flash, 0x71000, Bytes(512, 0xFF)), 0x30004, Bytes(64, 0)));
    CHECK(defects(twice) == std::set{Defect::Shifted});
    CHECK(twice.problems.size() == 2);
    check_in_place(twice, flash);
}

TEST_CASE("bytes added between the modules are seen by what stands late behind them", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t at : {0x6000u, 0xD000u, 0x5F000u, 0x9F000u}) {
        CAPTURE(at);
        const auto longer = with_inserted(flash, at, Bytes(4096, 0x5A));
        for (const auto& file : {longer, cut(longer, 0, flash.size())}) {
            const auto capture = read(file);
            CHECK(capture.has(Defect::Shifted));
            REQUIRE_FALSE(capture.problems.empty());
            CHECK(capture.problems[0].is_inside);
            CHECK(capture.problems[0].length == 4096);
            CHECK(capture.image.has({0x080A0000, 0x080A1000}));
            check_in_place(capture, flash);
        }
    }
}

TEST_CASE("what a write to the flash leaves is no byte added to a file", "[capture]") {
    const auto layout = *builtin_layout("photon");
    const auto none = [&](const char* what, const Bytes& file) {
        INFO(what);
        CHECK(find_gains(file, layout).empty());
        expect(what, file, {});
    };
    auto high = toy_flash({.user = false, .factory = false});
    const auto application = toy_module(0x080A0000, 0x1234, 6, 5, 1, 3);
    std::copy(application.begin(), application.end(), high.begin() + 0xA1000);
    none("an application written to a wrong address", high);
    auto garbled = toy_flash();
    const auto part = cut(garbled, 0x60000, 0x9B2C8), longer = with_inserted(part, 0x8000, {0x0D});
    std::copy(longer.begin(), longer.end(), garbled.begin() + 0x60000);
    none("a part out of a file with a byte too many", garbled);
    auto bit = toy_flash();
    bit[0x71234] ^= 4, bit[0xA0321] ^= 1;
    none("wrong bits", bit);
    none("a whole flash", toy_flash());
}

TEST_CASE("a file that begins again from its start is read up to there", "[capture]") {
    const auto flash = toy_flash();
    for (const std::size_t at : {0x12000u, 0x25BC0u, 0x80000u, 0x86000u, 0x9EC40u, 0xC0000u, 0xF2000u}) {
        CAPTURE(at);
        const auto file = cut(flash, 0, at) + cut(flash, 0, flash.size() - at);
        const auto capture = read(file);
        CHECK(defects(capture) == std::set{Defect::RepeatedBlocks});
        CHECK(capture.image.has({0x08000000, 0x08000000 + static_cast<Address>(at)}));
        check_in_place(capture, flash);
    }
    // A bootloader in the OTA area is what the device receives it as.
    auto received = toy_flash({.factory = false});
    std::copy_n(received.begin(), 0x3A14, received.begin() + 0xC0000);
    expect("the device's own bootloader in the OTA area", received, {});
}

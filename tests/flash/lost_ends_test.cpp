// The part of each block of a transfer that did not arrive.
#include "flash/dump_files.h"
#include "flash/toy_flash.h"

using namespace photopsy;
using namespace photopsy::test;
using Defect = CaptureDefect;

static Bytes without_ends(Bytes flash, std::size_t block, std::size_t lost, std::uint8_t value, std::size_t from = 0) {
    for (std::size_t at = from; at < flash.size(); at += block) std::fill_n(flash.begin() + static_cast<std::ptrdiff_t>(at + block - lost), lost, value);
    return flash;
}

TEST_CASE("the same bytes of each block that are erased or zero did not arrive", "[capture]") {
    const auto flash = toy_flash();
    for (const std::uint8_t value : {std::uint8_t{0xFF}, std::uint8_t{0}})
        for (const std::size_t lost : {8u, 64u, 128u, 512u}) {
            CAPTURE(value, lost);
            const auto capture = read(without_ends(flash, 4096, lost, value));
            CHECK(defects(capture) == std::set{Defect::RepeatedBlocks});
            REQUIRE_FALSE(capture.problems.empty());
            CHECK(capture.problems[0].holds_nothing);
            CHECK(capture.problems[0].detail.find(fmt::format("the last {} bytes of each block", lost)) != std::string::npos);
            CHECK_FALSE(capture.image.has({0x08021FF8, 0x08022000}));
            check_in_place(capture, flash);
        }
    expect("the end of each 1024 bytes", without_ends(flash, 1024, 64, 0xFF), {Defect::RepeatedBlocks});
    expect("of the application alone", without_ends(flash, 4096, 64, 0, 0xA0000), {});
    expect("all of them", flash, {});
}

#include "facts/table_access.h"

#include "catch.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

static const auto layout = module_layout();

static TableAccess access(const Image& image, std::optional<std::uint16_t> bootloader) { return table_access(read_modules(image, layout), layout, bootloader); }

TEST_CASE("Bootloaders up to 99 reach the table whatever lies beside them", "[access]") {
    CHECK(access(blank_flash(layout), 11) == TableAccess::Own);
    CHECK(access(healthy_flash(layout), 2) == TableAccess::Own);
}

TEST_CASE("Later ones need two whole parts that fit and are new enough", "[access]") {
    CHECK(access(healthy_flash(layout), 502) == TableAccess::BySystem);
    CHECK(access(healthy_flash(layout, 109, 101), 101) == TableAccess::SystemTooOld);
    auto image = healthy_flash(layout);
    flip(image, 0x08030000);
    CHECK(access(image, 502) == TableAccess::PartsUnusable);
    image = healthy_flash(layout);
    fill(image, 0x08060000, 0x40000);
    CHECK(access(image, 502) == TableAccess::PartsUnusable);
    image = healthy_flash(layout, 1512, 502);
    write(image, part1_spec(1406));
    CHECK(access(image, 502) == TableAccess::PartsDoNotFit);
    image = healthy_flash(layout, 109, 101);
    flip(image, 0x08070000);
    CHECK(access(image, 101) == TableAccess::PartsUnusable);  // not whole, and that is said, not its age
}

TEST_CASE("What is not in the file leaves it unknown", "[access]") {
    const auto whole = healthy_flash(layout);
    CHECK(access(whole, {}) == TableAccess::BySystem);  // either kind of bootloader reaches it
    CHECK(access(healthy_flash(layout, 109, 11), {}) == TableAccess::Unknown);
    Image cut(layout.flash);
    cut.put(0x08000000, whole.bytes({0x08000000, 0x08070000}));
    CHECK(access(cut, 502) == TableAccess::Unknown);
    CHECK(access(cut, 7) == TableAccess::Own);
    CHECK_FALSE(is_reached(TableAccess::Unknown));
    CHECK_FALSE(is_out_of_reach(TableAccess::Unknown));
    CHECK(is_out_of_reach(TableAccess::SystemTooOld));
}

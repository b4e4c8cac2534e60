#include "facts/system.h"

#include "catch.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

static const auto layout = module_layout();

static InstalledSystem identify(const Image& image, std::string_view half_written = "", bool version_struct = false) {
    return identify_system(layout, read_modules(image, layout), half_written, version_struct);
}

static void erase(Image& image, Address at, std::uint32_t size) { image.put(at, std::vector<std::uint8_t>(size, 0xFF)); }

TEST_CASE("system part 2 says which system runs", "[modules]") {
    const auto system = identify(healthy_flash(layout, 1512, 502));
    CHECK(system.system_version == 1512);
    CHECK(system.version_from == "system-part2");
    CHECK(system.device_os == "1.5.2");
    CHECK(system.bootloader_version == 502);
    CHECK(system.store.table == DctGeneration::G5);
    CHECK_FALSE(system.newer_than_known);
}

TEST_CASE("a half-written part 2 is not believed", "[modules]") {
    auto image = healthy_flash(layout, 2302, 1006);
    image.put(0x08020000, make_module(part1_spec(1512)));
    const auto system = identify(image, "system-part2");
    CHECK(system.system_version == 1512);
    CHECK(system.version_from == "system-part1");
}

TEST_CASE("erased parts leave the bootloader, then the table, to tell the generation", "[modules]") {
    auto image = healthy_flash(layout, 109, 11);
    erase(image, 0x08020000, 0x80000);
    auto system = identify(image);
    CHECK_FALSE(system.system_version);
    CHECK(system.version_from == "bootloader");
    CHECK(system.store.table == DctGeneration::G3);
    erase(image, 0x08000000, 0x4000);
    system = identify(image, "", true);
    CHECK(system.version_from == "dct");
    CHECK(system.store.table == DctGeneration::G5);
    CHECK_FALSE(system.bootloader_version);
    image.put(0x08000000, make_module(bootloader_spec(100)));
    CHECK(identify(image).store.table == DctGeneration::G4);
}

TEST_CASE("a foreign or misplaced part 2 is not the installed system", "[modules]") {
    auto image = healthy_flash(layout, 1512, 502);
    auto foreign = part2_spec(2302);
    foreign.platform_id = 8;
    image.put(foreign.start, make_module(foreign));
    CHECK(identify(image).version_from == "system-part1");
}

TEST_CASE("a system newer than the last examined one is judged by its rules, and says so", "[modules]") {
    const auto last = identify(healthy_flash(layout, 3302, 1100));
    CHECK_FALSE(last.newer_than_known);
    CHECK(last.device_os == "3.3.1");
    const auto system = identify(healthy_flash(layout, 3400, 1100));
    CHECK(system.newer_than_known);
    CHECK(system.led == LedGeneration::AllRed);
    CHECK(identify(healthy_flash(layout, 5000, 1100)).device_os.empty());
}

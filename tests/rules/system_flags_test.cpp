// What the system flags ask for at the next start, where the installed code looks at them, and where it does not.
#include "support/scene.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// A factory table whose system flags hold this half word; copy 1 is in use.
TablePair with_flag(std::size_t offset, std::uint16_t value, bool with_header = true) {
    constexpr std::size_t flags = 0x1D7C;
    auto pair = factory_table();
    const Bytes header = {0xC0, 0xAC, 0xDE, 0x1A};
    if (with_header) std::copy(header.begin(), header.end(), pair[1].begin() + flags);
    pair[1][flags + offset] = static_cast<std::uint8_t>(value);
    pair[1][flags + offset + 1] = static_cast<std::uint8_t>(value >> 8);
    return pair;
}

Scene scene(const TablePair& pair, std::optional<std::uint16_t> system, std::optional<std::uint16_t> bootloader) {
    Scene made(pair, 109, DctGeneration::G3);
    made.facts.layout = builtin_layout("photon");
    made.facts.system.system_version = system;
    made.facts.system.bootloader_version = bootloader;
    made.facts.table_flags = read_table_flags(table_image(pair), *made.facts.layout, made.facts.dct, made.facts.system);
    return made;
}

constexpr std::size_t wifi = 6, factory = 12, watchdog = 14;

}  // namespace

TEST_CASE("a factory reset in the table counts for bootloaders that keep their flags there", "[system-flags][rules]") {
    const auto asked = scene(with_flag(factory, 0xAAAA), 109, 11);
    CHECK(asked.only("factory-reset-waits").where.at == range_of(0x08005D88, 2));
    CHECK(asked.only("factory-reset-waits").severity == Severity::Warning);
    CHECK(scene(with_flag(factory, 0xAAAA, false), 109, 11).fires("factory-reset-waits"));
    CHECK(scene(with_flag(factory, 0xAAAA), 1512, 11).fires("factory-reset-waits"));  // it is the bootloader that copies
    for (const std::uint16_t other : {0x0000, 0xFFFF, 0xAAAB, 0x00AA}) CHECK_FALSE(scene(with_flag(factory, other), 109, 11).fires("factory-reset-waits"));
    CHECK_FALSE(scene(with_flag(factory, 0xAAAA), 109, 101).fires("factory-reset-waits"));  // registers, and the table's flags are stale
    CHECK_FALSE(scene(with_flag(factory, 0xAAAA), 109, std::nullopt).fires("factory-reset-waits"));
}

TEST_CASE("a reset of the Wi-Fi networks in the table counts for systems that keep their flags there", "[system-flags][rules]") {
    auto pair = with_flag(wifi, 0x0001);
    std::fill_n(pair[1].begin() + 0x1A30, 606, std::uint8_t{0});
    CHECK(scene(pair, 109, 11).only("wifi-reset-waits").severity == Severity::Note);  // no network is lost
    pair[1][0x1A30] = 1;
    pair[1][0x1A31] = 4;  // a name of four letters
    const auto asked = scene(pair, 109, 11);
    CHECK(asked.only("wifi-reset-waits").severity == Severity::Warning);
    CHECK(asked.only("wifi-reset-waits").where.at == range_of(0x08005D82, 2));
    CHECK(scene(pair, 109, 101).fires("wifi-reset-waits"));  // it is the system that clears them
    CHECK_FALSE(scene(pair, 1512, 11).fires("wifi-reset-waits"));
    CHECK_FALSE(scene(pair, std::nullopt, 11).fires("wifi-reset-waits"));
    for (const std::uint16_t other : {0x0000, 0xFFFF, 0x0002, 0x0100}) CHECK_FALSE(scene(with_flag(wifi, other), 109, 11).fires("wifi-reset-waits"));
}

TEST_CASE("an armed watchdog counts for every bootloader that is known", "[system-flags][rules]") {
    for (const std::uint16_t bootloader : {11, 101, 501}) {  // newer ones take it over from the table once
        const auto armed = scene(with_flag(watchdog, 0xD001), 109, bootloader);
        CHECK(armed.only("watchdog-waits").where.at == range_of(0x08005D8A, 2));
        CHECK(armed.only("watchdog-waits").severity == Severity::Note);
    }
    CHECK_FALSE(scene(with_flag(watchdog, 0xD001), 109, std::nullopt).fires("watchdog-waits"));
    for (const std::uint16_t other : {0x0000, 0xFFFF, 0xD000, 0x01D0}) CHECK_FALSE(scene(with_flag(watchdog, other), 109, 11).fires("watchdog-waits"));
}

TEST_CASE("both requests in the page of firmware in one piece", "[system-flags][rules]") {
    Scene core(factory_table());
    core.facts.layout = builtin_layout("core");
    auto& page = core.facts.ota.by_flag.emplace();
    CHECK_FALSE(core.fires("wifi-reset-waits"));
    CHECK_FALSE(core.fires("factory-reset-waits"));
    page.flags.in_file = true;
    page.flags.wifi_reset = {1, range_of(0x08004C02, 2)};
    CHECK(core.only("wifi-reset-waits").where.at == range_of(0x08004C02, 2));
    page.job = FlagJob::FactoryReset;
    page.flags.factory_reset = {0xAAAA, range_of(0x08004C08, 2)};
    CHECK(core.only("factory-reset-waits").where.at == range_of(0x08004C08, 2));
    page.flags.wifi_reset.value = 0xFFFF;
    CHECK_FALSE(core.fires("wifi-reset-waits"));
}

TEST_CASE("no reader of flags trusts bytes that are not in the file", "[system-flags]") {
    const auto& layout = *builtin_layout("photon");
    const Image image(layout.flash);
    const auto flags = read_table_flags(image, layout, read_dct(image, layout, DctGeneration::G3), {.system_version = 109, .bootloader_version = 11});
    CHECK_FALSE(flags.startup_mode);
    CHECK_FALSE(flags.forgets_networks());
    CHECK_FALSE(flags.copies_factory_image());
}

// What the emulated bootloader refuses and what hangs it: without that a wrong order of commands would go unnoticed.
#include "dfu/photon_device.h"

#include "catch.h"
#include "support/module_fixture.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::uint32_t at_part1 = 0x08020000, at_part2 = 0x08060000, at_user = 0x080A0000;

/// A device in DFU mode; every request goes through control(), as over USB.
struct InDfuMode {
    PhotonDevice device;
    std::vector<std::uint8_t> stage = std::vector<std::uint8_t>(4096);

    InDfuMode(std::uint16_t system, std::uint16_t bootloader) {
        const auto layout = module_layout();
        const auto image = healthy_flash(layout, system, bootloader);
        const auto bytes = image.everything();
        std::copy(bytes.begin(), bytes.end(), device.flash.bytes.begin());
        device.power_cycle();
    }
    int status() { return device.control({0xA1, 3, 0, 0, 6}, stage.data()); }
    int download(std::uint16_t block, std::vector<std::uint8_t> bytes) {
        std::copy(bytes.begin(), bytes.end(), stage.begin());
        const auto sent = device.control({0x21, 1, block, 0, static_cast<std::uint16_t>(bytes.size())}, stage.data());
        if (sent < 0) return sent;
        const auto done = status();
        return done < 0 ? done : status();
    }
    int command(std::uint8_t word, std::uint32_t address) {
        return download(0, {word, static_cast<std::uint8_t>(address), static_cast<std::uint8_t>(address >> 8), static_cast<std::uint8_t>(address >> 16),
                            static_cast<std::uint8_t>(address >> 24)});
    }
    void choose(std::uint16_t alternate) { (void)device.control({0x01, 11, alternate, 0, 0}, nullptr); }
    bool write(std::uint16_t alternate, std::uint32_t address, std::vector<std::uint8_t> bytes) {
        choose(alternate);
        const bool went = command(0x21, address) >= 0 && download(2, std::move(bytes)) >= 0;
        (void)device.control({0x21, 6, 0, 0, 0}, nullptr);
        return went;
    }
    bool erase(std::uint32_t address) {
        choose(0);
        return command(0x41, address) >= 0;
    }
    /// A key's first bytes into the table.
    bool write_table() { return write(1, 34, {0x30, 0x82, 0x02, 0x5B}); }
    bool answers() { return status() >= 0; }
};

std::vector<std::uint8_t> first_block(const ModuleSpec& spec) {
    auto bytes = make_module(spec);
    bytes.resize(4096);
    return bytes;
}

}  // namespace

TEST_CASE("bootloaders 100 to 399 hang where the table is asked for after a write to a system part, until the next reset", "[dfu]") {
    for (const std::uint16_t bootloader : std::initializer_list<std::uint16_t>{101, 201, 311}) {
        INFO("bootloader " << bootloader);
        InDfuMode table_first(1213, bootloader);
        CHECK(table_first.write_table());
        CHECK(table_first.write(0, at_part2 + 0x10000, std::vector<std::uint8_t>(16, 0)));
        CHECK(table_first.answers());
        CHECK_FALSE(table_first.write_table());
        CHECK_FALSE(table_first.answers());
        table_first.device.bus_reset();
        CHECK_FALSE(table_first.answers());
        table_first.device.power_cycle();
        CHECK(table_first.answers());
        InDfuMode application(1213, bootloader);
        CHECK(application.erase(at_user));
        CHECK(application.write_table());  // the application is no system part
    }
}

TEST_CASE("bootloaders from 400 on look the code up again with a write to a part, not with its erasing", "[dfu]") {
    InDfuMode device(1512, 502);
    CHECK(device.write(0, at_part2, first_block(part2_spec(1512))));  // the same words over themselves: the part stays whole
    CHECK(device.write_table());
    CHECK(device.erase(at_part1));
    CHECK(device.answers());
    CHECK_FALSE(device.write_table());
    CHECK_FALSE(device.answers());
}

TEST_CASE("where the parts were unsound at power-up the table is refused until a reset, repaired or not", "[dfu]") {
    InDfuMode device(1213, 311);
    const auto at = at_part2 - PhotonDevice::base + 0x6000;
    device.device.flash.bytes[at] ^= 0x10;
    device.device.power_cycle();
    CHECK_FALSE(device.write_table());
    CHECK(device.answers());
    CHECK(device.erase(at_part2));
    const auto whole = make_module(part2_spec(1213));
    for (std::uint32_t offset = 0; offset < whole.size(); offset += 4096) {
        const auto end = std::min<std::size_t>(whole.size(), offset + 4096);
        CHECK(device.write(0, at_part2 + offset, {whole.begin() + offset, whole.begin() + static_cast<std::ptrdiff_t>(end)}));
    }
    CHECK_FALSE(device.write_table());
    CHECK(device.answers());
    device.device.power_cycle();
    CHECK(device.write_table());
}

TEST_CASE("bootloaders up to 11 write the table with their own code, whatever the parts are", "[dfu]") {
    InDfuMode device(109, 11);
    CHECK(device.erase(at_part2));
    CHECK(device.write_table());
    CHECK(device.answers());
}

TEST_CASE("a start of a system before 1.5.0 protects its sectors: programming is refused there, an erase takes it off", "[dfu]") {
    for (const auto& [system, bootloader] : {std::pair<std::uint16_t, std::uint16_t>{109, 11}, {1213, 311}, {1512, 502}}) {
        INFO("system " << system);
        InDfuMode device(system, bootloader);
        device.device.ordinary_start();
        device.device.power_cycle();
        const bool is_old = system < 1500;
        const std::vector<std::uint8_t> zeros(4, 0);
        const auto at = at_part2 - PhotonDevice::base + 0x10000;
        CHECK(device.write(0, at_part2 + 0x10000, zeros) != is_old);
        CHECK((device.device.flash.word(at) == 0) != is_old);
        CHECK(device.erase(at_part2));
        CHECK(device.device.flash.option_bytes_written == (is_old ? 1 : 0));
        CHECK(device.write(0, at_part2 + 0x10000, zeros));
        CHECK(device.device.flash.word(at) == 0);
        CHECK(device.write(0, at_user, zeros));
    }
}

TEST_CASE("an ordinary start copies what waits in the OTA area, and clears its slot", "[dfu]") {
    for (const std::uint16_t bootloader : std::initializer_list<std::uint16_t>{11, 311, 1006}) {
        INFO("bootloader " << bootloader);
        InDfuMode device(bootloader == 11 ? 109 : bootloader == 311 ? 1213 : 2302, bootloader);
        auto& flash = device.device.flash;
        std::copy_n(flash.bytes.begin() + 0xA0000, 0x20000, flash.bytes.begin() + 0xC0000);
        const auto head = (flash.word(0xA0000) & 0x2FF10000) == 0x20000000 ? 0xA0184u : 0xA0000u;
        const std::uint32_t length = flash.word(head + 4) - flash.word(head) + 4;
        std::fill_n(flash.bytes.begin() + 0xA0000, 0x20000, std::uint8_t{0xFF});
        std::vector<std::uint8_t> slot(20, 0xFF);
        const std::uint32_t words[] = {0x0000ABCD, 0x080C0000, at_user, length};
        for (std::size_t i = 0; i < 16; ++i) slot[i] = static_cast<std::uint8_t>(words[i / 4] >> (8 * (i % 4)));
        slot[16] = 0x0E;
        slot[17] = 5;
        REQUIRE(device.write(1, 2852 + 20, slot));
        device.device.ordinary_start();
        CHECK(std::equal(flash.bytes.begin() + 0xA0000, flash.bytes.begin() + 0xA0000 + length, flash.bytes.begin() + 0xC0000));
        device.device.power_cycle();
        device.choose(1);
        std::fill_n(flash.bytes.begin() + 0xA0000, 0x20000, std::uint8_t{0xFF});
        device.device.ordinary_start();
        CHECK(flash.word(0xA0000) == 0xFFFFFFFF);  // it was cleared: nothing is copied a second time
    }
}

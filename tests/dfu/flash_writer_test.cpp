// What the writer does, and what it never sends.
#include "dfu/flash_writer.h"

#include "catch.h"
#include "dfu/write_driving.h"

using namespace photopsy;
using namespace photopsy::test;
using dfu::FlashWriter;
using dfu::WriteRules;

static constexpr Range part1{0x08020000, 0x08040000}, part2{0x08060000, 0x08080000}, user{0x080A0000, 0x080C0000}, last{0x080E0000, 0x08100000};

static WriteRules rules(WriteRules::Table table = WriteRules::Table::OwnCode) {
    return {.sectors = {part1, part2, user, last}, .system_parts = {0x08020000, 0x080A0000}, .table_size = 8391, .table = table};
}

static PhotonDevice device_of(Generation generation) {
    PhotonDevice device;
    device.generation = generation;
    device.flash.bytes.assign(device.flash.bytes.size(), 0x00);
    return device;
}

TEST_CASE("a sector is erased and programmed under every bootloader, and nothing beside it", "[repair]") {
    for (const auto generation : {Generation::V0_4_4, Generation::V0_4_9, Generation::V0_6_1, Generation::V0_7_0}) {
        INFO(static_cast<int>(generation));
        auto device = device_of(generation);
        EmulatedPort port(device);
        FlashWriter writer(rules());
        REQUIRE(writer.erase(user));
        CHECK(drive(writer, port).trouble == dfu::Trouble::None);
        std::vector<std::uint8_t> content(3 * 4096 + 8);
        for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i % 251);
        std::fill_n(content.begin() + 4096, 4096, std::uint8_t{0xFF});
        const long writes = port.writes();
        REQUIRE(writer.program(user.begin + 4096, content));
        CHECK(drive(writer, port).trouble == dfu::Trouble::None);
        CHECK(port.writes() == writes + 3);  // the block that is all FF is left out
        const auto written = ByteView(device.flash.bytes).subspan(0xA0000, user.size());
        CHECK(std::equal(content.begin(), content.end(), written.begin() + 4096));
        CHECK(std::count(written.begin(), written.end(), 0xFF) >= static_cast<long>(user.size() - content.size()));
        device.flash.bytes.erase(device.flash.bytes.begin() + 0xA0000, device.flash.bytes.begin() + 0xC0000);
        CHECK(std::count(device.flash.bytes.begin(), device.flash.bytes.end(), 0x00) == 0x100000 - 0x20000);
    }
}

TEST_CASE("nothing outside the sectors, across their end, unaligned or too long is ever sent", "[repair]") {
    FlashWriter writer(rules());
    const std::vector<std::uint8_t> bytes(4100, 0x11);
    CHECK_FALSE(writer.erase({0x08000000, 0x08004000}));
    CHECK_FALSE(writer.erase({0x08004000, 0x08008000}));
    CHECK_FALSE(writer.erase({0x08020000, 0x08030000}));
    CHECK_FALSE(writer.erase({0x08020004, 0x08040004}));
    CHECK_FALSE(writer.erase({0x08100000, 0x08120000}));
    CHECK_FALSE(writer.program(0x0801F000, bytes));
    CHECK_FALSE(writer.program(0x0801FFFC, ByteView(bytes).first(8)));
    CHECK_FALSE(writer.program(0x080FFFFC, ByteView(bytes).first(8)));
    CHECK_FALSE(writer.program(0xFFFFFFFC, ByteView(bytes).first(8)));
    CHECK_FALSE(writer.program(0x08020002, ByteView(bytes).first(4)));
    CHECK_FALSE(writer.program(0x08020000, ByteView(bytes).first(6)));
    CHECK_FALSE(writer.program(0x08020000, {}));
    CHECK_FALSE(writer.write_table(0, bytes));
    CHECK_FALSE(writer.write_table(8388, ByteView(bytes).first(4)));
    CHECK_FALSE(writer.write_table(0xFFFFFFFF, ByteView(bytes).first(4)));
    CHECK_FALSE(writer.write_table(34, {}));
    CHECK(writer.step().kind == dfu::WriteStep::Kind::Finished);
    CHECK(writer.program(0x080FFFFC, ByteView(bytes).first(4)));
    CHECK(writer.write_table(8387, ByteView(bytes).first(4)));
}

TEST_CASE("behind a change of a system part the table is closed, as long as the bootloader keeps its pointers", "[repair]") {
    const std::vector<std::uint8_t> bytes(8, 0x00);
    using Table = WriteRules::Table;
    for (const auto table : {Table::OwnCode, Table::UntilReset, Table::UntilProgrammed}) {
        auto device = device_of(Generation::V0_7_0);
        EmulatedPort port(device);
        FlashWriter writer(rules(table));
        REQUIRE(writer.erase(user));
        (void)drive(writer, port);
        CHECK(writer.write_table(34, bytes));
        REQUIRE(writer.erase(part2));
        (void)drive(writer, port);
        CHECK(writer.write_table(34, bytes) == (table == Table::OwnCode));
        REQUIRE(writer.program(part2.begin, bytes));
        (void)drive(writer, port);
        CHECK(writer.write_table(34, bytes) == (table != Table::UntilReset));
        writer.device_was_reset();
        CHECK(writer.write_table(34, bytes));
    }
}

TEST_CASE("an erase may take nine seconds; a device that says no or nothing is told, and nothing is sent twice", "[repair]") {
    auto device = device_of(Generation::V0_7_0);
    device.erase_milliseconds = 9000;
    EmulatedPort port(device);
    FlashWriter writer(rules());
    REQUIRE(writer.erase(user));
    CHECK(drive(writer, port).trouble == dfu::Trouble::None);
    device.erase_milliseconds = 11000;
    REQUIRE(writer.erase(last));
    const long writes = port.writes();
    const auto end = drive(writer, port);
    CHECK(end.trouble == dfu::Trouble::NoAnswer);
    CHECK(end.may_have_changed);
    CHECK(port.writes() == writes + 1);
    device.flash.stuck[0xA0010] = 0x01;
    device.flash.bytes[0xA0010] = 0xFF;
    const std::vector<std::uint8_t> zeros(4, 0x00);
    REQUIRE(writer.program(user.begin + 16, zeros));
    CHECK(drive(writer, port).trouble == dfu::Trouble::Refused);
}

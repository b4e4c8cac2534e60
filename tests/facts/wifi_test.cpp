#include "facts/wifi.h"
#include "support/table.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

static constexpr std::size_t list = 0x1A30;

static void put_entry(Bytes& copy, std::size_t slot, std::uint8_t ssid_length, std::uint32_t security, std::uint8_t key_length) {
    auto* entry = &copy[list + 1 + 121 * slot];
    std::fill_n(entry, 121, std::uint8_t{0});
    entry[0] = ssid_length;
    std::fill_n(entry + 1, 32, std::uint8_t{'n'});
    for (int i = 0; i < 4; ++i) entry[46 + i] = static_cast<std::uint8_t>(security >> (8 * i));
    entry[56] = key_length;
}

static TablePair with_empty_list() {
    auto pair = factory_table();
    std::fill_n(pair[1].begin() + list, 1 + 5 * 121, std::uint8_t{0});
    return pair;
}

static WifiFacts wifi_of(const TablePair& pair) { return read_wifi(table_image(pair), table_layout(), read_table(pair)); }

TEST_CASE("an erased Wi-Fi list is not an empty one", "[wifi]") {
    CHECK(wifi_of(factory_table()).state == WifiFacts::State::ListErased);
    CHECK(wifi_of(with_empty_list()).state == WifiFacts::State::NotConfigured);
    CHECK(wifi_of(TablePair{}).state == WifiFacts::State::NotInFile);
}

TEST_CASE("entries are counted and their security named", "[wifi]") {
    auto pair = with_empty_list();
    pair[1][list] = 1;
    put_entry(pair[1], 0, 10, 0x00400004, 12);
    put_entry(pair[1], 1, 5, 0, 0);
    put_entry(pair[1], 2, 0, 0x00400004, 12);  // deleted
    const auto wifi = wifi_of(pair);
    CHECK(wifi.state == WifiFacts::State::Configured);
    CHECK(wifi.configured == 2);
    CHECK(wifi.entries[0].security == "WPA2 AES");
    CHECK(wifi.entries[0].has_key);
    CHECK(wifi.entries[1].security == "open");
    CHECK_FALSE(wifi.entries[1].has_key);
    CHECK(wifi.entries[2].state == WifiEntry::State::Empty);
    CHECK(wifi.device_configured.value == 1);
    CHECK(wifi.entries[0].at == range_of(0x08005A31, 121));
}

TEST_CASE("impossible lengths and security make an entry damaged", "[wifi]") {
    auto pair = with_empty_list();
    put_entry(pair[1], 0, 33, 0x00400004, 12);
    put_entry(pair[1], 1, 8, 0x00400004, 65);
    put_entry(pair[1], 2, 8, 0x12345678, 10);
    const auto wifi = wifi_of(pair);
    CHECK(wifi.configured == 0);
    CHECK(wifi.entries[0].ssid_length_wrong);
    CHECK(wifi.entries[1].key_length_wrong);
    CHECK_FALSE(wifi.entries[1].has_key);
    CHECK(wifi.entries[2].security == "unknown (0x12345678)");
    for (std::size_t i : {0u, 1u, 2u}) CHECK(wifi.entries[i].state == WifiEntry::State::Damaged);
}

TEST_CASE("static IP is a mode of its own", "[wifi]") {
    auto pair = with_empty_list();
    CHECK_FALSE(wifi_of(pair).static_ip);
    pair[1][0x1D7C + 1634] = 1;
    CHECK(wifi_of(pair).static_ip);
}

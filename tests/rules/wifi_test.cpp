#include "support/scene.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static TablePair with_key() {
    auto pair = factory_table();
    write_new(pair, 1, 34, Bytes(611, 0x5A));
    write_new(pair, 2, 2952, {1, 2});
    return pair;
}

TEST_CASE("an erased Wi-Fi list on a device that was in use", "[wifi][rules]") {
    const auto pair = with_key();
    const Scene crashing(pair, 1213), newer(pair, 1512);
    CHECK(crashing.causes() == std::vector<std::string>{"wifi-list-erased"});
    CHECK(newer.causes() == std::vector<std::string>{"wifi-list-erased"});
    CHECK(crashing.only("wifi-list-unset").explain.find("SOS") != std::string::npos);
    CHECK(newer.only("wifi-list-unset").explain.find("SOS") == std::string::npos);
    CHECK(crashing.only("wifi-list-unset").where.at == range_of(0x08005A30, 606));
}

TEST_CASE("a Wi-Fi list that was never set is only worth a note", "[wifi][rules]") {
    const Scene fresh(factory_table(), 1, DctGeneration::G0);
    CHECK_FALSE(fresh.fires("wifi-list-unset"));
    CHECK(fresh.only("wifi-list-never-set").severity == Severity::Note);
    auto pair = with_key();
    std::fill_n(pair[1].begin() + 0x1A30, 606, std::uint8_t{0});
    CHECK_FALSE(Scene(pair).fires("wifi-list-unset"));
    CHECK_FALSE(Scene(pair).fires("wifi-list-never-set"));
}

TEST_CASE("networks behind a flag that says there are none keep the device in listening mode", "[wifi][rules]") {
    auto pair = with_key();
    auto& table = pair[1];
    std::fill_n(table.begin() + 0x1A30, 606, std::uint8_t{0});
    table[0x1A31] = 4;  // a name of four letters
    for (std::size_t i = 0; i < 4; ++i) table[0x1A32 + i] = 'n';
    const auto with_flag = [&](std::uint8_t flag, std::uint16_t version) {
        table[0x1A30] = flag;
        return Scene(pair, version);
    };
    CHECK(with_flag(0, 1512).fires("wifi-networks-not-used"));
    CHECK(with_flag(0, 1213).fires("wifi-networks-not-used"));
    CHECK(with_flag(0xFF, 1512).fires("wifi-networks-not-used"));
    CHECK_FALSE(with_flag(0xFF, 1213).fires("wifi-networks-not-used"));  // taken for configured
    CHECK_FALSE(with_flag(1, 1512).fires("wifi-networks-not-used"));
    const auto causes = with_flag(0, 1512).causes();  // and the checksum, which the flag is part of
    CHECK(std::count(causes.begin(), causes.end(), "wifi-list-erased") == 1);
    table[0x1A31] = 0;
    for (std::size_t i = 0; i < 4; ++i) table[0x1A32 + i] = 0;
    CHECK_FALSE(with_flag(0, 1512).fires("wifi-networks-not-used"));  // nothing is stored: cleared as usual
}

TEST_CASE("a damaged entry is named without its contents", "[wifi][rules]") {
    auto pair = with_key();
    std::fill_n(pair[1].begin() + 0x1A30, 606, std::uint8_t{0});
    CHECK_FALSE(Scene(pair).fires("wifi-entry-damaged"));
    pair[1][0x1A31] = 77;
    const auto alone = Scene(pair, 1213).only("wifi-entry-damaged");
    CHECK(alone.where.at == range_of(0x08005A31, 121));
    CHECK(alone.severity == Severity::Warning);  // no other network is left
    CHECK(alone.explain.find("SOS") != std::string::npos);
    CHECK(Scene(pair).only("wifi-entry-damaged").explain.find("SOS") == std::string::npos);
    pair[1][0x1A31 + 121] = 4;
    for (std::size_t i = 0; i < 4; ++i) pair[1][0x1A32 + 121 + i] = 'n';
    CHECK(Scene(pair).only("wifi-entry-damaged").severity == Severity::Note);
}

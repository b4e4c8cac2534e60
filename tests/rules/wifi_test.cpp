#include "support/scene.h"

#include "catch.h"

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

TEST_CASE("a damaged entry is named without its contents", "[wifi][rules]") {
    auto pair = with_key();
    std::fill_n(pair[1].begin() + 0x1A30, 606, std::uint8_t{0});
    CHECK_FALSE(Scene(pair).fires("wifi-entry-damaged"));
    pair[1][0x1A31] = 77;
    const auto finding = Scene(pair).only("wifi-entry-damaged");
    CHECK(finding.where.at == range_of(0x08005A31, 121));
    CHECK(finding.severity == Severity::Note);
}

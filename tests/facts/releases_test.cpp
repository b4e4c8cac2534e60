#include "facts/releases.h"

#include "base/hex.h"
#include "catch.h"
#include "facts/last_release.h"

#include <algorithm>

using namespace photopsy;

static Sha256 sha_of(std::string_view text) {
    Sha256 sha{};
    const auto bytes = from_hex(text).value();
    std::copy(bytes.begin(), bytes.end(), sha.begin());
    return sha;
}

// Worked example (3) of docs/formats/module.md: system-part2 2.3.1.
static const auto part2_231 = sha_of("176dab4a7ada06a26fed8f7926f83c409092ee08ce0dcdc37e094a7d3e8b2dbe");

TEST_CASE("a released module is known by platform, CRC, length and SHA-256 together", "[modules]") {
    const auto known = find_known_module(6, 0xbded86f5, 0x3FB74, part2_231);
    REQUIRE(known);
    CHECK(known->name == "photon/system-part2-2.3.1");
    CHECK(known->releases == std::vector<std::string_view>{"2.3.1"});
    CHECK(known->version == 2302);
    CHECK_FALSE(find_known_module(8, 0xbded86f5, 0x3FB74, part2_231));
    CHECK_FALSE(find_known_module(6, 0xbded86f4, 0x3FB74, part2_231));
    CHECK_FALSE(find_known_module(6, 0xbded86f5, 0x3FB78, part2_231));
    CHECK_FALSE(find_known_module(6, 0xbded86f5, 0x3FB74, {}));
}

TEST_CASE("a bootloader names all the releases it came with, and twins of one version share them out", "[modules]") {
    const auto sha = sha_of(
        "df5b45ee"  // worked example (4); the rest is looked up below where the catalogue is at hand
        "00000000000000000000000000000000000000000000000000000000");
    CHECK_FALSE(find_known_module(6, 0xd8161977, 0x3B10, sha));
    CHECK(releases_with_bootloader_version(1006) == std::vector<std::string_view>{"2.2.0-rc.1", "2.2.0-rc.2", "2.2.0", "2.3.0-rc.1", "2.3.0", "2.3.1"});
    CHECK(releases_with_bootloader_version(1100).back() == "3.3.1");
    CHECK(releases_with_bootloader_version(4) == std::vector<std::string_view>{"0.4.5", "0.4.6", "0.4.7"});
    CHECK(releases_with_bootloader_version(12345).empty());
}

TEST_CASE("a stock bootloader without a CRC step is known by what its content really sums to", "[modules]") {
    Sha256 counting{};
    for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<std::uint8_t>(i + 1);
    const auto known = find_known_module(6, 0x78563412, 0x3F98, counting);
    REQUIRE(known);
    CHECK(known->content_crc == 0x415e68edu);
}

TEST_CASE("system versions name their releases, finals first", "[modules]") {
    CHECK(releases_with_system_version(1512).front() == "1.5.2");
    CHECK(releases_with_system_version(1).front() == "0.4.0");
    CHECK(releases_with_system_version(3).front() == "0.4.3");
    CHECK(releases_with_system_version(3302).front() == "3.3.1");
    CHECK(releases_with_system_version(0xFFFF).empty());
}

TEST_CASE("release names are read", "[modules]") {
    CHECK(system_version_of_release("1.2.1") == 1213);
    CHECK(system_version_of_release("v2.3.1") == 2302);
    CHECK(system_version_of_release("0.8.0-rc.4") == 303);
    CHECK(system_version_of_release("0.7.0-rc.1") == 200);
    CHECK(system_version_of_release("9.9.9") == 3302);
    CHECK(system_version_of_release("1.2.0") == 1202);  // never finished: the nearest known below
    // A candidate is code of the release to come: the protection of the system's sectors is gone from 1.5.0-rc.1 on.
    CHECK(system_version_of_release("1.5.0-rc.1") == 1500);
    CHECK(system_version_of_release("1.5.0-rc.9") == 1501);
    CHECK(system_version_of_release("1.4.0-rc.1") == 1400);
    CHECK(system_version_of_release("1.2.1-rc.3") == 1212);
    CHECK(system_version_of_release("2.0.0-alpha.1") == 2000);
    CHECK(system_version_of_release("2.0.0-alpha.4") == 2003);
    CHECK(system_version_of_release("2.0.0-beta.1") == 2003);
    CHECK(system_version_of_release("2.0.0-rc.10") == 2007);
    CHECK(system_version_of_release("1.2.0-beta.1") == 1201);
    for (const char* bad : {"", "1", "1.2", "a.b.c", "1.2.3.4", "1..2", "0.1.0", "99999.0.0", "1.2.3-x"}) CHECK_FALSE(system_version_of_release(bad));
}

TEST_CASE("generations change where the firmware changed", "[modules]") {
    CHECK(dct_generation(1) == DctGeneration::G0);
    CHECK(dct_generation(2) == DctGeneration::G1);
    CHECK(dct_generation(6) == DctGeneration::G2);
    CHECK(dct_generation(7) == DctGeneration::G3);
    CHECK(dct_generation(110) == DctGeneration::G3);
    CHECK(dct_generation(205) == DctGeneration::G4);
    CHECK(dct_generation(206) == DctGeneration::G5);
    CHECK(dct_generation(300) == DctGeneration::G4);
    CHECK(dct_generation(301) == DctGeneration::G5);
    CHECK(handshake_generation(8) == HandshakeGeneration::V0_4_7);
    CHECK(handshake_generation(109) == HandshakeGeneration::V0_6_2);
    CHECK(handshake_generation(207) == HandshakeGeneration::V0_7_0);
    CHECK(handshake_generation(1002) == HandshakeGeneration::V1_0_1);
    CHECK(handshake_generation(1104) == HandshakeGeneration::V1_2_1);
    CHECK(handshake_generation(1321) == HandshakeGeneration::V1_2_1);
    CHECK(handshake_generation(1401) == HandshakeGeneration::V2_3_1);
    CHECK(handshake_generation(1512) == HandshakeGeneration::V2_3_1);
    CHECK(led_generation(3) == LedGeneration::BeforeBurst);
    CHECK(led_generation(6) == LedGeneration::RedBlinks);
    CHECK(led_generation(1512) == LedGeneration::OrangeBlinks);
    CHECK(led_generation(2008) == LedGeneration::AllRed);
    CHECK(name_of(HandshakeGeneration::V1_0_1) == "v1.0.1");
}

TEST_CASE("what is published of the last releases is known, for each platform and with the files of other platforms beside it", "[modules]") {
    const auto part2_331 = sha_of("5f3bfdec9a975f4c9f1a9d926f2c074745096d6d33ffe30d8318e7e34ece8630");
    const auto known = find_known_module(6, 0xdf6729ee, 0x3d6d4, part2_331);
    REQUIRE(known);
    CHECK(known->version == 3302);
    CHECK(known->releases == std::vector<std::string_view>{"3.3.1"});
    CHECK(known->source == "device-restore@3.3.1");
    CHECK_FALSE(find_known_module(8, 0xdf6729ee, 0x3d6d4, part2_331));
    const auto duo = find_known_module(88, 0x306e7037, 0x3ef4, sha_of("df73b487a4487f0e009257b22e6ff02e0976730bb4531b316a3a94cd75c091e7"));
    REQUIRE(duo);
    CHECK(duo->name == "redbear-duo/duo-bootloader-r3");
    CHECK(duo->releases.empty());
}

TEST_CASE("a release's file is found with its published name, the plain one before its variants", "[modules]") {
    const auto part2 = find_released_module(6, 4, 2, "1.5.2");
    REQUIRE(part2);
    CHECK(part2->name == "photon/system-part2-1.5.2");
    CHECK(part2->published == "photon-system-part2@1.5.2.bin");
    CHECK(part2->source == "particle-cli@2.8.0");
    CHECK(part2->file_sha256.size() == 64);
    CHECK(find_released_module(8, 4, 1, "0.6.3")->published == "system-part1-0.6.3-p1.bin");
    CHECK(find_released_module(6, 4, 2, "0.7.0")->name == "photon/system-part2-0.7.0");
    CHECK(find_released_module(6, 2, 0, "3.3.1")->version == 1100);
    CHECK(find_released_module(6, 2, 0, "0.6.3")->version == 11);
    CHECK_FALSE(find_released_module(6, 4, 2, "9.9.9"));
    CHECK_FALSE(find_released_module(7, 4, 2, "1.5.2"));
}

TEST_CASE("where a release's own file is not known, a later one stands in, never an older one", "[modules]") {
    CHECK(release_with_module(6, 2, 0, "3.2.0") == "3.2.0");
    CHECK(release_with_module(6, 2, 0, "0.8.0-rc.9") == "0.9.0");
    CHECK(release_with_module(6, 2, 0, "4.0.0") == "");
    CHECK(release_with_module(6, 2, 0, "") == "");
    CHECK(last_release_with_module(6, 4, 2) == "2.3.1");
    CHECK(last_release_with_module(0, 3, 0) == "0.7.0");
    CHECK(last_release_with_module(7, 4, 2) == "");
}

#include "facts/secrets.h"

#include "catch.h"

#include <algorithm>
#include <string>

using namespace photopsy;

namespace {

/// A Photon in small: the places that matter, at their real addresses.
Layout small_photon() {
    Layout layout;
    layout.flash = {0x08000000, 0x08100000};
    layout.slots = {{.name = "bootloader", .at = {0x08000000, 0x08004000}},
                    {.name = "system-part1", .at = {0x08020000, 0x08060000}},
                    {.name = "system-part2", .at = {0x08060000, 0x080A0000}},
                    {.name = "user", .at = {0x080A0000, 0x080C0000}},
                    {.name = "ota", .at = {0x080C0000, 0x080E0000}}};
    layout.eeprom_pages = {{0x0800C000, 0x08010000}, {0x08010000, 0x08020000}};
    layout.dct.store = StoreKind::WicedTable;
    layout.dct.copies = {{0x08004000, 0x08008000}, {0x08008000, 0x0800C000}};
    layout.dct.application_offset = 0x1D7C;
    layout.dct.fields = {{.name = "device_private_key", .offset = 34, .size = 1216, .secret = SecretKind::Secret},
                         {.name = "ota_update_flag", .offset = 1761, .size = 1},
                         {.name = "server_public_key", .offset = 2082, .size = 768},
                         {.name = "server_address_tail", .offset = 3000, .size = 8}};
    return layout;
}

void put(Image& image, Address at, std::string_view text) { image.put(at, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

Image whole(const Layout& layout) { return Image(std::vector<std::uint8_t>(layout.flash.size(), 0xFF), layout.flash.begin); }

}  // namespace

TEST_CASE("what is not known to be public is secret", "[secrets]") {
    const auto layout = small_photon();
    const Dct dct;
    const auto secret = [&](Address at, std::uint32_t size) { return touches_secret(range_of(at, size), layout, dct); };
    for (const Address copy : {0x08004000u, 0x08008000u}) {
        CHECK_FALSE(secret(copy, 16));
        CHECK_FALSE(secret(copy + 0x3FF0, 16));
        CHECK_FALSE(secret(copy + 0x1D7C + 1761, 1));
        CHECK(secret(copy + 0x1D7C + 1761, 2));  // the claim code begins behind it
        CHECK(secret(copy + 0x1D9E, 1));         // private key
        CHECK(secret(copy + 0x1A31, 4));         // SSID
        CHECK(secret(copy + 0x3FCD, 4));         // host name
        CHECK(secret(copy + 0x1D7C + 2082, 4));  // a server key slot can hold a private key by mistake
        CHECK(secret(copy + 0x1D7C + 3000, 4));  // a private server's address
    }
    CHECK(secret(0x0800C000, 1));
    CHECK(secret(0x0801FFFF, 1));
    CHECK(secret(0x0801FFFF, 2));
    CHECK_FALSE(secret(0x08020000, 64));
    CHECK_FALSE(secret(0x080A0184, 24));
    CHECK(secret(0x080A0000 + 0x184 + 24, 1));
    CHECK(secret(0x080C1000, 16));
    CHECK(secret(0x08100000, 1));
    CHECK_FALSE(secret(0x08004200, 0));
}

TEST_CASE("a table read from another place is as secret there", "[secrets]") {
    Dct dct;
    dct.copies.push_back({.number = 1, .at = {0x08070000, 0x08074000}});
    CHECK(touches_secret(range_of(0x08071D9E, 4), small_photon(), dct));
    CHECK_FALSE(touches_secret(range_of(0x08070000, 16), small_photon(), dct));
    CHECK_FALSE(touches_secret(range_of(0x08074000, 16), small_photon(), dct));
}

TEST_CASE("a key or a table in the wrong place is never shown", "[secrets]") {
    const auto layout = small_photon();
    const Dct dct;
    auto image = whole(layout);
    const auto shown = [&](Address at, std::uint32_t size) { return !shows_secret(range_of(at, size), image, layout, dct); };
    CHECK(shown(0x08030000, 32));
    CHECK(shown(0x08030400, 32));

    put(image, 0x08030000, std::string_view("\x30\x82\x02\x5c\x02\x01\x00\x02\x81\x81", 10));
    CHECK_FALSE(shown(0x08030000, 32));
    CHECK_FALSE(shown(0x08030200, 32));
    CHECK_FALSE(shown(0x0802FFF0, 32));
    CHECK(shown(0x08030000 + 0x25c + 4, 32));
    CHECK(shown(0x0802FF00, 32));

    put(image, 0x08040000, "-----BEGIN RSA PRIVATE KEY-----\nMIIC");
    CHECK_FALSE(shown(0x08040100, 32));

    put(image, 0x0805040C, "BRCM");
    CHECK_FALSE(shown(0x08050400, 32));
    CHECK_FALSE(shown(0x080523C0, 32));
    CHECK_FALSE(shown(0x080543F0, 32));
    CHECK(shown(0x08050000, 32));
    CHECK(shown(0x08054800, 32));
}

TEST_CASE("bytes that the file does not hold are not shown", "[secrets]") {
    const auto layout = small_photon();
    CHECK(shows_secret(range_of(0x08030000, 32), Image(layout.flash), layout, {}));
}

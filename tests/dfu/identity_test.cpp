#include "dfu/identity.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::dfu;

static Layout photon_like() {
    Layout layout;
    layout.title = "Particle Photon";
    layout.usb = {.vendor = 0x2B04, .dfu_product = 0xD006, .serial_product = 0xC006};
    return layout;
}

TEST_CASE("mode, bootloader and serial are read from what USB says", "[dfu]") {
    const Layout photon = photon_like();
    const Layout* const layouts[] = {nullptr, &photon, builtin_layout("electron")};
    const auto with = [&](UsbNumbers usb, std::string_view serial) { return identify_usb(usb, serial, layouts); };

    const auto modern = with({0x2B04, 0xD006, 0x0250}, "3d0024000447343138333038");
    CHECK(modern.mode == Mode::Dfu);
    CHECK(modern.layout == &photon);
    CHECK(modern.named({0x2B04, 0xD006, 0x0250}) == "Particle Photon (2b04:d006)");
    CHECK(modern.serial_is_device_id);
    CHECK(modern.winusb_by_itself);
    CHECK(modern.bootloader == "101 or later (system 0.7.0 or later)");
    CHECK(with({0x2B04, 0xD006, 0x0250}, "3D0024000447343138333038").bootloader == "8 to 100 (system 0.6.1 to 0.7.0-rc.4)");

    const auto old = with({0x2B04, 0xD006, 0x0200}, "00000000010C");
    CHECK_FALSE(old.serial_is_device_id);
    CHECK_FALSE(old.winusb_by_itself);
    CHECK(old.bootloader == "7 or earlier (system 0.6.0 or earlier)");

    CHECK(with({0x2B04, 0xC006, 0x0250}, "x").mode == Mode::Serial);
    const auto electron = with({0x2B04, 0xD00A, 0x0250}, "");
    CHECK(electron.mode == Mode::Dfu);
    CHECK(electron.layout == builtin_layout("electron"));
    CHECK(electron.title == "Particle Electron");
    CHECK(with({0x2B04, 0x1234, 0}, "").mode == Mode::Foreign);
    CHECK(with({0x0483, 0xDF11, 0}, "").mode == Mode::Foreign);
}

TEST_CASE("serials compare without case, and the fixed one is no id", "[dfu]") {
    CHECK(same_serial("3D00A", "3d00a"));
    CHECK_FALSE(same_serial("3d00a", "3d00"));
    CHECK(is_placeholder_serial("00000000010C"));
    CHECK(is_placeholder_serial("00000000010b"));
    CHECK_FALSE(is_placeholder_serial("3d0024000447343138333038"));
}

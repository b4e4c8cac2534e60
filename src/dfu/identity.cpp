#include "dfu/identity.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::dfu {
namespace {

constexpr std::uint16_t particle_vendor = 0x2B04;
constexpr std::uint16_t bcd_since_8 = 0x0250;  // raised "to avoid cache issues on Windows" (commit 63db95fb3); says "8 or later" and no more

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

bool is_device_id(std::string_view serial) {
    const auto is_hex_digit = [](char letter) { return (letter >= '0' && letter <= '9') || (lower(letter) >= 'a' && lower(letter) <= 'f'); };
    return serial.size() == 24 && std::all_of(serial.begin(), serial.end(), is_hex_digit);
}

/// Upper case digits in the id: bootloaders 8 to 100. Lower case: 101 and later. An id without letters says nothing.
std::string bootloader_words(UsbNumbers usb, std::string_view serial) {
    if (usb.bcd_device < bcd_since_8) return "7 or earlier (system 0.6.0 or earlier)";
    const auto any_letter = [&](char first, char last) { return std::any_of(serial.begin(), serial.end(), [&](char c) { return c >= first && c <= last; }); };
    if (!is_device_id(serial)) return "8 or later (system 0.6.1 or later)";
    if (any_letter('A', 'F')) return "8 to 100 (system 0.6.1 to 0.7.0-rc.4)";
    if (any_letter('a', 'f')) return "101 or later (system 0.7.0 or later)";
    return "8 or later (system 0.6.1 or later)";
}

/// Products of Particle's that photopsy recognizes without a layout of its own.
std::string other_title(UsbNumbers usb) {
    if (usb.vendor != particle_vendor) return {};
    switch (usb.product & 0x0FFF) {
        case 0x009:
            return "Particle Ethernet prototype";
        case 0x058:
            return "RedBear Duo";
        default:
            return "Particle device";
    }
}

}  // namespace

std::string usb_id(UsbNumbers usb) { return fmt::format("{:04x}:{:04x}", usb.vendor, usb.product); }

std::string Identity::named(UsbNumbers usb) const { return fmt::format("{} ({})", title, usb_id(usb)); }

bool same_serial(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

bool is_placeholder_serial(std::string_view serial) { return same_serial(serial, "00000000010c") || same_serial(serial, "00000000010b"); }

Identity identify_usb(UsbNumbers usb, std::string_view serial, std::span<const Layout* const> layouts) {
    Identity found;
    for (const Layout* layout : layouts) {
        if (layout == nullptr || layout->usb.vendor != usb.vendor) continue;
        const bool dfu = layout->usb.dfu_product == usb.product, running = layout->usb.serial_product == usb.product;
        if (!dfu && !running) continue;
        found.mode = dfu ? Mode::Dfu : Mode::Serial;
        found.layout = layout;
        found.title = layout->title;
        break;
    }
    if (found.mode == Mode::Foreign) {
        found.title = other_title(usb);
        if (found.title.empty()) return found;
        const unsigned family = usb.product >> 12;
        found.mode = family == 0xD ? Mode::Dfu : family == 0xC ? Mode::Serial : Mode::Foreign;
    }
    if (found.mode != Mode::Dfu) return found;
    found.serial_is_device_id = is_device_id(serial) && !is_placeholder_serial(serial);
    if (usb.vendor == particle_vendor) {
        found.winusb_by_itself = usb.bcd_device >= bcd_since_8;
        found.bootloader = bootloader_words(usb, serial);
    }
    return found;
}

}  // namespace photopsy::dfu

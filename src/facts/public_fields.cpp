#include "facts/public_fields.h"

#include "facts/releases.h"
#include "facts/wifi.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

using Parts = std::vector<Range>;

struct FlagValues {
    std::string_view field;
    std::array<std::uint8_t, 6> values;  ///< the first is repeated where there are fewer
};
// dct.h@v2.3.1:41-72, system_cloud.cpp@v0.7.0, ota_flash_hal.h@v0.7.0; an update flag that a tool wrote with a line end behind it is damage people have.
constexpr std::array<FlagValues, 6> flags = {{{"device_configured", {0, 1, 0xFF, 0, 0, 0}},
                                              {"network_interface", {0, 1, 2, 3, 0xFF, 0}},
                                              {"ota_update_flag", {0xA5, 0xFF, 0, 0x0A, 0x0D, 5}},
                                              {"claimed", {0xFF, 0, '1', '0', 1, 0xFF}},
                                              {"antenna_selection", {0xFF, 0, 1, 2, 3, 0xFF}},
                                              {"cloud_transport", {0xFF, 0, 1, 2, 0xFF, 0xFF}}}};

bool is_one_of(std::uint32_t value, std::initializer_list<std::uint32_t> list) { return std::find(list.begin(), list.end(), value) != list.end(); }

struct Bytes {
    ByteView bytes;
    Parts parts = {};

    std::uint8_t at(std::uint32_t offset) const { return offset < bytes.size() ? bytes[offset] : std::uint8_t{0x78}; }
    std::uint16_t half(std::uint32_t offset) const { return static_cast<std::uint16_t>(at(offset) | at(offset + 1) << 8); }
    std::uint32_t word(std::uint32_t offset) const { return half(offset) | static_cast<std::uint32_t>(half(offset + 2)) << 16; }
    void keep(bool holds, std::uint32_t offset, std::uint32_t size) {
        if (holds && offset + size <= bytes.size()) parts.push_back(range_of(offset, size));
    }
    bool holds(std::uint32_t from, std::string_view text) const {
        if (from + text.size() > bytes.size()) return false;
        return std::equal(text.begin(), text.end(), bytes.begin() + from, [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
    }
};

/// platform_system_flags_t (dct.h@v2.3.1:224): a header, the bootloader's version, then marks.
void system_flags(Bytes& field) {
    field.keep(field.word(0) == 0x1ADEACC0, 0, 4);
    field.keep(field.half(0) == 0xACC0, 0, 1 + 1);
    field.keep(!releases_with_bootloader_version(field.half(4)).empty() || field.half(4) == 0xFFFF, 4, 2);
    for (std::uint32_t at = 6; at < 16; at += 2) field.keep(is_one_of(field.half(at), {0, 1, 5, 0xA5, 0xAA, 0x55, 0xAAAA, 0x5000, 0xD001, 0xFFFF}), at, 2);
    for (std::uint32_t at = 16; at < 20; ++at) field.keep(is_one_of(field.at(at), {0, 1, 0xFF}), at, 1);
}

/// Copy jobs (dct.h@v0.7.0: platform_flash_modules_t, 20 bytes each).
void flash_modules(Bytes& field, const Layout& layout) {
    constexpr std::uint32_t size = 20;
    const auto place = [&](std::uint32_t value) { return is_one_of(value, {0, 0xFFFFFFFF}) || (layout.flash.contains(value) && value % 4 == 0); };
    for (std::uint32_t job = 0; job + size <= field.bytes.size(); job += size) {
        field.keep(is_one_of(field.half(job), {0xABCD, 0x0FAC, 0, 0xFFFF}), job, 2);
        for (auto at = job + 2; at < job + 4; ++at) field.keep(is_one_of(field.at(at), {0, 1, 2, 0xFF}), at, 1);
        for (auto at = job + 4; at < job + 12; at += 4) field.keep(place(field.word(at)), at, 4);
        field.keep(field.word(job + 12) <= layout.flash.size() || field.word(job + 12) == 0xFFFFFFFF, job + 12, 4);
        field.keep(field.at(job + 16) <= 0x1F || field.at(job + 16) == 0xFF, job + 16, 1);
        field.keep(field.at(job + 17) <= 5 || field.at(job + 17) == 0xFF, job + 17, 1);
        field.keep(is_one_of(field.half(job + 18), {0, 0xFFFF}), job + 18, 2);
    }
}

/// One stored network (121 bytes): how long, which security; nothing that names it.
void stored_network(Bytes& field) {
    field.keep(field.at(0) <= 32 || field.at(0) == 0xFF, 0, 1);
    field.keep(is_known_security(field.word(46)), 46, 4);
    field.keep(field.at(56) <= 64 || field.at(56) == 0xFF, 56, 1);
}

void own_network(Bytes& field) {
    field.keep(field.at(0) <= 32, 0, 1);
    field.keep(is_known_security(field.word(0x24)), 0x24, 4);
    field.keep(field.word(0x6C) == 0xCA1BDF58, 0x6C, 4);
}

void country(Bytes& field) {
    const auto letter = [](std::uint8_t c) { return c >= 'A' && c <= 'Z'; };
    field.keep(letter(field.at(0)) && letter(field.at(1)) && field.at(2) == 0 && field.at(3) <= 99, 0, 4);
}

/// Kind, length, Particle's own name, and a port that its servers listen on (kind u8, length u8, name, port at 66, big endian).
void server_address(Bytes& field, const Layout& layout) {
    field.keep(field.at(0) <= 1 || field.at(0) == 0xFF, 0, 1);
    field.keep(field.at(1) <= 64, 1, 1);
    for (const auto& key : layout.server_keys)
        if (field.at(0) == 1 && field.at(1) == key.host.size() && field.holds(2, key.host))
            field.keep(true, 0, 2 + static_cast<std::uint32_t>(key.host.size()));
    field.keep(is_one_of(field.half(66), {0x3316, 0x3416, 0, 0xFFFF}), 66, 2);  // 5683, 5684
}

}  // namespace

std::vector<Range> public_parts_of(std::string_view name, ByteView bytes, const Layout& layout) {
    Bytes field{.bytes = bytes};
    for (const auto& flag : flags)
        if (name == flag.field) field.keep(std::find(flag.values.begin(), flag.values.end(), field.at(0)) != flag.values.end(), 0, 1);
    if (name == "system_flags") system_flags(field);
    if (name == "flash_modules") flash_modules(field, layout);
    if (name.starts_with("wifi_entry_")) stored_network(field);
    if (name == "soft_ap_settings" || name == "config_ap_settings") own_network(field);
    if (name == "country_code" || name == "wifi_country_code") country(field);
    if (name == "server_address" || name == "alt_server_address") server_address(field, layout);
    if (name == "ip_config") field.keep(field.at(0) <= 1 || field.at(0) == 0xFF, 0, 1);
    if (name == "ssid_prefix") field.keep(field.at(0) <= 25, 0, 1);
    if (name == "eap_config") field.keep(is_one_of(field.at(0), {0, 13, 25}), 0, 1);
    if (name == "radio_flags") field.keep((field.at(0) | 3) == 0xFF || field.at(0) <= 3, 0, 1);
    if (name == "led_theme") field.keep(field.at(0) <= 1, 0, 1);                 // its version
    if (name == "feature_flags") field.keep(field.word(0) == 0xFFFFFF0A, 0, 4);  // behind an update flag that was written with a line end
    if (name == "feature_flags") field.keep((field.word(0) | 3) == 0xFFFFFFFF || field.word(0) <= 3, 0, 4);
    if (name == "ext_low_speed_clock_disable") field.keep(field.word(0) == 0xFA17D15E, 0, 4);
    return field.parts;
}

}  // namespace photopsy

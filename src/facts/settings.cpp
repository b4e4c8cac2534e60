#include "facts/settings.h"

namespace photopsy {

namespace {

constexpr std::uint32_t unset = 0xFFFFFFFF;

/// Room for the device and another one.
bool leaves_hosts(std::uint32_t mask) { return mask != 0 && ~mask > 1; }
bool has_gaps(std::uint32_t mask) {
    const std::uint32_t hosts = ~mask;
    return (hosts & (hosts + 1)) != 0;
}
bool is_host(std::uint32_t address) {
    const auto first = address >> 24;
    return address != 0 && first != 0 && first != 127 && first < 224;
}

/// mode u8, 3 unused bytes, then address, netmask, gateway and two DNS servers, little-endian (dct.h@v2.3.1:41-49).
StaticIp read_ip(const Image& image, Range at) {
    StaticIp ip{.at = image.has(at) ? at : Range{}};
    const ByteView bytes = image.bytes(ip.at);
    if (bytes.size() < 24) return ip;
    ip.on = bytes[0] == 1;
    if (!ip.on) return ip;
    const auto word = [&](std::size_t offset) { return little_endian<std::uint32_t>(bytes.subspan(offset)); };
    ip.address = word(4);
    ip.mask = word(8);
    const auto gateway = word(12);
    ip.no_mask = !leaves_hosts(ip.mask);
    ip.all_are_neighbours = ip.mask == 0;
    ip.mask_has_gaps = !ip.no_mask && has_gaps(ip.mask);
    const auto is_for_all = [&](std::uint32_t of) { return !ip.no_mask && (of | ip.mask) == unset; };  // the network's broadcast address is nobody's own
    const auto is_network = [&](std::uint32_t of) { return !ip.no_mask && (of & ~ip.mask) == 0; };
    ip.no_address = !is_host(ip.address) || is_for_all(ip.address);
    ip.is_network = !ip.no_address && is_network(ip.address);
    ip.no_gateway = gateway == 0 || gateway == unset || is_for_all(gateway);
    ip.gateway_is_network = !ip.no_gateway && is_network(gateway) && ip.in_subnet(gateway);
    ip.asks_nobody_for_names = true;
    for (const std::size_t dns : {std::size_t{16}, std::size_t{20}}) {
        const auto server = word(dns);
        if (server != 0 && server != unset && ip.in_subnet(server)) ip.asks_neighbour_for_names = true;
        const bool own_place = server == ip.address || (ip.in_subnet(server) && (is_for_all(server) || is_network(server)));
        if (is_host(server) && !own_place) ip.asks_nobody_for_names = false;
    }
    ip.gateway_is_device = !ip.no_address && gateway == ip.address;
    ip.gateway_outside = !ip.no_gateway && !ip.no_address && !ip.no_mask && (gateway & ip.mask) != (ip.address & ip.mask);
    return ip;
}

/// Before its first release the bytes of a field are of a reserved area that nothing reads.
bool is_read_by(const InstalledSystem& system, const DctField* field) {
    const auto first = field && !field->since.empty() ? system_version_of_release(field->since) : std::nullopt;
    return !first || !system.system_version || system.at_least(*first);
}

}  // namespace

Settings read_settings(const Image& image, const Layout& layout, const Dct& dct, const InstalledSystem& system) {
    Settings settings;
    const auto field = [&](std::string_view name) {
        const Range at = is_read_by(system, layout.dct.field(name)) ? dct.field_at(layout, name) : Range{};
        return image.has(at) ? at : Range{};
    };
    const auto byte_of = [&](Range at) { return at.empty() ? std::uint8_t{0xFF} : image.bytes(at)[0]; };
    const bool has_wifi = layout.dct.store == StoreKind::WicedTable;  // a modem needs neither address nor antenna from the table
    if (has_wifi) settings.ip = read_ip(image, dct.field_at(layout, "ip_config"));
    settings.ip.is_read = is_read_by(system, layout.dct.field("ip_config"));
    // A theme begins with its version, 0 or 1 (system_led_signal.cpp@v0.7.0:35-85).
    if (const Range theme = field("led_theme"); !theme.empty() && byte_of(theme) <= 1 && !all_equal(image.bytes(theme), 0)) settings.led_theme = theme;
    if (const Range antenna = field("antenna_selection"); has_wifi && byte_of(antenna) != 0xFF)
        settings.antenna = antenna, settings.antenna_choice = byte_of(antenna);
    const auto claim = field("claim_code");
    const bool claimed = byte_of(field("claimed")) == '1';  // the code was used once; what is left of it is no news
    if (byte_of(claim) != 0xFF && byte_of(claim) != 0 && !claimed) settings.claim_waiting = claim;
    if (const Range flags = field("feature_flags"); !flags.empty()) {
        settings.feature_flags_value = little_endian<std::uint32_t>(image.bytes(flags));
        if (settings.feature_flags_value != unset) settings.feature_flags = flags;
    }
    return settings;
}

}  // namespace photopsy

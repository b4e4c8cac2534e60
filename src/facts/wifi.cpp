#include "facts/wifi.h"

#include "facts/dct_format.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {
namespace format = dct_format;

namespace {
struct SecurityName {
    std::uint32_t value;
    std::string_view name;
};
}  // namespace

/// wiced_security_t values as stored by add_wiced_wifi_credentials (hal/src/photon/wlan_hal.cpp@v0.7.0:1013).
static constexpr SecurityName security_names[] = {
    {0, "open"},
    {1, "WEP"},
    {0x8001, "WEP shared"},
    {0x00200002, "WPA TKIP"},
    {0x00200004, "WPA AES"},
    {0x00200006, "WPA mixed"},
    {0x00400002, "WPA2 TKIP"},
    {0x00400004, "WPA2 AES"},
    {0x00400006, "WPA2 mixed"},
    {0x02200002, "WPA Enterprise TKIP"},
    {0x02200004, "WPA Enterprise AES"},
    {0x02200006, "WPA Enterprise mixed"},
    {0x02400002, "WPA2 Enterprise TKIP"},
    {0x02400004, "WPA2 Enterprise AES"},
    {0x02400006, "WPA2 Enterprise mixed"},
    {0x20000000, "ad hoc"},
    {0x10000000, "WPS"},
    {0x10000004, "WPS AES"},
};

static std::string security_of(std::uint32_t value, bool& known) {
    for (const auto& row : security_names) {
        if (row.value != value) continue;
        known = true;
        return std::string(row.name);
    }
    known = false;
    return fmt::format("unknown (0x{:08x})", value);
}

bool is_known_security(std::uint32_t value) {
    bool known = false;
    security_of(value, known);
    return known;
}

/// Offsets inside one entry of 121 bytes: SSID length 0, SSID 1, security 46, key length 56, key 57.
static WifiEntry read_entry(ByteView bytes, Range at) {
    WifiEntry entry{.at = at};
    if (all_erased(bytes)) return entry;
    entry.state = WifiEntry::State::Empty;
    if (all_equal(bytes, 0)) return entry;
    const auto ssid_length = bytes[0], key_length = bytes[56];
    entry.ssid_length_wrong = ssid_length > 32;
    entry.key_length_wrong = key_length > 64;
    bool known = false;
    entry.security = security_of(little_endian<std::uint32_t>(bytes.subspan(46)), known);
    entry.has_key = key_length > 0 && !entry.key_length_wrong;
    if (ssid_length == 0) return entry;  // a deleted entry keeps its leftovers
    entry.state = entry.ssid_length_wrong || entry.key_length_wrong || !known ? WifiEntry::State::Damaged : WifiEntry::State::Set;
    return entry;
}

static Range wifi_range(const Image& image, const Dct& dct) {
    const auto* copy = dct.current();
    if (!copy || !copy->magic_good()) return {};  // the Electron's format has no such list
    const auto at = range_of(copy->at.begin + format::wifi_config, 1 + format::wifi_entries * format::wifi_entry_size);
    return image.has(at) ? at : Range{};
}

bool takes_erased_for_networks(std::optional<std::uint16_t> version) {
    constexpr std::uint16_t first = 14, last = 1405;
    return version && *version >= first && *version <= last;
}

WifiFacts read_wifi(const Image& image, const Layout& layout, const Dct& dct) {
    WifiFacts wifi;
    const auto ip = image.bytes(dct.field_at(layout, "ip_config"));
    wifi.static_ip = !ip.empty() && ip[0] == 1;  // mode: FF and 0 mean DHCP (dct.h@v2.3.1:41)
    wifi.at = wifi_range(image, dct);
    if (wifi.at.empty()) return wifi;
    wifi.device_configured = image.reader(wifi.at).read<std::uint8_t>();
    for (std::uint32_t i = 0; i < format::wifi_entries; ++i) {
        const auto at = range_of(wifi.at.begin + 1 + i * format::wifi_entry_size, format::wifi_entry_size);
        wifi.entries.push_back(read_entry(image.bytes(at), at));
    }
    const auto is = [](WifiEntry::State state) { return [state](const WifiEntry& entry) { return entry.state == state; }; };
    wifi.configured = static_cast<unsigned>(std::count_if(wifi.entries.begin(), wifi.entries.end(), is(WifiEntry::State::Set)));
    const bool list_erased = std::all_of(wifi.entries.begin(), wifi.entries.end(), is(WifiEntry::State::Unset));
    const bool set = std::any_of(wifi.entries.begin(), wifi.entries.end(),
                                 [](const WifiEntry& entry) { return entry.state == WifiEntry::State::Set || entry.state == WifiEntry::State::Damaged; });
    wifi.state = list_erased ? WifiFacts::State::ListErased : set ? WifiFacts::State::Configured : WifiFacts::State::NotConfigured;
    return wifi;
}

}  // namespace photopsy

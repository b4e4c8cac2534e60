#pragma once
// Wi-Fi credentials of the selected DCT copy: how many, which security; never names or keys. Source: docs/formats/dct.md (2.3).
#include "facts/dct.h"

#include <optional>

namespace photopsy {

struct WifiEntry {
    Range at;              ///< 121 bytes
    std::string security;  ///< "WPA2 AES", "open", "unknown (0x...)"
    enum class State { Unset /* FF */, Empty /* zero */, Set, Damaged } state = State::Unset;
    bool has_key = false;
    bool ssid_length_wrong = false;  ///< more than 32: the firmware would read past the field
    bool key_length_wrong = false;   ///< more than 64
};

struct WifiFacts {
    Range at;  ///< device_configured and the five entries
    enum class State { NotInFile, Configured, NotConfigured, ListErased /* FF: never initialised */ } state = State::NotInFile;
    std::vector<WifiEntry> entries;
    unsigned configured = 0;
    bool static_ip = false;
    Field<std::uint8_t> device_configured;  ///< FF never initialised, 0 no, 1 yes
};

/// A security number that the firmware writes (wlan_hal.cpp@v0.7.0; docs/formats/dct.md, "Wi-Fi").
bool is_known_security(std::uint32_t);

/// 0.5.1 up to 1.4.3 clear the list only where the flag in front of it is 0, and take erased entries for networks with names of 255 letters
/// (hal/src/photon/wlan_hal.cpp@v0.5.1:68, fixed @v1.4.4:190).
bool takes_erased_for_networks(std::optional<std::uint16_t> system_version);

WifiFacts read_wifi(const Image&, const Layout&, const Dct&);

}  // namespace photopsy

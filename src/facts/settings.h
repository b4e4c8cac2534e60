#pragma once
// Settings of the selected table that keep a device offline or change what its light means. Addresses and names are the owner's: they stay here as
// answers to questions, never as values. Source: docs/formats/dct.md; dct.h@v2.3.1:41-115.
#include "facts/dct.h"
#include "facts/system.h"

namespace photopsy {

struct StaticIp {
    Range at;                         ///< 24 bytes; empty where the field is not in the file
    bool on = false;                  ///< mode 1; any other value means DHCP (wlan_hal.cpp@v2.3.1, wlan_get_ipaddress_source)
    bool is_read = true;              ///< the installed system knows the field, as far as can be told: from 0.4.5 on
    bool no_address = false;          ///< the device's own address is 0.0.0.0, erased, loopback, multicast or broadcast
    bool is_network = false;          ///< it is the address of the network itself, which is kept for no device (RFC 1122, 3.3.6)
    bool no_mask = false;             ///< the netmask leaves no second host, or is 0
    bool all_are_neighbours = false;  ///< it is 0: no address lies outside, and the gateway is never asked
    bool mask_has_gaps = false;       ///< its ones do not stand in one run: measured all the same, for the firmware does no more with it
    bool no_gateway = false;          ///< 0.0.0.0, erased, or the broadcast address of its network
    bool gateway_is_network = false;  ///< the address of the network itself
    bool gateway_outside = false;     ///< of the subnet of address and mask
    bool gateway_is_device = false;
    bool asks_neighbour_for_names = false;  ///< one of its two servers for names lies in the subnet of address and mask
    bool asks_nobody_for_names = false;     ///< neither of the two can be another device's
    std::uint32_t address = 0, mask = 0;    ///< to compare with a server's address; personal, never told

    bool reaches_no_gateway() const { return no_address || is_network || no_mask || no_gateway || gateway_is_network || gateway_outside || gateway_is_device; }
    /// Arithmetic proves it; else it is only what routers mostly do with such addresses.
    bool surely_reaches_no_gateway() const { return no_address || no_gateway || (gateway_outside && !no_mask) || gateway_is_device; }
    /// The device uses it, and reaches nothing outside its own network with it.
    bool leads_nowhere() const { return on && is_read && reaches_no_gateway(); }
    /// Whether this address (a.b.c.d as 0xAABBCCDD) is a neighbour that needs no gateway.
    bool in_subnet(std::uint32_t other) const { return !no_address && !no_mask && (other & mask) == (address & mask); }
};

struct Settings {
    StaticIp ip;
    Range led_theme;  ///< empty unless the owner's own theme is stored
    Range antenna;    ///< empty unless an antenna was chosen
    std::uint8_t antenna_choice = 0xFF;
    Range claim_waiting;  ///< empty unless a claim code waits to be used on a device that never used one
    Range feature_flags;  ///< empty unless they differ from FFFFFFFF
    std::uint32_t feature_flags_value = 0xFFFFFFFF;
};

/// Of the selected table; what the installed system does not read yet is told as such.
Settings read_settings(const Image&, const Layout&, const Dct&, const InstalledSystem&);

}  // namespace photopsy

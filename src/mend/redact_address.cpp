// Somebody's own server and network: names and addresses go; kinds, lengths, ports and what lies in which network stay. Address: type u8, length u8, name or
// address, port at 66 (hal/inc/ota_flash_hal.h@v0.7.0). Settings: mode u8, then address, mask, gateway, DNS servers (dct.h@v2.3.1:41-49).
#include "handshake/ec_server_slot.h"
#include "handshake/judge.h"
#include "handshake/server_address.h"
#include "mend/redaction.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

namespace photopsy {

namespace {

constexpr std::uint32_t text_at = 2, port_at = 66, port_size = 2, most_length = 126;

bool may_stand_in_a_name(std::uint8_t c) {
    const auto small = static_cast<std::uint8_t>(c | 0x20);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// The name of one of Particle's servers that stands there, whole or with a few characters changed; "" where none does.
std::string_view nearly_known_host(ByteView name, const Layout& layout) {
    std::vector<std::string_view> known = {particle_host, udp_host};
    for (const auto& key : layout.server_keys) known.push_back(key.host);
    for (const auto host : known) {
        std::size_t same = 0;
        for (std::size_t i = 0; i < host.size() && i < name.size(); ++i) same += name[i] == static_cast<std::uint8_t>(host[i]);
        if (same + 4 >= host.size()) return host;
    }
    return {};
}

/// The known letter as it is or with a wrong bit or two; else another one that is none of its.
SlotBytes nearly_known_name(ByteView name, std::string_view host) {
    SlotBytes out(name.size());
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto right = i < host.size() ? static_cast<std::uint8_t>(host[i]) : std::uint8_t{0};
        const bool few_bits = std::popcount(static_cast<unsigned>(name[i] ^ right)) <= 2;
        out[i] = i < host.size() && few_bits ? name[i] : name[i] == 0 ? std::uint8_t{0} : name[i] == 0xFF ? std::uint8_t{0xFF} : std::uint8_t{'!'};
    }
    return out;
}

/// The part of a name that anybody knows: a domain of Particle's, or the word for the device itself.
std::size_t known_end(std::string_view host) {
    std::string small(host);
    for (auto& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const std::string_view known : {".udp.particle.io", ".spark.io", ".particle.io"})
        if (small.ends_with(known)) return known.size();
    return small == "localhost" ? small.size() : 0;
}

bool is_hexadecimal(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos; }

SlotBytes stand_in_name(ByteView name) {
    SlotBytes out(name.size());
    const auto end = std::find(name.begin(), name.end(), std::uint8_t{0});
    const std::string host(name.begin(), end);
    const auto known = host.size() - known_end(host);
    constexpr std::size_t id_size = 24;  // a device id in front of the name of Particle's UDP service
    const std::uint8_t letter = known == id_size && is_hexadecimal(host.substr(0, known)) ? '0' : 'x';
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto c = name[i];
        const bool keep = c == '.' || c == 0 || c == 0xFF || (i >= known && i < host.size());
        out[i] = i > host.size() ? std::uint8_t{0} : keep ? c : may_stand_in_a_name(c) ? letter : std::uint8_t{'!'};
    }
    return out;
}

bool is_run_of_ones(std::uint32_t mask) {
    const auto hosts = ~mask;
    return (hosts & (hosts + 1)) == 0;
}

void put_address(DumpRedaction& redaction, Range at, ByteView bytes) {
    const std::uint32_t value = big_endian<std::uint32_t>(bytes.subspan(text_at));
    const auto host = nearly_known_host(bytes.subspan(text_at), *redaction.original.layout);
    if (!host.empty()) return redaction.put(at.begin + text_at, nearly_known_name(bytes.subspan(text_at, host.size()), host));
    const auto instead = stand_in_ip(value, redaction.original.facts.settings.ip);
    for (std::uint32_t i = 0; i < 4; ++i) redaction.put_byte(at.begin + text_at + i, static_cast<std::uint8_t>(instead >> (24 - 8 * i)));
}

}  // namespace

std::uint32_t stand_in_ip(std::uint32_t address, const StaticIp& ip) {
    constexpr std::uint32_t own_network = 0x0A000000, elsewhere = 0xC6336401, other_elsewhere = 0xCB007101;  // 10/8, and two of RFC 5737's for examples
    const auto first = address >> 24;
    if (address == 0 || address == 0xFFFFFFFF) return address;
    if (first == 0) return 1;
    if (first == 127) return 0x7F000001;
    if (first >= 224) return 0xE0000001;
    if (address == ip.address) return own_network | 2;
    if (!ip.on || ip.no_address || ip.no_mask) return elsewhere;
    if ((address & ip.mask) == (ip.address & ip.mask)) return own_network | 1;
    return (elsewhere & ip.mask) == (own_network & ip.mask) ? other_elsewhere : elsewhere;
}

void rebuild_ip_settings(DumpRedaction& redaction, Range at) {
    const auto bytes = redaction.image().bytes(at);
    constexpr std::uint32_t mask_at = 8, words_end = 24;
    if (bytes.size() < words_end || all_erased(bytes) || all_equal(bytes, 0)) return;
    const auto& ip = redaction.original.facts.settings.ip;
    for (std::uint32_t offset = 4; offset < words_end; offset += 4) {
        const auto value = little_endian<std::uint32_t>(bytes.subspan(offset));
        const std::uint32_t no_mask = 0x00FF00FF;
        const auto instead = offset == mask_at ? is_run_of_ones(value) ? value : no_mask : stand_in_ip(value, ip);
        for (std::uint32_t i = 0; i < 4; ++i) redaction.put_byte(at.begin + offset + i, static_cast<std::uint8_t>(instead >> (8 * i)));
    }
}

void rebuild_address(DumpRedaction& redaction, Range at) {
    const auto bytes = redaction.image().bytes(at);
    if (bytes.size() < server_address_size || all_erased(bytes) || all_equal(bytes, 0)) return;
    const bool domain = bytes[0] == 1 && bytes[1] <= most_length, ip = bytes[0] == 0;
    if (domain) {
        const auto name = bytes.subspan(text_at, bytes[1]);
        const auto host = nearly_known_host(bytes.subspan(text_at), *redaction.original.layout);
        redaction.put_byte(at.begin + 1, bytes[1]);
        redaction.put(at.begin + text_at,
                      host.empty() ? stand_in_name(name) : nearly_known_name(bytes.subspan(text_at, std::max<std::size_t>(bytes[1], host.size())), host));
        if (const auto end = text_at + bytes[1]; end < server_address_size && bytes[end] == 0) redaction.put_byte(at.begin + end, 0);
    } else if (ip)
        put_address(redaction, at, bytes);
    else if (bytes[0] == 1)
        redaction.put_byte(at.begin + 1, 0x7F);  // too long a name
    if ((domain && text_at + bytes[1] <= port_at) || ip) redaction.put(at.begin + port_at, bytes.subspan(port_at, port_size));
}

}  // namespace photopsy

#include "handshake/given_key.h"

#include "base/runs.h"
#include "handshake/ec_key.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"
#include "handshake/walk.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::string kind_of(ByteView spki) {
    if (parse_ec_spki(spki)) return "an EC public key on P-256";
    const auto key = parse_public_key(spki);
    if (!key) return "a public key of another kind";
    if (key->exponent != Number(65537)) return fmt::format("an RSA-{} public key with another exponent than 65537", key->modulus.bits());
    return fmt::format("an RSA-{} public key", key->modulus.bits());
}

bool is_rsa(ByteView spki, int bits) {
    const auto key = parse_public_key(spki);
    return key && key->modulus.bits() == bits && key->modulus.is_odd() && key->exponent == Number(65537);
}

}  // namespace

std::string why_no_key_of_server(ByteView spki, KeyKind kind, const std::string& called) {
    const bool ec = kind == KeyKind::EcSlot;
    if (ec ? !parse_ec_spki(spki) : !is_rsa(spki, 2048))
        return fmt::format("{} holds {}, and a server of this device has {}: give that server's own public key", called, kind_of(spki),
                           ec ? "an EC key on P-256" : "an RSA-2048 key with exponent 65537");
    if (const auto lost = ec ? std::nullopt : lost_run_of_modulus(server_spki(parse_public_key(spki)->modulus.bytes(256))))
        return fmt::format("{} holds a damaged RSA-2048 public key ({} equal bytes in a row, which no key has): get that server's public key anew", called,
                           lost->size());
    return "";
}

std::string why_no_key_of_device(ByteView spki, KeyKind kind, const std::string& called) {
    const bool ec = kind == KeyKind::EcSlot;
    const auto key = parse_public_key(spki);
    if (ec ? parse_ec_spki(spki).has_value() : key && key->modulus.bits() == 1024) return "";
    return fmt::format("{} holds {}, and the key of this device is {}: give the public key that the cloud holds for it", called, kind_of(spki),
                       ec ? "an EC key on P-256" : "an RSA-1024 key");
}

std::optional<Range> lost_run_of_modulus(ByteView slot) {
    constexpr std::size_t shortest = 16, modulus_end = server_modulus_at + 256;
    for (std::size_t at = server_modulus_at; at + shortest <= modulus_end && modulus_end <= slot.size();) {
        const auto modulus = slot.subspan(at, modulus_end - at);
        const auto run = modulus[0] == 0 || modulus[0] == 0xFF ? leading_run(modulus, modulus[0]) : 1;
        if (run >= shortest) return range_of(static_cast<Address>(at), static_cast<std::uint32_t>(run));
        at += run;
    }
    return {};
}

namespace {

std::string small_letters(std::string_view host) {
    std::string small(host);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return small;
}

bool has_bad_label(std::string_view host) {
    for (;;) {
        const auto label = host.substr(0, host.find('.'));
        if (label.empty() || label.front() == '-' || label.back() == '-') return true;
        if (label.size() == host.size()) return false;
        host.remove_prefix(label.size() + 1);
    }
}

/// The last part is a number: whoever wrote it meant an IPv4 address.
bool ends_in_number(std::string_view host) { return host.find_first_not_of("0123456789", host.rfind('.') + 1) == host.npos && !host.ends_with('.'); }

}  // namespace

std::string why_no_server_address(std::string_view host, unsigned port) {
    const auto refused = [&](std::string_view why) { return fmt::format("the server's address \"{}\" {}", host, why); };
    const auto slot = server_slot_for(published_server_key(), host, cloud_port);
    if (slot.empty()) return "the server's name is no IPv4 address and no host name of at most 63 characters (letters, digits, dots, hyphens)";
    const bool is_ip = slot[server_address_at] == 0;
    const std::uint8_t first = slot[server_address_at + 2];
    const auto small = small_letters(host);
    if (small == "your_server") return refused("only stands for one: give the name or IPv4 address of your own server in its place");
    if (small == "localhost") return refused("is that of the device itself: give the name or IPv4 address that the server has in the device's network");
    if (is_ip && (first == 0 || first == 127 || first >= 224))
        return refused("is none that a server can have: give the IPv4 address that it has in the device's network");
    if (!is_ip && ends_in_number(host))
        return refused("is neither an IPv4 address (four numbers from 0 to 255, like 192.168.1.50) nor a host name (like cloud.example.org): correct it");
    if (!is_ip && has_bad_label(host))
        return refused("is no host name (parts of letters, digits and inner hyphens with one dot between them, like cloud.example.org): correct it");
    if (port == 0 || port >= 0xFFFF)
        return fmt::format("the port {} cannot be written to a device, which takes its bytes for no port and goes to {}: give one from 1 to 65534", port,
                           cloud_port);
    return "";
}

}  // namespace photopsy

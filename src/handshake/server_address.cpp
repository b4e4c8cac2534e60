#include "handshake/server_address.h"

#include "handshake/public_key.h"
#include "handshake/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace photopsy {

namespace {

constexpr std::size_t longest_domain = 126;
constexpr std::uint32_t loopback = 127;
constexpr std::size_t longest_host = 63;  // the port's two bytes stand behind the longest name with its zero

bool host_character(std::uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// `name` in small letters.
bool same_name(std::string_view host, std::string_view name) {
    return std::equal(host.begin(), host.end(), name.begin(), name.end(), [](char a, char b) { return lower(a) == b; });
}
bool is_particle(std::string_view host) { return same_name(host, particle_host); }

/// What usually listens on a port that cannot be the one for devices; "" for all others. 8080 is the port at which private clouds take their
/// owners' requests (spark-server's README), 5684 the UDP port of later devices.
std::string_view service_at(std::uint16_t port) {
    switch (port) {
        case 22:
            return "SSH servers";
        case 80:
        case 443:
        case 8000:
        case 8443:
            return "web servers";
        case 8080:
            return "the request interface of a private cloud";
        case 1883:
        case 8883:
            return "MQTT servers";
        case 5684:
            return "the UDP service for other kinds of devices";
        default:
            return "";
    }
}

/// Particle's host with a few characters changed, or cut short by a damaged length: nobody runs a server under such a name.
bool nearly_particle(ByteView text, std::size_t changed) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < particle_host.size() && i < text.size(); ++i) same += text[i] == static_cast<std::uint8_t>(particle_host[i]);
    return same + changed >= particle_host.size();
}

/// Of Particle's name, as long as it is, only a part is left, and for the rest zeros: no name of a server is followed by them within its length.
bool rest_of_particle(ByteView text) {
    if (text.size() != particle_host.size() || all_equal(text, 0)) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != 0 && text[i] != static_cast<std::uint8_t>(particle_host[i])) return false;
    return true;
}

/// The loopback network, or its name: the device would talk to itself.
void not_outside(DecodedAddress& address) {
    address.unreachable = true;
    address.detail =
        "the server address is that of the device itself (a loopback address), as a program on the server's own computer would use it: nothing "
        "answers there";
}

void decode_ip(ByteView field, DecodedAddress& address) {
    address.kind = DecodedAddress::Kind::Ip;
    address.host = fmt::format("{}.{}.{}.{}", field[2], field[3], field[4], field[5]);
    // v0.4.0 alone replaces 0.0.0.0 by an address that Particle no longer uses (system_cloud.cpp@v0.4.0:622-627).
    if (field[2] == loopback) return not_outside(address);
    static constexpr std::array<std::uint8_t, 4> once_particle = {54, 208, 229, 4};
    address.of_particle = std::equal(once_particle.begin(), once_particle.end(), field.begin() + 2);
    address.unreachable = is_nobodys_number(big_endian<std::uint32_t>(field.subspan(2)));
    // The name's first four letters read as an address: a damaged kind. (A real address written over the name leaves only the rest of it.)
    address.damaged = nearly_particle(field.subspan(2), 2);
    if (address.damaged) address.unreachable = true;
    if (address.unreachable) address.detail = fmt::format("the server address is the IP address {}, where no cloud can be reached", address.host);
}

/// The firmware copies a name into 64 bytes, and the port behind them: of a longer name, letters are the port; behind one of 64, the port's bytes are letters.
void too_long(std::size_t length, DecodedAddress& address) {
    address.unreachable = true;
    address.detail = fmt::format(
        "the server's name has {} letters, and the firmware has room for 63: name and port run into each other, and no such server is there", length);
}

void decode_domain(ByteView field, HandshakeGeneration generation, DecodedAddress& address) {
    address.kind = DecodedAddress::Kind::Domain;
    const ByteView text = field.subspan(2, field[1]);
    const auto end = std::find(text.begin(), text.end(), std::uint8_t{0});
    address.host.assign(text.begin(), end);
    const bool possible = !address.host.empty() && std::all_of(text.begin(), end, host_character);
    address.particle = is_particle(without_last_dot(address.host));
    address.of_particle = is_of_particle(address.host);
    address.damaged = !address.particle && (nearly_particle(field.subspan(2), 4) || rest_of_particle(text));
    const auto number = number_in_name(address.host);
    if (same_name(address.host, "localhost") || (number && *number >> 24 == loopback)) return not_outside(address);
    address.unreachable = !possible || address.damaged || (number && is_nobodys_number(*number));
    if (address.damaged)
        address.detail = "the name of Particle's server is damaged: no server answers under what is left";
    else if (!possible)
        address.detail = "the server address is no host name";
    else if (address.unreachable)
        address.detail = "the server address is a number at which no cloud can be reached";
    else if (address.host.size() > longest_host && generation != HandshakeGeneration::V0_4_7)
        too_long(address.host.size(), address);
}

/// The port field may lie inside a long name (a 64-byte field in a 128-byte structure): then it is part of both.
void decode_port(ByteView field, HandshakeGeneration generation, DecodedAddress& address) {
    const auto stored = big_endian<std::uint16_t>(field.subspan(66));
    const bool named = stored != 0 && stored != 0xFFFF;
    if (generation == HandshakeGeneration::V0_4_7) {  // ignored up to v0.4.8-rc.1
        if (named && stored != cloud_port && !address.of_particle && address.host.size() <= longest_host) address.ignored_port = stored;
        return;
    }
    if (named) address.port = stored;
    if (!address.particle) {
        if (!address.of_particle) address.other_service = service_at(address.port);
        return;
    }
    if (address.port == cloud_port) return;
    address.particle = false;
    address.damaged = address.unreachable = true;
    address.detail = fmt::format("the port of Particle's server is given as {}, where the cloud does not listen (it listens on {})", address.port, cloud_port);
}

}  // namespace

std::optional<std::uint32_t> number_in_name(std::string_view host) {
    std::uint32_t number = 0;
    for (int part = 0; part < 4; ++part) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(host.data(), host.data() + host.size(), value);
        if (error != std::errc() || value > 255) return {};
        host.remove_prefix(static_cast<std::size_t>(end - host.data()));
        if (part < 3 && !host.starts_with('.')) return {};
        if (part < 3) host.remove_prefix(1);
        number = number << 8 | value;
    }
    return host.empty() ? std::optional(number) : std::nullopt;
}

bool is_nobodys_number(std::uint32_t number) { return number == 0 || number >> 24 == loopback || number >> 24 >= 224; }

DecodedAddress decode_server_address(ByteView given, HandshakeGeneration generation) {
    std::array<std::uint8_t, server_address_size> field;
    field.fill(0xFF);
    std::copy_n(given.begin(), std::min(given.size(), field.size()), field.begin());
    DecodedAddress address;
    if (field[0] > 1 || (field[0] == 1 && field[1] > longest_domain)) {
        address.kind = all_erased(ByteView(field).first(2)) ? DecodedAddress::Kind::Erased : DecodedAddress::Kind::Invalid;
        address.host = particle_host;
        address.particle = address.falls_back = true;
        address.damaged = address.kind == DecodedAddress::Kind::Invalid;
        address.detail = address.damaged ? "the server address is of no kind that the firmware knows: it takes its own, device.spark.io" : "";
        return address;
    }
    if (field[0] == 0)
        decode_ip(field, address);
    else
        decode_domain(field, generation, address);
    decode_port(field, generation, address);
    return address;
}

bool ends_with_dot(std::string_view host) { return host.size() > 1 && host.ends_with('.') && host[host.size() - 2] != '.'; }

std::string_view without_last_dot(std::string_view host) { return ends_with_dot(host) ? host.substr(0, host.size() - 1) : host; }

bool is_of_particle(std::string_view host) {
    host = without_last_dot(host);
    constexpr std::array<std::string_view, 2> domains = {".spark.io", ".particle.io"};
    return std::any_of(domains.begin(), domains.end(),
                       [&](auto domain) { return host.size() > domain.size() && same_name(host.substr(host.size() - domain.size()), domain); });
}

bool is_name_of_its_own(std::string_view host, std::string_view particles) {
    return !host.empty() && host.size() != particles.size() &&
           std::all_of(host.begin(), host.end(), [](char c) { return host_character(static_cast<std::uint8_t>(c)); });
}

void take_as_meant(DecodedAddress& address, std::string_view particles) {
    if (!address.damaged || address.kind != DecodedAddress::Kind::Domain || !is_name_of_its_own(address.host, particles)) return;
    address.damaged = address.unreachable = false;
    address.detail.clear();
}

void put_host(std::span<std::uint8_t> address, std::string_view host) {
    if (const auto ip = number_in_name(host)) {
        address[0] = 0;
        address[1] = 4;
        for (int part = 0; part < 4; ++part) address[2 + static_cast<std::size_t>(part)] = static_cast<std::uint8_t>(*ip >> (24 - 8 * part));
    } else {
        address[0] = 1;
        address[1] = static_cast<std::uint8_t>(host.size());
        std::copy(host.begin(), host.end(), address.begin() + 2);
        address[2 + host.size()] = 0;
    }
}

std::vector<std::uint8_t> server_slot_for(ByteView spki, std::string_view host, std::uint16_t port) {
    constexpr std::size_t port_at = 66;
    const bool possible = std::all_of(host.begin(), host.end(), [](char c) { return host_character(static_cast<std::uint8_t>(c)); });
    if (spki.size() != server_slot_size || host.empty() || host.size() > longest_host || !possible || port == 0) return {};
    std::vector<std::uint8_t> slot(512, 0xFF);
    std::copy(spki.begin(), spki.end(), slot.begin());
    const auto address = std::span(slot).subspan(server_address_at);
    put_host(address, host);
    address[port_at] = static_cast<std::uint8_t>(port >> 8);
    address[port_at + 1] = static_cast<std::uint8_t>(port);
    return slot;
}

std::vector<std::uint8_t> published_server_slot() {
    std::vector<std::uint8_t> slot(512, 0xFF);
    std::copy(published_server_key().begin(), published_server_key().end(), slot.begin());
    put_host(std::span(slot).subspan(server_address_at), particle_host);
    return slot;
}

}  // namespace photopsy

#pragma once
// The address behind the server key, as the firmware decodes it. Source: hal/shared/parse_server_address.h@v0.7.0:29-66, @v2.3.1:33-70.
#include "facts/releases.h"

#include <optional>
#include <span>
#include <string>

namespace photopsy {

inline constexpr std::size_t server_address_size = 128;
inline constexpr std::string_view particle_host = "device.spark.io";
inline constexpr std::uint16_t cloud_port = 5683;
/// What stands in a sentence where the device's server is named: a report puts its host there, or leaves it out (report/discretion.h).
inline constexpr std::string_view server_host_mark = "{server-host}";

/// What one device does with 128 bytes of server address.
struct DecodedAddress {
    enum class Kind { Erased, Domain, Ip, Invalid } kind = Kind::Invalid;
    std::string host;  ///< "device.spark.io", "10.0.0.1"; bytes of a stranger: to be shown with care
    std::uint16_t port = cloud_port;
    bool particle = false;           ///< the connection goes to Particle's own host and port
    bool of_particle = false;        ///< any name in one of Particle's domains
    bool falls_back = false;         ///< erased or invalid: the firmware takes device.spark.io
    bool damaged = false;            ///< Particle's address with some bytes changed
    bool unreachable = false;        ///< 0.0.0.0, no possible host name, or a damaged name or port: the connection cannot come about
    std::string other_service;       ///< what else usually listens on this port ("web servers"); "" where nothing speaks against it
    std::uint16_t ignored_port = 0;  ///< what the slot names instead of `port`, of another's server; 0 where it names no other
    std::string detail;              ///< one sentence, without the host where that is not Particle's
};

/// `field` must be 128 bytes (a shorter one reads as erased behind its end).
DecodedAddress decode_server_address(ByteView field, HandshakeGeneration);

/// a.b.c.d as 0xAABBCCDD, where a name is nothing but that: the firmware takes such a name for the number itself. Nothing where it is another name.
std::optional<std::uint32_t> number_in_name(std::string_view host);
/// A number at which no server answers a device: its own, none, all, or many.
bool is_nobodys_number(std::uint32_t);

/// Of a name that resembles Particle's, beside a whole key of another server: it is longer or shorter and a possible name, so that it was written so
/// ("device.spark.io.lan" in a network with names of its own) and is not Particle's damaged.
bool is_name_of_its_own(std::string_view host, std::string_view particles);
/// Takes such an address as it was meant.
void take_as_meant(DecodedAddress&, std::string_view particles);
/// A name with one dot behind it is the same name, said to be complete (RFC 1034, 3.1); whether the resolver of the firmware takes it so is not known.
bool ends_with_dot(std::string_view host);
/// The name without that dot.
std::string_view without_last_dot(std::string_view host);

/// A name in Particle's own domains, in whatever letters: whoever answers there may well have Particle's key.
bool is_of_particle(std::string_view host);

/// Writes a server's IPv4 address or name (of at most 63 characters) as the firmware reads it, without a port: kind, length, the bytes, of a name a zero.
/// `address` has room for 66 bytes; what is not needed of it stays.
void put_host(std::span<std::uint8_t> address, std::string_view host);

/// The 512 bytes for offset 2082 of any server: key, erased bytes, address, erased bytes. `spki`: an RSA-2048 SubjectPublicKeyInfo (294 bytes); `host`: an
/// IPv4 address or a name of at most 63 characters. Empty on other values.
std::vector<std::uint8_t> server_slot_for(ByteView spki, std::string_view host, std::uint16_t port);

/// The 512 bytes that particle-cli writes to offset 2082: Particle's key, erased bytes, the address, erased bytes.
std::vector<std::uint8_t> published_server_slot();

}  // namespace photopsy

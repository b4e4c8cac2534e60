#pragma once
// What is in the server's EC key slot, and the address that goes with it, from their bytes alone. Public facts only.
#include "handshake/ec_walk.h"
#include "handshake/keys.h"
#include "handshake/server_address.h"

namespace photopsy {

inline constexpr std::size_t ec_server_files_size = 320;             ///< key slot and address: what particle-cli writes in one file to offset 3298
inline constexpr std::string_view udp_host = "$id.udp.particle.io";  ///< `$id` stands for the 24 digits of the device id (system_cloud_internal.cpp@v0.5.3:643)
inline constexpr std::uint16_t udp_port = 5684;

struct EcServerSlot {
    ServerKeyClass what = ServerKeyClass::NotInFile;
    std::optional<EcPoint> point;  ///< where the firmware reads it, or could if it were written in its form (WrongType)
    std::vector<Range> damage;     ///< offsets into the slot
    std::string detail;
    std::uint32_t reach = 0;        ///< of a text: bytes from the front that it takes up
    bool by_text_transfer = false;  ///< a transfer in text mode rewrote its bytes
    bool damaged_other = false;     ///< see ServerKey
};

/// `slot`: 192 bytes (up to 1024, where a text may run on), and more where they are there; shorter ones read as erased behind their end.
EcServerSlot read_ec_server_slot(ByteView slot);

/// How this firmware reads the address of UDP servers. Source: system/src/system_cloud_internal.cpp@v0.5.3:766-782, @v0.7.0:1072-1082,
/// system_cloud_connection.cpp@v2.3.1:133-163.
struct UdpAddressRules {
    bool falls_back = true;   ///< an invalid address gives the built-in one (from 0.7.0 on); else the connection fails
    bool reads_port = false;  ///< the port in the slot counts (up to 1.0.1, 0.9.0 left out); else it is always 5684
};
DecodedAddress decode_udp_address(ByteView field, const UdpAddressRules&);

/// The 91 bytes of the public key at the front of the field that begins with the slot, in whatever form; empty where none is whole.
std::vector<std::uint8_t> ec_server_spki_in_slot(ByteView field);

/// The 320 bytes for offset 3298 of any server: key, erased bytes, address, erased bytes. `spki`: 91 bytes; `host`: an IPv4 address or a name of at most 63
/// characters, in which `$id` may stand for the device's id. Port 5684 is left erased, as it is in Particle's. Empty on other values.
std::vector<std::uint8_t> ec_server_slot_for(ByteView spki, std::string_view host, std::uint16_t port);

/// The 320 bytes for offset 3298: Particle's key, erased bytes, the address.
std::vector<std::uint8_t> published_ec_server_slot();

}  // namespace photopsy

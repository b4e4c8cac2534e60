#pragma once
// Key and address of a private server, wherever the dump still has them. Public facts only.
#include "handshake/handshake.h"
#include "handshake/keys.h"

#include <vector>

namespace photopsy {

/// A whole key of another server stands beside a name that resembles Particle's and is longer or shorter: it was written so ("device.spark.io.lan" in a network
/// with names of its own), and is not Particle's damaged. Says so in the address.
void take_own_name_as_meant(KeyFacts&);

/// What the copy of the table that is not in use holds in the places of the server's key and address.
struct OlderServer {
    ServerKey key;
    ServerAddress address;
};

/// Where the older copy holds a whole key of a private server with its whole address: sets server_in_other_copy where the slot in use holds no such key any
/// more, or where its address is lost or damaged. The address then says that itself: `damaged` where it is sure, `unreachable` where it leads nowhere.
void consult_older_server(const Image&, const Facts&, const OlderServer&, KeyFacts&);

/// A table that is lost as a whole: `by_copy`, in the order of Dct::copies, is what its bodies still hold. Where one is of a private server, its key becomes
/// server_in_other_copy and its address the address, as they stand there, whole or not; the one that has both before one that has half. Copies that the code
/// since 0.7.0 has numbered tell which was written last: where that one is of Particle's cloud, nothing is set.
void consult_lost_servers(const Image&, const Facts&, const std::vector<OlderServer>& by_copy, KeyFacts&);

/// Device key and server key in each other's slot: a private server's key that stands in the device's slot becomes server_in_other_copy; where the device key
/// has run over the address and the older copy holds the same key with its address, that copy's does.
void consult_swapped_server(const ServerKey& in_device_slot, const OlderServer* older, KeyFacts&);

/// The private server's key stands in the slot of the device key.
bool server_key_is_in_device_slot(const KeyFacts&);

/// Nobody is found under a damaged address, or somebody else: the connection fails. Where the firmware falls back to Particle's, that is said.
void end_at_lost_address(const KeyFacts&, LedGeneration, HandshakeOutcome&);

/// What is written to a device with keys of this kind, so that it goes to a server with this key and address. Empty on values that it cannot hold.
std::vector<std::uint8_t> server_slot_of(KeyKind, ByteView spki, std::string_view host, std::uint16_t port);

/// The device knows its server by a name, and its fixed IP settings, which lead out of its network, name nobody who tells the address that goes with one.
/// What the firmware does then is not known.
bool asks_for_name_in_vain(const ServerAddress&, const StaticIp&);

/// The 294 bytes (EC: 91) of the server's key: of the slot in use, in whatever form, or of server_in_other_copy. Empty where there is none.
std::vector<std::uint8_t> own_server_spki(const Image&, const KeyFacts&);

/// Of the two places, the older copy's alone has a whole address.
bool address_is_in_other_copy(const KeyFacts&);
/// The address in use may have been written so: only its likeness to the older one speaks for damage.
bool address_may_be_meant(const KeyFacts&);

/// The loopback network or its name: of use on the server's own computer alone, whose owner has a server.
bool is_own_computer(const ServerAddress&);

/// The server's address: the one in use, or that of the older copy where that alone is whole.
ServerAddress own_server_address(const Image&, const Facts&, const KeyFacts&);

}  // namespace photopsy

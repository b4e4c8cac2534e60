#pragma once
// The kinds of keys and of connections: one file each, found by the layout's word in the two tables of kinds.cpp.
#include "handshake/handshake.h"
#include "handshake/keys.h"

namespace photopsy {

/// All that a prediction for a dump is made of. `registered_spki`, `server_spki`: as predict_handshake() takes them.
struct ConnectionScene {
    const Image& image;  ///< the flash that holds the keys
    const Facts& facts;
    const KeyFacts& keys;
    ByteView registered_spki, server_spki;
    std::optional<LiveAnswer> live;
};

/// Why nothing can be said of a handshake with what stands in the slots; "" where something can.
std::string why_slots_tell_nothing(const Facts&, const KeyFacts&);

/// Before the server has understood the device: what the device knows of the server decides, whatever its own key is
/// (communication/src/handshake.cpp@v2.3.1:131; docs/formats/handshake.md).
bool ends_before_device_key(const HandshakeOutcome&, const Prediction&);

/// A device that never had a key makes one, and nobody knows whether the cloud will hold it: unknown, unless the connection fails before that counts, by the
/// server key or the address.
void leave_open_without_key(const Facts&, const KeyFacts&, ByteView registered_spki, HandshakeOutcome&);

/// Another name or port in Particle's domains: whether devices are served there, and with which key, no dump shows. Unknown, where both keys fit.
void leave_open_at_other_address(const Facts&, const ServerAddress&, ByteView server_spki, HandshakeOutcome&);

// KeyKind: what is in the slots. facts.keys names them and is not null.
KeyFacts judge_rsa_keys(const Image&, const Facts&, ByteView registered_spki);
KeyFacts judge_ec_keys(const Image&, const Facts&, ByteView registered_spki);

// Transport: what comes of it.
HandshakeOutcome predict_tcp(const ConnectionScene&);
HandshakeOutcome predict_dtls(const ConnectionScene&);

}  // namespace photopsy

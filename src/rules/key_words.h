#pragma once
// What the keys of this device are called and what they are for: over TCP (RSA) and over UDP (EC).
#include "facts/facts.h"
#include "handshake/keys.h"

#include <string_view>

namespace photopsy {

struct KeyWords {
    std::string_view server_form;    ///< "an RSA-2048 public key of 294 bytes"
    std::string_view server_kind;    ///< "RSA-2048 key"
    std::string_view wrong_server;   ///< what happens where the server does not hold the key: "the cloud cannot decrypt what the device sends"
    std::string_view no_server_key;  ///< ... and where the slot is empty and nothing is built in
    std::string_view cache_written;  ///< when the firmware writes the public-key cache
};

/// What was written to the slot of the device key is longer than the slot, and runs on over this place.
inline bool is_under_text_of(const DeviceKey& key, Range at) { return key.reach > 0 && range_of(key.at.begin, key.reach).overlaps(at); }

inline bool has_ec_keys(const Facts& facts) { return facts.keys && facts.keys->kind == KeyKind::EcSlot; }

/// At a start without a key the firmware makes one. Device OS 0.7.0 cannot make RSA keys, nor can devices that get theirs in the factory.
inline bool makes_keys(const Facts& facts) {
    const bool of_its_own = !facts.keys || facts.keys->made_by_device;
    return of_its_own && (has_ec_keys(facts) || facts.system.handshake != HandshakeGeneration::V0_7_0);
}

inline const KeyWords& key_words(const Facts& facts) {
    static constexpr KeyWords rsa = {"an RSA-2048 public key of 294 bytes", "RSA-2048 key", "cannot decrypt what the device sends",
                                     "the server cannot decrypt what the device sends", "before each connection"};
    static constexpr KeyWords ec = {"an EC public key (P-256) of 91 bytes", "EC key", "cannot sign for that key, and the device hangs up",
                                    "the device hangs up before it sends anything", "at each start"};
    return has_ec_keys(facts) ? ec : rsa;
}

}  // namespace photopsy

#pragma once
// What `keys show` tells, for programs. No secret in it.
#include "handshake/keys.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// The keys of a dump, or the one of a key file: what is not in the source is not there.
struct KeysTold {
    std::string name;         ///< base name of the file
    std::string public_only;  ///< "RSA public key, 2048 bits" of a file that holds no more; ""
    std::optional<DeviceKey> device;
    std::vector<std::uint8_t> spki;  ///< of the device's key; empty unknown
    std::optional<PublicKeyCache> cache;
    std::optional<ServerKey> server;
    std::optional<ServerAddress> address;
    std::vector<KeyElsewhere> elsewhere;
};

/// One JSON object, schema photopsy-keys/1. A private server's name is left out.
std::string keys_json(const KeysTold&);

}  // namespace photopsy

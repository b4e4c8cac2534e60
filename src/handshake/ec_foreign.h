#pragma once
// What else lies in an EC key slot: the right key in a wrapping or displaced, or something that is no EC private key of this curve.
#include "handshake/keys.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

struct EcWrapped {
    DeviceKeyClass what = DeviceKeyClass::WrongType;  ///< WrongEncoding, WrongType, WrongSize or ServerKeyInSlot
    KeyEncoding encoding = KeyEncoding::Other;
    std::string detail;
    std::vector<std::uint8_t> inner;  ///< WrongEncoding: the key as the firmware would want it, as far as it goes; secret
    std::uint32_t reach = 0;          ///< of a text: bytes from the front that it takes up
};

/// `bytes`: the slot and up to 612 bytes from its start on. Nothing where a key of the right form, damaged perhaps, stands at the front (`framed`);
/// everything that is unknown is WrongType.
std::optional<EcWrapped> unwrap_ec_slot(ByteView bytes, bool framed);

/// "an EC public key", "an RSA private key", "a private key of another curve" ...; "" where it is none of these.
std::string ec_foreign_kind(ByteView bytes);

}  // namespace photopsy

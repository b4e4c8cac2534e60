#pragma once
// The cloud's side of the handshake, written after the wire as it was seen and not after the machine under test: an RSA-2048 server with a record of one
// device's public key, which it compares with the presented one or not. Bytes in, bytes out.
#include "handshake/rsa_key.h"
#include "support/shared.h"

#include <array>
#include <optional>

namespace photopsy::test {

struct SessionServer {
    explicit SessionServer(const RsaKey& registered);

    Bytes spki() const;  ///< 294 bytes of its public key
    Bytes nonce() const { return Bytes(40, 0xA7); }
    /// The 384 bytes, or nothing where it hangs up.
    std::optional<Bytes> answer(ByteView message) const;

    RsaKey key, registered;
    bool compares = true;
    bool signs_with_another = false;
    mutable std::array<std::uint8_t, 12> seen_id{};
};

}  // namespace photopsy::test

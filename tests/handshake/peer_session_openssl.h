#pragma once
// The session half of a device for the handshake with a real server: what the firmware does once both RSA operations are done.
#include "base/bytes.h"

#include <optional>
#include <vector>

namespace photopsy::test {

using Bytes = std::vector<std::uint8_t>;

/// 16 bytes AES key, 16 bytes IV, 8 bytes salt, as the server sends them.
struct SessionKey {
    Bytes all;
    ByteView aes() const { return ByteView(all).first(16); }
    ByteView iv() const { return ByteView(all).subspan(16, 16); }
    ByteView salt() const { return ByteView(all).subspan(32, 8); }
};

Bytes random_bytes(std::size_t count);
/// 20 bytes.
Bytes hmac_sha1(ByteView key, ByteView message);
/// AES-128-CBC with PKCS#7 padding.
Bytes encrypted_message(const SessionKey&, ByteView plain);
/// Nothing where the padding is wrong.
std::optional<Bytes> decrypted_message(const SessionKey&, ByteView cipher);

}  // namespace photopsy::test

#pragma once
// The wrappings in which people keep keys: PEM text, PKCS#8. Contents may be secret.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// Base64 up to the first character that is none (white space is skipped). A cut text gives the bytes it still holds.
std::vector<std::uint8_t> decode_base64(std::string_view text);
/// Lines of 64 characters between BEGIN and END of this label ("PUBLIC KEY").
std::string to_pem(ByteView der, std::string_view label);

struct PemBlock {
    std::string label;  ///< "RSA PRIVATE KEY"
    bool encrypted = false;
    std::vector<std::uint8_t> bytes;  ///< as far as the text goes
};
/// The first PEM block in the bytes; its end may be missing. Nothing where no BEGIN line stands.
std::optional<PemBlock> parse_pem(ByteView text);

/// Where the PKCS#1 key begins inside a PKCS#8 PrivateKeyInfo of an RSA key (26 for 1024 bits); nothing if it is none.
std::optional<std::size_t> inside_pkcs8(ByteView der);
/// PrivateKeyInfo around a PKCS#1 key, as OpenSSL 3 writes it.
std::vector<std::uint8_t> wrap_pkcs8(ByteView pkcs1);

/// Bits of the modulus that a PKCS#1 private key claims in its header; 0 if the bytes do not begin as one. The key may be cut off.
unsigned claimed_bits(ByteView pkcs1);

}  // namespace photopsy

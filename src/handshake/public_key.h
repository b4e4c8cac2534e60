#pragma once
// Public keys: their DER forms, and the one that Particle publishes. Nothing here is secret.
#include "base/digest.h"
#include "handshake/number.h"

#include <optional>
#include <vector>

namespace photopsy {

struct PublicKey {
    Number modulus;
    Number exponent;
};

/// SubjectPublicKeyInfo or PKCS#1 RSAPublicKey in DER. Bytes behind it are ignored. Nothing if it is neither, no RSA key, or one
/// of less than 256 bits; a private key is none.
std::optional<PublicKey> parse_public_key(ByteView der);

/// The 162 bytes that the firmware builds around a 128-byte modulus (handshake.cpp@v0.7.0:236-252). `modulus` must be 128 bytes.
std::vector<std::uint8_t> device_spki(ByteView modulus);
/// The 294 bytes of an RSA-2048 public key with exponent 65537. `modulus` must be 256 bytes.
std::vector<std::uint8_t> server_spki(ByteView modulus);

/// Particle's published RSA-2048 key (294 bytes DER), identical in particle-cli's rsa.pub.der, the factory table and
/// system/src/system_cloud_internal_constants.c@v0.7.0:40.
ByteView published_server_key();
/// The 33 bytes in front of every RSA-2048 modulus.
inline ByteView server_key_header() { return published_server_key().first(33); }

}  // namespace photopsy

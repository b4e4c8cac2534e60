#pragma once
// EC keys on P-256 and the forms in which people and firmware write them. Private ones are secret.
#include "handshake/ec_curve.h"

namespace photopsy {

inline constexpr std::size_t ec_spki_size = 91, ec_sec1_size = 121;

/// A whole pair: point = d·G.
struct EcKey {
    EcScalar d;
    EcPoint point{};
};
/// The pair of a private number; nothing where it cannot be a key.
std::optional<EcKey> ec_key_of(const EcScalar& d);
/// d·G = point, and what d signs the point verifies.
bool is_proved(const EcKey&);

/// ECPrivateKey (RFC 5915) with named curve and public half, the number 32 bytes wide: 121 bytes. OpenSSL and firmware from 2.1.0 on write this, and every
/// firmware reads it.
std::vector<std::uint8_t> encode_sec1(const EcKey&);
/// PrivateKeyInfo around the same, as OpenSSL writes it: 138 bytes.
std::vector<std::uint8_t> encode_ec_pkcs8(const EcKey&);
/// SubjectPublicKeyInfo, 91 bytes.
std::vector<std::uint8_t> ec_spki(const EcPoint&);
/// The point of exactly these 91 bytes (anything behind is ignored); nothing where a byte of the frame differs or the point is not on the curve.
std::optional<EcPoint> parse_ec_spki(ByteView der);
/// The 64 bytes at `offset`, where they are a point on the curve.
std::optional<EcPoint> point_at(ByteView bytes, std::size_t offset);

/// Particle's published key for UDP (91 bytes), identical in particle-cli's ec.pub.der, the factory table and
/// system/src/system_cloud_internal_constants.c@v0.7.0:22-31.
ByteView published_ec_server_key();

/// Where the ECPrivateKey begins inside a PrivateKeyInfo with an EC key; nothing where it is none.
std::optional<std::size_t> inside_ec_pkcs8(ByteView der);
/// The ECPrivateKey of a PrivateKeyInfo, `inner` from inside_ec_pkcs8() on, with the name of the curve put in, which it leaves to its wrapping. Secret.
std::vector<std::uint8_t> with_curve_named(ByteView inner);

}  // namespace photopsy

#pragma once
// Synthetic P-256 key pairs from a seed, and the forms in which they stand in a slot. Format: docs/formats/keys.md and dcd.md
// (communication/src/eckeygen.cpp@v0.6.4:20).
#include <cstdint>
#include <vector>

namespace photopsy::sample {

/// Numbers big-endian, 32 bytes each; the point is d times the base point.
struct EcKey {
    std::vector<std::uint8_t> d, x, y;
};

/// Deterministic. `high_scalar`: the top bit of d, which decides about a length, as wished.
enum class EcWish { Any, HighScalar, LowScalar };
const EcKey& ec_key(std::uint64_t seed, EcWish);

/// ECPrivateKey (SEC1): with a scalar of 32 bytes as OpenSSL and the firmware from 2.1.0 on write it (121 bytes), or as a minimal signed number as older
/// firmware does.
std::vector<std::uint8_t> ec_sec1(const EcKey&);
std::vector<std::uint8_t> ec_sec1_minimal(const EcKey&);
/// Without its public half (51 bytes).
std::vector<std::uint8_t> ec_sec1_without_public(const EcKey&);
/// 192 bytes as the device leaves its slot: behind the DER stands the end of the same DER.
std::vector<std::uint8_t> ec_device_slot(const std::vector<std::uint8_t>& der);
std::vector<std::uint8_t> ec_pkcs8(const EcKey&);
std::vector<std::uint8_t> ec_pem(const EcKey&);
std::vector<std::uint8_t> ec_spki(const EcKey&);  ///< 91 bytes

}  // namespace photopsy::sample

#pragma once
// Synthetic key pairs. No real device's key stands anywhere in the repository: these are found anew, by arithmetic, from a seed.
#include <cstdint>
#include <vector>

namespace photopsy::sample {

/// RSA-1024 as the field uses it; numbers are big-endian, of the full width (128 or 64 bytes; twice that for KeyWish::TwiceAsLong). e is 65537.
struct DeviceKey {
    std::vector<std::uint8_t> n, d, p, q, dp, dq, qi;
};

enum class KeyWish {
    Ordinary,       ///< every component fits the firmware's fixed walk, and at least one is shorter than its field (as 97 % of device-made keys)
    TwiceAsLong,    ///< RSA-2048, which no firmware of these devices reads
    ShortComponent  ///< minimal DER makes one component so short that the firmware's walk goes astray (about 1 % of OpenSSL's keys)
};

/// The key of `seed`. Deterministic; kept for the life of the process.
const DeviceKey& device_key(std::uint64_t seed, KeyWish);

std::vector<std::uint8_t> device_form(const DeviceKey&);  ///< 611 bytes: fixed widths, as Device OS writes it (communication/src/dsakeygen.cpp@v0.4.9)
std::vector<std::uint8_t> minimal_der(const DeviceKey&);  ///< PKCS#1 RSAPrivateKey as OpenSSL before 3.0 writes it
std::vector<std::uint8_t> pkcs8(const DeviceKey&);        ///< the same inside PrivateKeyInfo, as OpenSSL 3 writes it
std::vector<std::uint8_t> pem(const DeviceKey&);          ///< "-----BEGIN RSA PRIVATE KEY-----" text
std::vector<std::uint8_t> public_spki(const DeviceKey&);  ///< 162 bytes SubjectPublicKeyInfo
std::vector<std::uint8_t> public_spki(const std::vector<std::uint8_t>& modulus);

/// 294 bytes SubjectPublicKeyInfo of an RSA-2048 server that is not Particle's.
std::vector<std::uint8_t> server_spki(std::uint64_t seed);

}  // namespace photopsy::sample

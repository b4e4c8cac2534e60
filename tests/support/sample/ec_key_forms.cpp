// How a P-256 key is written down.
#include "support/sample/ec_keys.h"
#include "support/sample/pem_text.h"

#include <algorithm>
#include <string_view>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t slot_length = 192;

const Bytes curve_name{0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}, ec_public_key{0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01};
const Bytes version_one{0x02, 0x01, 0x01}, version_zero{0x02, 0x01, 0x00};

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// Tag, length, content.
Bytes tagged(std::uint8_t tag, const Bytes& content) {
    Bytes head{tag};
    if (content.size() > 0x7F) head.push_back(0x81);
    head.push_back(static_cast<std::uint8_t>(content.size()));
    return joined({head, content});
}

Bytes public_bits(const EcKey& key) { return tagged(0x03, joined({{0x00, 0x04}, key.x, key.y})); }

Bytes private_key(const EcKey& key, const Bytes& scalar) {
    return tagged(0x30, joined({version_one, tagged(0x04, scalar), tagged(0xA0, curve_name), tagged(0xA1, public_bits(key))}));
}

}  // namespace

Bytes ec_sec1(const EcKey& key) { return private_key(key, key.d); }

Bytes ec_sec1_minimal(const EcKey& key) {
    auto scalar = key.d;
    while (scalar.size() > 1 && scalar[0] == 0) scalar.erase(scalar.begin());
    if (scalar[0] & 0x80) scalar.insert(scalar.begin(), std::uint8_t{0});
    return private_key(key, scalar);
}

Bytes ec_sec1_without_public(const EcKey& key) { return tagged(0x30, joined({version_one, tagged(0x04, key.d), tagged(0xA0, curve_name)})); }

Bytes ec_device_slot(const Bytes& der) {
    Bytes slot(slot_length, 0xFF);
    std::copy(der.begin(), der.end(), slot.end() - static_cast<std::ptrdiff_t>(der.size()));
    std::copy(der.begin(), der.end(), slot.begin());
    return slot;
}

Bytes ec_pkcs8(const EcKey& key) {
    const auto inner = tagged(0x30, joined({version_one, tagged(0x04, key.d), tagged(0xA1, public_bits(key))}));
    return tagged(0x30, joined({version_zero, tagged(0x30, joined({ec_public_key, curve_name})), tagged(0x04, inner)}));
}

Bytes ec_spki(const EcKey& key) { return tagged(0x30, joined({tagged(0x30, joined({ec_public_key, curve_name})), public_bits(key)})); }

Bytes ec_pem(const EcKey& key) { return pem_text("EC PRIVATE KEY", ec_sec1(key)); }

}  // namespace photopsy::sample

// How a key is written down: the fixed-width form of the device, and DER.
#include "base/hex.h"
#include "support/sample/keys.h"
#include "support/sample/pem_text.h"

#include <initializer_list>
#include <string_view>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;

void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

/// Tag, DER length and content.
Bytes wrapped(std::uint8_t tag, const Bytes& content) {
    Bytes result{tag};
    const auto size = content.size();
    if (size > 0xFF)
        append(result, {0x82, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)});
    else if (size > 0x7F)
        append(result, {0x81, static_cast<std::uint8_t>(size)});
    else
        result.push_back(static_cast<std::uint8_t>(size));
    append(result, content);
    return result;
}

/// INTEGER without superfluous zero bytes.
Bytes minimal(const Bytes& number) {
    std::size_t zeros = 0;
    while (zeros + 1 < number.size() && number[zeros] == 0) ++zeros;
    Bytes value(number.begin() + static_cast<std::ptrdiff_t>(zeros), number.end());
    if (value[0] & 0x80) value.insert(value.begin(), std::uint8_t{0});
    return wrapped(2, value);
}

/// INTEGER with a leading zero whatever the value is.
Bytes padded(const Bytes& number) {
    Bytes value{0};
    append(value, number);
    return wrapped(2, value);
}

Bytes sequence(std::initializer_list<Bytes> parts) {
    Bytes content;
    for (const auto& part : parts) append(content, part);
    return wrapped(0x30, content);
}

const Bytes zero{2, 1, 0}, exponent{2, 3, 1, 0, 1};
const Bytes rsa_algorithm{0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00};

Bytes spki(const Bytes& modulus) {
    Bytes bits{0};
    append(bits, sequence({minimal(modulus), exponent}));
    return sequence({rsa_algorithm, wrapped(3, bits)});
}

}  // namespace

Bytes public_spki(const Bytes& modulus) { return spki(modulus); }

Bytes device_form(const DeviceKey& key) {
    return sequence({zero, padded(key.n), exponent, padded(key.d), padded(key.p), padded(key.q), padded(key.dp), padded(key.dq), padded(key.qi)});
}

Bytes minimal_der(const DeviceKey& key) {
    return sequence({zero, minimal(key.n), exponent, minimal(key.d), minimal(key.p), minimal(key.q), minimal(key.dp), minimal(key.dq), minimal(key.qi)});
}

Bytes pkcs8(const DeviceKey& key) { return sequence({zero, rsa_algorithm, wrapped(4, minimal_der(key))}); }

Bytes public_spki(const DeviceKey& key) { return spki(key.n); }

Bytes pem(const DeviceKey& key) { return pem_text("RSA PRIVATE KEY", minimal_der(key)); }

}  // namespace photopsy::sample

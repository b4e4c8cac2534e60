#include "support/ec_pair.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

namespace photopsy::test {

namespace {

void join(Bytes& out, std::initializer_list<std::uint8_t> bytes) { out.insert(out.end(), bytes); }
void join(Bytes& out, const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// An INTEGER's content: no zero octets in front but the one that a set top bit asks for.
Bytes minimal_octets(Bytes number) {
    while (number.size() > 1 && number.front() == 0) number.erase(number.begin());
    if (number.front() & 0x80) number.insert(number.begin(), 0);
    return number;
}

}  // namespace

Bytes sec1_of(const EcPair& pair, EcWidth width, bool with_point) {
    const Bytes number = width == EcWidth::Minimal ? minimal_octets(pair.number) : pair.number;
    Bytes body = {2, 1, 1, 4, static_cast<std::uint8_t>(number.size())};
    join(body, number);
    join(body, {0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07});
    if (with_point) {
        join(body, {0xA1, 0x44, 0x03, 0x42, 0x00, 0x04});
        join(body, pair.point);
    }
    Bytes der = {0x30, static_cast<std::uint8_t>(body.size())};
    join(der, body);
    return der;
}

EcPair ec_pair_of(const Bytes& number) {
    // SEC 2, 2.4.2: the order of the curve. The library reads larger numbers as well.
    const Bytes order = {0xFF, 0xFF, 0xFF, 0xFF, 0,    0,    0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                         0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};
    if (number >= order) return {};
    EcPair pair{number, {}};
    const Bytes der = sec1_of(pair, EcWidth::Fixed, false);
    const auto* at = der.data();
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())), EVP_PKEY_free);
    std::array<std::uint8_t, 80> point{};
    std::size_t size = 0;
    const bool made = key && EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(), &size) == 1 && size == 65;
    ERR_clear_error();
    if (!made) return {};
    pair.point.assign(point.begin() + 1, point.begin() + 65);
    return pair;
}

EcPair rolled_ec_pair(Dice& dice) {
    for (;;) {
        Bytes number(32);
        for (auto& byte : number) byte = static_cast<std::uint8_t>(dice.next() >> 24);
        auto pair = ec_pair_of(number);
        if (!pair.point.empty()) return pair;
    }
}

Bytes slot_made_by_device(const EcPair& pair, EcWidth width) {
    const Bytes der = sec1_of(pair, width);
    Bytes slot(192, 0);
    std::copy(der.begin(), der.end(), slot.end() - static_cast<std::ptrdiff_t>(der.size()));
    std::copy(slot.end() - static_cast<std::ptrdiff_t>(der.size()), slot.end(), slot.begin());
    return slot;
}

Bytes written_over(Bytes slot, const Bytes& file) {
    std::copy_n(file.begin(), std::min(file.size(), slot.size()), slot.begin());
    return slot;
}

Bytes fresh_slot_with(const Bytes& file) { return written_over(Bytes(192, 0xFF), file); }

Bytes spki_of(const EcPair& pair) {
    Bytes der = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06,
                 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    join(der, pair.point);
    return der;
}

}  // namespace photopsy::test

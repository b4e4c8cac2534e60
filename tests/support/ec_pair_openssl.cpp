#include "support/ec_pair.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

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

struct FreeOnCurve {
    void operator()(EC_GROUP* curve) const { EC_GROUP_free(curve); }
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};

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
    const std::unique_ptr<EC_GROUP, FreeOnCurve> curve(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const std::unique_ptr<EC_POINT, FreeOnCurve> point(EC_POINT_new(curve.get()));
    const std::unique_ptr<BIGNUM, FreeOnCurve> scalar(BN_bin2bn(number.data(), static_cast<int>(number.size()), nullptr));
    if (BN_is_zero(scalar.get()) || BN_cmp(scalar.get(), EC_GROUP_get0_order(curve.get())) >= 0) return {};
    std::array<std::uint8_t, 65> octets{};  // SEC 1, 2.3.3: 4, then both coordinates
    if (EC_POINT_mul(curve.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) != 1) return {};
    if (EC_POINT_point2oct(curve.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(), octets.size(), nullptr) != octets.size()) return {};
    return {number, Bytes(octets.begin() + 1, octets.end())};
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

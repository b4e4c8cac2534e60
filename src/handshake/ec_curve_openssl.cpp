#include "handshake/ec_curve.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>

namespace photopsy {

namespace {

struct FreeCurve {
    void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
    void operator()(EC_POINT* point) const { EC_POINT_clear_free(point); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
    void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using CurvePoint = std::unique_ptr<EC_POINT, FreeCurve>;
using CurveNumber = std::unique_ptr<BIGNUM, FreeCurve>;

/// The curve and scratch space, one of each per thread. The library's configuration file is never read.
struct Curve {
    std::unique_ptr<EC_GROUP, FreeCurve> group;
    std::unique_ptr<BN_CTX, FreeCurve> scratch;

    EC_GROUP* get() const { return group.get(); }
    BN_CTX* context() const { return scratch.get(); }
    CurvePoint point() const { return CurvePoint(EC_POINT_new(group.get())); }
};

const Curve& curve() {
    thread_local const Curve made = [] {
        OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
        Curve fresh{std::unique_ptr<EC_GROUP, FreeCurve>(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)),
                    std::unique_ptr<BN_CTX, FreeCurve>(BN_CTX_secure_new())};
        assert(fresh.group && fresh.scratch && "out of memory");
        return fresh;
    }();
    return made;
}

CurveNumber curve_number(ByteView big_endian) { return CurveNumber(BN_bin2bn(big_endian.data(), static_cast<int>(big_endian.size()), nullptr)); }

/// Nothing where it is not on the curve.
CurvePoint curve_point(const EcPoint& point) {
    const ByteView bytes(point);
    const auto x = curve_number(bytes.first(ec_number_size)), y = curve_number(bytes.subspan(ec_number_size));
    auto made = curve().point();
    const BIGNUM* prime = EC_GROUP_get0_field(curve().get());
    if (BN_cmp(x.get(), prime) >= 0 || BN_cmp(y.get(), prime) >= 0) return {};
    return EC_POINT_set_affine_coordinates(curve().get(), made.get(), x.get(), y.get(), curve().context()) == 1 ? std::move(made) : CurvePoint();
}

std::optional<EcPoint> coordinates(const EC_POINT* point) {
    const CurveNumber x(BN_new()), y(BN_new());
    if (EC_POINT_get_affine_coordinates(curve().get(), point, x.get(), y.get(), curve().context()) != 1) return {};
    EcPoint bytes;
    BN_bn2binpad(x.get(), bytes.data(), ec_number_size);
    BN_bn2binpad(y.get(), bytes.data() + ec_number_size, ec_number_size);
    return bytes;
}

CurvePoint multiple(const EcScalar& d) {
    const auto number = curve_number(d.bytes());
    auto made = curve().point();
    EC_POINT_mul(curve().get(), made.get(), number.get(), nullptr, nullptr, curve().context());
    return made;
}

void add(CurvePoint& sum, const CurvePoint& more) { EC_POINT_add(curve().get(), sum.get(), sum.get(), more.get(), curve().context()); }
bool same(const CurvePoint& a, const CurvePoint& b) { return EC_POINT_cmp(curve().get(), a.get(), b.get(), curve().context()) == 0; }

/// `d` with `amount` added to (or taken from) one byte; nothing where that byte has no room for it.
std::optional<EcScalar> changed(const EcScalar& d, std::size_t at, int amount) {
    const int value = d.bytes()[at] + amount;
    if (value < 0 || value > 0xFF) return {};
    std::array<std::uint8_t, ec_number_size> bytes;
    std::copy(d.bytes().begin(), d.bytes().end(), bytes.begin());
    bytes[at] = static_cast<std::uint8_t>(value);
    const EcScalar result{ByteView(bytes)};
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return result;
}

}  // namespace

EcScalar::EcScalar(ByteView big_endian) {
    const ByteView low = big_endian.size() > bytes_.size() ? big_endian.last(bytes_.size()) : big_endian;
    std::copy(low.begin(), low.end(), bytes_.end() - static_cast<std::ptrdiff_t>(low.size()));
}
EcScalar::~EcScalar() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

bool is_scalar(const EcScalar& d) {
    const auto number = curve_number(d.bytes());
    return !BN_is_zero(number.get()) && BN_cmp(number.get(), EC_GROUP_get0_order(curve().get())) < 0;
}

std::optional<EcPoint> point_of(const EcScalar& d) { return is_scalar(d) ? coordinates(multiple(d).get()) : std::nullopt; }

bool on_curve(const EcPoint& point) { return curve_point(point) != nullptr; }

std::vector<EcPoint> points_with(ByteView x) {
    std::vector<EcPoint> found;
    const auto number = curve_number(x);
    if (BN_cmp(number.get(), EC_GROUP_get0_field(curve().get())) >= 0) return found;
    for (const int odd : {0, 1}) {
        const auto point = curve().point();
        if (EC_POINT_set_compressed_coordinates(curve().get(), point.get(), number.get(), odd, curve().context()) != 1) continue;
        if (const auto bytes = coordinates(point.get())) found.push_back(*bytes);
    }
    return found;
}

/// The difference to the right point is a small multiple of 256^i·G: each is reached by adding.
std::optional<EcScalar> scalar_near(const EcScalar& damaged, const EcPoint& point) {
    auto missing = curve_point(point);
    if (!missing) return {};
    auto negative = multiple(damaged);
    EC_POINT_invert(curve().get(), negative.get(), curve().context());
    add(missing, negative);
    const auto too_much = CurvePoint(EC_POINT_dup(missing.get(), curve().get()));
    EC_POINT_invert(curve().get(), too_much.get(), curve().context());
    for (std::size_t i = 0; i < ec_number_size; ++i) {
        std::array<std::uint8_t, ec_number_size> unit{};
        unit[i] = 1;
        const auto step = multiple(EcScalar{ByteView(unit)});
        auto sum = curve().point();
        for (int amount = 1; amount <= 0xFF; ++amount) {
            add(sum, step);
            const int sign = same(sum, missing) ? 1 : same(sum, too_much) ? -1 : 0;
            if (sign == 0) continue;
            if (const auto found = changed(damaged, i, sign * amount); found && point_of(*found) == point) return found;
        }
    }
    return {};
}

unsigned bits_apart(const EcPoint& a, const EcPoint& b) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < a.size(); ++i) bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(a[i] ^ b[i])));
    return bits;
}

}  // namespace photopsy

// Points by OpenSSL's arithmetic of curves.
#include "support/sample/ec_keys.h"
#include "support/sample/stream.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr int width = 32;

struct FreeCurve {
    void operator()(EC_GROUP* curve) const { EC_GROUP_free(curve); }
    void operator()(EC_POINT* point) const { EC_POINT_free(point); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
using Number = std::unique_ptr<BIGNUM, FreeCurve>;

Bytes written_number(const BIGNUM* value) {
    Bytes bytes(width);
    BN_bn2binpad(value, bytes.data(), width);
    return bytes;
}

bool is_as_wished(const Bytes& scalar, EcWish wish) {
    const bool high = scalar[0] & 0x80;
    return wish == EcWish::Any || high == (wish == EcWish::HighScalar);
}

EcKey drawn_key(std::uint64_t seed, EcWish wish) {
    Stream stream(seed, "ec key");
    auto scalar = stream.bytes(width);
    while (!is_as_wished(scalar, wish) || scalar[0] == 0xFF || scalar[0] == 0) scalar = stream.bytes(width);  // below the order of the curve
    const std::unique_ptr<EC_GROUP, FreeCurve> curve(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
    const std::unique_ptr<EC_POINT, FreeCurve> point(EC_POINT_new(curve.get()));
    const Number d(BN_bin2bn(scalar.data(), width, nullptr)), x(BN_new()), y(BN_new());
    EC_POINT_mul(curve.get(), point.get(), d.get(), nullptr, nullptr, nullptr);
    EC_POINT_get_affine_coordinates(curve.get(), point.get(), x.get(), y.get(), nullptr);
    return {scalar, written_number(x.get()), written_number(y.get())};
}

}  // namespace

const EcKey& ec_key(std::uint64_t seed, EcWish wish) {
    static std::map<std::pair<std::uint64_t, EcWish>, EcKey> known;
    static std::mutex guard_of_known;
    const std::lock_guard guard(guard_of_known);
    const auto place = known.find({seed, wish});
    return place != known.end() ? place->second : known[{seed, wish}] = drawn_key(seed, wish);
}

}  // namespace photopsy::sample

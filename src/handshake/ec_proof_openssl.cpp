#include "handshake/ec_curve.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>
#include <tuple>

namespace photopsy {

namespace {

struct FreeEvp {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
    void operator()(BIGNUM* number) const { BN_clear_free(number); }
};
template <typename Thing>
using Owned = std::unique_ptr<Thing, FreeEvp>;

/// A key of the library: with `d` the pair, without it the public half.
Owned<EVP_PKEY> library_key(const EcScalar* d, const EcPoint& point) {
    std::array<std::uint8_t, 1 + std::tuple_size_v<EcPoint>> uncompressed{4};
    std::copy(point.begin(), point.end(), uncompressed.begin() + 1);
    const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, uncompressed.data(), uncompressed.size());
    const Owned<BIGNUM> number(d ? BN_bin2bn(d->bytes().data(), static_cast<int>(d->bytes().size()), BN_secure_new()) : nullptr);
    if (number) OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get());
    const Owned<OSSL_PARAM> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_fromdata_init(context.get()) != 1) return {};
    EVP_PKEY_fromdata(context.get(), &key, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, parameters.get());
    return Owned<EVP_PKEY>(key);
}

}  // namespace

bool signs_for(const EcScalar& d, const EcPoint& point) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    if (!is_scalar(d) || !on_curve(point)) return false;
    const auto pair = library_key(&d, point), half = library_key(nullptr, point);
    constexpr std::array<std::uint8_t, 32> message = {'p', 'h', 'o', 't', 'o', 'p', 's', 'y'};
    std::array<std::uint8_t, 80> signature{};
    std::size_t size = signature.size();
    const Owned<EVP_MD_CTX> signing(EVP_MD_CTX_new()), verifying(EVP_MD_CTX_new());
    const bool made = pair && EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, pair.get()) == 1 &&
                      EVP_DigestSign(signing.get(), signature.data(), &size, message.data(), message.size()) == 1;
    const bool right = made && half && EVP_DigestVerifyInit(verifying.get(), nullptr, EVP_sha256(), nullptr, half.get()) == 1 &&
                       EVP_DigestVerify(verifying.get(), signature.data(), size, message.data(), message.size()) == 1;
    ERR_clear_error();
    return right;
}

}  // namespace photopsy

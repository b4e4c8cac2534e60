#include "mend/new_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

namespace photopsy {

static std::optional<Number> factor(EVP_PKEY* key, const char* name) {
    BIGNUM* value = nullptr;
    if (!EVP_PKEY_get_bn_param(key, name, &value)) return {};
    std::array<std::uint8_t, 64> bytes{};
    const bool fits = BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
    BN_clear_free(value);
    const auto number = fits ? std::optional<Number>(Number(bytes)) : std::nullopt;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return number;
}

std::optional<RsaKey> make_new_key() {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}), EVP_PKEY_free);
    if (!key) return {};
    const auto p = factor(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR1), q = factor(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR2);
    if (!p || !q) return {};
    auto made = key_of_primes(*p, *q);
    return made && is_proved(*made) ? made : std::nullopt;
}

std::optional<EcKey> make_new_ec_key() {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "prime256v1"), EVP_PKEY_free);
    BIGNUM* value = nullptr;
    if (!key || !EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &value)) return {};
    std::array<std::uint8_t, ec_number_size> bytes{};
    BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size()));
    BN_clear_free(value);
    const auto made = ec_key_of(EcScalar{ByteView(bytes)});
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return made && is_proved(*made) ? made : std::nullopt;
}

}  // namespace photopsy

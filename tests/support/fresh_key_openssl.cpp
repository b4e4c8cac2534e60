#include "support/fresh_key_openssl.h"

#include <openssl/encoder.h>
#include <openssl/evp.h>

#include <memory>

namespace photopsy::test {

Bytes fresh_openssl_key(std::size_t bits) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", bits), EVP_PKEY_free);
    if (!key) return {};
    const std::unique_ptr<OSSL_ENCODER_CTX, decltype(&OSSL_ENCODER_CTX_free)> encoder(
        OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_KEYPAIR, "DER", "type-specific", nullptr), OSSL_ENCODER_CTX_free);
    unsigned char* der = nullptr;
    std::size_t size = 0;
    if (!encoder || !OSSL_ENCODER_to_data(encoder.get(), &der, &size)) return {};
    const Bytes bytes(der, der + size);
    OPENSSL_free(der);
    return bytes;
}

}  // namespace photopsy::test

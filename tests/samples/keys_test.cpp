#include "support/sample/keys.h"

#include "base/bytes.h"
#include "catch.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

using namespace photopsy::sample;

namespace {

/// OpenSSL's own judgement of an RSA private key in DER.
bool consistent(const std::vector<std::uint8_t>& der) {
    const auto* at = der.data();
    EVP_PKEY* key = d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()));
    if (!key) return false;
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
    const bool good = EVP_PKEY_pairwise_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return good;
}

}  // namespace

TEST_CASE("synthetic device keys are true RSA keys in every form", "[samples]") {
    const auto& key = device_key(5, KeyWish::Ordinary);
    CHECK(consistent(minimal_der(key)));
    CHECK(consistent(pkcs8(key)));
    CHECK(device_form(key).size() == 611);
    CHECK(minimal_der(key).size() < 611);
    CHECK(pkcs8(key).size() == minimal_der(key).size() + 26);
    CHECK(public_spki(key).size() == 162);
    CHECK(&key == &device_key(5, KeyWish::Ordinary));
    CHECK(device_key(6, KeyWish::Ordinary).n != key.n);
    const auto text = pem(key);
    CHECK(std::string(text.begin(), text.begin() + 11) == "-----BEGIN ");
    auto broken = minimal_der(key);
    broken[300] ^= 4;
    CHECK_FALSE(consistent(broken));
}

TEST_CASE("a short component is what was asked for", "[samples]") {
    const auto& key = device_key(9, KeyWish::ShortComponent);
    CHECK(consistent(minimal_der(key)));
    CHECK(minimal_der(key).size() <= 609);
}

TEST_CASE("another server's key is a well-formed RSA-2048 key", "[samples]") {
    const auto spki = server_spki(3);
    CHECK(spki.size() == 294);
    const auto* at = spki.data();
    EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()));
    REQUIRE(key);
    CHECK(EVP_PKEY_get_bits(key) == 2048);
    EVP_PKEY_free(key);
}

#include "peer_session_openssl.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace photopsy::test {

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) bytes.clear();
    return bytes;
}

Bytes hmac_sha1(ByteView key, ByteView message) {
    Bytes out(20);
    std::size_t size = 0;
    EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA1", nullptr, key.data(), key.size(), message.data(), message.size(), out.data(), out.size(), &size);
    return out;
}

static std::optional<Bytes> aes(const SessionKey& key, ByteView in, int encrypt) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    Bytes out(in.size() + 16);
    int first = 0, last = 0;
    if (!context || EVP_CipherInit_ex2(context.get(), EVP_aes_128_cbc(), key.aes().data(), key.iv().data(), encrypt, nullptr) != 1) return {};
    if (EVP_CipherUpdate(context.get(), out.data(), &first, in.data(), static_cast<int>(in.size())) != 1) return {};
    if (EVP_CipherFinal_ex(context.get(), out.data() + first, &last) != 1) return {};
    out.resize(static_cast<std::size_t>(first + last));
    return out;
}

Bytes encrypted_message(const SessionKey& key, ByteView plain) { return aes(key, plain, 1).value_or(Bytes{}); }
std::optional<Bytes> decrypted_message(const SessionKey& key, ByteView cipher) { return aes(key, cipher, 0); }

}  // namespace photopsy::test

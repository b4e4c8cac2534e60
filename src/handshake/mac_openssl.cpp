#include "handshake/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cassert>

namespace photopsy {

std::array<std::uint8_t, mac_size> hmac_sha1(ByteView key, ByteView message) {
    static const int started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    std::array<std::uint8_t, mac_size> digest{};
    std::size_t size = 0;
    [[maybe_unused]] const bool done = started && EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA1", nullptr, key.data(), key.size(), message.data(), message.size(),
                                                            digest.data(), digest.size(), &size) != nullptr;
    assert(done && size == digest.size());
    return digest;
}

}  // namespace photopsy

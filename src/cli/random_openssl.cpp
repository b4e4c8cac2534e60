#include "cli/random_openssl.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace photopsy {

bool fill_random(std::span<std::uint8_t> bytes) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    return RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
}

}  // namespace photopsy

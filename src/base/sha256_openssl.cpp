#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cassert>

namespace photopsy {

Sha256 sha256(ByteView bytes) {
    // No configuration file is read: the same input gives the same answer on every machine.
    static const int started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    Sha256 digest{};
    unsigned length = 0;
    [[maybe_unused]] const int done = started ? EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) : 0;
    assert(done == 1 && length == digest.size());
    return digest;
}

}  // namespace photopsy

// By nettle, which computes from the first byte on: libcrypto looks its algorithms up by name first, which takes longer than hashing a megabyte.
#include "base/digest.h"

#include <nettle/sha2.h>

namespace photopsy {

static_assert(Sha256{}.size() == SHA256_DIGEST_SIZE);

Sha256 sha256(ByteView bytes) {
    sha256_ctx state;
    sha256_init(&state);
    sha256_update(&state, bytes.size(), bytes.data());
    Sha256 digest;
    sha256_digest(&state, digest.size(), digest.data());
    return digest;
}

}  // namespace photopsy

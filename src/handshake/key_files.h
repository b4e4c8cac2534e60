#pragma once
// The forms in which files of one RSA key are written. Secret.
#include "handshake/rsa_key.h"

#include <vector>

namespace photopsy {

/// Of each way to write its numbers, and of either d that programs write: in PKCS#8, and as it stands.
std::vector<std::vector<std::uint8_t>> files_of_key(const RsaKey&);

}  // namespace photopsy

#pragma once
#include "handshake/rsa_key.h"

#include <optional>

namespace photopsy {

/// A fresh RSA-1024 key with e = 65537 from the system's random numbers. Nothing where the library refuses.
std::optional<RsaKey> make_new_key();

}  // namespace photopsy

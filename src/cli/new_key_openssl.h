#pragma once
#include "handshake/ec_key.h"
#include "handshake/rsa_key.h"

#include <optional>

namespace photopsy {

/// A fresh RSA-1024 key with e = 65537 from the system's random numbers. Nothing where the library refuses.
std::optional<RsaKey> make_new_key();
/// A fresh key on P-256 likewise.
std::optional<EcKey> make_new_ec_key();

}  // namespace photopsy

#pragma once
// Fresh keys. The only place of the core where the same question has another answer each time: random numbers come from the system, through OpenSSL.
#include "handshake/ec_key.h"
#include "handshake/keys.h"
#include "handshake/rsa_key.h"

#include <optional>
#include <vector>

namespace photopsy {

/// A fresh RSA-1024 key with e = 65537 from the system's random numbers. Nothing where the library refuses.
std::optional<RsaKey> make_new_key();
/// A fresh key on P-256 likewise.
std::optional<EcKey> make_new_ec_key();

/// A fresh pair in the forms in which it is written: the firmware's own (secret), and SubjectPublicKeyInfo; both empty where the library refuses.
struct NewPair {
    std::vector<std::uint8_t> der, spki;
};
NewPair make_new_pair(KeyKind);

}  // namespace photopsy

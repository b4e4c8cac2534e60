#pragma once
// The key of a private server, wherever the dump still has it. Public facts only.
#include "handshake/keys.h"

namespace photopsy {

/// What the other copy of the table holds in the place of the server's key, where that is a whole key of a private server, goes with the address that is in
/// use, and the slot in use holds none such any more; else nothing. For keys of RSA-2048.
std::optional<ServerKey> older_server_key(const Image&, const Facts&, const KeyFacts&);

/// The 294 bytes of the server's key: of the slot in use, in whatever form, or of the older copy where that alone is whole. Empty where there is none.
std::vector<std::uint8_t> own_server_spki(const Image&, const KeyFacts&);

}  // namespace photopsy

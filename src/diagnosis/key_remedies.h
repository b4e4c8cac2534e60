#pragma once
// What the owner of a damaged key can do, the least destructive first, with the commands for his device.
#include "diagnosis/cause.h"

namespace photopsy {

Remedy keep_dump();
/// The old key, rebuilt or found, written back: no login, no new registration.
Remedy write_old_key_back(const Observations&, const KeyFacts::Recovery&);
/// A new key by photopsy and its registration; carries the warning about the keys that the Particle CLI makes with OpenSSL 3.
Remedy make_new_key(const Observations&);
/// Register the key that is in the device: writes nothing to it.
Remedy register_present_key(const Observations&);
Remedy write_server_key(const Observations&);

/// "keep this dump", then the ways back to the old key, then a new one.
std::vector<Remedy> key_remedies(const Observations&);

/// What the handshake does then, one sentence for each policy (one if both end alike).
std::vector<ChainLink> handshake_links(const Observations&);

}  // namespace photopsy

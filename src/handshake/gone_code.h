#pragma once
// Code that a connection may need and that is not in the flash any more.
#include "facts/facts.h"
#include "handshake/handshake.h"

namespace photopsy {

/// Where the handshake would succeed and a stretch of a system part, or of firmware in one piece, is erased, zeroed or replaced, or calls between system parts
/// lead to no function (docs/formats/code.md): its end is unknown, with the reason. One rule for all devices: what only the part itself calls stands in no
/// table. For a device that starts as it is.
void judge_code(const Image&, const Facts&, HandshakeOutcome&);

/// More than a tenth of a system part's calls into other modules lead to no function in those that are installed.
bool calls_lead_nowhere(const Facts&);

}  // namespace photopsy

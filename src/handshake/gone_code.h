#pragma once
// Code that a connection may need and that is not in the flash any more.
#include "facts/facts.h"
#include "handshake/handshake.h"

namespace photopsy {

/// Where the handshake would succeed and functions of system parts that other modules call by the export tables (docs/formats/code.md) begin in an erased,
/// zeroed or replaced stretch, or calls between system parts lead to no function: its end is unknown, with the reason.
/// For a device that starts as it is.
void judge_code(const Image&, const Facts&, HandshakeOutcome&);

/// More than a tenth of a system part's calls into other modules lead to no function in those that are installed.
bool calls_lead_nowhere(const Facts&);

}  // namespace photopsy

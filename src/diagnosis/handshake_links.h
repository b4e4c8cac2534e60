#pragma once
// The end of a chain that leads to the cloud.
#include "diagnosis/cause.h"

namespace photopsy {

/// What the handshake does then, one sentence for each policy (one if both end alike).
std::vector<ChainLink> handshake_links(const Observations&);

}  // namespace photopsy

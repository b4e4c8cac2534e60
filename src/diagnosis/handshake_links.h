#pragma once
// The end of a chain that leads to the cloud.
#include "diagnosis/cause.h"

namespace photopsy {

/// What a cause is about. Where a handshake comes to its end elsewhere, the cause did not make it end so.
enum class HandshakeEnd { Any, OfDeviceKey, OfServer };

/// What the handshake does then, one sentence for each policy (one if both end alike). None where what fails is not of this kind. The order of the steps:
/// docs/formats/handshake.md.
std::vector<ChainLink> handshake_links(const Observations&, HandshakeEnd = HandshakeEnd::Any);

}  // namespace photopsy

#pragma once
// An EC key says itself twice: the point follows from the private number. The number follows from nothing: a point alone gives none back.
#include "handshake/ec_frame.h"

#include <string>

namespace photopsy {

struct EcRebuilt {
    EcKey key;           ///< proved; secret
    std::string method;  ///< "from the private number", for people
};

/// The key behind a slot (192 bytes) of which some bytes may be wrong; `content`: bytes in front of the trailing run of FF or 00. A key is returned only
/// where something confirms its number: the point beside it (damaged itself or not), or one of `witnesses`; one byte of the number may be wrong.
std::optional<EcRebuilt> rebuild_ec_key(ByteView slot, const EcFrame&, std::size_t content, const std::vector<EcPoint>& witnesses);

/// The point that stands in the slot, whole or with one coordinate damaged; nothing where it cannot be told. Public, and no proof of the number.
std::optional<EcPoint> point_in_slot(ByteView slot, const EcFrame&, std::size_t content);

}  // namespace photopsy

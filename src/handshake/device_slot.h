#pragma once
#include "base/bytes.h"
#include <vector>
namespace photopsy {
/// The public key (162 bytes SPKI) of the key that belongs to this slot.
std::vector<std::uint8_t> belonging_public_key(ByteView slot);
}

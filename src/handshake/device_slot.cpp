#include "handshake/device_slot.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
namespace photopsy {
std::vector<std::uint8_t> belonging_public_key(ByteView slot) { return device_spki(slot.subspan(presented_modulus_at, 128)); }
}

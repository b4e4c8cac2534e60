#pragma once
// Where the firmware finds the numbers of the device's private key. It does not read DER: it takes fixed steps and looks only at the lowest
// bit of each length octet. Source: communication/src/handshake.cpp@v0.7.0:156-217 (the same steps from v0.4.0 to v3.3.1).
#include "base/bytes.h"

#include <array>
#include <cstdint>

namespace photopsy {

inline constexpr std::size_t device_slot_size = 612;     ///< hal/inc/ota_flash_hal.h@v0.7.0:198
inline constexpr std::size_t server_slot_size = 294;     ///< ota_flash_hal.h@v0.7.0:194
inline constexpr std::size_t server_modulus_at = 33;     ///< handshake.cpp@v2.3.1:131
inline constexpr std::size_t server_address_at = 384;    ///< of the server slot; 128 bytes
inline constexpr std::size_t presented_modulus_at = 11;  ///< handshake.cpp@v0.7.0:247: always these 128 bytes, whatever the walk finds

/// Offsets into the slot, in the order n d p q dP dQ qInv; n and d are 128 bytes, the others 64.
struct KeyWalk {
    std::array<std::uint16_t, 7> at{};
    std::array<std::uint16_t, 7> length_octet{};  ///< where the bit was read that says "a zero byte precedes"
};

inline constexpr std::array<std::uint16_t, 7> component_widths = {128, 128, 64, 64, 64, 64, 64};
enum ComponentIndex { ComponentN, ComponentD, ComponentP, ComponentQ, ComponentDP, ComponentDQ, ComponentQInv };

/// The walk never reads behind byte 610. A slot that is shorter reads as erased behind its end.
KeyWalk walk_device_key(ByteView slot);

}  // namespace photopsy

#pragma once
// One EC device key slot, judged from its bytes. Holds the key itself where there is one: stays inside handshake/ and mend/.
#include "handshake/ec_frame.h"
#include "handshake/keys.h"

#include <string>

namespace photopsy {

inline constexpr std::size_t ec_tail_at = ec_device_slot_size - 65;  ///< 127: where a device that makes its key leaves 04, X and Y (docs/formats/keys.md)

struct EcSlotReading {
    DeviceKeyClass what = DeviceKeyClass::NotInFile;
    KeyEncoding encoding = KeyEncoding::None;
    bool usable = false;                    ///< the firmware reads it, and what it shows belongs to what it signs with
    bool counts_as_empty = false;           ///< byte 0 is FF: the firmware makes a new key (hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp@v2.3.1:487)
    EcWalk walk;                            ///< secret
    std::optional<EcFrame> frame;           ///< nothing where no key stands at the front
    std::vector<Range> damage;              ///< offsets into the slot
    std::string detail;                     ///< one sentence without secrets
    std::optional<EcKey> key;               ///< secret; proved
    std::string method;                     ///< how it was put together, for people; "as it stands"
    std::vector<std::uint8_t> public_spki;  ///< of the key that belongs here; empty if unknown
    std::optional<EcPoint> first_key;       ///< the point that a device of this key left behind the number, where it is another key's
    std::uint32_t reach = 0;                ///< of a key written there as text: the bytes that it takes up
    bool by_text_transfer = false;          ///< a transfer in text mode rewrote the key's bytes; `key` where that can be undone
    bool number_differs = false, point_differs = false, frame_differs = false;  ///< where `key` is known
};

/// `slot`: 192 bytes and what lies behind them, up to 1024 (a wrong length runs on to 612, a text further); a shorter one reads as erased behind its end.
/// `witnesses`: public keys that this device is known to have had. The point behind the key is taken for one besides.
EcSlotReading read_ec_slot(ByteView slot, EcParser, const std::vector<EcPoint>& witnesses = {});

/// The same, for bytes that no transfer in text mode has rewritten: read_ec_slot() asks this first.
EcSlotReading read_ec_slot_as_it_stands(ByteView slot, EcParser, const std::vector<EcPoint>& witnesses);

/// A key file or slot of the EC kind, whole or damaged, private or public, wrapped or not.
bool looks_like_ec_key(ByteView);

/// The bytes behind the key are those that a device leaves there which makes a key itself: the tail of the same DER.
bool is_made_by_device(ByteView slot, std::size_t extent);

}  // namespace photopsy

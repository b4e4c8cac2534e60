#pragma once
// One device key slot, judged from its bytes. Holds the key itself where there is one: stays inside handshake/ and mend/.
#include "handshake/keys.h"
#include "handshake/rebuild.h"
#include "handshake/skeleton.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

/// Bytes from the start of the slot on that a key written there as text can take up: it then runs on into the fields behind.
inline constexpr std::size_t device_text_size = 4096;
inline constexpr std::size_t device_field_size = 1216;  ///< room of the slot in the configuration table (dct.h); the firmware reads 612 of it

struct SlotReading {
    DeviceKeyClass what = DeviceKeyClass::NotInFile;
    KeyEncoding encoding = KeyEncoding::None;
    unsigned bits = 0;
    std::uint16_t extent = 0;
    bool usable = false;  ///< the firmware's walk finds numbers that fit each other
    Skeleton bones;
    std::vector<Range> damage;              ///< offsets into the slot
    std::string detail;                     ///< one sentence without secrets
    bool searched_in_part = false;          ///< a search for the key came to the end of its budget and found none
    std::uint32_t reach = 0;                ///< of a key written there as text: the bytes that it takes up
    bool by_text_transfer = false;          ///< a transfer in text mode rewrote the key's bytes; `key` where that can be undone
    std::optional<RebuiltKey> key;          ///< secret; proved
    std::vector<std::uint8_t> public_spki;  ///< of the key that belongs here; empty if unknown
    std::array<bool, 7> number_differs{};   ///< n d p q dP dQ qInv, where `key` is known
    bool of_two_parts = false;              ///< as DeviceKey::of_two_parts
};

/// `slot`: up to 1216 bytes from the start of the key field; 612 are enough for all but wrong encodings. `witnesses`: moduli the device had.
SlotReading read_device_slot(ByteView slot, const std::vector<Number>& witnesses = {});

/// The same, for bytes that no transfer in text mode has rewritten: read_device_slot() asks this first.
SlotReading read_slot_as_it_stands(ByteView slot, const std::vector<Number>& witnesses);

/// Whether the firmware's own walk through the slot finds numbers that fit each other, whatever stands in the bytes that it does not read.
bool firmware_key_is_usable(ByteView slot);

/// The public key (162 bytes SPKI) of the key that belongs to this slot: rebuilt if need be. Empty if unknown.
std::vector<std::uint8_t> belonging_public_key(ByteView slot);

}  // namespace photopsy

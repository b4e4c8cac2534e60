#pragma once
// Dumps written as edits of a true one: what a fuzzer changes is where a name of a structure leads, and the checksums, headers and marks around it stay real.
#include "base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace photopsy::fuzz {

/// Reads the fuzzer's bytes as: one byte for the base (four devices, made from recipes), then edits until they end. An edit is an operation, a structure (a
/// module's header, suffix or body, the table's header, a key slot, the address, an EEPROM page, the update area ...), an offset of 2 bytes into it, a length,
/// and as many bytes as the operation wants. Any bytes are some dump.
std::vector<std::uint8_t> edited_dump(ByteView script);

/// The same language over the serial flash of a Core: keys, address, the three images of firmware. `internal` of the same Core is core_internal_flash().
std::vector<std::uint8_t> edited_serial_flash(ByteView script);

/// The internal flash of the Core whose serial flash is edited.
const std::vector<std::uint8_t>& core_internal_flash();

/// The 612 bytes of a true device key, made from a recipe.
std::vector<std::uint8_t> true_key_slot();

}  // namespace photopsy::fuzz

#pragma once
// The CRC-32 run backwards. It is linear: the difference between a stored and a computed value depends only on what changed, so a single changed byte
// can be solved for.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace photopsy {

/// One step of the CRC-32 register (reflected, no inversion) over one byte.
std::uint32_t crc_step(std::uint32_t state, std::uint8_t byte);

/// The register before a step over `byte` that left `state`.
std::uint32_t crc_step_back(std::uint32_t state, std::uint8_t byte);

/// Which change (XOR) of one single byte gives the difference `syndrome` (stored CRC XOR computed CRC) of a checksum over up to `length` bytes: by the
/// byte's distance from the end (1: the last one; 0 is unused), 0 where no change of that byte does.
std::vector<std::uint8_t> single_byte_changes(std::uint32_t syndrome, std::size_t length);

}  // namespace photopsy

#pragma once
// Random bytes of the operating system, through OpenSSL.
#include <cstdint>
#include <span>

namespace photopsy {

/// Fills `bytes`; false where the library has no randomness to give.
bool fill_random(std::span<std::uint8_t> bytes);

}  // namespace photopsy

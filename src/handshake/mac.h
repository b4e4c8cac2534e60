#pragma once
// The keyed checksum with which the cloud signs its answer.
#include "base/bytes.h"

#include <array>

namespace photopsy {

inline constexpr std::size_t mac_size = 20;

/// HMAC-SHA1 (RFC 2104) of `message`. Source of its use: communication/src/handshake.cpp@v0.7.0:300.
std::array<std::uint8_t, mac_size> hmac_sha1(ByteView key, ByteView message);

}  // namespace photopsy

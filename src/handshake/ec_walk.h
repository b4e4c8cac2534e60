#pragma once
// How the firmware itself reads its EC keys: the mbedTLS forks restated, octet by octet. It decides what is used, not what is well formed.
// Sources: crypto/mbedtls/library/pkparse.c, ecp.c, asn1parse.c at the forks of v0.6.4 (2.1.2), v0.7.0 (2.4.2), v1.2.1 (2.9.0), v1.5.2 (2.16.2) and
// v2.3.1 (2.22.0); what is put into them: communication/src/dtls_protocol.cpp@v0.7.0:31-46, dtls_message_channel.cpp@v0.7.0:182-226.
#include "handshake/ec_key.h"

#include <string_view>

namespace photopsy {

inline constexpr std::size_t ec_device_slot_size = 192, ec_server_slot_size = 192, ec_cache_size = 128;
inline constexpr std::size_t ec_device_reach = 612;  ///< longest key that the firmware takes (communication/inc/device_keys.h@v0.7.0:30): more than its slot
inline constexpr std::size_t ec_server_reach = 296;
inline constexpr std::size_t ec_text_reach = 1024;  ///< how far a key written there as text is followed: 121 bytes as "0x30, 0x77, ..." are 726 letters

/// What changed between the forks.
enum class EcParser {
    WantsPublicHalf,    ///< 2.1.2, 2.4.2 (Device OS up to 1.0.1): a key without curve and public half behind its number is refused
    ComputesPublicHalf  ///< 2.9.0 and later (from 1.1.0 on)
};

struct EcWalk {
    bool accepted = false;
    std::string_view refusal;     ///< why not, in words that end a sentence "the firmware refuses it: ..."; "" where accepted
    EcScalar d;                   ///< secret; what the device would sign with
    EcPoint presented{};          ///< what it would show as its public key
    bool point_computed = false;  ///< the public half is not read but computed from d
};

/// The device key at the front of `slot` (up to 612 bytes from the start of the field; a shorter view reads as erased behind its end).
EcWalk walk_ec_key(ByteView slot, EcParser);

/// The server key at the front of `slot` (up to 296 bytes likewise); nothing where the firmware refuses it.
std::optional<EcPoint> walk_ec_server_key(ByteView slot);

}  // namespace photopsy

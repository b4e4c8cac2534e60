#pragma once
// What is in the server key slot, from its bytes alone. Public facts only.
#include "base/bytes.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

enum class ServerSlotKind {
    Published,      ///< Particle's key, exactly
    NearPublished,  ///< Particle's key with some bytes changed
    Rsa2048,        ///< a well-formed RSA-2048 public key that is another
    Erased,         ///< 294 bytes FF
    Truncated,      ///< begins as an RSA-2048 public key, and from some byte on only FF or only 00 follow
    DevicePrivateKey,
    WrongType,  ///< EC key, PEM text, PKCS#1 form, RSA of another size, another device's public key
    Garbage
};

struct ServerSlot {
    ServerSlotKind kind = ServerSlotKind::Garbage;
    std::vector<std::uint16_t> changed;  ///< NearPublished: offsets of the bytes that differ from the published key
    std::uint16_t kept = 0;              ///< Truncated: bytes that are left
    std::string what;                    ///< WrongType: "an EC public key"
    bool modulus_is_published = false;   ///< bytes 33..288 are the published modulus: all that the firmware reads
};

/// `slot` should be 294 bytes; shorter ones read as erased behind their end.
ServerSlot read_server_slot(ByteView slot);

/// Bytes 33..288 may be somebody's RSA modulus: full length, odd, no small factor, and the slot is no other kind of thing.
bool could_be_server_modulus(ByteView slot);
bool resembles_published_key(ByteView slot);

/// How far a key in another form reaches: as text it runs on over the address and the fields behind it (294 bytes as "0x30, 0x82, ..." are 1,764 letters).
inline constexpr std::uint32_t longest_server_form = 2048;

/// "a public key as hexadecimal text" and the like, where the field begins with the whole text of an RSA-2048 public key; "" where it does not.
std::string server_key_as_text(ByteView field);

/// The 294 bytes of the one RSA-2048 public key (exponent 65537) that stands in `bytes` in whatever form people keep keys (PEM text, PKCS#1, hexadecimal ...);
/// empty where none is whole.
std::vector<std::uint8_t> server_spki_in(ByteView bytes);

/// The same of the field that begins with the slot, where a damaged header is made good: all that the firmware reads is the modulus.
std::vector<std::uint8_t> server_spki_in_slot(ByteView field);

/// What else a key file may be, told by its first bytes: "PEM text", "an EC private key" ... ; "" if unknown.
std::string foreign_kind(ByteView bytes);
/// How many first bytes tell that: constants that every key of the kind begins with. 0 if unknown.
std::size_t foreign_head(ByteView bytes);

}  // namespace photopsy

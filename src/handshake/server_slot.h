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

/// A server's key in another form than the firmware reads.
struct ServerKeyForm {
    std::vector<std::uint8_t> spki;  ///< the 294 bytes of the RSA-2048 public key (exponent 65537); empty where none is whole
    std::string what;                ///< "an RSA-2048 public key as hexadecimal text"; of a transfer in text mode a whole sentence without its full stop
    bool is_text = false;
    bool by_text_transfer = false;  ///< a transfer in text mode rewrote its bytes, and too little of it is left where `spki` is empty
    std::size_t reach = 0;          ///< of a text, or of bytes that became more: how many bytes of the field it takes up
};
/// The one key that stands in `bytes` in whatever form people keep keys (PEM text, PKCS#1, hexadecimal ...).
ServerKeyForm server_key_form(ByteView bytes);
/// The same of bytes that a transfer in text mode has rewritten.
ServerKeyForm server_key_before_transfer(ByteView bytes);
/// The key of both.
std::vector<std::uint8_t> server_spki_in(ByteView bytes);
/// The exponent stands in its place, behind the modulus.
bool ends_as_server_key(ByteView slot);

/// The same of the field that begins with the slot, where a damaged header is made good: all that the firmware reads is the modulus.
std::vector<std::uint8_t> server_spki_in_slot(ByteView field);

/// What else a key file may be, told by its first bytes: "PEM text", "an EC private key" ... ; "" if unknown.
std::string foreign_kind(ByteView bytes);
/// How many first bytes tell that: constants that every key of the kind begins with. 0 if unknown.
std::size_t foreign_head(ByteView bytes);

}  // namespace photopsy

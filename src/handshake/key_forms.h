#pragma once
// The one reader of keys as people keep them: in slots, in files, behind options. It takes off what a key is wrapped in and judges no number.
// What comes out may be secret.
#include "handshake/keys.h"

#include <string>
#include <vector>

namespace photopsy {

struct UnwrappedKey {
    enum class Kind {
        Private,    ///< `der` begins with the PKCS#1 form; it may be cut off or damaged
        Public,     ///< `der` is a SubjectPublicKeyInfo or a PKCS#1 public key of RSA
        Encrypted,  ///< with a password
        Ec,         ///< of an elliptic curve, private or public
        Other       ///< PEM text or DER of something else
    } kind = Kind::Other;
    KeyEncoding encoding = KeyEncoding::Other;
    std::string how;  ///< "as PEM text", "as hexadecimal text, PKCS#8" ...; "" for DER as it stands
    std::vector<std::uint8_t> der;
    std::size_t reach = 0;  ///< of a text: bytes from the front that it takes up; 0 where the key is cut off, and for DER
};

/// All keys in the bytes, private ones first: DER at the front (with anything behind it), PEM blocks anywhere in a text, a text of hexadecimal digits (with
/// blanks, colons, commas, 0x) or of base64. A mark of the byte order and texts of 16-bit letters are understood. At most eight. Empty where nothing is one.
std::vector<UnwrappedKey> unwrap_keys(ByteView);

/// The same for bytes that are text; empty where they are none.
std::vector<UnwrappedKey> unwrap_text(ByteView);

/// A key that is whole but not at its place, or whose bytes are in another order: what it looks like at its place.
struct DisplacedKey {
    std::vector<std::uint8_t> bytes;  ///< what is missing in front is filled with the bytes that every key begins with
    std::string detail;               ///< "the key stands 16 bytes too far in the slot"
};
struct DisplacedKeys {
    std::vector<DisplacedKey> keys;  ///< empty where none is recognized
    bool all_places = true;          ///< false: more places look like a part of a key than are tried (64)
};
DisplacedKeys displaced_keys(ByteView field);

/// How far a file reaches that holds the key at the front again and again, every `extent` bytes; 0 where no more than its beginning stands there again.
std::uint32_t repeats_to(ByteView field, std::size_t extent);

}  // namespace photopsy

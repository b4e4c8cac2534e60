#pragma once
// EC keys for trials, as the library of the tests makes them, and slots as every writer of such keys leaves them. Independent of src/handshake.
#include "support/keys.h"
#include "support/shared.h"

namespace photopsy::test {

struct EcPair {
    Bytes number;  ///< 32 bytes
    Bytes point;   ///< X and Y, 64 bytes
};

/// The pair of this private number (32 bytes, big-endian) by OpenSSL's arithmetic of curves; empty where the curve P-256 has no such number.
EcPair ec_pair_of(const Bytes& number);
EcPair rolled_ec_pair(Dice&);

/// ECPrivateKey with the number in so many octets (32, or as few as its sign bit allows for `minimal`).
enum class EcWidth { Fixed, Minimal };
Bytes sec1_of(const EcPair&, EcWidth, bool with_point = true);

/// 192 bytes as a device that makes the key leaves them: encoded from the end of the buffer, then moved to its front (communication/src/eckeygen.cpp@v0.6.4).
Bytes slot_made_by_device(const EcPair&, EcWidth);
/// The same slot after a key file was written to its front.
Bytes written_over(Bytes slot, const Bytes& file);
/// 192 bytes: the file, erased behind it.
Bytes fresh_slot_with(const Bytes& file);

Bytes spki_of(const EcPair&);

}  // namespace photopsy::test

#pragma once
// The two RSA operations of the handshake as each generation of firmware carries them out: tropicssl up to 0.6.4, mbedTLS from 0.7.0 on.
// Sources: communication/lib/tropicssl/library/rsa.c@v0.4.0:150-330; third_party/mbedtls at the tags of v0.7.0 (2.4.2), v1.2.1 (2.9.0), v2.3.1 (2.22.0).
#include "facts/releases.h"
#include "handshake/number.h"

namespace photopsy {

/// The numbers that the walk delivers. d is read by the firmware and never used.
struct FirmwareKey {
    Number n, p, q, dp, dq, qinv;
};

/// The numbers of a 612-byte slot, where the firmware's walk finds them; whatever stands there is taken for a number.
FirmwareKey read_firmware_key(ByteView slot);

/// What the device's encryption of step 3 returns with the 256 modulus bytes of its server slot: 0, or the code of that generation.
int encryption_code(HandshakeGeneration, ByteView server_modulus);

/// What the device gets out of `ciphertext` with these numbers; nothing where its library refuses the key.
/// The test `ciphertext < n` of tropicssl is left out: it is a matter of luck, see chance_of_ciphertext_below().
std::optional<Number> decrypted(HandshakeGeneration, const FirmwareKey&, const Number& ciphertext);
/// Whether that is exactly the padded plaintext (128 bytes) that was encrypted.
bool decrypts(HandshakeGeneration, const FirmwareKey&, const Number& ciphertext, const Number& plaintext);

/// tropicssl refuses a ciphertext that is not below the slot's n. A ciphertext is spread evenly below the registered modulus.
/// Returns the chance in [0, 1] that one is accepted; 1 for generations that do not depend on luck here.
double chance_of_ciphertext_below(HandshakeGeneration, const Number& slot_modulus, const Number& registered_modulus);

/// 00 02, non-zero padding, 00 and `size` bytes of a fixed text: what the cloud would encrypt (credentials) or the device (nonce, id, key).
std::vector<std::uint8_t> padded_sample(std::size_t block, std::size_t size);

}  // namespace photopsy

#include "handshake/firmware_rsa.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t message_size = 214;  // nonce 40, device id 12, public key 162
const Number& public_exponent() {
    static const Number e(65537);  // hard-coded in every version, whatever the slot says
    return e;
}

bool tropic(HandshakeGeneration generation) { return generation <= HandshakeGeneration::V0_6_2; }
bool checks_context(HandshakeGeneration generation) { return generation >= HandshakeGeneration::V1_2_1; }  // rsa_check_context(), mbedTLS 2.7 on

/// c^d mod n by the Chinese remainders, in the order of operations that both libraries share.
Number combine(const FirmwareKey& key, const Number& c) {
    const Number below_p = power(c, key.dp, key.p), below_q = power(c, key.dq, key.q);
    return below_q + (below_p - below_q) * key.qinv % key.p * key.q;
}

/// mbedTLS multiplies by a random r^e before and by 1/r after, both modulo the slot's n: a wrong n spoils the result.
bool decrypts_blinded(HandshakeGeneration generation, const FirmwareKey& key, const Number& c, const Number& plaintext) {
    if (!key.n.is_odd() || (checks_context(generation) && key.n.bits() <= 127 * 8)) return false;
    const Number unblinding(0x6A09E667F3BCC909);  // any number does: the result does not depend on it unless n is wrong
    const auto blinding = inverse(unblinding, key.n);
    if (!blinding || c >= key.n) return false;
    const Number blinded = c * power(*blinding, public_exponent(), key.n) % key.n;
    const Number result = combine(key, blinded);
    return result * unblinding % key.n == plaintext;
}

}  // namespace

std::vector<std::uint8_t> padded_sample(std::size_t block, std::size_t size) {
    std::vector<std::uint8_t> bytes(block, 0x5A);
    for (std::size_t i = 0; i < block; ++i) bytes[i] = static_cast<std::uint8_t>(1 + (i * 89 + 7) % 251);
    bytes[0] = 0;
    bytes[1] = 2;
    bytes[block - size - 1] = 0;
    return bytes;
}

int encryption_code(HandshakeGeneration generation, ByteView server_modulus) {
    const Number n(server_modulus);
    const Number text(padded_sample(256, message_size));
    if (tropic(generation)) return text >= n ? -1024 : n.is_odd() ? 0 : -4;
    const bool bad_length = checks_context(generation) && n.bits() <= 255 * 8;
    if (text < n && n.is_odd() && !bad_length) return 0;
    return generation == HandshakeGeneration::V0_7_0 ? -17028 : 7;
}

bool decrypts(HandshakeGeneration generation, const FirmwareKey& key, const Number& ciphertext, const Number& plaintext) {
    if (!key.p.is_odd() || !key.q.is_odd()) return false;  // no Montgomery form: both libraries refuse
    if (!tropic(generation)) return decrypts_blinded(generation, key, ciphertext, plaintext);
    return combine(key, ciphertext) == plaintext;
}

double chance_of_ciphertext_below(HandshakeGeneration generation, const Number& slot_modulus, const Number& registered_modulus) {
    if (!tropic(generation) || slot_modulus >= registered_modulus) return 1;
    const Number thousandths = (slot_modulus * Number(1'000'000)) / registered_modulus;
    return static_cast<double>(thousandths.low_word()) / 1'000'000;
}

}  // namespace photopsy

#include "handshake/firmware_rsa.h"

#include "handshake/walk.h"

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
std::optional<Number> decrypted_blinded(HandshakeGeneration generation, const FirmwareKey& key, const Number& c) {
    if (!key.n.is_odd() || (checks_context(generation) && key.n.bits() <= 127 * 8)) return {};
    const Number unblinding(0x6A09E667F3BCC909);  // any number does: the result does not depend on it unless n is wrong
    const auto blinding = inverse(unblinding, key.n);
    if (!blinding || c >= key.n) return {};
    const Number blinded = c * power(*blinding, public_exponent(), key.n) % key.n;
    return combine(key, blinded) * unblinding % key.n;
}

}  // namespace

FirmwareKey read_firmware_key(ByteView slot) {
    const auto walk = walk_device_key(slot);
    const auto number = [&](ComponentIndex i) { return Number(slot.subspan(walk.at[i], component_widths[i])); };
    return {number(ComponentN), number(ComponentP), number(ComponentQ), number(ComponentDP), number(ComponentDQ), number(ComponentQInv)};
}

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

std::optional<Number> decrypted(HandshakeGeneration generation, const FirmwareKey& key, const Number& ciphertext) {
    if (!key.p.is_odd() || !key.q.is_odd()) return {};  // no Montgomery form: both libraries refuse
    return tropic(generation) ? combine(key, ciphertext) : decrypted_blinded(generation, key, ciphertext);
}

bool decrypts(HandshakeGeneration generation, const FirmwareKey& key, const Number& ciphertext, const Number& plaintext) {
    const auto text = decrypted(generation, key, ciphertext);
    return text && *text == plaintext;
}

double chance_of_ciphertext_below(HandshakeGeneration generation, const Number& slot_modulus, const Number& registered_modulus) {
    if (!tropic(generation) || slot_modulus >= registered_modulus) return 1;
    const Number thousandths = (slot_modulus * Number(1'000'000)) / registered_modulus;
    return static_cast<double>(thousandths.low_word()) / 1'000'000;
}

}  // namespace photopsy

#include "handshake/public_key.h"

#include "base/hex.h"
#include "handshake/der.h"
#include "handshake/walk.h"

#include <cassert>

namespace photopsy {

namespace {

constexpr std::string_view published_hex =
    "30820122300d06092a864886f70d01010105000382010f003082010a0282010100beccbe43db8eea1527a6bb526de1512b"
    "a0abcca1647748ad7c66fc807ff699a525f2f2dae043cf3a26a49ba187030e9a8d239abcea99ea68d35a14b1260fbdaa6d"
    "6f0cacc4772cd1c5c8b1d17b68e025737b52896820bd06c6f0e60030c0e0cff61b3a45e9c45b551706a3d34ac6d5b8d217"
    "02b5277d8de4d47dd3edc01d8a7c251e214a51ae5706dd60bca13490aacc099e3b3a414c3c9df3fdfdb727c15981985460"
    "4a627aa49abfdf921b3efca7e4a4b33a9a5f57938eeb196495224a2cd560f5f9d003508369c06b53f0f0daf813821fccbb"
    "5fe2c1df3ae97f5de27db950803c5833ef8cf3803f1101d268865f3c5ee6c18e322b28cbb5cc1ba8505ea70d0203010001";

constexpr std::string_view device_header_hex = "30819f300d06092a864886f70d010101050003818d0030818902818100";
constexpr std::string_view exponent_hex = "0203010001";

std::vector<std::uint8_t> join(ByteView header, ByteView modulus) {
    std::vector<std::uint8_t> spki(header.begin(), header.end());
    spki.insert(spki.end(), modulus.begin(), modulus.end());
    const auto exponent = *from_hex(exponent_hex);
    spki.insert(spki.end(), exponent.begin(), exponent.end());
    return spki;
}

/// RSAPublicKey: SEQUENCE { INTEGER n, INTEGER e }.
std::optional<PublicKey> parse_pkcs1(ByteView der) {
    DerReader outer(der);
    DerReader body(outer.enter(0x30));
    const ByteView modulus = body.enter(0x02), exponent = body.enter(0x02);
    if (!outer.ok() || !body.ok() || modulus.empty() || exponent.empty()) return {};
    PublicKey key{Number(modulus), Number(exponent)};
    // A private key begins with its version, 0, and would pass for a modulus.
    if (key.modulus.bits() < 256 || key.exponent.bits() < 2 || key.exponent >= key.modulus) return {};
    return key;
}

constexpr std::array<std::uint8_t, 9> rsa_encryption = {0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01};

}  // namespace

std::optional<PublicKey> parse_public_key(ByteView der) {
    if (auto bare = parse_pkcs1(der)) return bare;
    DerReader outer(der);
    DerReader body(outer.enter(0x30));
    DerReader algorithm(body.enter(0x30));
    const ByteView name = algorithm.enter(0x06);
    const ByteView bits = body.enter(0x03);
    const bool rsa = std::equal(name.begin(), name.end(), rsa_encryption.begin(), rsa_encryption.end());
    if (!outer.ok() || !body.ok() || !rsa || bits.size() < 2 || bits[0] != 0) return {};
    return parse_pkcs1(bits.subspan(1));
}

std::vector<std::uint8_t> device_spki(ByteView modulus) {
    assert(modulus.size() == 128);
    return join(*from_hex(device_header_hex), modulus);
}

std::vector<std::uint8_t> server_spki(ByteView modulus) {
    assert(modulus.size() == 256);
    return join(server_key_header(), modulus);
}

ByteView published_server_key() {
    static const std::vector<std::uint8_t> key = *from_hex(published_hex);
    return key;
}

}  // namespace photopsy

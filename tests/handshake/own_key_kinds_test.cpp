// Whole keys in the device's slot that are of the wrong kind for it: other sizes, exponents, types and forms. Rows K02 to K10 and K20 to K23 of the
// measured table, on keys of our own.
#include "base/hex.h"
#include "handshake/device_slot.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "support/handshake_world.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

RsaKey seeded(std::uint64_t seed, std::size_t prime_bytes = 64, std::uint64_t e = 65537) {
    Dice dice(seed);
    return rolled_key(dice, prime_bytes, e);
}
Bytes minimal_der(const RsaKey& key) { return encode_pkcs1(key, minimal_lengths(key)); }

/// RFC 5915 on P-256, as OpenSSL writes it: 121 bytes. The numbers are of the dice; nobody here computes with them.
Bytes ec_private_key() {
    Dice dice(256);
    Bytes secret(32), point(66);
    for (auto& byte : secret) byte = static_cast<std::uint8_t>(dice.next() >> 32);
    for (auto& byte : point) byte = static_cast<std::uint8_t>(dice.next() >> 32);
    point[0] = 0;
    point[1] = 4;
    return element(0x30,
                   {{0x02, 0x01, 0x01}, element(0x04, {secret}), element(0xA0, {*from_hex("06082a8648ce3d030107")}), element(0xA1, {element(0x03, {point})})});
}

// Places among the nine INTEGERs of PKCS#1.
constexpr std::size_t integer_d = 3, integer_dp = 6, integer_dq = 7, integer_qinv = 8;
struct Short {
    const char* name;
    std::uint64_t seed;  ///< of a key whose number needs fewer bytes than the firmware counts on
    std::size_t integer;
};
constexpr std::array<Short, 4> short_keys = {
    {{"short d", 65, integer_d}, {"short dP", 1630, integer_dp}, {"short dQ", 795, integer_dq}, {"short qInv", 801, integer_qinv}}};

}  // namespace

TEST_CASE("device keys of another size, type or form end where they were measured to", "[handshake][own]") {
    check_cases(refused, garbled,
                {{"512 bits", slot([] { return minimal_der(seeded(512, 32)); })},
                 {"2048 bits", slot([] { return minimal_der(seeded(2048, 128)); })},
                 {"EC P-256", slot(ec_private_key)},
                 {"public key", slot([] { return device_spki(first_key().n.bytes(128)); })},
                 {"PKCS#8", slot([] { return wrap_pkcs8(minimal_der(first_key())); })},
                 {"PEM text", slot([] {
                      const auto text = to_pem(minimal_der(first_key()), "RSA PRIVATE KEY");
                      return Bytes(text.begin(), text.end());
                  })},
                 {"the server's key, its slot whole", [](World& w) { slot([&] { return w.server; })(w); }}});
    CHECK(minimal_der(seeded(512, 32)).size() < 330);
    CHECK(minimal_der(seeded(2048, 128)).size() > 1180);
    CHECK(ec_private_key().size() == 121);
}

TEST_CASE("keys that are perfect for OpenSSL and unreadable for the firmware", "[handshake][own]") {
    for (const auto& one : short_keys) {
        const RsaKey key = seeded(one.seed);
        INFO(one.name);
        const auto lengths = minimal_lengths(key);
        REQUIRE(lengths[one.integer] <= (one.integer == integer_d ? 127 : 63));
        check_cases(garbled, garbled, {{one.name, provisioned([&] { return key; })}});
        check_cases(connects, connects, {{std::string(one.name) + ", written in fixed widths", provisioned([&] { return key; }, true)}});
    }
}

TEST_CASE("a number written without its leading zero bytes is the generator's fault, and no flash fault", "[handshake][own]") {
    for (const auto& one : short_keys) {
        const RsaKey key = seeded(one.seed);
        for (const std::uint8_t tail : Bytes{0xFF, 0x00, 0x5A}) {
            Bytes slot = encode_unpadded(key);
            CHECK(slot.size() < 611);
            slot.resize(device_slot_size, tail);
            const auto reading = read_device_slot(slot);
            INFO(one.name << ", tail " << int{tail} << ": " << reading.detail);
            CHECK(reading.encoding == KeyEncoding::Unpadded);
            // The walk falls into step again behind a short d, which the firmware never uses.
            CHECK(reading.what == (one.integer == integer_d ? DeviceKeyClass::Good : DeviceKeyClass::UnreadableByFirmware));
            CHECK(reading.usable == (one.integer == integer_d));
            REQUIRE(reading.key);
            CHECK(encode_for_device(reading.key->key) == encode_for_device(key));
            slot[300] ^= 0x10;
            CHECK(read_device_slot(slot).what == DeviceKeyClass::BitFlip);
        }
    }
    CHECK(encode_unpadded(first_key()) == encode_for_device(first_key()));
}

TEST_CASE("a device key with e = 3 is refused, or connects by luck on old firmware", "[handshake][own]") {
    // Its DER lacks two bytes before d, so the walk reads the low bit of a byte of d for d's length. Where that bit is 0, it comes to stand on p's
    // zero byte and is in step again: tropicssl, which uses neither e nor n, then decrypts. From 0.7.0 on blinding with 65537 spoils it.
    const RsaKey astray = seeded(52, 64, 3), in_step = seeded(31, 64, 3);
    for (const auto& key : {astray, in_step}) {
        REQUIRE(minimal_lengths(key) == IntegerLengths{1, 129, 1, 129, 65, 65, 65, 65, 65});
        REQUIRE(key.e == Number(3));
    }
    REQUIRE((astray.d.bytes(128)[0] & 1) == 1);
    REQUIRE((in_step.d.bytes(128)[0] & 1) == 0);
    check_cases(refused, garbled, {{"astray", provisioned([&] { return astray; })}});
    check_cases(refused, garbled_from_blinding, {{"in step", provisioned([&] { return in_step; })}});
}

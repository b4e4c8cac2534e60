// Case kinds of the measured handshakes, built anew on keys of our own, so that the rules hold where the measured files are not at hand: damage
// in the device's slot. The expected steps and codes are the measured rows (docs/formats/handshake.md), not the model's answers.
#include "handshake/handshake.h"
#include "handshake/public_key.h"
#include "support/handshake_world.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr Row new_key_refused = {"recv_384:-1+regen", "recv_384:-1+regen", "recv_384:-1+genfail",
                                 "recv_384:26+regen", "recv_384:26+regen", "recv_384:26+regen"};
constexpr Row new_key_garbled = {"rsa_decrypt:1+regen", "rsa_decrypt:6+regen", "rsa_decrypt:6+genfail",
                                 "rsa_decrypt:6+regen", "rsa_decrypt:6+regen", "rsa_decrypt:6+regen"};
constexpr Row first_byte_refused = {"recv_384:-1+regen", "recv_384:-1+regen", "done:0+genfail", "recv_384:26+regen", "recv_384:26+regen", "recv_384:26+regen"};
constexpr Row first_byte_garbled = {"rsa_decrypt:1+regen", "rsa_decrypt:6+regen", "done:0+genfail",
                                    "rsa_decrypt:6+regen", "rsa_decrypt:6+regen", "rsa_decrypt:6+regen"};

RsaKey with(const std::function<void(RsaKey&)>& change) {
    auto key = first_key();
    change(key);
    return key;
}

/// Lowest bit, one in the middle, and the highest bit of a number.
std::vector<HandshakeCase> flips_of(ComponentIndex part) {
    const std::size_t width = component_widths[part];
    const std::string name = "number " + std::to_string(part);
    return {{name + ", lowest bit", flip(part, width - 1, 0)}, {name + ", middle", flip(part, width / 2, 4)}, {name + ", highest bit", flip(part, 0, 7)}};
}

}  // namespace

TEST_CASE("own device keys in order connect", "[handshake][own]") {
    check_cases(connects, connects,
                {{"minimal DER", [](World&) {}},
                 {"as the firmware writes it", slot([] { return device_slot_of(first_key()); })},
                 {"zeros behind it", [](World& w) { std::replace(w.device.begin() + 611, w.device.end(), std::uint8_t{0xFF}, std::uint8_t{0}); }},
                 {"p and q exchanged with all that follows", slot([] { return encode_for_device(*key_of_primes(first_key().q, first_key().p)); })},
                 {"d = 0", slot([] { return encode_for_device(with([](RsaKey& k) { k.d = Number(0); })); })},
                 {"d of another key", slot([] { return encode_for_device(with([](RsaKey& k) { k.d = second_key().d; })); })},
                 {"d is the smaller one", slot([] { return encode_for_device(with([](RsaKey& k) { k.d = smallest_d(k); })); })},
                 {"e, lowest bit", put(143, 0x00)},
                 {"SEQUENCE tag", put(0, 0x31)},
                 {"SEQUENCE length of length", put(1, 0x83)},
                 {"SEQUENCE length", put(3, 0x00)},
                 {"version 1", put(6, 0x01)},
                 {"n, length of length", put(8, 0x80)}});
}

TEST_CASE("flips in the numbers of a device key end where they were measured to", "[handshake][own]") {
    check_cases(connects, connects, flips_of(ComponentD));
    for (const auto part : {ComponentP, ComponentQ, ComponentDP, ComponentDQ, ComponentQInv}) check_cases(garbled, garbled, flips_of(part));
    check_cases(refused, garbled_from_blinding, {{"n, lowest bit", flip(ComponentN, 127, 0)}, {"n, middle", flip(ComponentN, 64, 3)}});
    for (const auto part : {ComponentN, ComponentD, ComponentP, ComponentQ, ComponentDP, ComponentDQ, ComponentQInv}) {
        check_cases(garbled, garbled, {{"length octet of " + std::to_string(part) + ", bit 0", flip_length(part, 0)}});
        check_cases(connects, connects, {{"length octet of " + std::to_string(part) + ", bit 1", flip_length(part, 1)}, {"bit 7", flip_length(part, 7)}});
    }
}

TEST_CASE("a flip in the first byte of n makes luck decide on old firmware where n became smaller", "[handshake][own]") {
    // tropicssl refuses answers that are not below the slot's n: the chance of one is n'/n. The first byte of this n is A5.
    REQUIRE(first_key().n.bytes(128)[0] == 0xA5);
    check_cases(refused, garbled, {{"bit 7, cleared: n'/n = 0.23", flip(ComponentN, 0, 7)}});
    check_cases(refused, garbled_from_blinding,
                {{"bit 6, set", flip(ComponentN, 0, 6)},
                 {"bit 5, cleared: 0.81", flip(ComponentN, 0, 5)},
                 {"bit 4, set", flip(ComponentN, 0, 4)},
                 {"bit 2, cleared: 0.98", flip(ComponentN, 0, 2)}});
    for (unsigned bit = 0; bit < 8; ++bit) {
        World world;
        flip(ComponentN, 0, bit)(world);
        for (const auto generation : {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2, HandshakeGeneration::V0_7_0, HandshakeGeneration::V2_3_1}) {
            const auto outcome = simulate_handshake({.device_slot = world.device,
                                                     .server_slot = world.server,
                                                     .generation = generation,
                                                     .registered_spki = world.registered,
                                                     .server_spki = world.cloud});
            INFO("bit " << bit << ", " << name_of(generation));
            CHECK_FALSE(outcome.predictions[0].chance);
            CHECK(outcome.predictions[1].chance == ((0xA5 >> bit & 1) && generation <= HandshakeGeneration::V0_6_2));
        }
    }
}

TEST_CASE("device keys that are cut, erased or moved end where they were measured to", "[handshake][own]") {
    check_cases(garbled, garbled,
                {{"cut after 200 bytes, in d", fill(200, 612, 0xFF)},
                 {"cut after 300 bytes, in p", fill(300, 612, 0xFF)},
                 {"cut after 380 bytes, in q", fill(380, 612, 0xFF)},
                 {"cut after 450 bytes, in dP", fill(450, 612, 0xFF)},
                 {"cut after 520 bytes, in dQ", fill(520, 612, 0xFF)},
                 {"cut after 600 bytes, in qInv", fill(600, 612, 0xFF)},
                 {"cut after 512 bytes, zeros", fill(512, 612, 0x00)},
                 {"bytes 256 to 511 erased", fill(256, 512, 0xFF)},
                 {"p to qInv zeros", [](World& w) { fill(w.walk.at[ComponentP], w.device.size(), 0)(w); }},
                 {"p and q exchanged alone", slot([] { return encode_for_device(with([](RsaKey& k) { std::swap(k.p, k.q); })); })}});
    check_cases(refused, garbled,
                {{"cut after 100 bytes, in n", fill(100, 612, 0xFF)},
                 {"zeros", fill(0, 612, 0x00)},
                 {"first 256 bytes zeros", fill(0, 256, 0x00)},
                 {"shifted right by a byte",
                  [](World& w) {
                      w.device.insert(w.device.begin(), 0x00);
                      w.device.resize(612);
                  }},
                 {"bytes swapped in pairs", [](World& w) {
                      for (std::size_t i = 0; i < 612; i += 2) std::swap(w.device[i], w.device[i + 1]);
                  }}});
    check_cases(refused, connects, {{"shifted left by a byte", [](World& w) {
                                         w.device.erase(w.device.begin());
                                         w.device.push_back(0xFF);
                                     }}});
    check_cases(new_key_refused, new_key_garbled, {{"erased", fill(0, 612, 0xFF)}, {"first 256 bytes erased", fill(0, 256, 0xFF)}});
    check_cases(first_byte_refused, first_byte_garbled, {{"first byte FF", put(0, 0xFF)}});
}

TEST_CASE("what the cloud holds decides as it was measured to", "[handshake][own]") {
    const Bytes other = device_spki(second_key().n.bytes(128));
    check_cases(connects, connects, {{"another key that the cloud was told of", provisioned(second_key)}});
    check_cases(refused, refused, {{"device unknown to the cloud", [](World& w) { w.known = false; }}});
    check_cases(refused, garbled,
                {{"another key in the slot", slot([] { return minimal_slot_of(second_key()); })},
                 {"cloud has the key of another device", [&](World& w) { w.registered = other; }}});
    check_cases(garbled, garbled, {{"n flipped, and the cloud was told of the flipped n", [](World& w) {
                                        flip(ComponentN, 64, 3)(w);
                                        w.registered = device_spki(ByteView(w.device).subspan(presented_modulus_at, 128));
                                    }}});
}

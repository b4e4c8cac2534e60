// Case kinds of the measured handshakes, built anew on keys of our own, so that the rules hold where the measured files are not at hand.
// The expected steps and codes are literals from the rules (docs/formats/handshake.md), not from the model.
#include "handshake/handshake.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
#include "support/keys.h"
#include "support/shared.h"

#include "catch.h"

#include <algorithm>
#include <functional>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::array<HandshakeGeneration, 6> generations = {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2, HandshakeGeneration::V0_7_0,
                                                            HandshakeGeneration::V1_0_1, HandshakeGeneration::V1_2_1, HandshakeGeneration::V2_3_1};
using Row = std::array<const char*, 6>;  // v0.4.7 v0.6.2 v0.7.0 v1.0.1 v1.2.1 v2.3.1

// The rows of the table of measured cases.
constexpr Row connects = {"done:0", "done:0", "done:0", "done:0", "done:0", "done:0"};
constexpr Row refused = {"recv_384:-1", "recv_384:-1", "recv_384:-1", "recv_384:26", "recv_384:26", "recv_384:26"};
constexpr Row garbled = {"rsa_decrypt:1", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6"};
constexpr Row garbled_from_blinding = {"done:0", "done:0", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6"};
constexpr Row even_server = {"rsa_encrypt:-4", "rsa_encrypt:-4", "rsa_encrypt:-17028", "rsa_encrypt:7", "rsa_encrypt:7", "rsa_encrypt:7"};
constexpr Row zero_server = {"rsa_encrypt:-1024", "rsa_encrypt:-1024", "rsa_encrypt:-17028", "rsa_encrypt:7", "rsa_encrypt:7", "rsa_encrypt:7"};
constexpr Row new_key_refused = {"recv_384:-1+regen", "recv_384:-1+regen", "recv_384:-1+genfail", "recv_384:26+regen", "recv_384:26+regen", "recv_384:26+regen"};
constexpr Row new_key_garbled = {"rsa_decrypt:1+regen", "rsa_decrypt:6+regen", "rsa_decrypt:6+genfail", "rsa_decrypt:6+regen", "rsa_decrypt:6+regen", "rsa_decrypt:6+regen"};
constexpr Row first_byte_refused = {"recv_384:-1+regen", "recv_384:-1+regen", "done:0+genfail", "recv_384:26+regen", "recv_384:26+regen", "recv_384:26+regen"};
constexpr Row first_byte_garbled = {"rsa_decrypt:1+regen", "rsa_decrypt:6+regen", "done:0+genfail", "rsa_decrypt:6+regen", "rsa_decrypt:6+regen", "rsa_decrypt:6+regen"};
constexpr Row erased_server = {"recv_384:-1", "recv_384:-1", "recv_384:-1+bak", "recv_384:26+bak", "recv_384:26+bak", "recv_384:26+bak"};
constexpr Row erased_header = {"done:0", "done:0", "recv_384:-1+bak", "recv_384:26+bak", "recv_384:26+bak", "recv_384:26+bak"};
constexpr Row both_erased = {"recv_384:-1+regen", "recv_384:-1+regen", "recv_384:-1+genfail+bak", "recv_384:26+regen+bak", "recv_384:26+regen+bak", "recv_384:26+regen+bak"};

/// A device, a private server that is not Particle's, and what the cloud holds.
struct World {
    Bytes device = minimal_slot_of(first_key()), server, registered = device_spki(first_key().n.bytes(128)), cloud;
    bool known = true;
    KeyWalk walk = walk_device_key(device);
};

/// The modulus of a server: the product of two primes of no use (1024 bits each are not needed, its private half is never used).
Bytes server_key(std::uint64_t seed) {
    Dice dice(seed);
    const Number product = rolled_key(dice).n * rolled_key(dice).n;
    return server_spki((product.bits() == 2048 ? product : product + (Number(1) << 2047)).bytes(256));
}

using Edit = std::function<void(World&)>;
Edit flip(ComponentIndex part, std::size_t byte, unsigned bit) {
    return [=](World& w) { w.device[w.walk.at[part] + byte] ^= static_cast<std::uint8_t>(1u << bit); };
}
Edit flip_length(ComponentIndex part, unsigned bit) {
    return [=](World& w) { w.device[w.walk.length_octet[part]] ^= static_cast<std::uint8_t>(1u << bit); };
}
Edit put(std::size_t at, std::uint8_t value) {
    return [=](World& w) { w.device[at] = value; };
}
Edit fill(std::size_t begin, std::size_t end, std::uint8_t value) {
    return [=](World& w) { std::fill(w.device.begin() + static_cast<std::ptrdiff_t>(begin), w.device.begin() + static_cast<std::ptrdiff_t>(end), value); };
}
Edit fill_server(std::size_t begin, std::size_t end, std::uint8_t value) {
    return [=](World& w) { std::fill(w.server.begin() + static_cast<std::ptrdiff_t>(begin), w.server.begin() + static_cast<std::ptrdiff_t>(end), value); };
}
Edit flip_server(std::size_t at, unsigned bit) {
    return [=](World& w) { w.server[at] ^= static_cast<std::uint8_t>(1u << bit); };
}
Edit slot(std::function<Bytes()> make) {
    return [=](World& w) {
        w.device = make();
        w.device.resize(612, 0xFF);
    };
}
Edit server_slot(std::function<Bytes()> make) {
    return [=](World& w) {
        w.server = make();
        w.server.resize(294, 0xFF);
    };
}
RsaKey with(const std::function<void(RsaKey&)>& change) {
    auto key = first_key();
    change(key);
    return key;
}
Bytes text_of(const std::string& text) { return {text.begin(), text.end()}; }

struct Case {
    const char* name;
    Edit edit;
    const Row& compares;
    const Row& uses_stored;
};

std::vector<Case> device_cases() {
    const Edit nothing = [](World&) {};
    return {
        {"good key in minimal DER", nothing, connects, connects},
        {"good key as the firmware writes it", slot([] { return device_slot_of(first_key()); }), connects, connects},
        {"good key, zeros behind it", [](World& w) { std::replace(w.device.begin() + 611, w.device.end(), std::uint8_t{0xFF}, std::uint8_t{0}); }, connects, connects},
        {"n, lowest bit", flip(ComponentN, 127, 0), refused, garbled_from_blinding},
        {"n, middle", flip(ComponentN, 64, 3), refused, garbled_from_blinding},
        {"n, length octet, bit 0", flip_length(ComponentN, 0), garbled, garbled},
        {"n, length octet, bit 1", flip_length(ComponentN, 1), connects, connects},
        {"n, length octet, bit 7", flip_length(ComponentN, 7), connects, connects},
        {"e, lowest bit", put(143, 0x00), connects, connects},
        {"d, lowest bit", flip(ComponentD, 127, 0), connects, connects},
        {"d, highest bit", flip(ComponentD, 0, 7), connects, connects},
        {"d, length octet, bit 0", flip_length(ComponentD, 0), garbled, garbled},
        {"p, lowest bit", flip(ComponentP, 63, 0), garbled, garbled},
        {"p, highest bit", flip(ComponentP, 0, 7), garbled, garbled},
        {"p, length octet, bit 0", flip_length(ComponentP, 0), garbled, garbled},
        {"p, length octet, bit 7", flip_length(ComponentP, 7), connects, connects},
        {"q, middle", flip(ComponentQ, 32, 4), garbled, garbled},
        {"q, length octet, bit 0", flip_length(ComponentQ, 0), garbled, garbled},
        {"dP, middle", flip(ComponentDP, 32, 4), garbled, garbled},
        {"dP, length octet, bit 1", flip_length(ComponentDP, 1), connects, connects},
        {"dQ, lowest bit", flip(ComponentDQ, 63, 0), garbled, garbled},
        {"qInv, highest bit", flip(ComponentQInv, 0, 7), garbled, garbled},
        {"SEQUENCE tag", put(0, 0x31), connects, connects},
        {"SEQUENCE length of length", put(1, 0x83), connects, connects},
        {"version 1", put(6, 0x01), connects, connects},
        {"first byte FF", put(0, 0xFF), first_byte_refused, first_byte_garbled},
        {"cut after 100 bytes, in n", fill(100, 612, 0xFF), refused, garbled},
        {"cut after 200 bytes, in d", fill(200, 612, 0xFF), garbled, garbled},
        {"cut after 450 bytes, in dP", fill(450, 612, 0xFF), garbled, garbled},
        {"cut after 512 bytes, zeros", fill(512, 612, 0x00), garbled, garbled},
        {"erased", fill(0, 612, 0xFF), new_key_refused, new_key_garbled},
        {"zeros", fill(0, 612, 0x00), refused, garbled},
        {"first 256 bytes erased", fill(0, 256, 0xFF), new_key_refused, new_key_garbled},
        {"first 256 bytes zeros", fill(0, 256, 0x00), refused, garbled},
        {"bytes 256 to 511 erased", fill(256, 512, 0xFF), garbled, garbled},
        {"another key", slot([] { return minimal_slot_of(second_key()); }), refused, garbled},
        {"another key that the cloud was told of", [](World& w) { w.device = minimal_slot_of(second_key()); w.registered = device_spki(second_key().n.bytes(128)); }, connects, connects},
        {"public key in the private slot", slot([] { return device_spki(first_key().n.bytes(128)); }), refused, garbled},
        {"PKCS#8", slot([] { return wrap_pkcs8(encode_pkcs1(first_key(), minimal_lengths(first_key()))); }), refused, garbled},
        {"PEM text", slot([] { return text_of(to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY")); }), refused, garbled},
        {"server's key in the device's slot", [](World& w) { w.device = w.server; w.device.resize(612, 0xFF); }, refused, garbled},
        {"p and q exchanged alone", slot([] { return encode_for_device(with([](RsaKey& k) { std::swap(k.p, k.q); })); }), garbled, garbled},
        {"p and q exchanged with all that follows", slot([] { return encode_for_device(*key_of_primes(first_key().q, first_key().p)); }), connects, connects},
        {"d = 0", slot([] { return encode_for_device(with([](RsaKey& k) { k.d = Number(0); })); }), connects, connects},
        {"d is the smaller one", slot([] { return encode_for_device(with([](RsaKey& k) { k.d = smallest_d(k); })); }), connects, connects},
        {"p to qInv zeros", [](World& w) { std::fill(w.device.begin() + w.walk.at[ComponentP], w.device.end(), std::uint8_t{0}); }, garbled, garbled},
        {"shifted right by a byte", [](World& w) { w.device.insert(w.device.begin(), 0x00); w.device.resize(612); }, refused, garbled},
        {"shifted left by a byte", [](World& w) { w.device.erase(w.device.begin()); w.device.push_back(0xFF); }, refused, connects},
        {"device unknown to the cloud", [](World& w) { w.known = false; }, refused, refused},
        {"cloud has the key of another device", [](World& w) { w.registered = device_spki(second_key().n.bytes(128)); }, refused, garbled},
    };
}

std::vector<Case> server_cases() {
    return {
        {"server slot erased", fill_server(0, 294, 0xFF), erased_server, erased_server},
        {"server slot zeros", fill_server(0, 294, 0x00), zero_server, zero_server},
        {"another server's key", server_slot([] { return server_key(12); }), refused, refused},
        {"server n even", flip_server(33 + 255, 0), even_server, even_server},
        {"server n, bit 1", flip_server(33 + 255, 1), refused, refused},
        {"server n, middle", flip_server(33 + 128, 5), refused, refused},
        {"server n, highest bit", flip_server(33, 7), refused, refused},
        {"server exponent", flip_server(293, 1), connects, connects},
        {"server header, first byte", flip_server(0, 0), connects, connects},
        {"server header zeros", fill_server(0, 33, 0x00), connects, connects},
        {"server header erased", fill_server(0, 33, 0xFF), erased_header, erased_header},
        {"server's first byte FF", fill_server(0, 1, 0xFF), erased_header, erased_header},
        {"server key cut after 150 bytes", fill_server(150, 294, 0xFF), refused, refused},
        {"server key cut by 5 bytes", fill_server(289, 294, 0xFF), connects, connects},
        {"device's public key in the server's slot", server_slot([] { return device_spki(first_key().n.bytes(128)); }), refused, refused},
        {"both slots erased", [](World& w) { fill(0, 612, 0xFF)(w); fill_server(0, 294, 0xFF)(w); }, both_erased, both_erased},
    };
}

std::string written(const Prediction& row) {
    return std::string(name_of(row.step)) + ":" + (row.code ? std::to_string(*row.code) : "null") + (row.regenerates_key ? "+regen" : "") + (row.generation_fails ? "+genfail" : "") +
           (row.uses_builtin_server_key ? "+bak" : "");
}

void check_case(const Case& wanted, const World& healthy) {
    World world = healthy;
    wanted.edit(world);
    for (std::size_t i = 0; i < generations.size(); ++i) {
        const auto outcome = simulate_handshake({.device_slot = world.device, .server_slot = world.server, .generation = generations[i], .registered_spki = world.registered,
                                                 .device_known_to_cloud = world.known, .server_spki = world.cloud});
        INFO(wanted.name << ", generation " << i);
        REQUIRE(outcome.predictions.size() == 2);
        CHECK(written(outcome.predictions[0]) == wanted.compares[i]);
        CHECK(written(outcome.predictions[1]) == wanted.uses_stored[i]);
    }
}

}  // namespace

TEST_CASE("handshakes of our own keys end where the rules say", "[handshake][own]") {
    World healthy;
    healthy.server = healthy.cloud = server_key(11);
    for (const auto& wanted : device_cases()) check_case(wanted, healthy);
    for (const auto& wanted : server_cases()) check_case(wanted, healthy);
}

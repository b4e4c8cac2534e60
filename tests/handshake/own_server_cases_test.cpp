// The server's slot: damage, keys of other kinds, and both slots exchanged. Rows S00 to S22 and K10 of the measured table, on keys of our own.
// The firmware takes bytes 33 to 288 for the modulus, whatever stands there; where byte 288 is even, it cannot even encrypt.
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "support/handshake_world.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr Row zero_server = {"rsa_encrypt:-1024", "rsa_encrypt:-1024", "rsa_encrypt:-17028", "rsa_encrypt:7", "rsa_encrypt:7", "rsa_encrypt:7"};
constexpr Row erased_server = {"recv_384:-1", "recv_384:-1", "recv_384:-1+bak", "recv_384:26+bak", "recv_384:26+bak", "recv_384:26+bak"};
constexpr Row erased_header = {"done:0", "done:0", "recv_384:-1+bak", "recv_384:26+bak", "recv_384:26+bak", "recv_384:26+bak"};
constexpr Row both_erased = {"recv_384:-1+regen",     "recv_384:-1+regen",     "recv_384:-1+genfail+bak",
                             "recv_384:26+regen+bak", "recv_384:26+regen+bak", "recv_384:26+regen+bak"};
constexpr std::size_t last_of_modulus = server_modulus_at + 255;

Number our_modulus() { return Number(ByteView(World().server).subspan(server_modulus_at, 256)); }

/// A modulus of 4096 bits; `odd` says what stands at the byte that the firmware takes for its last.
Bytes large_server_key(bool odd) {
    Bytes modulus = (our_modulus() * our_modulus()).bytes(512);
    modulus.front() |= 0x80;
    modulus.back() |= 1;
    Bytes spki = any_spki(Number(ByteView(modulus)), Number(65537));
    spki[last_of_modulus] = static_cast<std::uint8_t>((spki[last_of_modulus] & 0xFE) | odd);
    return spki;
}

/// SubjectPublicKeyInfo of a P-256 key, 91 bytes.
Bytes ec_public_key() {
    Bytes point = our_modulus().bytes(64);
    point.insert(point.begin(), {0x00, 0x04});
    return element(0x30, {element(0x30, {{0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01}, {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}}),
                          element(0x03, {point})});
}

/// PEM text of a key; its character 288 stands for the bits from 764 on of the modulus, and neighbours in base64's alphabet are of unlike parity.
Bytes text_with(bool odd) {
    for (const std::uint64_t more : {0u, 1u, 2u}) {
        const auto text = to_pem(server_spki((our_modulus() + (Number(more) << 764)).bytes(256)), "PUBLIC KEY");
        if ((text[last_of_modulus] & 1) == odd) return Bytes(text.begin(), text.end());
    }
    return {};
}

Edit exchanged(bool odd) {
    return [=](World& w) {
        Bytes device = w.device;
        device[last_of_modulus] = static_cast<std::uint8_t>((device[last_of_modulus] & 0xFE) | odd);  // in p
        w.device = w.server;
        w.device.resize(device_slot_size, 0xFF);
        w.server.assign(device.begin(), device.begin() + static_cast<std::ptrdiff_t>(server_slot_size));
    };
}

}  // namespace

TEST_CASE("damage in the server's slot ends where it was measured to", "[handshake][own]") {
    check_cases(erased_server, erased_server, {{"erased", fill_server(0, 294, 0xFF)}});
    check_cases(zero_server, zero_server, {{"zeros", fill_server(0, 294, 0x00)}});
    check_cases(even_server, even_server, {{"n even", flip_server(last_of_modulus, 0)}});
    check_cases(refused, refused,
                {{"n, bit 1", flip_server(last_of_modulus, 1)},
                 {"n, middle", flip_server(server_modulus_at + 128, 5)},
                 {"n, highest bit", flip_server(server_modulus_at, 7)},
                 {"n, second highest bit", flip_server(server_modulus_at, 6)},
                 {"cut after 150 bytes", fill_server(150, 294, 0xFF)}});
    check_cases(connects, connects,
                {{"exponent", flip_server(293, 1)},
                 {"exponent field zeros", fill_server(289, 294, 0x00)},
                 {"first byte", flip_server(0, 0)},
                 {"header zeros", fill_server(0, 33, 0x00)},
                 {"cut by 5 bytes", fill_server(289, 294, 0xFF)}});
    check_cases(erased_header, erased_header, {{"header erased", fill_server(0, 33, 0xFF)}, {"first byte FF", fill_server(0, 1, 0xFF)}});
    check_cases(both_erased, both_erased, {{"both slots erased", [](World& w) {
                                                fill(0, 612, 0xFF)(w);
                                                fill_server(0, 294, 0xFF)(w);
                                            }}});
}

TEST_CASE("other keys in the server's slot end where they were measured to", "[handshake][own]") {
    check_cases(refused, refused,
                {{"another server's", server_slot([] { return rolled_server_key(12); })},
                 {"1024 bits", server_slot([] { return device_spki(second_key().n.bytes(128)); })},
                 {"the device's public key", server_slot([] { return device_spki(first_key().n.bytes(128)); })},
                 {"PKCS#1 of the right key", server_slot([] {
                      return element(0x30, {integer_element(our_modulus()), integer_element(Number(65537))});
                  })},
                 {"EC P-256", server_slot(ec_public_key)},
                 {"e = 3, and the server really has that key",
                  [](World& w) {
                      w.cloud = any_spki(our_modulus(), Number(3));
                      server_slot([&] { return w.cloud; })(w);
                  }},
                 {"4096 bits, byte 288 odd", server_slot([] { return large_server_key(true); })},
                 {"PEM text, byte 288 odd", server_slot([] { return text_with(true); })}});
    check_cases(even_server, even_server,
                {{"4096 bits, byte 288 even", server_slot([] { return large_server_key(false); })},
                 {"PEM text, byte 288 even", server_slot([] { return text_with(false); })},
                 {"the device's private key, byte 288 even",
                  [](World& w) {
                      server_slot([&] { return minimal_slot_of(first_key()); })(w);
                      w.server[last_of_modulus] &= 0xFE;
                  }},
                 {"shifted right by a byte, byte 288 even", [](World& w) {
                      w.server.insert(w.server.begin(), 0x00);
                      w.server.resize(294);
                      w.server[last_of_modulus] &= 0xFE;
                  }}});
}

TEST_CASE("device and server key in each other's slot end where they were measured to", "[handshake][own]") {
    check_cases(even_server, even_server, {{"byte 288 of the device's key even", exchanged(false)}});
    check_cases(refused, refused, {{"byte 288 of the device's key odd", exchanged(true)}});
    check_cases(refused, garbled, {{"the server's key in the device's slot alone", [](World& w) {
                                        w.device = w.server;
                                        w.device.resize(device_slot_size, 0xFF);
                                    }}});
}

TEST_CASE("a whole server slot with its address changes nothing", "[handshake][own]") {
    check_cases(connects, connects, {{"768 bytes", [](World& w) {
                                          w.server.resize(768, 0xFF);
                                          const std::string host = "cloud.example.net";
                                          w.server[384] = 1;
                                          w.server[385] = static_cast<std::uint8_t>(host.size());
                                          std::copy(host.begin(), host.end(), w.server.begin() + 386);
                                          w.server[450] = 0x16;
                                          w.server[451] = 0x33;
                                      }}});
}

#pragma once
// A device, a server and a cloud of our own for handshake cases, and the rows of results that were measured for such cases on real protocol code.
#include "handshake/walk.h"
#include "support/keys.h"
#include "support/shared.h"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace photopsy::test {

/// Step and code for v0.4.7 v0.6.2 v0.7.0 v1.0.1 v1.2.1 v2.3.1, with the flags of the measured table.
using Row = std::array<const char*, 6>;
inline constexpr Row connects = {"done:0", "done:0", "done:0", "done:0", "done:0", "done:0"};
inline constexpr Row refused = {"recv_384:-1", "recv_384:-1", "recv_384:-1", "recv_384:26", "recv_384:26", "recv_384:26"};
inline constexpr Row garbled = {"rsa_decrypt:1", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6"};
inline constexpr Row garbled_from_blinding = {"done:0", "done:0", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6", "rsa_decrypt:6"};
inline constexpr Row even_server = {"rsa_encrypt:-4", "rsa_encrypt:-4", "rsa_encrypt:-17028", "rsa_encrypt:7", "rsa_encrypt:7", "rsa_encrypt:7"};

/// A device, a private server that is not Particle's, and what the cloud holds: at first all in order.
struct World {
    World();
    Bytes device, server, registered, cloud;
    bool known = true;
    KeyWalk walk;
};
using Edit = std::function<void(World&)>;

struct HandshakeCase {
    std::string name;
    Edit edit;
};
/// Every case on all six generations: the first row where the server compares the presented key, the second where it uses the stored one.
void check_cases(const Row& compares, const Row& uses_stored, const std::vector<HandshakeCase>&);

/// 294 bytes: an RSA-2048 public key of no use (its private half is never needed).
Bytes rolled_server_key(std::uint64_t seed);

Edit flip(ComponentIndex, std::size_t byte, unsigned bit);
Edit flip_length(ComponentIndex, unsigned bit);
Edit flip_server(std::size_t at, unsigned bit);
Edit put(std::size_t at, std::uint8_t value);
Edit fill(std::size_t begin, std::size_t end, std::uint8_t value);
Edit fill_server(std::size_t begin, std::size_t end, std::uint8_t value);
/// The slot holds these bytes, erased behind them; what does not fit is lost.
Edit slot(std::function<Bytes()> make);
Edit server_slot(std::function<Bytes()> make);
/// The key stands in the slot as OpenSSL writes it (`fixed`: as the firmware does), and the cloud holds its public half.
Edit provisioned(std::function<RsaKey()> key, bool fixed = false);

/// Some elements of ASN.1, for keys that photopsy itself never writes.
Bytes element(std::uint8_t tag, const std::vector<Bytes>& parts);
Bytes integer_element(const Number&);
/// SubjectPublicKeyInfo with any modulus and exponent.
Bytes any_spki(const Number& modulus, const Number& exponent);

}  // namespace photopsy::test

// Files of public keys: is it the key of Particle's server?
#include "flash/key_file.h"
#include "handshake/ec_key.h"
#include "handshake/public_key.h"

#include "catch.h"

#include <vector>

using namespace photopsy;

namespace {

std::string_view kind_of(ByteView file) { return key_file_form(file).kind; }

}  // namespace

TEST_CASE("a file of the server's public key is told to be Particle's, that with wrong bytes, or another's", "[capture][keys]") {
    for (const auto published : {published_server_key(), published_ec_server_key()}) {
        std::vector<std::uint8_t> file(published.begin(), published.end());
        INFO(file.size());
        CHECK(key_file_form(file).holds == KeyFileKind::Public);
        CHECK(kind_of(file).starts_with("Particle's published server key"));
        CHECK(kind_of(file).find("wrong bytes") == std::string_view::npos);
        auto hit = file;
        hit[file.size() / 2] ^= 4;
        CHECK(kind_of(hit).starts_with("Particle's published server key"));
        CHECK(kind_of(hit).find("wrong bytes") != std::string_view::npos);
        for (std::size_t at = 40; at + 6 < file.size(); ++at) hit[at] ^= 0x5A;
        CHECK(kind_of(hit).find("not Particle's") != std::string_view::npos);
        file.resize(512, 0xFF);  // the slot, with the address behind it
        CHECK(kind_of(file).starts_with("Particle's published server key"));
    }
    // A device's own public key is shorter, and of another size nothing is said.
    std::vector<std::uint8_t> device(162, 0x11);
    const auto front = device_spki(std::vector<std::uint8_t>(128, 0xA7));
    std::copy(front.begin(), front.end(), device.begin());
    CHECK(kind_of(device) == "a public RSA key (DER)");
}

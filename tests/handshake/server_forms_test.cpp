// A server's key in whatever form, and the 512 bytes that a device reads.
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"

#include "catch.h"

using namespace photopsy;

static std::vector<std::uint8_t> published() { return {published_server_key().begin(), published_server_key().end()}; }

TEST_CASE("a server's key is taken out of PEM text, and out of nothing that is cut off or of another kind", "[handshake]") {
    const auto text = to_pem(published(), "PUBLIC KEY");
    std::vector<std::uint8_t> pem(text.begin(), text.end());
    CHECK(server_spki_in(pem) == published());
    pem.resize(512, 0xFF);  // as it stands in the table
    CHECK(server_spki_in(pem) == published());
    CHECK(server_spki_in(published()) == published());
    CHECK(server_spki_in(std::vector<std::uint8_t>(pem.begin(), pem.begin() + 294)).empty());
    CHECK(server_spki_in(std::vector<std::uint8_t>(512, 0xFF)).empty());
    CHECK(server_spki_in(device_spki(std::vector<std::uint8_t>(128, 0xC1))).empty());
}

TEST_CASE("the slot for a server is what the firmware decodes", "[handshake]") {
    const auto decoded = [](const std::vector<std::uint8_t>& slot) {
        return decode_server_address(ByteView(slot).subspan(384, server_address_size), HandshakeGeneration::V2_3_1);
    };
    const auto by_ip = server_slot_for(published(), "192.168.1.50", 5683), by_name = server_slot_for(published(), "cloud.example.org", 5690);
    REQUIRE(by_ip.size() == 512);
    CHECK(std::equal(published_server_key().begin(), published_server_key().end(), by_ip.begin()));
    CHECK(decoded(by_ip).kind == DecodedAddress::Kind::Ip);
    CHECK(decoded(by_ip).host == "192.168.1.50");
    CHECK(decoded(by_ip).port == 5683);
    CHECK(decoded(by_name).kind == DecodedAddress::Kind::Domain);
    CHECK(decoded(by_name).host == "cloud.example.org");
    CHECK(decoded(by_name).port == 5690);
    CHECK(decoded(server_slot_for(published(), "1.2.3", 5683)).host == "1.2.3");
    CHECK(decoded(server_slot_for(published(), "256.1.1.1", 5683)).kind == DecodedAddress::Kind::Domain);
    for (const char* bad : {"", "a b", "<host>", "0123456789012345678901234567890123456789012345678901234567890123"})
        CHECK(server_slot_for(published(), bad, 5683).empty());
    CHECK(server_slot_for(published(), "host", 0).empty());
    CHECK(server_slot_for(ByteView(), "host", 5683).empty());
}

// A server's key in whatever form, and the 512 bytes that a device reads.
#include "handshake/ec_key.h"
#include "handshake/given_key.h"
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

TEST_CASE("an address or port that no device can use has its reason", "[handshake]") {
    for (const char* good : {"192.168.1.50", "10.0.0.5", "cloud.example.org", "host", "a-b.example.com", "3.pool.example.org", "my_server"})
        CHECK(why_no_server_address(good, 5683).empty());
    for (const char* bad : {"", "a b", "0.0.0.0", "127.0.0.1", "255.255.255.255", "224.0.0.1", "256.1.1.1", "10.0.0", "1.2.3.4.5", "12", "x..y", ".x", "x.",
                            "-x", "YOUR_SERVER", "your_server", "localhost", "0123456789012345678901234567890123456789012345678901234567890123"})
        CHECK_FALSE(why_no_server_address(bad, 5683).empty());
    CHECK(why_no_server_address("host", 65534).empty());
    CHECK(why_no_server_address("host", 65535).find("65534") != std::string::npos);
    CHECK_FALSE(why_no_server_address("host", 0).empty());
}

TEST_CASE("a modulus with a run of erased or zeroed bytes is none", "[handshake]") {
    const auto key = published();
    for (const std::uint8_t value : std::vector<std::uint8_t>{0xFF, 0x00})
        for (const std::size_t at : {33u, 100u, 273u}) {
            auto damaged = key;
            std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 16, value);
            const auto lost = lost_run_of_modulus(damaged);
            REQUIRE(lost);
            CHECK(lost->contains(range_of(static_cast<Address>(at), 16)));
            CHECK(server_spki_in(damaged).empty());
            CHECK_FALSE(why_no_key_of_server(damaged, KeyKind::RsaSlot, "file").empty());
        }
    CHECK_FALSE(lost_run_of_modulus(key));
    auto short_run = key;
    short_run[99] = short_run[115] = 0x5A;
    std::fill_n(short_run.begin() + 100, 15, std::uint8_t{0xFF});
    CHECK_FALSE(lost_run_of_modulus(short_run));
    CHECK(server_spki_in(key) == key);
}

TEST_CASE("a given key of another kind or size is refused", "[handshake]") {
    const std::vector<std::uint8_t> rsa1024 = device_spki(std::vector<std::uint8_t>(128, 0xC1)), rsa2048 = published();
    const std::vector<std::uint8_t> ec(published_ec_server_key().begin(), published_ec_server_key().end());
    CHECK(why_no_key_of_server(rsa2048, KeyKind::RsaSlot, "file").empty());
    CHECK(why_no_key_of_device(rsa1024, KeyKind::RsaSlot, "file").empty());
    CHECK(why_no_key_of_server(ec, KeyKind::EcSlot, "file").empty());
    CHECK(why_no_key_of_device(ec, KeyKind::EcSlot, "file").empty());
    CHECK(why_no_key_of_server(rsa1024, KeyKind::RsaSlot, "file").find("file holds an RSA-1024 public key") == 0);
    CHECK_FALSE(why_no_key_of_server(ec, KeyKind::RsaSlot, "file").empty());
    CHECK_FALSE(why_no_key_of_device(ec, KeyKind::RsaSlot, "file").empty());
    CHECK_FALSE(why_no_key_of_device(rsa2048, KeyKind::RsaSlot, "file").empty());
    CHECK_FALSE(why_no_key_of_server(rsa2048, KeyKind::EcSlot, "file").empty());
    CHECK_FALSE(why_no_key_of_device(rsa1024, KeyKind::EcSlot, "file").empty());
}

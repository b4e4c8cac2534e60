// A server's key in whatever form, and the 512 bytes that a device reads.
#include "base/base64.h"
#include "base/hex.h"
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

TEST_CASE("a server's key written down as text is told by its form, and taken out of it", "[handshake]") {
    const auto in_table = [](const std::string& text) {  // over what stood there: the end of a name, and erased bytes
        std::vector<std::uint8_t> field(longest_server_form, 0xFF);
        std::string_view("ark.io\0").copy(reinterpret_cast<char*>(field.data()) + text.size(), 7);
        std::copy(text.begin(), text.end(), field.begin());
        return field;
    };
    std::string colons, listing;
    for (const auto byte : published()) {
        colons += hex(ByteView(&byte, 1)) + ":";
        listing += "0x" + hex(ByteView(&byte, 1)) + ", ";
    }
    auto web = base64(published());
    for (auto& c : web) c = c == '+' ? '-' : c == '/' ? '_' : c;
    for (const auto& text : {hex(published()), colons, listing, base64(published()), web}) {
        CHECK(server_spki_in(in_table(text)) == published());
        CHECK(server_key_form(in_table(text)).what.find("RSA-2048 public key as ") != std::string::npos);
        CHECK(server_key_form(in_table(text)).is_text);
        CHECK_FALSE(could_be_server_modulus(in_table(text)));
    }
    CHECK_FALSE(server_key_form(published()).is_text);
    CHECK(server_key_form(in_table(hex(published()).substr(0, 500))).spki.empty());
    CHECK(server_key_form(in_table(hex(device_spki(std::vector<std::uint8_t>(128, 0xC1))))).spki.empty());
}

TEST_CASE("a port that the release does not read is kept beside the one it goes to", "[handshake]") {
    const auto slot = server_slot_for(published(), "cloud.example.org", 8080), usual = server_slot_for(published(), "cloud.example.org", 5683);
    const auto of = [](const std::vector<std::uint8_t>& whole, HandshakeGeneration generation) {
        return decode_server_address(ByteView(whole).subspan(384, server_address_size), generation);
    };
    CHECK(of(slot, HandshakeGeneration::V0_4_7).port == 5683);
    CHECK(of(slot, HandshakeGeneration::V0_4_7).ignored_port == 8080);
    CHECK(of(usual, HandshakeGeneration::V0_4_7).ignored_port == 0);
    CHECK(of(slot, HandshakeGeneration::V0_6_2).port == 8080);
    CHECK(of(slot, HandshakeGeneration::V0_6_2).ignored_port == 0);
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

TEST_CASE("a name that is a number counts as the number", "[handshake]") {
    CHECK(number_in_name("192.168.1.9") == 0xC0A80109u);
    for (const auto* other : {"device.spark.io", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", ".1.2.3", "1.2.3.4a", "", "-1.2.3.4"})
        CHECK_FALSE(number_in_name(other));
    const auto decoded = [](std::string_view name) {
        Bytes field(server_address_size, 0xFF);
        field[0] = 1;
        field[1] = static_cast<std::uint8_t>(name.size());
        std::copy(name.begin(), name.end(), field.begin() + 2);
        field[2 + name.size()] = 0;
        return decode_server_address(field, HandshakeGeneration::V2_3_1);
    };
    for (const auto* nowhere : {"127.0.0.1", "127.1.2.3", "0.0.0.0", "255.255.255.255", "224.0.0.1"}) {
        INFO(nowhere);
        CHECK(decoded(nowhere).unreachable);
        CHECK_FALSE(decoded(nowhere).detail.empty());
    }
    for (const auto* somewhere : {"192.168.1.9", "126.0.0.1", "127.0.0.1.example.org", "127-0-0-1.example.org"}) CHECK_FALSE(decoded(somewhere).unreachable);
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

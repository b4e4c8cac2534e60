// Keys of another kind in a slot, and what ran on behind it.
#include "handshake/device_slot.h"
#include "handshake/ec_server_slot.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "support/ec_pair.h"
#include "support/keys.h"

#include "base/base64.h"
#include "base/hex.h"
#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

static Bytes written_to_slot(const Bytes& file, Bytes slot) {
    std::copy(file.begin(), file.end(), slot.begin());
    return slot;
}

TEST_CASE("what was written over the front of a key is told, and the key behind it comes back", "[keys][forms]") {
    Dice dice(51);
    const auto slot = device_slot_of(first_key(), device_field_size);
    const auto pair = rolled_ec_pair(dice);
    const auto text = to_pem(device_spki(first_key().n.bytes(128)), "PUBLIC KEY");
    for (const auto& file : {sec1_of(pair, EcWidth::Fixed), spki_of(pair), Bytes(text.begin(), text.end())}) {
        const auto reading = read_device_slot(written_to_slot(file, slot));
        INFO(reading.detail);
        CHECK(reading.what == DeviceKeyClass::WrongType);
        CHECK(reading.detail.find("the slot holds ") == 0);
        REQUIRE(reading.key);
        CHECK(encode_for_device(reading.key->key) == encode_for_device(first_key()));
    }
}

TEST_CASE("a key of another kind over the front of the published server key is no failing cell", "[keys][forms]") {
    Dice dice(52);
    const auto pair = rolled_ec_pair(dice);
    const Bytes published(published_server_key().begin(), published_server_key().end());
    for (const auto& file : {sec1_of(pair, EcWidth::Fixed), spki_of(pair)})
        CHECK(read_server_slot(written_to_slot(file, published)).kind == ServerSlotKind::WrongType);
    auto flipped = published;
    flipped[100] ^= 4;
    CHECK(read_server_slot(flipped).kind == ServerSlotKind::NearPublished);
}

TEST_CASE("a text tells how far it reaches, and nothing behind it is counted", "[keys][forms]") {
    const auto der = encode_for_device(first_key());
    std::string list;
    for (const auto byte : der) list += "0x" + hex(ByteView(&byte, 1)) + ", ";
    const auto pem = to_pem(der, "RSA PRIVATE KEY");
    const std::size_t last_comma = 2, last_line_end = 1;
    const std::pair<std::string, std::size_t> texts[] = {
        {hex(der), der.size() * 2}, {list, list.size() - last_comma}, {base64(der), 0}, {pem, pem.size() - last_line_end}};
    for (const auto& [text, wanted] : texts) {
        Bytes field(text.begin(), text.end());
        for (const char c : std::string_view("ab12")) field.push_back(static_cast<std::uint8_t>(c));  // of what stood there
        field.resize(device_text_size, 0xFF);
        const auto keys = unwrap_text(field);
        REQUIRE_FALSE(keys.empty());
        const auto digits = text.find_last_not_of('=') + 1;
        CHECK(keys.front().reach == (wanted ? wanted : digits));
        CHECK(read_device_slot(field).reach == keys.front().reach);
    }
    CHECK(read_device_slot(device_slot_of(first_key())).reach == 0);
}

TEST_CASE("a certificate and public keys of SSH are called what they are", "[keys][forms]") {
    Bytes certificate = *from_hex("308201223081c9a00302010202010530");
    certificate.resize(294, 0x5A);
    CHECK(foreign_kind(certificate) == "a certificate");
    for (const std::string text : {"ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 AAAA", "ssh-rsa AAAA"})
        CHECK(foreign_kind(Bytes(text.begin(), text.end())) == "an SSH public key");
    CHECK(foreign_kind(published_server_key()).empty());
    CHECK(foreign_kind(encode_for_device(first_key())).empty());
}

TEST_CASE("the slot for a server of UDP devices is what the firmware decodes", "[ec][handshake]") {
    const auto key = published_ec_server_key();
    const auto slot = ec_server_slot_for(key, "cloud.example.org", 5690);
    REQUIRE(slot.size() == ec_server_files_size);
    const auto address = decode_udp_address(ByteView(slot).subspan(192), {.falls_back = true, .reads_port = true});
    CHECK(address.kind == DecodedAddress::Kind::Domain);
    CHECK(address.host == "cloud.example.org");
    CHECK(address.port == 5690);
    const auto by_number = ec_server_slot_for(key, "192.168.1.50", udp_port);
    CHECK(decode_udp_address(ByteView(by_number).subspan(192), {}).host == "192.168.1.50");
    CHECK(by_number[192 + 66] == 0xFF);
    CHECK(read_ec_server_slot(slot).what == ServerKeyClass::Published);
    CHECK(ec_server_slot_for(published_server_key(), "host", 5684).empty());
    CHECK(ec_server_slot_for(key, "a b", 5684).empty());
    const auto text = to_pem(key, "PUBLIC KEY");
    CHECK(ec_server_spki_in_slot(Bytes(text.begin(), text.end())) == Bytes(key.begin(), key.end()));
}

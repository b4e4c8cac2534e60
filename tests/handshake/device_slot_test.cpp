#include "handshake/device_slot.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "handshake/server_slot.h"
#include "support/keys.h"
#include "support/shared.h"

#include "base/hex.h"
#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using Class = DeviceKeyClass;

namespace {

Bytes spki_of(const RsaKey& key) { return device_spki(key.n.bytes(128)); }
Bytes whole() { return device_slot_of(first_key(), 1216); }

Bytes filled(std::size_t from, std::size_t to, std::uint8_t value, Bytes slot = whole()) {
    std::fill(slot.begin() + static_cast<std::ptrdiff_t>(from), slot.begin() + static_cast<std::ptrdiff_t>(to), value);
    return slot;
}

Bytes mixed() {
    Bytes slot = whole();
    const Bytes other = device_slot_of(second_key(), 1216);
    for (std::size_t i = 0; i < slot.size(); ++i) slot[i] &= other[i];
    return slot;
}

Bytes text_slot(const std::string& text) {
    Bytes slot(text.begin(), text.end());
    slot.resize(1216, 0xFF);
    return slot;
}

Bytes begun(std::string_view hex_text) {
    Bytes slot = *from_hex(hex_text);
    for (int i = 0; slot.size() < 612; ++i) slot.push_back(static_cast<std::uint8_t>(i * 37 + 11));
    return slot;
}

}  // namespace

TEST_CASE("each kind of slot has its one class", "[keys][slot]") {
    const auto key = first_key();
    const auto minimal = minimal_slot_of(key, 1216);
    struct Case {
        const char* name;
        Bytes slot;
        Class what;
        bool rebuilt, usable;
    };
    auto flipped = whole();
    flipped[300] ^= 4;
    auto length = whole();
    length[278 - 1] = 0x40;
    auto harmless_length = whole();
    harmless_length[3] ^= 0x40;
    auto harmless = whole();
    harmless[200] ^= 1;
    auto pkcs8 = wrap_pkcs8(encode_pkcs1(key, minimal_lengths(key)));
    pkcs8.resize(1216, 0xFF);
    Bytes late = whole();
    late.insert(late.begin(), 0x55);
    const Case cases[] = {
        {"as the firmware writes it", whole(), Class::Good, true, true},
        {"minimal DER", minimal, Class::Good, true, true},
        {"zero tail", filled(611, 1216, 0), Class::Good, true, true},
        {"erased", Bytes(1216, 0xFF), Class::Erased, false, false},
        {"first byte erased", filled(0, 1, 0xFF), Class::Erased, true, false},
        {"first 256 erased", filled(0, 256, 0xFF), Class::Erased, true, false},
        {"p to the end of q erased", filled(279, 400, 0xFF), Class::Erased, true, false},
        {"zeros", Bytes(1216, 0), Class::Zeroed, false, false},
        {"zeros from p to qInv", filled(277, 611, 0), Class::Truncated, true, false},
        {"256 bytes left", filled(200, 1216, 0xFF), Class::Truncated, false, false},
        {"400 bytes left", filled(400, 1216, 0xFF), Class::Truncated, true, false},
        {"last byte lost", filled(610, 611, 0), Class::Truncated, true, false},
        {"bit of p", flipped, Class::BitFlip, true, false},
        {"bit of d", harmless, Class::BitFlip, true, true},
        {"length octet of p", length, Class::DerLengthWrong, true, false},
        {"length octet of the whole", harmless_length, Class::DerLengthWrong, true, true},
        {"two keys", mixed(), Class::Mixed, false, false},
        {"PKCS#8", pkcs8, Class::WrongEncoding, true, false},
        {"PEM", text_slot(to_pem(encode_pkcs1(key, minimal_lengths(key)), "RSA PRIVATE KEY")), Class::WrongEncoding, true, false},
        {"one byte late", late, Class::WrongEncoding, true, false},
        {"PEM of a certificate", text_slot("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), Class::WrongType, false, false},
        {"text", text_slot("hello, this is not a key at all, but a note that somebody wrote"), Class::WrongType, false, false},
        {"EC key", begun("30770201010420"), Class::WrongType, false, false},
        {"public key",
         [&] {
             auto spki = spki_of(key);
             spki.resize(1216, 0xFF);
             return spki;
         }(),
         Class::WrongType, false, false},
        {"2048 bits", begun("308204a40201000282010100bb"), Class::WrongSize, false, false},
        {"512 bits", begun("3082013b020100024100bb"), Class::WrongSize, false, false},
        {"server key",
         [] {
             Bytes slot(published_server_key().begin(), published_server_key().end());
             slot.resize(1216, 0xFF);
             return slot;
         }(),
         Class::ServerKeyInSlot, false, false},
    };
    for (const auto& one : cases) {
        INFO(one.name);
        const auto reading = read_device_slot(one.slot);
        INFO(reading.detail);
        CHECK(static_cast<int>(reading.what) == static_cast<int>(one.what));
        CHECK(reading.key.has_value() == one.rebuilt);
        CHECK(reading.usable == one.usable);
        if (one.rebuilt) CHECK(reading.public_spki == spki_of(key));
        CHECK((reading.what == Class::Good) == reading.detail.empty());
    }
}

TEST_CASE("a flipped bit is named to the byte", "[keys][slot]") {
    const Bytes slot = whole();
    for (const std::size_t at : {7u, 11u, 138u, 141u, 148u, 275u, 279u, 410u, 420u, 545u, 546u, 610u}) {
        Bytes damaged = slot;
        damaged[at] ^= 0x10;
        const auto reading = read_device_slot(damaged);
        INFO("byte " << at << ": " << reading.detail);
        REQUIRE(reading.damage.size() == 1);
        CHECK(reading.damage.front() == Range{static_cast<Address>(at), static_cast<Address>(at + 1)});
    }
}

TEST_CASE("what was written over the beginning of a key leaves enough to prove it", "[keys][slot]") {
    const auto whole = device_slot_of(first_key());
    const std::vector<Number> cached = {first_key().n};
    for (const std::size_t count : {40u, 144u, 300u, 343u}) {
        auto slot = whole;
        for (std::size_t i = 0; i < count; ++i) slot[i] = static_cast<std::uint8_t>("the quick brown fox "[i % 20]);
        const auto reading = read_device_slot(slot, cached);
        INFO(count);
        CHECK(reading.what != DeviceKeyClass::Good);
        REQUIRE(reading.key);
        CHECK(reading.key->key.n == first_key().n);
        CHECK_FALSE(reading.usable);
    }
    auto gone = whole;
    for (std::size_t i = 0; i < gone.size(); ++i) gone[i] = static_cast<std::uint8_t>("the quick brown fox "[i % 20]);
    CHECK(read_device_slot(gone, cached).what == DeviceKeyClass::WrongType);
}

TEST_CASE("a perfect key with a short number is misread, and whole again in fixed widths", "[keys][slot]") {
    // The key of seed 65 has a d of 127 bytes; about one of 85 keys has such a number, and the seeds around it have none.
    for (const std::uint64_t seed : {64u, 65u}) {
        Dice dice(seed);
        const auto key = rolled_key(dice);
        const auto lengths = minimal_lengths(key);
        const bool is_short = lengths[3] <= 127 || *std::min_element(lengths.begin() + 6, lengths.end()) <= 63;
        CHECK(is_short == (seed == 65));
        const auto reading = read_device_slot(minimal_slot_of(key));
        INFO(reading.detail);
        CHECK(static_cast<int>(reading.what) == static_cast<int>(is_short ? Class::UnreadableByFirmware : Class::Good));
        CHECK(read_device_slot(device_slot_of(key)).what == Class::Good);
    }
}

TEST_CASE("server slots are told apart", "[keys][server]") {
    const Bytes published(published_server_key().begin(), published_server_key().end());
    const auto kind = [](const Bytes& slot) { return static_cast<int>(read_server_slot(slot).kind); };
    const auto changed = [&](std::size_t at, std::uint8_t bits) {
        Bytes slot = published;
        slot[at] ^= bits;
        return slot;
    };
    Bytes cut = published, other = published;
    std::fill(cut.begin() + 150, cut.end(), 0xFF);
    const auto modulus = (first_key().n * second_key().n).bytes(256);
    std::copy(modulus.begin(), modulus.end(), other.begin() + 33);
    other[33] |= 0x80;
    CHECK(kind(published) == static_cast<int>(ServerSlotKind::Published));
    CHECK(kind(changed(100, 1)) == static_cast<int>(ServerSlotKind::NearPublished));
    CHECK(kind(Bytes(294, 0xFF)) == static_cast<int>(ServerSlotKind::Erased));
    CHECK(kind(Bytes(294, 0)) == static_cast<int>(ServerSlotKind::Garbage));
    CHECK(kind(cut) == static_cast<int>(ServerSlotKind::Truncated));
    CHECK(kind(device_slot_of(first_key())) == static_cast<int>(ServerSlotKind::DevicePrivateKey));
    CHECK(kind(begun("3059301306072a8648ce3d020106")) == static_cast<int>(ServerSlotKind::WrongType));
    CHECK(kind(begun("2d2d2d2d2d424547")) == static_cast<int>(ServerSlotKind::WrongType));
    CHECK(read_server_slot(changed(5, 1)).modulus_is_published);
    CHECK_FALSE(read_server_slot(changed(50, 1)).modulus_is_published);
}

TEST_CASE("the published server slot is the file that particle-cli writes", "[keys][server]") {
    const auto slot = published_server_slot();
    CHECK(slot.size() == 512);
    CHECK(hex(sha256(slot)) == "2a1c82fb5f28fe1ba95b4af966aca326eb22398b977fa2540233dbe703fddb16");
    CHECK(hex(sha256(published_server_key())) == "aa8aba3c973ed4b668999047a09597948f36eefde525352e705fe8ef98c1677e");
}

TEST_CASE("server addresses as the firmware decodes them", "[keys][address]") {
    using Kind = DecodedAddress::Kind;
    const auto decode = [](Bytes field, HandshakeGeneration generation = HandshakeGeneration::V2_3_1) {
        field.resize(128, 0xFF);
        return decode_server_address(field, generation);
    };
    const auto domain = [](std::string_view host) {
        Bytes field = {1, static_cast<std::uint8_t>(host.size())};
        field.insert(field.end(), host.begin(), host.end());
        return field;
    };
    CHECK(decode(domain("device.spark.io")).particle);
    CHECK_FALSE(decode(domain("cloud.example.org")).particle);
    CHECK_FALSE(decode(domain("cloud.example.org")).unreachable);
    CHECK(decode(domain("devjce.spark.io")).unreachable);
    CHECK(decode(domain("device.spark")).unreachable);
    CHECK(decode({}).kind == Kind::Erased);
    CHECK(decode({}).particle);
    CHECK_FALSE(decode({}).damaged);
    CHECK(decode({7, 15, 'd'}).falls_back);
    CHECK(decode({7, 15, 'd'}).damaged);
    CHECK(decode({1, 127, 'd'}).falls_back);
    CHECK(decode({0, 4, 10, 0, 0, 7}).host == "10.0.0.7");
    CHECK_FALSE(decode({0, 4, 10, 0, 0, 7}).unreachable);
    CHECK(decode(Bytes(128, 0)).unreachable);
    auto with_port = domain("device.spark.io");
    with_port.resize(128, 0xFF);
    with_port[66] = 0x12;
    with_port[67] = 0x34;
    CHECK(decode(with_port).unreachable);
    CHECK(decode(with_port, HandshakeGeneration::V0_4_7).particle);
    auto long_name = domain(std::string(70, 'a'));
    CHECK(decode(long_name).port == 24929);
    for (const std::size_t length : {64u, 65u, 70u, 126u}) {
        CHECK(decode(domain(std::string(length, 'a'))).unreachable);
        CHECK_FALSE(decode(domain(std::string(length, 'a')), HandshakeGeneration::V0_4_7).unreachable);
    }
    CHECK_FALSE(decode(domain(std::string(63, 'a'))).unreachable);
    auto ended_early = domain(std::string(80, 'a'));  // what counts is the name, not what its length says
    ended_early[2 + 20] = 0;
    CHECK_FALSE(decode(ended_early).unreachable);
}

// Keys that a transfer in text mode rewrote: what can be undone gives the same key back and nothing else, what is lost is said to be lost, and damage of
// other kinds is not taken for it.
#include "handshake/text_transfer.h"
#include "base/hex.h"
#include "handshake/device_slot.h"
#include "handshake/ec_server_slot.h"
#include "handshake/ec_slot.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "mend/keys.h"
#include "support/ec_pair.h"
#include "support/handshake_world.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Bytes with_returns(const Bytes& file) {
    Bytes out;
    for (const auto byte : file) {
        if (byte == 0x0A) out.push_back(0x0D);
        out.push_back(byte);
    }
    return out;
}
Bytes returns_dropped(const Bytes& file) {
    Bytes out;
    for (std::size_t i = 0; i < file.size(); ++i)
        if (file[i] != 0x0D || i + 1 == file.size() || file[i + 1] != 0x0A) out.push_back(file[i]);
    return out;
}
/// Each byte from 80 on becomes what `letter` says.
template <class Letter>
Bytes high_as(const Bytes& file, Letter letter) {
    Bytes out;
    for (const auto byte : file) {
        if (byte < 0x80)
            out.push_back(byte);
        else
            for (const auto more : letter(byte)) out.push_back(more);
    }
    return out;
}
Bytes as_utf8(const Bytes& file) {
    return high_as(file, [](std::uint8_t byte) { return Bytes{static_cast<std::uint8_t>(0xC0 | byte >> 6), static_cast<std::uint8_t>(0x80 | (byte & 0x3F))}; });
}
/// The curly quotes of code page 1252 are letters of three bytes in UTF-8.
Bytes as_windows_text(const Bytes& file) {
    return high_as(file, [](std::uint8_t byte) {
        if (byte == 0x82) return Bytes{0xE2, 0x80, 0x9A};
        return Bytes{static_cast<std::uint8_t>(0xC0 | byte >> 6), static_cast<std::uint8_t>(0x80 | (byte & 0x3F))};
    });
}
std::vector<Bytes> undoable(const Bytes& file) {
    std::vector<Bytes> all = {as_utf8(file), as_windows_text(file), with_returns(as_utf8(file))};
    if (with_returns(file) != file) all.push_back(with_returns(file));
    return all;
}
std::vector<Bytes> lossy(const Bytes& file) {
    return {high_as(file, [](std::uint8_t) { return Bytes{'?'}; }),
            high_as(file,
                    [](std::uint8_t) {
                        return Bytes{0xEF, 0xBF, 0xBD};
                    }),
            high_as(file, [](std::uint8_t byte) { return Bytes{static_cast<std::uint8_t>(byte & 0x7F)}; })};
}

Bytes in_rsa_field(Bytes bytes) {
    bytes.resize(std::max(bytes.size(), device_field_size), 0xFF);
    return bytes;
}
Bytes in_ec_field(Bytes bytes) {
    bytes.resize(std::max<std::size_t>(bytes.size(), 384), 0xFF);
    return bytes;
}

void check_rsa(const Bytes& rewritten, const RsaKey& key) {
    const auto reading = read_device_slot(in_rsa_field(rewritten));
    INFO(reading.detail);
    CHECK(reading.what == DeviceKeyClass::WrongEncoding);
    CHECK(reading.by_text_transfer);
    CHECK(reading.detail.find("text mode") != std::string::npos);
    REQUIRE(reading.key);
    CHECK(encode_for_device(reading.key->key) == encode_for_device(key));
    const auto from_file = recover_key_file(rewritten, {});
    REQUIRE(from_file.size() == 1);
    CHECK(from_file.front().der == encode_for_device(key));
    CHECK(parse_key_file(rewritten).error().message.find("text mode") != std::string::npos);
}

void check_ec(const Bytes& rewritten, const Bytes& sec1) {
    const auto reading = read_ec_slot(in_ec_field(rewritten), EcParser::ComputesPublicHalf);
    INFO(reading.detail);
    CHECK(reading.what == DeviceKeyClass::WrongEncoding);
    CHECK(reading.by_text_transfer);
    REQUIRE(reading.key);
    CHECK(encode_sec1(*reading.key) == sec1);
    const auto from_file = recover_key_file(rewritten, {});
    REQUIRE(from_file.size() == 1);
    CHECK(from_file.front().der == sec1);
}

RsaKey key_with_a_line_end() {
    return *key_of_primes(
        Number(*from_hex("d41a86a66f332f15e85f9abf7e3ae0a643a92a97579ee68f223bf5f2645a86fab17e6dabf612ba53e2edcd23685f52e4a5d1a0710f2d44bb68bdbcfad98762fd")),
        Number(*from_hex("ccc138b0fceb2c01f38015f4d3b063c273eca8640d0a8042560c921e66bde90e89fa2100d8535270415a055a8d42b8d9e0c2bf0eed3ab38002d2cb216bac6db5")));
}

Bytes rolled_spki(Dice& dice) {
    Bytes modulus(256);
    for (auto& byte : modulus) {
        do byte = static_cast<std::uint8_t>(dice.next() >> 32);
        while (byte == 0x0A || byte == 0x0D);
    }
    modulus.front() |= 0x80;
    modulus.back() |= 1;
    return server_spki(modulus);
}

}  // namespace

TEST_CASE("a device key that a transfer in text mode rewrote comes back whole", "[keys][forms]") {
    for (const auto& key : {first_key(), second_key()})
        for (const auto& file : {encode_for_device(key), encode_pkcs1(key, minimal_lengths(key)), wrap_pkcs8(encode_for_device(key))})
            for (const auto& rewritten : undoable(file)) check_rsa(rewritten, key);
    const auto key = key_with_a_line_end();
    const auto dropped = returns_dropped(encode_for_device(key));
    REQUIRE(dropped.size() < encode_for_device(key).size());
    check_rsa(dropped, key);
}

TEST_CASE("an EC key that a transfer in text mode rewrote comes back whole", "[ec][forms]") {
    Dice dice(41);
    Bytes number(32);
    for (auto& byte : number) byte = static_cast<std::uint8_t>(dice.next() >> 32);
    number[0] = 0x5A;
    number[9] = 0x0D;
    number[10] = 0x0A;
    const auto sec1 = sec1_of(ec_pair_of(number), EcWidth::Fixed);
    for (const auto& rewritten : undoable(sec1)) check_ec(rewritten, sec1);
    CHECK(with_returns(sec1) != sec1);
    check_ec(returns_dropped(sec1), sec1);
}

TEST_CASE("what a transfer in text mode has lost is said to be lost", "[keys][ec][forms]") {
    Dice dice(42);
    const auto key = first_key();
    const auto sec1 = sec1_of(rolled_ec_pair(dice), EcWidth::Fixed);
    for (const auto& file : {encode_for_device(key), wrap_pkcs8(encode_for_device(key))})
        for (const auto& rewritten : lossy(file)) {
            const auto reading = read_device_slot(in_rsa_field(rewritten));
            INFO(reading.detail);
            CHECK(reading.by_text_transfer);
            CHECK_FALSE(reading.key);
            CHECK(reading.detail.ends_with("is lost"));
        }
    for (const auto& rewritten : lossy(sec1)) {
        const auto reading = read_ec_slot(in_ec_field(rewritten), EcParser::ComputesPublicHalf);
        INFO(reading.detail);
        CHECK(reading.by_text_transfer);
        CHECK_FALSE(reading.key);
    }
}

TEST_CASE("flipped bits, cut ends and noise are no transfer in text mode", "[keys][ec][forms]") {
    Dice dice(43);
    const auto rsa = encode_for_device(first_key());
    const auto sec1 = sec1_of(rolled_ec_pair(dice), EcWidth::Fixed);
    for (int trial = 0; trial < 40; ++trial) {
        auto one = in_rsa_field(rsa), other = in_ec_field(sec1);
        for (int flip = 0; flip <= trial % 4; ++flip) {
            one[dice.below(rsa.size())] ^= static_cast<std::uint8_t>(1u << dice.below(8));
            other[dice.below(sec1.size())] ^= static_cast<std::uint8_t>(1u << dice.below(8));
        }
        CHECK_FALSE(read_device_slot(one).by_text_transfer);
        CHECK_FALSE(read_ec_slot(other, EcParser::ComputesPublicHalf).by_text_transfer);
    }
    Bytes noise(device_field_size);
    for (auto& byte : noise) byte = static_cast<std::uint8_t>(dice.next() >> 32);
    CHECK_FALSE(read_device_slot(noise).by_text_transfer);
    CHECK(lost_in_text_transfer(noise).empty());
}

TEST_CASE("a server's key that a transfer in text mode rewrote is taken out of it, or is lost", "[handshake][forms]") {
    Dice dice(44);
    const Bytes published(published_server_key().begin(), published_server_key().end());
    for (const auto& key : {published, rolled_spki(dice)}) {
        for (auto rewritten : undoable(key)) {
            rewritten.resize(longest_server_form, 0xFF);
            const auto form = server_key_before_transfer(rewritten);
            CHECK(form.spki == key);
            CHECK(form.by_text_transfer);
            CHECK(server_spki_in_slot(rewritten) == key);
        }
        for (auto rewritten : lossy(key)) {
            rewritten.resize(longest_server_form, 0xFF);
            const auto form = server_key_before_transfer(rewritten);
            CHECK(form.by_text_transfer);
            CHECK(form.spki.empty());
            CHECK(form.what.ends_with("is lost"));
        }
        CHECK_FALSE(server_key_before_transfer(key).by_text_transfer);
    }
    const Bytes ec(published_ec_server_key().begin(), published_ec_server_key().end());
    for (const auto& rewritten : {as_utf8(ec), as_windows_text(ec)}) {
        const auto slot = read_ec_server_slot(in_ec_field(rewritten));
        CHECK(slot.what == ServerKeyClass::WrongType);
        CHECK(slot.by_text_transfer);
        CHECK(ec_server_spki_in_slot(in_ec_field(rewritten)) == ec);
    }
    for (const auto& rewritten : lossy(ec)) CHECK(read_ec_server_slot(in_ec_field(rewritten)).by_text_transfer);
}

TEST_CASE("which byte 0D a modulus has lost is told only where there is one place for it", "[handshake][forms]") {
    Dice dice(45);
    auto key = rolled_spki(dice);
    key[100] = 0x0D;
    key[101] = 0x0A;
    auto one_place = returns_dropped(key);
    one_place.resize(server_slot_size, 0xFF);
    CHECK(server_key_before_transfer(one_place).spki == key);
    key[200] = 0x0A;
    auto two_places = returns_dropped(key);
    two_places.resize(server_slot_size, 0xFF);
    const auto form = server_key_before_transfer(two_places);
    CHECK(form.by_text_transfer);
    CHECK(form.spki.empty());
}

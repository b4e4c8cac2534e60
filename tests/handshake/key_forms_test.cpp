// A key that lies in its slot displaced, reordered or written down as text comes back, and never as another one; and the one reader of keys
// takes what people keep in files.
#include "handshake/key_forms.h"
#include "handshake/device_slot.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "mend/keys.h"
#include "support/keys.h"
#include "support/shared.h"

#include "base/hex.h"
#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }
std::string pem_of(const RsaKey& key) { return to_pem(encode_for_device(key), "RSA PRIVATE KEY"); }

Bytes in_field(Bytes bytes, std::uint8_t around = 0xFF) {
    bytes.resize(std::max(bytes.size(), device_field_size), around);
    return bytes;
}

/// The key comes back as it was, and the slot is called what it is.
void check_comes_back(const Bytes& field, const RsaKey& key, const std::string& what) {
    const auto reading = read_device_slot(field);
    INFO(what << ": " << reading.detail);
    REQUIRE(reading.key);
    CHECK(encode_for_device(reading.key->key) == encode_for_device(key));
    CHECK(reading.what == DeviceKeyClass::WrongEncoding);
    CHECK_FALSE(reading.usable);
    const auto recovered = recover_key_file(field, {});
    REQUIRE(recovered.size() == 1);
    CHECK(recovered.front().der == encode_for_device(key));
}

std::string wide(const std::string& text) {
    std::string out;
    for (const char c : text) out += std::string{c, 0};
    return out;
}

}  // namespace

TEST_CASE("a key that stands some bytes away from its place comes back", "[keys][forms]") {
    const auto key = first_key();
    for (const auto& whole : {encode_for_device(key), encode_pkcs1(key, minimal_lengths(key))}) {
        for (const std::size_t far : {1u, 2u, 4u, 16u, 100u, 300u, 605u}) {
            for (const std::uint8_t in_front : Bytes{0xFF, 0x00, 0x5A}) {
                Bytes field(far, in_front);
                field.insert(field.end(), whole.begin(), whole.end());
                check_comes_back(in_field(field), key, "too far by " + std::to_string(far));
            }
        }
        for (const std::size_t early : {1u, 2u, 4u, 11u, 16u, 100u, 139u, 200u, 300u, 400u})
            check_comes_back(in_field({whole.begin() + static_cast<std::ptrdiff_t>(early), whole.end()}), key, "too early by " + std::to_string(early));
    }
}

TEST_CASE("a key whose bytes are in another order comes back", "[keys][forms]") {
    const auto key = first_key();
    for (const std::size_t group : {2u, 4u, 8u}) {
        Bytes field = in_field(encode_for_device(key));
        for (std::size_t i = 0; i + group <= field.size(); i += group)
            std::reverse(field.begin() + static_cast<std::ptrdiff_t>(i), field.begin() + static_cast<std::ptrdiff_t>(i + group));
        check_comes_back(field, key, "groups of " + std::to_string(group));
    }
}

TEST_CASE("a key written down as text comes back", "[keys][forms]") {
    const auto key = first_key();
    const auto der = encode_for_device(key);
    const auto digits = hex(der);
    std::string capitals = digits, colons, array, lines = pem_of(key), crlf;
    for (auto& c : capitals) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        colons += digits.substr(i, 2) + ":";
        array += "0x" + digits.substr(i, 2) + ", ";
    }
    for (const char c : lines) crlf += c == '\n' ? "\r\n" : std::string(1, c);
    const auto base64 = lines.substr(32, lines.find("-----END") - 32);
    const std::string forms[] = {digits, capitals, colons, array, base64, crlf, "\xEF\xBB\xBF" + lines, "a comment\n" + lines, wide(digits), lines};
    for (const auto& form : forms) check_comes_back(in_field(bytes_of(form)), key, form.substr(0, 40).substr(0, form.find_first_of("0123456789M")));
    auto behind = der;
    const auto text = bytes_of("and some text behind it");
    behind.insert(behind.end(), text.begin(), text.end());
    CHECK(read_device_slot(in_field(behind)).what == DeviceKeyClass::Good);
}

TEST_CASE("what comes back from damaged, displaced and reordered slots is the key that was there, or nothing", "[keys][forms][properties]") {
    const auto key = first_key();
    const auto whole = encode_for_device(key);
    Dice dice(611);
    int offered = 0, wrong = 0;
    const int trials = full_tests() ? 20'000 : 150;
    for (int trial = 0; trial < trials; ++trial) {
        Bytes field(dice.below(500));
        for (auto& byte : field) byte = static_cast<std::uint8_t>(dice.below(3) == 0 ? 0xFF : dice.next() >> 24);
        const auto cut = dice.below(2) ? dice.below(450) : 0;
        field.insert(field.end(), whole.begin() + static_cast<std::ptrdiff_t>(cut), whole.end());
        field = in_field(field);
        for (std::size_t hits = dice.below(4); hits; --hits) field[dice.below(field.size())] ^= static_cast<std::uint8_t>(1u << dice.below(8));
        for (const auto& found : recover_key_file(field, {})) {
            ++offered;
            wrong += found.der != whole;
        }
    }
    CHECK(wrong == 0);
    CHECK(offered > trials / 4);
    if (full_tests()) WARN(trials << " slots: " << offered << " keys offered, " << wrong << " wrong");
}

TEST_CASE("random bytes and texts are no displaced key", "[keys][forms]") {
    Dice dice(77);
    for (int trial = 0; trial < 20; ++trial) {
        Bytes field(device_field_size);
        for (auto& byte : field) byte = static_cast<std::uint8_t>(trial % 2 ? dice.next() >> 24 : 'a' + dice.below(6));
        const auto reading = read_device_slot(field);
        CHECK_FALSE(reading.key);
        CHECK(reading.what != DeviceKeyClass::WrongEncoding);
    }
}

TEST_CASE("one reader takes key files as people keep them", "[keys][forms]") {
    const auto key = first_key();
    const auto spki = device_spki(key.n.bytes(128));
    const auto public_text = to_pem(spki, "PUBLIC KEY");
    for (const auto& text : {public_text + pem_of(key), "Bag Attributes\n    localKeyID: 01\n" + pem_of(key), "# mine\r\n" + pem_of(key)}) {
        const auto file = parse_key_file(bytes_of(text));
        REQUIRE(file);
        CHECK(file->private_key);
        CHECK(file->public_der == spki);
        CHECK(read_device_slot(bytes_of(text)).key);
    }
    Bytes pkcs1 = *from_hex("30818902818100");
    const auto modulus = key.n.bytes(128), exponent = *from_hex("0203010001");
    pkcs1.insert(pkcs1.end(), modulus.begin(), modulus.end());
    pkcs1.insert(pkcs1.end(), exponent.begin(), exponent.end());
    for (const auto& form : {pkcs1, bytes_of(to_pem(pkcs1, "RSA PUBLIC KEY")), bytes_of(public_text), spki}) {
        const auto file = parse_key_file(form);
        REQUIRE(file);
        CHECK_FALSE(file->private_key);
        CHECK(file->public_der == spki);
    }
    Bytes encrypted = *from_hex("308202a2301c060a2a864886f70d010c0103300e0408a59190bfb9f53ad702020800048202");
    encrypted.resize(678, 0x5A);
    CHECK(read_device_slot(encrypted).detail.find("password") != std::string::npos);
    CHECK(parse_key_file(encrypted).error().message.find("password") != std::string::npos);
}

TEST_CASE("the size of a key is that of its modulus", "[keys][forms]") {
    Dice dice(5);
    for (const std::size_t bytes : {33u, 48u, 49u}) {
        const auto key = rolled_key(dice, bytes);
        const auto reading = read_device_slot(in_field(encode_pkcs1(key, minimal_lengths(key))));
        CHECK(reading.what == DeviceKeyClass::WrongSize);
        CHECK(reading.bits == static_cast<unsigned>(key.n.bits()));
    }
}

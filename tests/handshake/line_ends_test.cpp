// Keys of which a transfer in text mode changed or dropped the ends of lines: told by the key that is rebuilt from the rest, or that is published.
#include "base/hex.h"
#include "handshake/device_slot.h"
#include "handshake/ec_server_slot.h"
#include "handshake/ec_slot.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/text_transfer.h"
#include "support/ec_pair.h"
#include "support/handshake_world.h"

#include "catch.h"

#include <algorithm>
#include <array>
#include <iterator>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// Each byte `from` dropped, or another in its place.
Bytes without(const Bytes& file, std::uint8_t from) {
    Bytes out;
    std::copy_if(file.begin(), file.end(), std::back_inserter(out), [&](std::uint8_t byte) { return byte != from; });
    return out;
}
Bytes exchanged(Bytes file, std::uint8_t from, std::uint8_t to) {
    std::replace(file.begin(), file.end(), from, to);
    return file;
}
std::vector<Bytes> with_other_line_ends(const Bytes& file) {
    return {without(file, 0x0D), without(file, 0x0A), exchanged(file, 0x0A, 0x0D), exchanged(file, 0x0D, 0x0A)};
}

Bytes grown_to(Bytes bytes, std::size_t size) {
    bytes.resize(std::max(bytes.size(), size), 0xFF);
    return bytes;
}
Bytes in_rsa(Bytes bytes) { return grown_to(std::move(bytes), device_field_size); }
Bytes in_ec(Bytes bytes) { return grown_to(std::move(bytes), 384); }

/// Its numbers hold 0A and 0D.
RsaKey key_with_line_ends() {
    return *key_of_primes(
        Number(*from_hex("d41a86a66f332f15e85f9abf7e3ae0a643a92a97579ee68f223bf5f2645a86fab17e6dabf612ba53e2edcd23685f52e4a5d1a0710f2d44bb68bdbcfad98762fd")),
        Number(*from_hex("ccc138b0fceb2c01f38015f4d3b063c273eca8640d0a8042560c921e66bde90e89fa2100d8535270415a055a8d42b8d9e0c2bf0eed3ab38002d2cb216bac6db5")));
}

}  // namespace

TEST_CASE("a key of which a transfer in text mode changed or dropped the ends of lines is told by the key that is rebuilt", "[keys][ec][forms]") {
    const auto key = key_with_line_ends();
    const std::vector<Number> witnesses = {key.n};
    unsigned told = 0;
    for (const auto& file : {encode_for_device(key), encode_pkcs1(key, minimal_lengths(key))}) {
        auto all = with_other_line_ends(file);
        all.push_back(without(file, 0));
        for (const auto& rewritten : all) {
            if (rewritten == file) continue;
            const auto reading = read_device_slot(in_rsa(rewritten), witnesses);
            INFO(reading.detail);
            if (!reading.key) continue;  // too little is left to rebuild it
            CHECK(reading.what == DeviceKeyClass::WrongEncoding);
            CHECK(reading.by_text_transfer);
            CHECK(encode_for_device(reading.key->key) == encode_for_device(key));
            ++told;
        }
    }
    CHECK(told >= 6);

    Dice dice(47);
    auto sec1 = sec1_of(rolled_ec_pair(dice), EcWidth::Fixed);
    while (std::count(sec1.begin(), sec1.end(), 0x0A) > 1) sec1 = sec1_of(rolled_ec_pair(dice), EcWidth::Fixed);
    const auto ec = read_ec_slot(in_ec(exchanged(sec1, 0x0A, 0x0D)), EcParser::ComputesPublicHalf);  // the name of the curve has a 0A in front
    INFO(ec.detail);
    CHECK(ec.by_text_transfer);
    REQUIRE(ec.key);
    CHECK(encode_sec1(*ec.key) == sec1);
}

TEST_CASE("one byte of a key changed is no transfer in text mode where others of its kind are left", "[keys][forms]") {
    const Bytes file = {0x30, 0x0A, 0x41, 0x0D, 0x42, 0x0A, 0x00, 0x43}, both = {0x30, 0x0D, 0x41, 0x0D, 0x42, 0x0D, 0x00, 0x43};
    auto one = file;
    one[1] = 0x0D;
    CHECK(changed_characters(one, std::array{file}).what.empty());
    CHECK(changed_characters(file, std::array{file}).what.empty());
    CHECK(changed_characters(both, std::array{file}).what == "each of its bytes 0A became 0D");
    CHECK(with_characters_changed(file, changed_characters(both, std::array{file})) == both);
    auto key = in_rsa(encode_for_device(key_with_line_ends()));
    key[400] ^= 4;  // a flipped bit changes no kind of byte
    CHECK_FALSE(read_device_slot(key).by_text_transfer);
}

TEST_CASE("Particle's key with other ends of lines is told as the key that it was", "[handshake][forms]") {
    const Bytes published(published_server_key().begin(), published_server_key().end());
    for (auto rewritten : with_other_line_ends(published)) {
        if (rewritten == published) continue;
        rewritten.resize(longest_server_form, 0xFF);
        const auto form = server_key_before_transfer(rewritten);
        CHECK(form.by_text_transfer);
        CHECK(form.spki == published);
    }
    const Bytes ec(published_ec_server_key().begin(), published_ec_server_key().end());
    for (const auto& rewritten : with_other_line_ends(ec))
        if (rewritten != ec) CHECK(read_ec_server_slot(in_ec(rewritten)).by_text_transfer);
    auto flipped = published;
    flipped[100] ^= 4;
    flipped.resize(longest_server_form, 0xFF);
    CHECK_FALSE(server_key_before_transfer(flipped).by_text_transfer);
}

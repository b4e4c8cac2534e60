#include "mend/keys.h"

#include "base/hex.h"
#include "handshake/device_slot.h"
#include "handshake/public_key.h"
#include "support/keys.h"
#include "support/shared.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("every form of a key can be read back", "[keys][mend]") {
    const auto made = parse_key_file(encode_for_device(first_key()));
    REQUIRE(made);
    for (const auto form : {KeyForm::Device, KeyForm::Der, KeyForm::Pem, KeyForm::Pkcs8Der, KeyForm::Pkcs8Pem}) {
        const auto written = write_key(*made, form);
        REQUIRE(written);
        const auto back = parse_key_file(*written);
        REQUIRE(back);
        CHECK(write_key(*back, KeyForm::Device).operator*() == encode_for_device(first_key()));
        CHECK(back->public_der == device_spki(first_key().n.bytes(128)));
    }
    const auto pem = write_key(*made, KeyForm::PublicPem);
    const auto only_public = parse_key_file(*pem);
    REQUIRE(only_public);
    CHECK_FALSE(only_public->private_key);
    CHECK_FALSE(write_key(*only_public, KeyForm::Pem));
}

TEST_CASE("what is no key is refused in one sentence", "[keys][mend]") {
    const auto refused = [](const std::string& text) {
        const auto file = parse_key_file(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
        REQUIRE_FALSE(file);
        return file.error().message;
    };
    CHECK(refused("") == "it is empty");
    CHECK(refused("-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----\n").find("EC key") != std::string::npos);
    CHECK(refused("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIC\n-----END RSA PRIVATE KEY-----\n").find("password") != std::string::npos);
    CHECK(refused("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIC\n-----END ENCRYPTED PRIVATE KEY-----\n").find("password") != std::string::npos);
    CHECK(refused("hello").find("no RSA or EC key") != std::string::npos);
}

TEST_CASE("keys of another size are not written for the device", "[keys][mend]") {
    Dice dice(5);
    const auto key = first_key();
    KeyFile large{.private_key = key, .public_der = {}, .bits = 2048};
    CHECK_FALSE(write_key(large, KeyForm::Device));
}

TEST_CASE("a recovered key is in the firmware's own form and proved", "[keys][mend]") {
    auto slot = minimal_slot_of(second_key());
    slot[300] ^= 0x20;
    const auto keys = recover_key_file(slot, {});
    REQUIRE(keys.size() == 1);
    CHECK(keys[0].der == encode_for_device(second_key()));
    CHECK_FALSE(keys[0].is_present_key);
    CHECK(slot_of(keys[0].der).size() == 612);
    CHECK(read_device_slot(slot_of(keys[0].der)).what == DeviceKeyClass::Good);
    CHECK(recover_key_file(Bytes(612, 0xFF), {}).empty());
}

TEST_CASE("tests of a key pass for a good one and name what is wrong", "[keys][mend]") {
    for (const auto& test : test_key(first_key())) {
        INFO(test.name << " " << test.explain);
        CHECK(test.result == KeyTest::Result::Pass);
    }
    auto damaged = first_key();
    damaged.dp = damaged.dp + Number(2);
    damaged.d = damaged.d + Number(2);
    for (const auto& test : test_key(damaged)) {
        if (test.name == "dP")
            CHECK(test.result == KeyTest::Result::Fail);
        else if (test.name == "d")
            CHECK(test.result == KeyTest::Result::Warn);
        else
            CHECK(test.result == KeyTest::Result::Pass);
    }
}

TEST_CASE("a damaged modulus is called wrong, and the key not weak for it", "[keys][mend]") {
    auto damaged = first_key();
    damaged.n = damaged.n - Number(1);  // even: a small prime divides it
    for (const auto& test : test_key(damaged)) {
        INFO(test.name << " " << test.explain);
        if (test.name == "n = p q")
            CHECK(test.result == KeyTest::Result::Fail);
        else if (test.name == "no small factor" || test.name == "primes far apart" || test.name == "not ROCA" || test.name.starts_with("no prime shared"))
            CHECK(test.result == KeyTest::Result::NotChecked);
        else
            CHECK(test.result == KeyTest::Result::Pass);
    }
}

TEST_CASE("the fingerprint of ROCA is told from the residues", "[keys][mend]") {
    CHECK_FALSE(has_roca_fingerprint(first_key().n));
    CHECK_FALSE(has_roca_fingerprint(second_key().n));
    // A number that is 65537^k modulo the product of the primes up to 167 has it.
    Number product(1), residue(1);
    for (std::uint64_t prime = 2; prime <= 167; ++prime)
        if (is_prime(Number(prime))) product = product * Number(prime);
    for (int i = 0; i < 1234; ++i) residue = residue * Number(65537) % product;
    CHECK(has_roca_fingerprint(product * (Number(1) << 200) * Number(977) + residue));
}

TEST_CASE("the labelled dumps give back the keys that are in them", "[keys][mend][dumps]") {
    const auto& dumps = shared_archive("dumps/dumps.tar.zst");
    if (dumps.empty()) {
        WARN("the labelled dumps are not here: not checked");
        return;
    }
    const auto& layout = *builtin_layout("photon");
    for (const auto& [name, bytes] : dumps) {
        if (bytes.size() != 1u << 20 || name.find("privkey") == std::string::npos) continue;
        Capture capture{.image = Image(bytes, layout.flash.begin)};
        const auto facts = collect_facts(capture, layout);
        const auto keys = recover_keys(capture.image, facts);
        const auto fact = judge_keys(capture.image, facts);
        INFO(name);
        CHECK(keys.size() >= fact.recoveries.size());
        const bool lost =
            name.find("d022") != std::string::npos || name.find("d024") != std::string::npos;  // erased everywhere; half of d and all behind it gone
        if (!lost) REQUIRE_FALSE(keys.empty());
        for (const auto& key : keys) CHECK(read_device_slot(key.der).what == DeviceKeyClass::Good);
        if (!keys.empty()) CHECK(keys.front().matches_cache);
    }
}

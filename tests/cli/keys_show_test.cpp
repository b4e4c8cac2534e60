// `keys show` on keys of other sizes, and on a text with several keys.
#include "handshake/device_slot.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "support/fresh_key_openssl.h"
#include "support/key_folder.h"
#include "support/story.h"

#include "catch.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Spoken show(const std::string& file) { return run({"keys", "show", file}); }

}  // namespace

TEST_CASE("keys show counts the bits of the modulus, and of several keys in a text tells of the private one", "[cli][keys]") {
    const KeyFolder folder("keys-show-sizes");
    for (const std::size_t bits : {521u, 769u, 784u, 1023u}) {
        const auto said = show(folder.put(fmt::format("{}.der", bits), fresh_openssl_key(bits)));
        INFO(said.out);
        CHECK(said.status == 0);
        CHECK(has(said.out, fmt::format("size            {} bits", bits)));
        CHECK(has(said.out, "wrong-size"));
        CHECK_FALSE(has(said.out, "cannot be checked"));
    }
    const auto secret = to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY");
    for (const auto& text : {public_pem(first_key()) + secret, secret + public_pem(first_key())}) {
        const auto said = show(folder.put("both.pem", text));
        CHECK(has(said.out, "Device private key: wrong-encoding"));
        CHECK(has(said.out, hex(fingerprint_of(device_spki(first_key().n.bytes(128))))));
        CHECK_FALSE(has(said.out, "cannot be checked"));
        CHECK_FALSE(tells_secret(said.out, first_key()));
    }
    const auto others = show(folder.put("public-only.pem", public_pem(first_key()))).out;
    CHECK_FALSE(has(others, "Device private key"));
    CHECK_FALSE(has(others, "Particle's published"));
    for (const auto& published : {published_server_key(), published_ec_server_key()})
        CHECK(has(show(folder.put("published.pem", to_pem(Bytes(published.begin(), published.end()), "PUBLIC KEY"))).out, "Particle's published server key"));
}

TEST_CASE("keys show compares the cached public key with no private key that is not there", "[cli][keys]") {
    const KeyFolder folder("keys-show-cache");
    const auto cache_of = [&](std::string_view story) {
        for (const auto& each : stories())
            if (each.name == story) return show(folder.put(std::string(story) + ".bin", each.sample.file)).out;
        return std::string();
    };
    CHECK(has(cache_of("healthy-1.5.2"), "Public-key cache: matches the private key"));
    for (const auto* story : {"erased-key", "private-key-zeroed"}) {
        const auto said = cache_of(story);
        if (said.empty()) continue;
        INFO(said);
        CHECK_FALSE(has(said, "matches the private key"));
        CHECK(has(said, "no private key to compare"));
    }
}

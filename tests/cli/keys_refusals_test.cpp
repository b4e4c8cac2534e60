// `photopsy keys ...` with files and names that cannot be served: one sentence that says why, nothing written, no secret told.
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "support/handshake_world.h"
#include "support/key_folder.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Spoken run_keys(std::vector<std::string> words) {
    words.insert(words.begin(), "keys");
    return run(std::move(words));
}

/// EncryptedPrivateKeyInfo with the algorithm of this dotted number's bytes.
Bytes encrypted_pkcs8(const Bytes& algorithm) {
    return element(0x30, {element(0x30, {element(0x06, {algorithm}), {0x05, 0x00}}), element(0x04, {Bytes(640, 0x5A)})});
}

void check_refusal(const Spoken& said, const std::string& reason) {
    INFO(said.err << said.out);
    CHECK(said.status == 2);
    CHECK(one_sentence(said.err));
    CHECK(has(said.err, reason));
    CHECK_FALSE(tells_secret(said.out + said.err, first_key()));
}

}  // namespace

TEST_CASE("a key behind a password is told as that in every form", "[cli][keys]") {
    const KeyFolder folder("keys-password");
    for (const Bytes& algorithm :
         {Bytes{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D}, Bytes{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01, 0x03}}) {
        const auto der = folder.put("locked.der", encrypted_pkcs8(algorithm));
        check_refusal(run_keys({"convert", der, "-o", folder.file("out")}), "encrypted with a password");
        check_refusal(run_keys({"export", der}), "encrypted with a password");
    }
    CHECK(folder.count() == 1);
}

TEST_CASE("a file with keys of two pairs is not read as either of them", "[cli][keys]") {
    const KeyFolder folder("keys-two-pairs");
    const auto one = to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY"), other = to_pem(encode_for_device(second_key()), "RSA PRIVATE KEY");
    const auto both = folder.put("both.pem", one + other);
    for (const auto* command : {"convert", "show", "check", "recover", "export"}) check_refusal(run_keys({command, both}), "it holds keys of 2 pairs");
    const auto public_half = to_pem(device_spki(second_key().n.bytes(128)), "PUBLIC KEY");
    check_refusal(run_keys({"export", folder.put("mixed.pem", one + public_half)}), "it holds keys of 2 pairs");
    const auto own_half = to_pem(device_spki(first_key().n.bytes(128)), "PUBLIC KEY");
    const auto pair = folder.put("pair.pem", one + own_half + one);
    CHECK(run_keys({"convert", pair, "-o", folder.file("out")}).status == 0);
    CHECK(folder.get("out") == encode_for_device(first_key()));
    CHECK(run_keys({"check", pair}).status == run_keys({"check", folder.put("one.pem", one)}).status);
}

TEST_CASE("PEM text that is cut off is told as that, and rebuilt where enough is left", "[cli][keys]") {
    const KeyFolder folder("keys-cut");
    const auto text = to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY");
    const auto cut = folder.put("cut.pem", text.substr(0, 300));
    check_refusal(run_keys({"convert", cut, "-o", folder.file("out")}), "END line is missing");
    CHECK(run_keys({"recover", cut}).status == 1);
    const auto enough = folder.put("enough.pem", text.substr(0, 480));  // n and d are there
    check_refusal(run_keys({"convert", enough, "-o", folder.file("out")}), "END line is missing");
    CHECK(run_keys({"recover", enough, "-o", folder.file("out")}).status == 0);
    CHECK(folder.get("out") == encode_for_device(first_key()));
}

TEST_CASE("where no key can be recovered, the reason is said", "[cli][keys]") {
    const KeyFolder folder("keys-reason");
    const auto locked = to_pem(encrypted_pkcs8({0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D}), "ENCRYPTED PRIVATE KEY");
    const auto ec = element(0x30, {{0x02, 0x01, 0x01},
                                   element(0x04, {Bytes(32, 0x11)}),
                                   element(0xA0, {{0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}}),
                                   element(0xA1, {element(0x03, {Bytes(66, 0x22)})})});
    Dice dice(2048);
    const auto large = rolled_key(dice, 128);
    const std::vector<std::pair<std::string, std::string>> files = {{folder.put("erased", Bytes(612, 0xFF)), "erased"},
                                                                    {folder.put("locked", locked), "encrypted with a password"},
                                                                    {folder.put("ec.der", ec), "halves do not fit each other"},
                                                                    {folder.put("ec.pem", to_pem(ec, "EC PRIVATE KEY")), "the key as PEM text"},
                                                                    {folder.put("large", encode_pkcs1(large, minimal_lengths(large))), "2048 bits"}};
    for (const auto& [file, reason] : files) {
        const auto said = run_keys({"recover", file, "-o", folder.file("out")});
        INFO(said.out << said.err);
        CHECK(said.status == 1);
        CHECK(said.out.rfind("No private key can be recovered", 0) == 0);
        CHECK(has(said.out, reason));
        CHECK(std::count(said.out.begin(), said.out.end(), '\n') == 1);
    }
    CHECK(folder.count() == files.size());
}

TEST_CASE("recovered keys go to two files of their own or nowhere", "[cli][keys]") {
    const KeyFolder folder("keys-two-files");
    const auto slot = folder.put("slot", minimal_slot_of(first_key()));
    const auto same = folder.file("same");
    check_refusal(run_keys({"recover", slot, "-o", same, "--slot", same}), "both name");
    check_refusal(run_keys({"recover", slot, "-o", "-"}), "to a file only");
    check_refusal(run_keys({"recover", slot, "--slot", "-"}), "to a file only");
    CHECK(folder.count() == 1);
    const auto given = run_keys({"recover", slot, "--public-key", folder.put("pub.pem", to_pem(any_spki(first_key().n, Number(65537)), "PUBLIC KEY"))});
    CHECK(has(given.out, "belongs to the public key that was given"));
    CHECK_FALSE(has(given.out, "cache"));
}

TEST_CASE("a dump is no key file, and a slot past recovery still tells its public key", "[cli][keys]") {
    const KeyFolder folder("keys-export");
    const auto dump = folder.put("dump", Bytes(1u << 20, 0xFF));
    check_refusal(run_keys({"convert", dump, "-o", folder.file("out")}), "keys export");
    const auto nothing = run_keys({"export", dump});
    check_refusal(nothing, "does not tell the device's key");
    CHECK(nothing.err.find(dump) == nothing.err.rfind(dump));
    Bytes slot = device_slot_of(first_key());
    std::fill(slot.begin() + 200, slot.end(), std::uint8_t{0xFF});
    const auto lost = folder.put("lost", slot);
    CHECK(run_keys({"recover", lost}).status == 1);
    CHECK(run_keys({"export", lost}).out == to_pem(any_spki(first_key().n, Number(65537)), "PUBLIC KEY"));
    check_refusal(run_keys({"export", lost, "--private", "-o", folder.file("out")}), "public key only");
    CHECK(folder.count() == 2);
}

TEST_CASE("keys server-slot refuses what no device can use, and says what to give", "[cli][keys]") {
    const KeyFolder folder("keys-server-slot");
    const auto& published = published_server_key();
    const auto key = folder.put("server.der", Bytes(published.begin(), published.end()));
    const auto ask = [&](const std::string& host, const std::string& port) {
        return run_keys({"server-slot", key, "--host", host, "--port", port, "-o", folder.file("slot.bin")});
    };
    check_refusal(ask("cloud.example.org", "65535"), "from 1 to 65534");
    for (const char* host : {"0.0.0.0", "256.1.1.1", "10.0.0", "x..y", "YOUR_SERVER"}) check_refusal(ask(host, "5683"), host);
    CHECK(folder.count() == 1);
    const auto elsewhere = ask("192.168.1.50", "65534");
    CHECK(elsewhere.status == 0);
    CHECK(elsewhere.out.find("only a server with the private half") != std::string::npos);
    CHECK(run_keys({"server-slot", key, "--host", "Device.Spark.io", "-o", folder.file("own.bin")}).out.find("private half") == std::string::npos);
    auto damaged = Bytes(published.begin(), published.end());
    std::fill_n(damaged.begin() + 120, 16, std::uint8_t{0xFF});
    const auto bad = folder.put("bad.der", damaged);
    check_refusal(run_keys({"server-slot", key, "--key", bad, "--host", "10.0.0.5", "-o", folder.file("other.bin")}), "damaged");
    CHECK(run_keys({"server-slot", bad, "--host", "10.0.0.5", "-o", folder.file("other.bin")}).status == 2);
}

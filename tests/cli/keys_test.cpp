// `photopsy keys ...`: what each says and writes, exit statuses, and that nothing is overwritten or told.
#include "mend/keys.h"
#include "handshake/device_slot.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "support/fresh_key_openssl.h"
#include "support/key_folder.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

Spoken keys(std::vector<std::string> words, Terminal terminal = {}) {
    words.insert(words.begin(), "keys");
    return run(std::move(words), terminal);
}

Bytes bytes_of_text(const std::string& text) { return {text.begin(), text.end()}; }
Bytes broken_slot() {
    auto slot = device_slot_of(first_key());
    slot[300] ^= 0x10;  // in p
    return slot;
}
/// SEC1 private key on P-256 (the point is left out) of no real use.
Bytes ec_key() {
    Bytes der = {0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20};
    for (int i = 0; i < 32; ++i) der.push_back(static_cast<std::uint8_t>(i * 7 + 1));
    const Bytes rest = {0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0xA1, 0x44, 0x03, 0x42, 0x00, 0x04};
    der.insert(der.end(), rest.begin(), rest.end());
    der.resize(121, 0x5A);
    return der;
}

std::string encrypted_pem() {
    auto text = to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY");
    return text.insert(text.find('\n') + 1, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n");
}

const Bytes& dump(const std::string& name) {
    for (const auto& found : stories())
        if (found.name == name) return found.sample.file;
    FAIL("no such story");
    return stories().front().sample.file;
}

void check_refused(const Spoken& said) {
    INFO(said.err << said.out);
    CHECK(said.status == 2);
    CHECK(one_sentence(said.err));
    CHECK_FALSE(tells_secret(said.out + said.err, first_key()));
}

}  // namespace

TEST_CASE("keys show tells states and the public key, and no secret", "[cli][keys]") {
    const KeyFolder folder("keys-show");
    const auto fingerprint = hex(fingerprint_of(device_spki(first_key().n.bytes(128))));
    for (const auto& slot : {device_slot_of(first_key()), minimal_slot_of(first_key()), broken_slot()}) {
        const auto said = keys({"show", folder.put("slot.bin", slot)});
        CHECK(said.status == 0);
        CHECK(has(said.out, fingerprint));
        CHECK(has(said.out, public_pem(first_key())));
        CHECK(has(said.out, "damaged") == (slot == broken_slot()));
        CHECK_FALSE(tells_secret(said.out, first_key()));
    }
    CHECK(has(keys({"show", folder.put("public.pem", public_pem(first_key()))}).out, "RSA public key, 1024 bits"));
    CHECK(has(keys({"show", folder.put("ec.der", ec_key())}).out, "EC"));
    CHECK(keys({"show", folder.put("erased.bin", Bytes(612, 0xFF))}).status == 0);
}

TEST_CASE("keys check exits 0 for a key that the firmware can use and 1 for others", "[cli][keys]") {
    const KeyFolder folder("keys-check");
    CHECK(keys({"check", folder.put("good.bin", device_slot_of(first_key()))}).status == 0);
    CHECK(keys({"check", folder.put("minimal.bin", minimal_slot_of(first_key()))}).status == 0);
    const auto broken = keys({"check", folder.put("broken.bin", broken_slot())});
    CHECK(broken.status == 1);
    CHECK(has(broken.out, "BAD"));
    CHECK_FALSE(tells_secret(broken.out, first_key()));
    CHECK(keys({"check", folder.put("erased.bin", Bytes(612, 0xFF))}).status == 1);
    CHECK(keys({"check", folder.put("ec.der", ec_key())}).status == 1);
    CHECK(keys({"check", folder.put("large.der", fresh_openssl_key(2048))}).status == 1);
    CHECK(keys({"check", folder.put("wrapped.der", wrap_pkcs8(encode_for_device(first_key())))}).status == 1);
    CHECK(keys({"check", folder.put("text.pem", to_pem(encode_for_device(first_key()), "RSA PRIVATE KEY"))}).status == 1);
    CHECK(keys({"check", folder.put("dump.bin", dump("healthy-1.5.2"))}).status == 0);
    CHECK(keys({"check", folder.put("hurt.bin", dump("damaged-crt-part"))}).status == 1);
    check_refused(keys({"check", folder.file("absent.bin")}));
    check_refused(keys({"check", folder.put("empty.bin", Bytes())}));
}

TEST_CASE("keys export gives the public key, and the private one only when told to", "[cli][keys]") {
    const KeyFolder folder("keys-export");
    const auto slot = folder.put("slot.bin", broken_slot());
    CHECK(keys({"export", slot}).out == public_pem(first_key()));
    CHECK(bytes_of_text(keys({"export", slot, "--form", "public-der"}).out) == device_spki(first_key().n.bytes(128)));
    for (const auto* form : {"device", "der", "pem", "pkcs8-der", "pkcs8-pem"}) check_refused(keys({"export", slot, "--form", form, "-o", folder.file("key")}));
    check_refused(keys({"export", slot, "--form", "jwk"}));
    CHECK(folder.count() == 1);
    const auto written = keys({"export", slot, "--private", "--form", "device", "-o", folder.file("key.der")});
    CHECK(written.status == 0);
    CHECK(folder.get("key.der") == encode_for_device(first_key()));
    CHECK(folder.mode("key.der") == 0600);
    CHECK_FALSE(tells_secret(written.out + written.err, first_key()));
    Terminal tty;
    tty.output_is_tty = true;
    check_refused(keys({"export", slot, "--private"}, tty));
    check_refused(keys({"export", folder.put("ec.der", ec_key())}));
    check_refused(keys({"export", folder.put("erased.bin", Bytes(612, 0xFF)), "--private"}));
    check_refused(keys({"export", folder.put("public.pem", public_pem(first_key())), "--private"}));
}

TEST_CASE("keys export says of a dump's key that it does not stand in the slot", "[cli][keys]") {
    const KeyFolder folder("keys-not-in-slot");
    const auto said = [&](const char* name) { return keys({"export", folder.put("dump.bin", dump(name)), "-o", folder.file("key.pem"), "--force"}).err; };
    for (const auto* name : {"erased-key", "electron-key-erased"}) CHECK(has(said(name), "does not stand in the device's key slot"));
    for (const auto* name : {"healthy-1.5.2", "damaged-crt-part", "electron-healthy-2.3.1"}) CHECK_FALSE(has(said(name), "key slot"));
}

TEST_CASE("keys of a dump: shown, exported, recovered", "[cli][keys]") {
    const KeyFolder folder("keys-dump");
    for (const auto* name : {"healthy-1.5.2", "damaged-crt-part", "pkcs8-key", "short-component"}) {
        INFO(name);
        const auto path = folder.put("dump.bin", dump(name));
        CHECK(keys({"export", path, "--private", "--form", "device", "-o", folder.file("key.der"), "--force"}).status == 0);
        const auto file = parse_key_file(folder.get("key.der"));
        REQUIRE(file);
        REQUIRE(file->private_key);
        const auto shown = keys({"show", path});
        CHECK(shown.status == 0);
        CHECK(has(shown.out, public_pem(*file->private_key)));
        const auto recovered = keys({"recover", path, "-o", folder.file("back.der"), "--slot", folder.file("slot.bin"), "--force"});
        CHECK(recovered.status == 0);
        CHECK(folder.get("back.der") == folder.get("key.der"));
        CHECK(folder.get("slot.bin") == slot_of(folder.get("key.der")));
        CHECK(folder.mode("back.der") == 0600);
        CHECK(folder.mode("slot.bin") == 0600);
        CHECK(has(recovered.out, "dfu-util -d 2b04:d006 -a 1 -s 34 -D "));
        CHECK(has(recovered.out, "particle keys load "));
        CHECK_FALSE(tells_secret(shown.out + recovered.out, *file->private_key));
        CHECK(keys({"check", folder.file("slot.bin")}).status == 0);
    }
    const auto lost = keys({"recover", folder.put("dump.bin", dump("never-provisioned")), "-o", folder.file("none.der")});
    CHECK(lost.status == 1);
    CHECK(folder.mode("none.der") == 0);
}

TEST_CASE("keys recover gives the old key back or says that there is none", "[cli][keys]") {
    const KeyFolder folder("keys-recover");
    const auto slot = folder.put("slot.bin", broken_slot());
    const auto listed = keys({"recover", slot});
    CHECK(listed.status == 0);
    CHECK(folder.count() == 1);
    CHECK(keys({"recover", slot, "-o", folder.file("key.der")}).status == 0);
    CHECK(folder.get("key.der") == encode_for_device(first_key()));
    CHECK(folder.mode("key.der") == 0600);
    CHECK(has(keys({"recover", folder.put("good.bin", device_slot_of(first_key()))}).out, "the key that the firmware uses now"));
    for (const auto& nothing : {Bytes(612, 0xFF), Bytes(612, 0x00), ec_key(), Bytes{0x30, 0x82}, bytes_of_text(encrypted_pem()), fresh_openssl_key(2048)}) {
        const auto said = keys({"recover", folder.put("nothing.bin", nothing), "-o", folder.file("nothing.der")});
        CHECK(said.status == 1);
        CHECK(has(said.out, "No private key can be recovered"));
        CHECK(folder.mode("nothing.der") == 0);
    }
    check_refused(keys({"recover", slot, "--choose", "2", "-o", folder.file("second.der")}));
    check_refused(keys({"recover", slot, "--public-key", slot}));
    Bytes mixed = device_slot_of(first_key());
    const auto other = device_slot_of(second_key());
    for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] &= other[i];
    folder.put("mixed.bin", mixed);
    CHECK(keys({"recover", folder.file("mixed.bin")}).status == 1);
    CHECK(
        keys({"recover", folder.file("mixed.bin"), "--public-key", folder.put("old.pub.pem", public_pem(second_key())), "-o", folder.file("old.der")}).status ==
        0);
    CHECK(folder.get("old.der") == encode_for_device(second_key()));
}

TEST_CASE("keys new makes a key that every firmware can read, and overwrites none", "[cli][keys]") {
    const KeyFolder folder("keys-new");
    check_refused(keys({"new"}));
    const auto made = keys({"new", "-o", folder.file("new.der")});
    CHECK(made.status == 0);
    CHECK(folder.count() == 2);
    CHECK(folder.mode("new.der") == 0600);
    const auto key = folder.get("new.der"), announced = folder.get("new.pub.pem");
    CHECK(key.size() == 611);
    const auto reading = read_device_slot(slot_of(key));
    CHECK(reading.what == DeviceKeyClass::Good);
    CHECK(bytes_of_text(to_pem(reading.public_spki, "PUBLIC KEY")) == announced);
    CHECK(has(made.out, hex(fingerprint_of(reading.public_spki))));
    CHECK_FALSE(tells_secret(made.out, reading.key->key));
    check_refused(keys({"new", "-o", folder.file("new.der")}));
    CHECK(folder.get("new.der") == key);
    // Where only the public half is in the way, no private key without its public half is left behind.
    folder.put("half.pub.pem", std::string("mine"));
    check_refused(keys({"new", "-o", folder.file("half.der")}));
    CHECK(folder.mode("half.der") == 0);
    CHECK(folder.get("half.pub.pem") == bytes_of_text("mine"));
    CHECK(keys({"new", "-o", folder.file("new.der"), "--force"}).status == 0);
    CHECK(folder.get("new.der") != key);
}

TEST_CASE("keys server writes the published key with its address", "[cli][keys]") {
    const KeyFolder folder("keys-server");
    CHECK(keys({"server", "-o", folder.file("server.der")}).status == 0);
    const auto slot = folder.get("server.der");
    REQUIRE(slot.size() == 512);
    CHECK(std::equal(slot.begin(), slot.begin() + 294, published_server_key().begin()));
    CHECK(decode_server_address(ByteView(slot).subspan(384), HandshakeGeneration::V2_3_1).host == "device.spark.io");
    CHECK(bytes_of_text(keys({"server"}).out) == slot);
    Terminal tty;
    tty.output_is_tty = true;
    check_refused(keys({"server"}, tty));
}

TEST_CASE("keys convert turns every form into every other", "[cli][keys]") {
    const KeyFolder folder("keys-convert");
    folder.put("device", encode_for_device(first_key()));
    for (const auto* from : {"device", "der", "pem", "pkcs8-der", "pkcs8-pem"}) {
        if (std::string(from) != "device") CHECK(keys({"convert", folder.file("device"), "--to", from, "-o", folder.file(from)}).status == 0);
        CHECK(folder.mode(from) == (std::string(from) == "device" ? folder.mode("device") : 0600u));
        CHECK(keys({"convert", folder.file(from), "-o", folder.file("back"), "--force"}).status == 0);
        CHECK(folder.get("back") == encode_for_device(first_key()));
        CHECK(keys({"convert", folder.file(from), "--to", "public-pem"}).out == public_pem(first_key()));
    }
    const Bytes broken = broken_slot();
    const auto large = folder.put("large.der", fresh_openssl_key(2048));
    CHECK(keys({"convert", large, "--to", "pem", "-o", folder.file("large.pem")}).status == 0);
    for (const auto& [name, content] : std::vector<std::pair<std::string, Bytes>>{{"large.der", folder.get("large.der")},
                                                                                  {"ec.der", ec_key()},
                                                                                  {"ec.pem", bytes_of_text(to_pem(ec_key(), "EC PRIVATE KEY"))},
                                                                                  {"encrypted.pem", bytes_of_text(encrypted_pem())},
                                                                                  {"public.pem", bytes_of_text(public_pem(first_key()))},
                                                                                  {"broken.bin", broken_slot()},
                                                                                  {"cut.bin", Bytes(broken.begin(), broken.begin() + 100)},
                                                                                  {"empty.bin", {}},
                                                                                  {"long.bin", Bytes(100'000, 0x41)},
                                                                                  {"text.bin", bytes_of_text("hello")}}) {
        INFO(name);
        check_refused(keys({"convert", folder.put(name, content), "-o", folder.file("never.der")}));
        CHECK(folder.mode("never.der") == 0);
    }
    Terminal tty;
    tty.output_is_tty = true;
    check_refused(keys({"convert", folder.file("der"), "--to", "pem"}, tty));
    check_refused(keys({"convert", folder.file("der"), "--to", "jwk"}));
}

TEST_CASE("no key command overwrites a file or writes through a link unasked", "[cli][keys]") {
    const KeyFolder folder("keys-overwrite");
    const auto slot = folder.put("slot.bin", broken_slot());
    const auto key = folder.put("key.der", encode_for_device(first_key()));
    const auto mine = folder.put("mine", std::string("mine"));
    const auto link = folder.file("link");
    std::filesystem::create_symlink(mine, link);
    for (std::vector<std::string> words :
         std::vector<std::vector<std::string>>{{"export", slot}, {"export", slot, "--private"}, {"recover", slot}, {"new"}, {"server"}, {"convert", key}}) {
        INFO(words.front());
        const auto written_to = [&](const std::string& output, bool force) {
            auto all = words;
            all.insert(all.end(), {"-o", output});
            if (force) all.push_back("--force");
            const auto said = keys(all);
            CHECK(said.status == 2);
            CHECK(one_sentence(said.err));
            CHECK_FALSE(tells_secret(said.out + said.err, first_key()));
            CHECK(folder.get("mine") == bytes_of_text("mine"));
            CHECK(std::filesystem::is_symlink(link));
        };
        written_to(mine, false);
        written_to(link, false);
        written_to(link, true);
        written_to(folder.file("no/such/folder"), true);
    }
    CHECK(folder.count() == 4);
    // The second file of a command counts as well, before the first is touched.
    const auto said = keys({"recover", slot, "-o", folder.file("fresh.der"), "--slot", mine});
    CHECK(said.status == 2);
    CHECK(folder.mode("fresh.der") == 0);
    CHECK(folder.get("mine") == bytes_of_text("mine"));
}

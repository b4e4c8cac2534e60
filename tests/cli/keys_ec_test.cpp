// `photopsy keys ...` for the EC keys of UDP devices: what each says and writes, and that no private number is told.
#include "base/digest.h"
#include "base/hex.h"
#include "handshake/ec_slot.h"
#include "handshake/judge.h"
#include "handshake/key_text.h"
#include "mend/keys.h"
#include "support/ec_pair.h"
#include "support/key_folder.h"
#include "support/leak.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// Says it, and looks for the private number in what was said.
Spoken keys_of(const EcPair& pair, std::vector<std::string> words) {
    words.insert(words.begin(), "keys");
    LeakFinder finder;
    finder.add_secret(pair.number, "the private number");
    auto said = run(std::move(words), {});
    CHECK(finder.leak_in(said.out + said.err).value_or("no leak") == "no leak");
    return said;
}

std::string fingerprint_of_pair(const EcPair& pair) { return hex(fingerprint_of(spki_of(pair))); }

Bytes flipped(Bytes slot, std::size_t at) {
    slot[at] ^= 0x10;
    return slot;
}

}  // namespace

TEST_CASE("EC: show and check tell the state of a slot, and no secret", "[cli][keys][ec]") {
    const KeyFolder folder("keys-ec-show");
    Dice dice(31);
    const auto pair = rolled_ec_pair(dice), other = rolled_ec_pair(dice);
    const Bytes whole = slot_made_by_device(pair, EcWidth::Minimal);
    for (const auto& slot : {whole, flipped(whole, 20), flipped(whole, 100), sec1_of(pair, EcWidth::Fixed)}) {
        const auto said = keys_of(pair, {"show", folder.put("slot.bin", slot)});
        CHECK(said.status == 0);
        CHECK(has(said.out, fingerprint_of_pair(pair)));
        CHECK(has(said.out, "256 bits"));
        CHECK(has(said.out, to_pem(spki_of(pair), "PUBLIC KEY")));
    }
    CHECK(keys_of(pair, {"check", folder.put("whole.bin", whole)}).status == 0);
    const auto bad = keys_of(pair, {"check", folder.put("bad.bin", flipped(whole, 20))});
    CHECK(bad.status == 1);
    CHECK(has(bad.out, "point = d G"));
    CHECK(has(keys_of(pair, {"show", folder.put("public.der", spki_of(pair))}).out, "EC public key, 256 bits"));
    const auto replaced = keys_of(other, {"show", folder.put("replaced.bin", written_over(whole, sec1_of(other, EcWidth::Fixed)))});
    CHECK(has(replaced.out, fingerprint_of_pair(pair)));
    CHECK(has(replaced.out, fingerprint_of_pair(other)));
}

TEST_CASE("EC: recover gives the key back in the form that every firmware reads", "[cli][keys][ec]") {
    const KeyFolder folder("keys-ec-recover");
    Dice dice(32);
    const auto pair = rolled_ec_pair(dice);
    const Bytes file = sec1_of(pair, EcWidth::Fixed);
    for (const std::size_t at : {0u, 5u, 20u, 45u, 60u, 119u}) {
        const auto said = keys_of(pair, {"recover", folder.put("slot.bin", flipped(fresh_slot_with(file), at)), "-o", folder.file("key.der"), "--slot",
                                         folder.file("whole.bin"), "--force"});
        INFO(at << said.err << said.out);
        CHECK(said.status == 0);
        CHECK(has(said.out, "-s 3106"));
        CHECK(folder.get("key.der") == file);
        CHECK(folder.get("whole.bin") == fresh_slot_with(file));
        CHECK(folder.mode("key.der") == 0600);
    }
    // A point alone gives no number.
    Bytes gone = fresh_slot_with(file);
    std::fill_n(gone.begin() + 7, 20, std::uint8_t{0xFF});
    CHECK(keys_of(pair, {"recover", folder.put("gone.bin", gone)}).status == 1);
    // With the public key a number without anything beside it is confirmed.
    Bytes cut = fresh_slot_with(file);
    std::fill(cut.begin() + 45, cut.end(), std::uint8_t{0xFF});
    CHECK(keys_of(pair, {"recover", folder.put("cut.bin", cut)}).status == 1);
    CHECK(keys_of(pair, {"recover", folder.put("cut.bin", cut), "--public-key", folder.put("public.der", spki_of(pair))}).status == 0);
}

TEST_CASE("EC: convert goes through all forms and back", "[cli][keys][ec]") {
    const KeyFolder folder("keys-ec-convert");
    Dice dice(33);
    const auto pair = rolled_ec_pair(dice);
    const Bytes file = sec1_of(pair, EcWidth::Fixed);
    const auto original = folder.put("key.der", file);
    for (const auto* form : {"device", "der", "pem", "pkcs8-der", "pkcs8-pem"}) {
        INFO(form);
        CHECK(run({"keys", "convert", original, "--to", form, "-o", folder.file("other"), "--force"}).status == 0);
        CHECK(folder.mode("other") == 0600);
        CHECK(run({"keys", "convert", folder.file("other"), "-o", folder.file("back.der"), "--force"}).status == 0);
        CHECK(folder.get("back.der") == file);
    }
    CHECK(keys_of(pair, {"convert", original, "--to", "public-pem"}).out == to_pem(spki_of(pair), "PUBLIC KEY"));
    CHECK(keys_of(pair, {"export", original}).out == to_pem(spki_of(pair), "PUBLIC KEY"));
    const auto refused = keys_of(pair, {"convert", folder.put("public.der", spki_of(pair)), "-o", folder.file("no.der")});
    CHECK(refused.status == 2);
    CHECK(one_sentence(refused.err));
}

TEST_CASE("EC: new makes a key that every firmware reads, server the published one", "[cli][keys][ec]") {
    const KeyFolder folder("keys-ec-new");
    const auto said = run({"keys", "new", "--ec", "-o", folder.file("new.der")});
    CHECK(said.status == 0);
    CHECK(has(said.out, "-d 2b04:d00a -a 1 -s 3106"));
    CHECK(folder.mode("new.der") == 0600);
    const auto reading = read_ec_slot(folder.get("new.der"), EcParser::WantsPublicHalf);
    CHECK(reading.what == DeviceKeyClass::Good);
    CHECK(reading.usable);
    REQUIRE(reading.key);
    CHECK(is_proved(*reading.key));
    const auto pem = folder.get("new.pub.pem");
    CHECK(std::string(pem.begin(), pem.end()) == to_pem(ec_spki(reading.key->point), "PUBLIC KEY"));
    CHECK(run({"keys", "server", "--ec", "-o", folder.file("server.der")}).status == 0);
    const auto server = folder.get("server.der");
    REQUIRE(server.size() == 320);
    CHECK(hex(sha256(ByteView(server).first(91))) == "a22c78edbbefc04dec7333da227fc6f6904754d17d042099c765a02864555183");
}

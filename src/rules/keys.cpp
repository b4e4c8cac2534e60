// The device's private key, its public-key cache, and keys in the wrong place. What each means to the firmware: docs/formats/keys.md.
#include "base/hex.h"
#include "base/sentence.h"
#include "handshake/live.h"
#include "rules/key_words.h"
#include "rules/rule.h"
#include "rules/server_words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using Class = DeviceKeyClass;

/// Harmless where the firmware's own walk still finds numbers that fit each other.
Severity severity_of(const DeviceKey& key) { return key.usable ? Severity::Warning : Severity::Problem; }

Place place_of(const DeviceKey& key) {
    const std::string region = key.dct_copy ? fmt::format("DCT copy {}, device private key", key.dct_copy) : "device private key";
    if (!key.damage.empty()) return {region, key.damage.front()};
    return {region, key.extent ? range_of(key.at.begin, key.extent) : key.at};
}

/// `found_elsewhere`: a whole key can be had from another place of the dump.
std::string consequence(const DeviceKey& key, bool found_elsewhere) {
    if (key.usable) return " The firmware never reads this part: it does not keep the device from connecting.";
    if (key.what == Class::WrongEncoding && !key.method.empty()) return " Written in the firmware's own form, the same key works.";
    if (!key.method.empty()) return " The rest of the key is enough to compute the damaged part again.";
    return key.kind == KeyKind::EcSlot && !found_elsewhere ? " Nothing in the dump tells its private number again: a public key does not lead back to it." : "";
}

/// One finding for each damaged place, so that every one stands at its own bytes; more than eight are told as one.
void report_damage(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    const bool perhaps_not_read = seen.facts.dct.may_be_unread(key.at);
    const auto told = as_sentence(key.detail) + consequence(key, !seen.keys.recoveries.empty()) +
                      (perhaps_not_read ? " A whole page reads alike here, which a read over USB that failed leaves as well." : "");
    const auto add = [&](Range at) {
        auto& finding = found.add({place_of(key).region, at}, told);
        finding.severity = severity_of(key);
        if (key.what == Class::Damaged || key.of_two_parts || perhaps_not_read) finding.confidence = Confidence::Likely;
    };
    if (key.damage.empty() || key.damage.size() > 8) return add(place_of(key).at);
    for (const auto& damage : key.damage) add(damage);
}

template <Class... classes>
void report_class(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    if (((key.what == classes) || ...)) report_damage(seen, found);
}

void empty(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    if (key.what != Class::Erased || table_was_reset(seen.facts)) return;
    const bool of_its_own = !seen.facts.keys || seen.facts.keys->made_by_device;
    const bool generates = makes_keys(seen.facts);
    const bool first_byte = !key.damage.empty() && key.damage.front().begin == key.at.begin;
    auto text = as_sentence(key.detail);
    if (first_byte && generates)
        text += " At its next start the firmware makes a new key and writes it over what is left, and the cloud does not know that key.";
    else if (!of_its_own)
        text += " This device cannot make keys: it presents what is left of the slot, and the cloud refuses that.";
    else if (first_byte)
        text += " Device OS 0.7.0 cannot make keys: it goes on with the slot as it is.";
    if (!key.method.empty()) text += " What is left is enough to compute the key again.";
    const bool perhaps_not_read = seen.facts.dct.may_be_unread(key.at);
    if (perhaps_not_read)
        text += seen.facts.dct.only_place.empty()
                    ? " The whole page around it reads as erased and what stands behind that does not, as a block of a transfer that was lost leaves it."
                    : " All of the flash that holds the keys reads as erased, as it does where it was not read.";
    auto& finding = found.add(place_of(key), std::move(text));
    finding.severity = severity_of(key);
    if (perhaps_not_read) finding.confidence = Confidence::Likely;
}

void never_generated(const Observations& seen, Findings& found) {
    if (seen.keys.device.what != Class::NeverGenerated) return;
    found.add(place_of(seen.keys.device), "The key slot is erased and nothing else of this unit was ever set up: it makes its key at its first start.");
}

void not_a_key(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    if (key.what != Class::WrongType && (key.what != Class::ServerKeyInSlot || seen.keys.swapped)) return;
    auto& finding = found.add(place_of(key), as_sentence(key.detail));
    if (!seen.facts.dct.may_be_unread(key.at)) return;
    finding.confidence = Confidence::Likely;
    finding.explain += " One page reads again and again where the keys lie, as it does where the chip was not read.";
}

void misread(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    if (key.what == Class::UnreadableByFirmware) found.add(place_of(key), as_sentence(key.detail) + " Other programs call this key good.");
}

void halves_differ(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    if (key.what == Class::HalvesDiffer)
        found.add({place_of(key).region, range_of(key.at.begin, key.extent)},
                  as_sentence(key.detail) + " The firmware does not compare them: it presents the one and signs with the other.");
}

/// The key that the device itself had made, told by what is left of it behind the one that was loaded.
void replaced(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.device;
    if (key.what != Class::Good || !key.first_public_fingerprint) return;
    found.add(
        {place_of(key).region, key.at},
        fmt::format("The key was loaded over another, which the device had made itself; the public half of that one still stands behind it (SHA-256 {}...).",
                    hex(*key.first_public_fingerprint).substr(0, 16)));
}

void exchanged(const Observations& seen, Findings& found) {
    if (!seen.keys.swapped) return;
    found.add({"device private key", range_of(seen.keys.device.at.begin, seen.keys.server.at.size())}, "The device's slot holds a server's public key.");
    found.add({"server public key", seen.keys.server.at}, "The server's slot holds a device's private key.");
}

void cache_differs(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (keys.device.what != Class::Good || keys.regenerated) return;
    if (keys.cache.state == PublicKeyCache::State::BelongsToOtherKey)
        found.add(
            {"public-key cache", keys.cache.at},
            fmt::format("The cached public key belongs to another private key than the one in the slot. The firmware rewrites the cache {}, so the key was "
                        "changed since the last one.",
                        key_words(seen.facts).cache_written));
}

/// No public key at all, or the right one with a few wrong bytes: neither says that the private key was changed.
void cache_damaged(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (keys.device.what != Class::Good || keys.cache.state != PublicKeyCache::State::Garbage) return;
    found.add({"public-key cache", keys.cache.at},
              fmt::format("What stands in the public-key cache is no whole public key. The firmware writes it anew {}, and nothing else reads it.",
                          key_words(seen.facts).cache_written));
}

void another_on_record(const Observations& seen, Findings& found) {
    const auto& handshake = seen.handshake;
    if (handshake.cloud_witness == CloudWitness::Nobody || handshake.cloud_holds_slots_key) return;
    const auto& key = seen.keys.device;
    if (handshake.cloud_witness == CloudWitness::Owner && (key.what == Class::Erased || key.what == Class::Zeroed)) {
        // That the key is gone is the graver fault: with a new one, or the one on record, this is mended too.
        auto& finding = found.add({place_of(key).region, key.at},
                                  "The public key that the cloud is said to hold for this device is not the one of the key that stood in this slot last.");
        finding.severity = Severity::Warning;
    } else if (handshake.cloud_witness == CloudWitness::Owner) {
        found.add({place_of(key).region, key.at}, "The public key that the cloud is said to hold for this device is not the one of the key in this slot.");
    } else if (handshake.witness_is_sure) {
        found.add({place_of(key).region, key.at}, "The server answered, and its answer is encrypted to another key than the one in this slot.");
    } else {
        auto& finding = found.add({place_of(key).region, key.at}, "The server hung up when the device's message with the public key of this slot had come.");
        const bool could_read = handshake.live && proof_of(*handshake.live) == LiveProof::Refuses;
        finding.confidence = could_read ? Confidence::Likely : Confidence::Possible;
    }
}

/// Of the transport that the device was switched to, not of the one that it came with: no key was lost.
bool first_of_its_kind(const Facts& facts) { return facts.keys && facts.keys->when == KeySet::When::FieldSet; }

void made_anew(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (!keys.regenerated || seen.handshake.has_registered_key()) return;
    const bool no_key_yet = keys.device.what == Class::Erased;
    auto& finding =
        found.add({place_of(keys.device).region, keys.device.at},
                  no_key_yet ? "The device makes itself a new key at its next start, which nobody has registered: " + keys.regenerated_because + "."
                  : first_of_its_kind(seen.facts)
                      ? "The key is whole, but the device seems to have made it when it was switched to another transport: " + keys.regenerated_because +
                            ". If nobody registered it, the cloud does not know it."
                      : "The key is whole, but the device seems to have made it after it had lost an older one: " + keys.regenerated_because +
                            ". If nobody registered it, the cloud still holds the old one.");
    finding.confidence = !keys.history.empty() ? Confidence::Possible : Confidence::Likely;
}

/// The superseded copy is no cause of failure. Worth a note, because it is no backup.
void old_copy_damaged(const Observations& seen, Findings& found) {
    const auto& other = seen.keys.device_in_other_copy;
    if (!other || seen.keys.device.what != Class::Good) return;
    const auto* copy = seen.facts.dct.copy(other->dct_copy);
    const bool whole_table = copy && (copy->state == DctCopyState::Superseded || copy->state == DctCopyState::SupersededDamaged ||
                                      copy->state == DctCopyState::OlderFormat || copy->state == DctCopyState::ValidTwin);
    if (!whole_table || other->what == Class::Good || other->what == Class::NotInFile) return;
    found.add(place_of(*other), "In the copy of the table that the firmware does not use: " + other->detail + ". This does not disturb the device.");
}

constexpr std::string_view walk = "communication/src/handshake.cpp@v2.3.1:151-217; docs/formats/keys.md";
constexpr std::string_view why_proof =
    "With this key the device proves to the cloud who it is (over TCP it decrypts, over UDP it signs); without it the handshake ends.";

const Rule rules[] = {
    {"private-key-empty", Severity::Problem, "The key slot is empty, or counts as empty",
     "The firmware looks only at the first byte: FF means that there is no key. Most devices then make a new one, which the cloud does not know; one that "
     "cannot make keys is refused.",
     "hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp@v0.7.0:428", empty},
    {"private-key-not-made-yet", Severity::Note, "The unit never had a key", "A unit that leaves the factory unprovisioned makes its key at the first start.",
     "hal/src/stm32f2xx/core_hal_stm32f2xx.c@v0.7.0:775", never_generated},
    {"private-key-zeros", Severity::Problem, "The private key is overwritten with zeros", why_proof, walk, report_class<Class::Zeroed>},
    {"private-key-cut-short", Severity::Problem, "The end of the private key is missing", why_proof, walk, report_class<Class::Truncated>},
    {"private-key-bits-wrong", Severity::Problem, "Bits of the private key are wrong", why_proof, walk, report_class<Class::BitFlip, Class::Damaged>},
    {"private-key-two-in-one", Severity::Problem, "Two private keys were programmed over each other",
     "Device OS 0.4.3 to 0.6.4 programs a new key in place before it erases; where that is cut off, the AND of both is left.", "docs/formats/dct.md, row G",
     report_class<Class::Mixed>},
    {"private-key-slot-holds-other", Severity::Problem, "The key slot holds something that is no private key for this device", why_proof, walk, not_a_key},
    {"private-key-other-size", Severity::Problem, "The private key has not 1024 bits",
     "The firmware reads fixed widths for 1024 bits and cannot use another size.", walk, report_class<Class::WrongSize>},
    {"private-key-wrapped", Severity::Problem, "The private key is written in a form that the firmware cannot read",
     "The firmware reads RSA keys in PKCS#1 and EC keys in SEC1, in DER only. OpenSSL 3, and with it the Particle CLI, writes RSA keys in PKCS#8.", walk,
     report_class<Class::WrongEncoding>},
    {"private-key-length-octet", Severity::Problem, "A length octet of the private key is wrong",
     "The firmware looks at the lowest bit of each length octet: a wrong one shifts all numbers behind it.", walk, report_class<Class::DerLengthWrong>},
    {"private-key-misread", Severity::Problem, "The private key is perfect, but the firmware misreads it",
     "About one of a hundred keys made by OpenSSL has a number that is a byte short; the firmware takes fixed steps and loses its place. EC keys "
     "without a public half are refused up to Device OS 1.0.1.",
     walk, misread},
    {"private-key-halves-differ", Severity::Problem, "The two halves of the private key belong to different keys",
     "The device presents the public half and signs with the private number; a cloud that checks either refuses it.",
     "communication/src/dtls_protocol.cpp@v0.7.0:31-46; docs/formats/keys.md", halves_differ},
    {"private-key-replaced", Severity::Note, "The key is not the first one of this device",
     "A cloud that was never told of the change still holds the first one.", "communication/src/eckeygen.cpp@v0.6.4:20-26; docs/formats/keys.md", replaced},
    {"keys-exchanged", Severity::Problem, "Device key and server key lie in each other's slot", "Neither key is found where the firmware looks for it.",
     "docs/formats/keys.md", exchanged},
    {"public-key-cache-stale", Severity::Warning, "The cached public key is not that of the private key",
     "The firmware rewrites the cache from the private key before each connection: the cached one tells which key was in use before.",
     "hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp@v0.7.0:373", cache_differs},
    {"public-key-cache-damaged", Severity::Note, "The cached public key is damaged",
     "Harmless: the firmware derives it from the private key again. Only a well-formed other key there says that the private key was changed.",
     "hal/src/stm32f2xx/ota_flash_hal_stm32f2xx.cpp@v0.7.0:373", cache_damaged},
    {"private-key-made-anew", Severity::Warning, "The device probably made a new private key",
     "A key that the cloud does not know is refused, and no dump proves what the cloud knows.", "docs/formats/dct.md, 1.8", made_anew},
    {"cloud-key-differs", Severity::Problem, "The cloud holds another public key for this device",
     "The server refuses a device that presents another key than the one on record, or answers with what the device cannot decrypt.",
     "docs/formats/handshake.md", another_on_record},
    {"private-key-damaged-in-old-copy", Severity::Note, "The key in the unused copy of the table is damaged", "The firmware does not read that copy.",
     "docs/formats/dct.md", old_copy_damaged},
};

}  // namespace

std::span<const Rule> key_rules() { return rules; }

}  // namespace photopsy

// The server's public key and address. What each means to the firmware: docs/formats/keys.md.
#include "handshake/own_server.h"
#include "handshake/server_address.h"
#include "rules/key_words.h"
#include "rules/rule.h"
#include "rules/server_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

static constexpr std::string_view all_reads_erased = " All of the flash that holds the keys reads as erased, as it does where it was not read.";
static constexpr std::string_view page_reads_alike = " A whole page reads alike here, which a read over USB that failed leaves as well.";

void doubt_unread(const Observations& seen, Range at, Finding& finding) {
    if (!seen.facts.dct.may_be_unread(at)) return;
    finding.confidence = std::min(finding.confidence, Confidence::Likely);
    finding.explain += seen.keys.server.what == ServerKeyClass::Erased && !seen.facts.dct.only_place.empty() ? all_reads_erased : page_reads_alike;
}

namespace {

using Class = ServerKeyClass;
using Kind = ServerAddress::Kind;

Place key_place(const ServerKey& key) { return {"server public key", key.damage.empty() ? key.at : key.damage.front()}; }

bool has_builtin(const Facts& facts) { return facts.system.handshake >= HandshakeGeneration::V0_7_0; }

/// Whether the server can decrypt what the device sends, where that was worked out; else `by_the_slot`.
bool server_has_key(const Observations& seen, bool by_the_slot) { return seen.handshake.predictions.empty() ? by_the_slot : seen.handshake.server_has_key; }

/// The firmware takes Particle's key in spite of what is wrong with the slot: where the connection does not come about, the address alone keeps it from that.
bool address_is_at_fault(const Observations& seen) {
    const auto& key = seen.keys.server;
    const bool takes_builtin = has_builtin(seen.facts) && (key.uses_builtin || key.what == Class::Erased);
    return seen.keys.address.unreachable && (takes_builtin || key.harmless_damage);
}

void empty(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.server;
    if (key.what != Class::Erased || table_was_reset(seen.facts)) return;
    const bool works = !seen.keys.address.unreachable && server_has_key(seen, has_builtin(seen.facts) && goes_to_particle(seen.keys.address));
    const bool address_alone = address_is_at_fault(seen);
    const bool elsewhere = address_is_in_other_copy(seen.keys);
    const std::string what_then =
        works && elsewhere        ? "Device OS 0.7.0 and later then use the key that is built into them, and go to Particle's cloud instead of the "
                                    "private server whose key and address the older copy of the table holds."
        : works                   ? "Device OS 0.7.0 and later then use the key that is built into them, and connect."
        : address_alone           ? "Device OS 0.7.0 and later then use the key that is built into them, Particle's; the address leads to no server."
        : has_builtin(seen.facts) ? "The firmware then uses Particle's key, which the server of this device does not have."
                                  : fmt::format("This Device OS has no other key: {}.", key_words(seen.facts).no_server_key);
    auto& finding = found.add({"server public key", key.at}, "The server key slot is erased. " + what_then);
    if ((works && !elsewhere) || address_alone) finding.severity = Severity::Warning;
    doubt_unread(seen, key.at, finding);
}

/// Another's key behind an erased first byte: whole to the owner, none to the firmware.
bool another_counts_as_empty(const ServerKey& key) { return key.what == Class::ValidOther && key.uses_builtin; }

std::string_view what_the_firmware_takes(const ServerKey& key, bool works) {
    if (key.uses_builtin)
        return !works ? "" : another_counts_as_empty(key) ? " It connects." : " Byte 0 is erased, so the firmware uses its built-in key: it connects.";
    if (key.harmless_damage) return " The firmware reads only bytes 33 to 288, and those are right.";
    return works ? " The bytes that the firmware reads may be that server's key all the same." : "";
}

void bits_wrong(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.server;
    if (key.what != Class::Corrupted && !another_counts_as_empty(key)) return;
    const bool to_particle = key.uses_builtin && goes_to_particle(seen.keys.address);
    const bool works = (key.harmless_damage && !key.uses_builtin) || server_has_key(seen, key.harmless_damage || to_particle);
    const auto told = fmt::format("{}{}", as_sentence(key.detail), what_the_firmware_takes(key, works && !seen.keys.address.unreachable));
    const auto add = [&](Range at) {
        auto& finding = found.add({"server public key", at}, told);
        if (works || address_is_at_fault(seen)) finding.severity = Severity::Warning;
        doubt_unread(seen, at, finding);
    };
    if (key.damage.empty() || key.damage.size() > 8) return add(key.damage.size() > 8 ? key.at : key_place(key).at);
    for (const auto& damage : key.damage) add(damage);
}

void cut_short(const Observations& seen, Findings& found) {
    const auto& key = seen.keys.server;
    if (key.what != Class::Truncated) return;
    const bool works = key.uses_builtin && server_has_key(seen, goes_to_particle(seen.keys.address));
    auto& finding =
        found.add(key_place(key), fmt::format("{}{}", as_sentence(key.detail), what_the_firmware_takes(key, works && !seen.keys.address.unreachable)));
    if (works || address_is_at_fault(seen)) finding.severity = Severity::Warning;
    doubt_unread(seen, key.at, finding);
}

/// The key that the firmware takes is a whole one: of the slot, or built in.
bool uses_whole_key(const ServerKey& key) {
    return key.what == Class::ValidOther || key.what == Class::Published || key.harmless_damage || (key.uses_builtin && key.what != Class::Erased);
}

void foreign(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (!uses_whole_key(keys.server) || another_counts_as_empty(keys.server) || keys.address.kind == Kind::NotInFile) return;
    const Place place{"server public key", keys.server.at};
    if (seen.handshake.server_key_source == ServerKeySource::Given) {
        if (!seen.handshake.server_has_key)
            found.add(place, fmt::format("The public key that the server is said to have is not the one that this device uses: the server {}.",
                                         key_words(seen.facts).wrong_server));
        return;
    }
    const bool particle_key = keys.server.what != Class::ValidOther;
    if (particle_key == goes_to_particle(keys.address) || keys.address.unreachable || address_is_in_other_copy(keys)) return;
    if (!particle_key) {
        found.add(place, fmt::format("The slot holds a well-formed {} that is not Particle's, while the address is Particle's: the cloud {}.",
                                     key_words(seen.facts).server_kind, key_words(seen.facts).wrong_server));
        return;
    }
    auto& finding = found.add(
        place, fmt::format("{}, while the address is another server's. Nobody but Particle has the private half of this key: that server {}.",
                           keys.server.uses_builtin ? "The slot begins with an erased byte, so the firmware uses Particle's key, which is built into it"
                                                    : "The slot holds Particle's key",
                           key_words(seen.facts).wrong_server));
    finding.confidence = Confidence::Likely;  // an address may still lead on to Particle's servers
}

/// Nothing is wrong in the flash: the file belongs to another server than the one that the device goes to.
void given_of_another(const Observations& seen, Findings& found) {
    if (!seen.handshake.given_key_is_anothers) return;
    found.add({"server public key", seen.keys.server.at},
              std::string("The device uses Particle's key and goes to Particle's address, and these belong together. The public key that was given as the "
                          "server's is another's. ") +
                  (seen.facts.keys && seen.facts.keys->kind == KeyKind::RsaSlot
                       ? "To move the device to the server of that file, write its key and address: `photopsy keys server-slot DUMP --key FILE --host ADDRESS` "
                         "makes them."
                       : "To move the device to the server of that file, its key and its address must both be written."));
}

void other_type(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (keys.server.what == Class::WrongType)
        found.add(key_place(keys.server), as_sentence(keys.server.detail) + fmt::format(" The firmware reads {}.", key_words(seen.facts).server_form));
    if (keys.server.what == Class::DeviceKeyInSlot && !keys.swapped) found.add(key_place(keys.server), "The server key slot holds a private key.");
}

constexpr std::string_view reads = "communication/src/handshake.cpp@v2.3.1:131; docs/formats/keys.md";
constexpr std::string_view why_server_key =
    "Over TCP the device encrypts its first message to this key, and a server that does not hold its counterpart hangs up; over UDP the device checks the "
    "server's signature with it.";

const Rule rules[] = {
    {"server-key-empty", Severity::Problem, "The server key slot is erased", why_server_key, "system/src/system_cloud_internal.cpp@v0.7.0:674-684", empty},
    {"server-key-bits-wrong", Severity::Problem, "The server key is damaged", why_server_key, reads, bits_wrong},
    {"server-key-cut-short", Severity::Problem, "The end of the server key is missing", why_server_key, reads, cut_short},
    {"server-key-foreign", Severity::Problem, "The server key is another server's", why_server_key, reads, foreign},
    {"server-key-given-is-anothers", Severity::Note, "The key that was given is not that of the server which the device goes to",
     "The address in the device decides which server answers, and Particle's key is known.", "docs/formats/keys.md", given_of_another},
    {"server-key-other-type", Severity::Problem, "The server key slot holds something that is no server key for this device", why_server_key, reads,
     other_type},
};

}  // namespace

std::span<const Rule> server_rules() { return rules; }

}  // namespace photopsy

// The server's public key and address. What each means to the firmware: docs/formats/keys.md.
#include "handshake/own_server.h"
#include "handshake/server_address.h"
#include "rules/key_words.h"
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Class = ServerKeyClass;
using Kind = ServerAddress::Kind;

Place key_place(const ServerKey& key) { return {"server public key", key.damage.empty() ? key.at : key.damage.front()}; }

bool has_builtin(const Facts& facts) { return facts.system.handshake >= HandshakeGeneration::V0_7_0; }

bool table_was_reset(const Facts& facts) {
    const auto* copy = facts.dct.current();
    return facts.dct.would_reinitialize || (copy && copy->fresh_default);
}

/// Whether the connection goes to Particle's own server, by the address or because the firmware falls back to it.
bool goes_to_particle(const ServerAddress& address) { return address.particle || address.of_particle || address.falls_back || address.kind == Kind::NotInFile; }

/// Whether the server can decrypt what the device sends, where that was worked out; else `by_the_slot`.
bool server_has_key(const Observations& seen, bool by_the_slot) { return seen.handshake.predictions.empty() ? by_the_slot : seen.handshake.server_has_key; }

std::string sentence(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text + ".";
}

/// The firmware takes Particle's key in spite of what is wrong with the slot: where the connection does not come about, the address alone keeps it from that.
bool address_is_at_fault(const Observations& seen) {
    const auto& key = seen.keys.server;
    const bool takes_builtin = has_builtin(seen.facts) && (key.uses_builtin || key.what == Class::Erased);
    return seen.keys.address.unreachable && (takes_builtin || key.harmless_damage);
}

constexpr std::string_view all_reads_erased = " All of the flash that holds the keys reads as erased, as it does where it was not read.";
constexpr std::string_view page_reads_alike = " A whole page reads alike here, which a read over USB that failed leaves as well.";

/// What a read that failed leaves as well is not certain.
void doubt_unread(const Observations& seen, Range at, Finding& finding) {
    if (!seen.facts.dct.may_be_unread(at)) return;
    finding.confidence = std::min(finding.confidence, Confidence::Likely);
    finding.explain += seen.keys.server.what == Class::Erased && !seen.facts.dct.only_place.empty() ? all_reads_erased : page_reads_alike;
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
    const auto told = fmt::format("{}{}", sentence(key.detail), what_the_firmware_takes(key, works && !seen.keys.address.unreachable));
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
    auto& finding = found.add(key_place(key), fmt::format("{}{}", sentence(key.detail), what_the_firmware_takes(key, works && !seen.keys.address.unreachable)));
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

void private_cloud(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (goes_to_particle(keys.address) || keys.address.unreachable || keys.address.kind == Kind::NotInFile) return;
    const bool lost = seen.facts.dct.would_reinitialize;
    std::string text = fmt::format("{} a private server: {}, port {}.", lost ? "What is left of the lost table names" : "The device is set up for",
                                   server_host_mark, keys.address.port);
    if (!keys.address.detail.empty()) text += " " + sentence(keys.address.detail);
    if (seen.handshake.server_key_source == ServerKeySource::Assumed && seen.handshake.server_has_key)
        text += " photopsy cannot know that server's key; it is taken to be the one in the slot.";
    found.add({"server address", keys.address.at}, std::move(text));
}

void odd_port(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (seen.facts.dct.would_reinitialize || address.other_service.empty() || address.unreachable || goes_to_particle(address)) return;
    auto& finding =
        found.add({"server address", address.at},
                  fmt::format("The address names port {}, which is usually that of {}. Devices are served at another port, 5683 where nothing else is "
                              "set up.",
                              address.port, address.other_service));
    finding.confidence = Confidence::Possible;
    finding.expected = "5683";
    finding.actual = fmt::format("{}", address.port);
}

/// The server that is named listens at the port that its owner wrote; the firmware goes to another.
void ignored_port(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (seen.facts.dct.would_reinitialize || address.ignored_port == 0 || address.unreachable || goes_to_particle(address)) return;
    auto& finding = found.add(
        {"server address", address.at},
        fmt::format("The address names port {}, and this Device OS goes to port {}, whatever port the address names.", address.ignored_port, address.port));
    finding.confidence = Confidence::Possible;  // the server may listen at both
    finding.expected = fmt::format("{}", address.port);
    finding.actual = fmt::format("{}", address.ignored_port);
}

void other_type(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (keys.server.what == Class::WrongType)
        found.add(key_place(keys.server), sentence(keys.server.detail) + fmt::format(" The firmware reads {}.", key_words(seen.facts).server_form));
    if (keys.server.what == Class::DeviceKeyInSlot && !keys.swapped) found.add(key_place(keys.server), "The server key slot holds a private key.");
}

/// Firmware in one piece takes Particle's own address where the name that is set is not resolved; of which releases that is true is not known
/// (src/spark_utilities.cpp@spark_9:775-806; docs/formats/core.md).
bool may_fall_back(const Observations& seen) {
    const auto& address = seen.keys.address;
    return seen.facts.layout && seen.facts.layout->boot == BootKind::Monolithic && address.kind == Kind::Domain && address.unreachable;
}

/// What made the key what it is has made the address so as well: one erase, one run of zeros, one file that runs on, one overwriting.
bool is_one_event_with_key(const KeyFacts& keys) {
    const auto& key = keys.server;
    const auto& address = keys.address;
    const bool overwritten = key.reach > 0 && range_of(key.at.begin, key.reach).overlaps(address.at);
    if (overwritten || key.what == Class::DeviceKeyInSlot) return true;
    const bool is_text = std::ranges::all_of(address.host, [](char c) { return c > ' ' && c <= '~'; });
    const bool is_no_key = key.what == Class::WrongType || (key.what == Class::Corrupted && key.damage == std::vector{key.at});
    switch (address.kind) {
        case Kind::Erased:
            return key.what == Class::Erased || key.what == Class::Truncated;
        case Kind::Domain:
            return address.host.empty() ? key.what != Class::Erased : !is_text;
        case Kind::Ip:
            return address.host == "0.0.0.0" && key.what != Class::Erased;
        case Kind::Invalid:
            return is_no_key;
        case Kind::NotInFile:
            break;
    }
    return true;
}

void address_wrong(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if ((!address.unreachable && !address.damaged) || seen.keys.swapped || seen.facts.dct.would_reinitialize) return;
    auto& finding = found.add({"server address", address.at}, sentence(address.detail.empty() ? "the server address cannot be used" : address.detail));
    if (may_fall_back(seen)) {
        finding.confidence = Confidence::Likely;
        finding.explain += fmt::format(" Some firmware for this device goes to {} where a name leads nowhere; which does is not known.", address.default_host);
    }
    if (!address.unreachable && !address_is_in_other_copy(seen.keys)) finding.severity = Severity::Warning;
    if (address_may_be_meant(seen.keys)) finding.confidence = Confidence::Likely;
    finding.stands_alone = !is_one_event_with_key(seen.keys);
    doubt_unread(seen, address.at, finding);
}

/// The same name in its absolute form.
void closing_dot(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (address.kind != Kind::Domain || !ends_with_dot(address.host) || address.unreachable || address.damaged || seen.facts.dct.would_reinitialize) return;
    auto& finding = found.add({"server address", address.at},
                              "The server's name is written with a dot at its end. That is the same name, said to be complete; whether this Device OS looks it "
                              "up so is not known.");
    finding.confidence = Confidence::Possible;
}

/// A name in Particle's domains that is not the one of the service that devices of this kind use.
void other_name(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (address.particle || !address.of_particle || address.unreachable || address.damaged) return;
    if (seen.facts.dct.would_reinitialize) return;
    auto& finding = found.add({"server address", address.at},
                              fmt::format("The address is {} of Particle's, but not the one under which devices of this kind are served. Whether their cloud "
                                          "answers under this one cannot be told from the dump.",
                                          address.kind == Kind::Ip ? "a number that was once" : "a name"));
    finding.confidence = Confidence::Likely;
}

void address_blank(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (keys.address.kind != Kind::Erased || keys.address.unreachable || keys.address.damaged || keys.server.what == Class::Erased ||
        table_was_reset(seen.facts))
        return;
    auto& finding =
        found.add({"server address", keys.address.at},
                  fmt::format("The server address is erased. The firmware then takes {}, which is right for the Particle cloud.", keys.address.default_host));
    doubt_unread(seen, keys.address.at, finding);
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
    {"server-address-wrong", Severity::Problem, "The server address leads to no server, or is damaged",
     "The device cannot reach the cloud, or reaches it only because the firmware falls back to its own address.",
     "hal/shared/parse_server_address.h@v2.3.1:33-70", address_wrong},
    {"server-address-unusual", Severity::Warning, "The server address is another one of Particle's",
     "Keys for one service are of no use at another, and not every name leads to one for devices.", "docs/formats/keys.md", other_name},
    {"server-address-blank", Severity::Note, "The server address is erased", "Harmless: the firmware has its own.",
     "system/src/system_cloud_internal.cpp@v0.7.0:1072", address_blank},
    {"server-name-ends-with-dot", Severity::Warning, "The name of the server ends with a dot",
     "Where the firmware does not look the name up with its dot, it finds no server.", "RFC 1034, 3.1; hal/shared/parse_server_address.h@v2.3.1:33-70",
     closing_dot},
    {"server-port-of-other-service", Severity::Warning, "The port of the private server is usually another service's",
     "A service of another kind does not greet the device with 40 random bytes: the connection ends at once.",
     "communication/src/handshake.cpp@v2.3.1; hal/shared/parse_server_address.h@v2.3.1:33-70", odd_port},
    {"server-port-ignored", Severity::Warning, "The port of the private server is another one than the firmware goes to",
     "A server that listens only at the port which the address names does not hear the device.",
     "system/src/system_cloud_connection.cpp@v2.3.1:161-163; docs/formats/keys.md", ignored_port},
    {"server-is-private", Severity::Note, "The device is set up for a private server", "Particle's cloud is not what this device connects to.",
     "hal/shared/parse_server_address.h@v2.3.1:33-70", private_cloud},
};

}  // namespace

std::span<const Rule> server_rules() { return rules; }

}  // namespace photopsy

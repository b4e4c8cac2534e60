// Why the server's key or address fails. Both are public and easily written again.
#include "diagnosis/handshake_links.h"
#include "facts/copied_firmware.h"
#include "handshake/live.h"
#include "handshake/own_server.h"
#include "rules/key_words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

void tell(const Observations& seen, std::string what, std::string why, Story& story) {
    story.chain.push_back({.says = std::move(what)});
    if (!why.empty()) story.chain.push_back({.says = std::move(why), .seen = false});
    for (auto& link : handshake_links(seen, HandshakeEnd::OfServer)) story.chain.push_back(std::move(link));
}

std::string detail(const Observations& seen, std::string fallback) {
    std::string text = seen.keys.server.detail.empty() ? std::move(fallback) : seen.keys.server.detail;
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text + ".";
}

void tell_erased(const Observations& seen, const Findings&, Story& story) {
    const bool builtin = seen.facts.system.handshake >= HandshakeGeneration::V0_7_0;
    if (seen.facts.dct.may_be_unread(seen.keys.server.at)) story.confidence = Confidence::Likely;
    if (builtin && seen.keys.address.unreachable) {
        story.chain = {{.says = "The server key slot is erased."},
                       {.says = "Device OS 0.7.0 and later carry Particle's key in themselves and use it where the slot is erased: what keeps this device from "
                                "connecting is the address.",
                        .seen = false}};
        return;
    }
    const bool elsewhere = builtin && address_is_in_other_copy(seen.keys);
    tell(seen, "The server key slot is erased.",
         seen.facts.dct.may_be_unread(seen.keys.server.at)
             ? "Something erased the whole flash that holds the keys, or it did not answer when it was read and holds something else."
         : elsewhere
             ? "Device OS 0.7.0 and later then go to Particle's cloud, with the key and the address that are built into them, and no longer to the private "
               "server whose key and address the older copy of the table holds."
         : builtin ? "Device OS 0.7.0 and later carry Particle's key in themselves and use it where the slot is erased."
                   : "Before Device OS 0.7.0 the firmware uses the slot as it is.",
         story);
    if (const auto& flagged = seen.facts.ota.by_flag; flagged && copied_by(*flagged))
        story.chain.push_back({.says = "The next start first puts other firmware in the place of the installed one: this is told of that one.", .seen = false});
}
void tell_corrupted(const Observations& seen, const Findings&, Story& story) {
    tell(seen, detail(seen, "The server key is damaged"),
         seen.facts.dct.may_be_unread(seen.keys.server.at)
             ? "A whole page reads alike here: something was written over it, or the read failed and the flash holds something else."
         : is_under_text_of(seen.keys.device, seen.keys.server.at)
             ? "What was written to the slot of the device key is longer than that slot and runs on to here."
             : "A failing flash cell, a disturbed write or a bit lost in the capture did this.",
         story);
}
void tell_truncated(const Observations& seen, const Findings&, Story& story) {
    tell(seen, detail(seen, "The end of the server key is missing"), "A transfer ended early, or a file that was too short was written.", story);
}
/// Found by the given key, or by an address that does not go with the key.
void tell_foreign(const Observations& seen, const Findings& findings, Story& story) {
    if (findings.has("live-another-server") && !findings.has("server-key-foreign")) {
        const auto meaning = meaning_of(*seen.handshake.live);
        story.chain = {{.says = meaning.seen}, {.says = meaning.proves, .seen = false}};
        return;
    }
    if (seen.handshake.server_key_source == ServerKeySource::Given)
        return tell(seen, "The key that the server really has, as it was given, is not the one that this device uses.",
                    "The server key in the device was not changed along with the server, or another server's was written.", story);
    if (seen.keys.server.what != ServerKeyClass::ValidOther)
        return tell(seen,
                    seen.keys.server.uses_builtin
                        ? "The slot counts as empty, so the firmware uses Particle's key, while the address is that of another server."
                        : "The slot holds Particle's key, while the address is that of another server.",
                    "Only the address was changed, and not the key; or the key alone was written back (`particle keys server` without a host keeps no address "
                    "of another server).",
                    story);
    tell(seen, fmt::format("The slot holds another server's {}, while the address is Particle's.", key_words(seen.facts).server_kind),
         "The device was set up for a private server, or the wrong key file was written.", story);
}
void tell_type(const Observations& seen, const Findings&, Story& story) {
    const bool holds_private = seen.keys.server.what == ServerKeyClass::DeviceKeyInSlot;
    tell(seen, detail(seen, std::string(holds_private ? "The server key slot holds a private key" : "The server key slot holds something else")),
         seen.keys.server.by_text_transfer ? "A program that took the key file for text did this (FTP in ASCII mode, a shell that passed it on, an editor)."
                                           : "A wrong file was written to the place of the server key.",
         story);
}
void tell_address(const Observations& seen, const Findings& findings, Story& story) {
    const auto& address = seen.keys.address;
    if (findings.has("server-port-ignored") && !findings.has("server-address-wrong")) {
        story.confidence = Confidence::Possible;
        story.chain = {
            {.says = fmt::format("The server address names port {}.", address.ignored_port)},
            {.says = fmt::format("The installed Device OS goes to port {} of that server, whatever port the address names: unless the server listens "
                                 "there too, nothing answers.",
                                 address.port),
             .seen = false}};
        return;
    }
    if (findings.has("server-name-ends-with-dot") && !findings.has("server-port-of-other-service") && !findings.has("server-address-wrong")) {
        story.confidence = Confidence::Possible;
        story.chain = {
            {.says = "The server's name is written with a dot at its end."},
            {.says = "It is the same name without it, and whether this Device OS finds the server under a name with that dot is not known: if it does "
                     "not, the handshake does not begin.",
             .seen = false}};
        return;
    }
    if (!findings.has("server-address-wrong")) {
        story.confidence = Confidence::Possible;
        story.chain = {
            {.says = fmt::format("The server address names port {}, which is usually that of {}.", address.port, address.other_service)},
            {.says = "A private cloud takes devices at a port of their own, 5683 unless it was set up otherwise; what listens here does not speak their "
                     "language, and the handshake ends before it begins.",
             .seen = false}};
        return;
    }
    std::string text = seen.keys.address.detail.empty() ? "the server address cannot be used" : seen.keys.address.detail;
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    if (address_may_be_meant(seen.keys)) story.confidence = Confidence::Likely;
    const bool falls_back = seen.facts.layout->boot == BootKind::Monolithic && seen.keys.address.kind == ServerAddress::Kind::Domain;
    tell(seen, text + ".",
         falls_back
             ? fmt::format("Some firmware for this device goes to {} where a name leads nowhere; which does is not known.", seen.keys.address.default_host)
             : "",
         story);
}

constexpr std::string_view table_crc = "dct-crc-mismatch-in-server-key|dct-crc-mismatch-unlocated@slot";

const Cause causes[] = {
    {"server-key-erased",
     "The server key is erased",
     "The server key slot holds only FF.",
     {"server-key-empty", "server-address-blank", "server-address-wrong@next", table_crc},
     {},
     tell_erased},
    {"server-key-corrupted",
     "The server key is damaged",
     "Bytes of the server key are wrong.",
     {"server-key-bits-wrong", "server-address-wrong@next", "settings-overwritten-by-key", table_crc},
     {},
     tell_corrupted},
    {"server-key-truncated",
     "The end of the server key is missing",
     "From some byte on the server key slot holds only FF or 00.",
     {"server-key-cut-short", "server-address-blank", "server-address-wrong@next", table_crc},
     {},
     tell_truncated},
    {"server-key-of-other-server",
     "The server key is not that of the server which the address names",
     "A well-formed key that is not Particle's with Particle's address, Particle's with another, or one that is not the server's as given.",
     {"server-key-foreign|live-another-server", "live-another-server", "server-key-bits-wrong", "server-key-empty", "server-port-of-other-service",
      "server-port-ignored", table_crc},
     {},
     tell_foreign},
    {"server-key-wrong-type",
     "The server key slot holds something that is no server key for this device",
     "A key of another kind, PEM text, a bare PKCS#1 key or a key of another size lies in the slot.",
     {"server-key-other-type", "server-address-wrong@next", "server-address-blank", "settings-overwritten-by-key", table_crc},
     {},
     tell_type},
    {"server-address-invalid",
     "The server address does not lead to a cloud server",
     "The address behind the server key is of no known kind, names no server that can be reached or has a dot at its end, or names the port of something else "
     "or "
     "one that the firmware ignores.",
     {"server-address-wrong|server-port-of-other-service|server-port-ignored|server-name-ends-with-dot", table_crc},
     {},
     tell_address},
};

}  // namespace

std::span<const Cause> server_causes() { return causes; }

}  // namespace photopsy

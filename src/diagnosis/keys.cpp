// Why the device's key fails. What the firmware makes of each: docs/formats/keys.md; recovery: docs/recovery.md.
#include "base/sentence.h"
#include "diagnosis/handshake_links.h"
#include "diagnosis/key_on_record.h"
#include "rules/key_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

void begin(const Observations& seen, std::string why, Story& story) {
    if (seen.facts.dct.may_be_unread(seen.keys.device.at)) story.confidence = std::min(story.confidence, Confidence::Likely);
    const auto detail = as_sentence(seen.keys.device.detail);
    if (!detail.empty()) story.chain.push_back({.says = detail});
    if (!why.empty()) story.chain.push_back({.says = std::move(why), .seen = false});
    if (seen.keys.device.usable)
        story.chain.push_back({.says = "The firmware never reads the damaged part, so this does not keep the device from connecting.", .seen = false});
    else
        for (auto& link : handshake_links(seen, HandshakeEnd::OfDeviceKey)) story.chain.push_back(std::move(link));
}

void tell_erased(const Observations& seen, const Findings&, Story& story) {
    const bool page_alone = seen.facts.dct.only_place.empty();
    begin(seen,
          seen.facts.dct.may_be_unread(seen.keys.device.at) && page_alone
              ? "A block of a transfer that was lost leaves a whole page so, and no write of the table does. Read it a second time before anything is written."
          : seen.facts.dct.may_be_unread(seen.keys.device.at)
              ? "Something erased the whole flash that holds the keys, or it did not answer when it was read and holds something else. Read it a second time "
                "before anything is written."
              : "A write that was cut off, a tool that erased the field, or a reset of the table left it so.",
          story);
}
void tell_zeroed(const Observations& seen, const Findings&, Story& story) {
    const bool perhaps_not_read = seen.facts.dct.may_be_unread(seen.keys.device.at);
    begin(seen,
          perhaps_not_read
              ? "Erasing never leaves zeros: something wrote them over a whole page, or the read over USB failed there and the flash holds something else. "
                "Read it "
                "a second time before anything is written."
              : "Zeros are not what erased flash holds: something wrote them. The firmware does not take them for an empty slot and makes no new key.",
          story);
}
void tell_truncated(const Observations& seen, const Findings&, Story& story) {
    begin(seen, "A transfer of the key ended early, or a file that was too short was written.", story);
}
void tell_flip(const Observations& seen, const Findings& findings, Story& story) {
    story.confidence = findings_confidence(findings, "private-key-bits-wrong");
    const std::string what = seen.keys.device.what == DeviceKeyClass::Damaged
                                 ? "So many wrong bits are no failing flash cell: something else was written there, or the write or the capture failed"
                                 : "A failing flash cell, a disturbed write or a bit lost in the capture did this";
    const bool found_anew = seen.keys.device.what != DeviceKeyClass::Damaged || !seen.keys.device.method.empty();
    begin(seen, what + (found_anew ? "; the rest of the key still tells what stood there." : "."), story);
}

/// From 0.4.3 to 0.6.4 alone, a key is programmed over the one before (docs/formats/dct.md, row G).
bool writes_in_place(const InstalledSystem& system) {
    return !system.system_version || (*system.system_version < first_checking_system_version && *system.system_version >= *system_version_of_release("0.4.3"));
}

void tell_mixed(const Observations& seen, const Findings& findings, Story& story) {
    story.confidence = findings_confidence(findings, "private-key-two-in-one");
    if (seen.keys.device.of_two_parts) {
        story.title = "The device's key slot holds parts of two keys";
        return begin(seen,
                     "A key was written over another and the write was cut off, or the parts of two dumps or files were put together. A failing flash cell "
                     "does not change half of the bits in one stretch.",
                     story);
    }
    const std::string in_between = "That was cut off in between: each bit is set only where both keys had it.";
    begin(seen,
          writes_in_place(seen.facts.system)
              ? "Device OS 0.4.3 to 0.6.4 writes a new key over the old one in place before it erases. " + in_between
              : "The installed release writes a key to erased flash only; from 0.4.3 to 0.6.4 Device OS wrote a new key over the old one in place. An older "
                "release, or something else that wrote without erasing, left this: each bit is set only where both keys had it.",
          story);
}
void tell_type(const Observations& seen, const Findings&, Story& story) {
    begin(seen,
          seen.facts.dct.may_be_unread(seen.keys.device.at) ? "All of the flash that holds the keys reads as one page: it was written so, or it did not answer "
                                                              "to its address and holds something else. Read it a "
                                                              "second time before anything is written."
                                                            : "A wrong file was written to the place of the key.",
          story);
}
void tell_halves(const Observations& seen, Story& story) {
    begin(seen, "Two key files were mixed, or most of the private number was overwritten. No arithmetic leads from a public key to its private number.", story);
}
void tell_size(const Observations& seen, const Findings&, Story& story) {
    begin(seen, "A key of the wrong size was made and written; the firmware knows only RSA keys of 1024 bits.", story);
}
void tell_encoding(const Observations& seen, const Findings&, Story& story) {
    begin(seen,
          seen.keys.device.by_text_transfer
              ? "A program that took the key file for text did this (FTP in ASCII mode, a shell that passed it on, an editor), and no failing flash cell. " +
                    std::string(seen.keys.device.method.empty() ? "No arithmetic leads from what is left back to the key."
                                                                : "It can be undone, and the key that comes out is whole.")
          : seen.keys.device.encoding == KeyEncoding::Pkcs8 && seen.keys.device.kind == KeyKind::EcSlot
              ? "This is what `openssl genpkey` and `openssl pkcs8` write. The key inside is whole, and the same key in SEC1 form works."
          : seen.keys.device.encoding == KeyEncoding::Pkcs8
              ? "This is what `particle keys doctor` and `particle keys new` write on a computer with OpenSSL 3. The key inside is whole."
              : "The key was written to the device in the form in which it lay on a computer.",
          story);
}
void tell_length(const Observations& seen, const Findings&, Story& story) {
    begin(seen, "The firmware does not read DER: it takes fixed steps and looks only at the lowest bit of each length octet.", story);
}
void tell_misread(const Observations& seen, const Findings&, Story& story) {
    if (seen.keys.device.kind == KeyKind::EcSlot)
        return begin(seen, "A program wrote the key without its public half, which can be computed; Device OS 1.1.0 and later do that themselves.", story);
    if (!seen.keys.device.e_is_65537)
        return begin(
            seen,
            "It was made so on a computer (`openssl genrsa -3`). The firmware presents every key with the exponent 65537, and what a cloud encrypts with "
            "that, this private number does not decrypt: in no form does the key work.",
            story);
    begin(seen,
          "About one of a hundred keys made by OpenSSL is like this. `particle keys doctor` reports success, and the device cannot connect. The same key with "
          "zero bytes in front of its short numbers works.",
          story);
}

void tell_never(const Observations&, const Findings&, Story& story) {
    story.chain = {{.says = "The key slot is erased, and no sign says that the unit was ever set up."},
                   {.says = "It makes its key at its first start; the factory then registers it.", .seen = false}};
}

void tell_regenerated(const Observations& seen, const Findings&, Story& story) {
    story.confidence = Confidence::Likely;
    if (seen.facts.keys && seen.facts.keys->when == KeySet::When::FieldSet) {
        story.chain = {{.says = as_sentence(seen.keys.regenerated_because)},
                       {.says = "The device made this key itself at its first start with that transport; the key is whole.", .seen = false},
                       {.says = "If nobody registered it since, the cloud does not know it and refuses the device.", .seen = false}};
        return;
    }
    if (seen.keys.device.what == DeviceKeyClass::Erased) {
        story.chain = {{.says = as_sentence(seen.keys.regenerated_because)},
                       {.says = makes_keys(seen.facts) ? "The key slot is empty. The device makes itself a new key at its next start."
                                                       : "The key slot is empty, and this firmware makes no key that it could use.",
                        .seen = false},
                       {.says = "The cloud still holds the old one and refuses the device until that is back, or a new one is registered.", .seen = false}};
        return;
    }
    if (!seen.keys.history.empty()) {
        story.confidence = Confidence::Possible;
        story.title = "The device's key was replaced, perhaps by one that the cloud does not know";
        story.chain = {
            {.says = as_sentence(seen.keys.regenerated_because)},
            {.says = "But " + seen.keys.history + "."},
            {.says = "Most likely this key was put there and is on record. If nobody registered it, the cloud still holds another one and refuses the "
                     "device.",
             .seen = false}};
        return;
    }
    const auto* copy = seen.facts.dct.current();
    story.chain = {{.says = as_sentence(seen.keys.regenerated_because)},
                   {.says = "The device made this key itself after the older one was lost; the key is whole.", .seen = false},
                   {.says = "If nobody registered it since, the cloud still holds the old one and refuses the device.", .seen = false}};
    if (copy && copy->reinitialized_mark)
        story.chain.push_back(
            {.says = "Where the old key was written back into the new table, it is that one and the flash looks the same: then nothing is wrong.",
             .seen = false});
}

void tell_swapped(const Observations& seen, const Findings&, Story& story) {
    story.chain = {{.says = "The server's public key lies in the slot of the device key, and the device's private key in the slot of the server key."},
                   {.says = "The two files were written to each other's offset. Both are whole.", .seen = false}};
    for (auto& link : handshake_links(seen)) story.chain.push_back(std::move(link));
}

void tell_stale_cache(const Observations& seen, const Findings& findings, Story& story) {
    if (findings.has("private-key-halves-differ")) return tell_halves(seen, story);
    story.chain = {
        {.says = "The public key that the firmware keeps beside the private key belongs to another key pair."},
        {.says =
             "The private key was changed since the device last connected, or something wrote to this field. The firmware rewrites it before each connection.",
         .seen = false},
        {.says = "The private key itself is fine. If the cloud refuses the device, it holds the other public key: compare the fingerprints.", .seen = false}};
}

constexpr std::string_view table_crc =
    "dct-crc-mismatch-in-device-key|dct-crc-mismatch-unlocated@slot";  // a physical fault inside the key also breaks the table's checksum

const Cause causes[] = {
    {"private-key-and-server-key-swapped",
     "Device key and server key were written to each other's slot",
     "The server's public key lies in the device's slot and the device's private key in the server's.",
     {"keys-exchanged", "server-address-wrong", "public-key-cache-stale"},
     {},
     tell_swapped},
    {"cloud-holds-another-key",
     "The cloud holds another public key for this device",
     "Known from outside the dump (the registered public key, or a server's answer): the key on record is not the one of the key in the device.",
     {"cloud-key-differs", "private-key-made-anew", "public-key-cache-stale"},
     {},
     tell_another_on_record},
    {"private-key-erased",
     "The device's private key is erased",
     "The key slot is erased, wholly or in part, on a device that had a key.",
     {"private-key-empty", table_crc},
     {},
     tell_erased},
    {"private-key-zeroed",
     "The device's private key is overwritten with zeros",
     "The key slot holds zeros, wholly or in part.",
     {"private-key-zeros", table_crc},
     {},
     tell_zeroed},
    {"private-key-truncated",
     "The end of the device's private key is missing",
     "From some byte on the key slot holds only FF or 00.",
     {"private-key-cut-short", table_crc},
     {},
     tell_truncated},
    {"private-key-bit-flip",
     "Bits of the device's private key are wrong",
     "One or more bits of the private key differ from what the rest of the key says must stand there.",
     {"private-key-bits-wrong", table_crc},
     {},
     tell_flip},
    {"private-key-mixed",
     "The device's key slot holds two keys programmed over each other",
     "The slot is the AND of an old and a new key.",
     {"private-key-two-in-one", "public-key-cache-stale", table_crc},
     {},
     tell_mixed},
    {"private-key-wrong-type",
     "The device's key slot holds something that is no private key for this device",
     "A key of another kind (EC for RSA, RSA or another curve for EC), a public key, text or other data lies in the key slot.",
     {"private-key-slot-holds-other", "settings-overwritten-by-key", table_crc},
     {},
     tell_type},
    {"private-key-wrong-size",
     "The device's private key has the wrong size",
     "The slot holds an RSA key that has not 1024 bits.",
     {"private-key-other-size", "settings-overwritten-by-key", table_crc},
     {},
     tell_size},
    {"private-key-wrong-encoding",
     "The device's private key is written in a form that the firmware cannot read",
     "The right key as PKCS#8, PEM or displaced; the firmware reads only PKCS#1 (RSA) or SEC1 (EC) in DER at offset 0.",
     {"private-key-wrapped", "settings-overwritten-by-key", table_crc},
     {},
     tell_encoding},
    {"private-key-der-length-wrong",
     "A length octet of the device's private key is wrong",
     "The numbers of the key are whole, but an octet that tells a length is not.",
     {"private-key-length-octet", table_crc},
     {},
     tell_length},
    {"private-key-unreadable-by-firmware",
     "The device's private key is perfect, but the firmware misreads it",
     "A number of the key is shorter than the firmware's fixed steps allow, its exponent is unusual, or an EC key lacks its public half.",
     {"private-key-misread", table_crc},
     {},
     tell_misread},
    {"private-key-never-generated",
     "The unit never had a key",
     "The key slot is erased on a unit that was never provisioned.",
     {"private-key-not-made-yet"},
     {},
     tell_never},
    {"private-key-regenerated",
     "The device probably made itself a new key, which the cloud does not know",
     "A whole key of the device's own making, where a mark, an older key, an older table with an empty slot or a change of the transport says that it is not "
     "the one the cloud knows.",
     {"private-key-made-anew", "public-key-cache-stale"},
     {},
     tell_regenerated},
    {"public-key-does-not-match-private-key",
     "The public key beside the private key is not the one that belongs to it",
     "The public-key cache in the table, or the public half inside an EC key, belongs to another private key than the one in the slot.",
     {"public-key-cache-stale|private-key-halves-differ", "dct-crc-mismatch-in-public-key@slot"},
     {},
     tell_stale_cache},
};

}  // namespace

std::span<const Cause> key_causes() { return causes; }

}  // namespace photopsy

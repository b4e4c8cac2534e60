// Why the configuration table is as it is. Formats and writers: docs/formats/dct.md.
#include "diagnosis/dcd.h"
#include "rules/key_words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

Confidence lowest(const Findings& findings, std::string_view id, Confidence otherwise) {
    for (const auto& finding : findings.all())
        if (finding.rule->id == id && finding.confidence < otherwise) otherwise = finding.confidence;
    return otherwise;
}

void tell_both_invalid(const Observations& seen, const Findings&, Story& story) {
    if (seen.facts.dct.dcd) return tell_dcd_none_usable(seen, story);
    story.chain = {{.says = "Both copies of the configuration table lost what makes them valid (the header, or everything)."},
                   {.says = "Such a loss mostly comes from power that failed or sagged while the table was being erased or rewritten.", .seen = false},
                   {.says = "At its next start the firmware finds no table and writes a default one: the device key, the server key, the Wi-Fi networks and "
                            "the claim are gone.",
                    .seen = false},
                   {.says = makes_keys(seen.facts) ? "The device then makes a new key that the cloud does not know, and the handshake is refused."
                                                   : "The device then has no key, and Device OS 0.7.0 cannot make one: the handshake fails.",
                    .seen = false}};
}

void tell_reset(const Observations& seen, const Findings& findings, Story& story) {
    if (seen.facts.dct.dcd) return tell_dcd_blanked(seen, story);
    const auto* copy = seen.facts.dct.current();
    const bool by_new_code = copy && copy->reinitialized_mark;
    story.chain = {{.says = by_new_code ? "The table carries the mark of a reset by Device OS 0.7.0 or later, and nothing has been stored in it since."
                                        : "The table holds a default header and nothing of what the factory and the owner had stored."},
                   {.says = "The firmware does this by itself when it finds neither copy valid, usually after power failed during a write.", .seen = false},
                   {.says = makes_keys(seen.facts)
                                ? "Device key, server key, Wi-Fi networks and claim were lost; the device makes a new key, which the cloud does not know."
                                : "Device key, server key, Wi-Fi networks and claim were lost, and Device OS 0.7.0 cannot make a new key.",
                    .seen = false}};
    if (const auto networks = seen.facts.wifi.configured)
        story.chain.push_back({.says = fmt::format("{} Wi-Fi network{} stored again since.", networks, networks == 1 ? " was" : "s were")});
    if (seen.keys.device.public_fingerprint && copy && !copy->fresh_default)
        story.chain.push_back(
            {.says = "The device key in the table is the one it made after the reset: it must be registered with the cloud, or the old one written back.",
             .seen = false});
    story.confidence = lowest(findings, "dct-default-table", Confidence::Certain);
}

void tell_interrupted(const Observations& seen, const Findings& findings, Story& story) {
    const auto* other = seen.facts.dct.other();
    story.chain = {{.says = fmt::format("The copy that is not in use ({}) is in a state that only lasts while the table is being rewritten.",
                                        other ? name_of(other->state) : "")},
                   {.says = "Power failed, or the device was reset, during that write.", .seen = false},
                   {.says = "The copy in use is complete: the device goes on with it."}};
    story.confidence = lowest(findings, seen.facts.dct.dcd ? "dcd-write-unfinished" : "dct-write-unfinished", Confidence::Certain);
}

void tell_crc_bad(const Observations& seen, const Findings& findings, Story& story) {
    if (seen.facts.dct.dcd) return tell_dcd_damaged(seen, findings, story);
    const auto& dct = seen.facts.dct;
    const auto* current = dct.current();
    const bool lost = findings.has("dct-current-copy-lost"), in_use = current && current->damage && !lost;
    story.chain = {{.says = in_use ? "The checksum of the table in use does not fit its contents."
                                   : "One copy of the table does not fit its own checksum or has lost its header."},
                   {.says = "Contents that change without a new checksum were changed outside the table's own code: by worn or disturbed flash cells, or by an "
                            "old bootloader that writes in place.",
                    .seen = false}};
    if (findings.has("dct-outdated-copy-used") && seen.facts.system.store.table == DctGeneration::G4)
        story.chain.push_back({.says = "This pre-release firmware then reads the outdated copy: the last changes have no effect.", .seen = false});
    else if (in_use)
        story.chain.push_back({.says = "This firmware uses the table all the same; only what lies at the damaged place is affected.", .seen = false});
    else if (lost)
        story.chain.push_back({.says = "It was the newest one. The firmware reads the previous table, so the last changes are undone."});
    else
        story.chain.push_back({.says = "The firmware does not use that copy."});
}

void tell_frozen(const Observations&, const Findings&, Story& story) {
    story.chain = {{.says = "The spare copy of the table is not empty, and its header reads as erased."},
                   {.says = "Device OS 0.4.0 and 0.4.1 look only at the header to decide whether a copy must be erased first.", .seen = false},
                   {.says = "Each write programs over the remains, fails its own check and is given up: keys, Wi-Fi and claim cannot be changed any more. A "
                            "device without a key blinks white for ever.",
                    .seen = false}};
}

void tell_stray(const Observations& seen, const Findings& findings, Story& story) {
    const bool twin = findings.has("dct-twin-not-of-last-write");
    story.chain = {{.says = twin ? "Both copies are valid to the firmware, and they differ in more than one write changes."
                                 : "A whole configuration table lies outside the two places where the firmware keeps it."},
                   {.says = twin ? fmt::format("The firmware reads copy {}; another version might read the other.", seen.facts.dct.selected.value_or(0))
                                 : "Somebody or some tool wrote a backup or a dump to this address; the firmware never reads it there.",
                    .seen = twin}};
}

const Cause causes[] = {
    {"dct-both-copies-invalid",
     "Both copies of the configuration table are unusable",
     "Neither copy of the configuration table is valid.",
     {"dct-both-unreadable|dcd-none-usable"},
     {},
     tell_both_invalid},
    {"dct-reset-to-default",
     "The configuration table was reset to defaults",
     "The firmware found no valid table and wrote an empty one in its place.",
     {"dct-default-table|dcd-blank-table", "dct-reinitialized-before", "dcd-other-copy-unreadable", "dcd-superseded-copy-damaged", "dcd-old-table-left",
      "wifi-list-unset", "wifi-list-never-set", "private-key-empty", "private-key-not-made-yet", "server-key-empty", "server-address-blank",
      "server-address-wrong"},
     {},
     tell_reset},
    {"dct-frozen",
     "The configuration table can no longer be written",
     "Device OS 0.4.0/0.4.1 left the spare copy dirty with an erased header; every later write fails.",
     {"dct-spare-unwritable", "dct-write-unfinished", "dct-other-copy-unreadable"},
     {},
     tell_frozen},
    {"dct-write-interrupted",
     "A write to the configuration table was interrupted",
     "A rewrite of the table did not come to its end.",
     {"dct-write-unfinished|dcd-write-unfinished"},
     {},
     tell_interrupted},
    {"dct-copy-crc-bad",
     "A copy of the configuration table is damaged",
     "The contents of a copy do not fit its checksum, or its header is lost.",
     {"dct-copy-crc-mismatch|dct-crc-mismatch-unlocated|dct-outdated-copy-used|dct-superseded-copy-damaged|dct-current-copy-lost|dct-other-copy-unreadable|dct-"
      "both-superseded|dct-"
      "crc-mismatch-in-device-key|dct-crc-mismatch-in-public-key|dct-crc-mismatch-in-server-key|dcd-newest-copy-fails-checksum|dcd-newest-copy-lost|"
      "dcd-copy-fails-checksum|dcd-superseded-copy-damaged|dcd-other-copy-unreadable",
      "wifi-entry-damaged"},
     {},
     tell_crc_bad},
    {"stray-dct-copy",
     "A configuration table lies where none belongs",
     "A second table that no interrupted write explains, or one outside its two places.",
     {"dct-stray-copy|dct-twin-not-of-last-write", "eeprom-header-damaged@slot", "eeprom-record-invalid@slot"},
     {},
     tell_stray},
};

}  // namespace

std::span<const Cause> dct_causes() { return causes; }

}  // namespace photopsy

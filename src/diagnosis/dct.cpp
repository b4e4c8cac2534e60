// Why the configuration table is as it is, and what to do. Formats and writers: docs/formats/dct.md.
#include "diagnosis/cause.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using Cost = Remedy::Cost;

Remedy keep_this_dump() {
    return {.title = "Keep this dump",
            .explain = "Every write to the configuration table erases what its other copy still holds. This file is the only copy of it.",
            .commands = {},
            .warning = "",
            .cost = Cost::Nothing};
}

std::string dfu(const Observations& seen, std::string_view rest) {
    const auto& usb = seen.facts.layout->usb;
    return fmt::format("dfu-util -d {:04x}:{:04x} {}", usb.vendor, usb.dfu_product, rest);
}

Remedy old_key_back(const Observations& seen) {
    return {.title = "Write the old key back, which is still in this dump",
            .explain = "The cloud knows the key from before. This dump still holds it; writing it back needs no login and no claim.",
            .commands = {"photopsy keys recover dump.bin -o old-key.der", dfu(seen, "-a 1 -s 34 -D old-key.der")},
            .warning = "Write it while the device is in DFU mode (yellow light), before it starts normally and makes a new key.",
            .cost = Cost::WritesOneSetting};
}

Remedy register_the_new_key() {
    return {.title = "Tell the cloud the key that the device has now",
            .explain = "The device makes a key of its own at its next start. This reads its public half and registers it; nothing is written to the device.",
            .commands = {"particle keys save device.der", "particle keys send {device-id} device.pub.pem"},
            .warning = "Works only from the account that owns the device.",
            .cost = Cost::Nothing};
}

Remedy server_key_again(const Observations& seen) {
    return {.title = "Write the cloud's server key",
            .explain = "Restores the server key and address that were lost with the table.",
            .commands = {"photopsy keys server -o server.der", dfu(seen, "-a 1 -s 2082 -D server.der")},
            .warning = "",
            .cost = Cost::WritesOneSetting};
}

Remedy set_up_wifi() {
    return {.title = "Set up Wi-Fi again",
            .explain = "With the device in listening mode (blinking dark blue).",
            .commands = {"particle serial wifi"},
            .warning = "",
            .cost = Cost::WritesOneSetting};
}

Remedy nothing_to_repair(std::string explain) {
    return {.title = "Nothing needs repair", .explain = std::move(explain), .commands = {}, .warning = "", .cost = Cost::Nothing};
}

Confidence lowest(const Findings& findings, std::string_view id, Confidence otherwise) {
    for (const auto& finding : findings.all())
        if (finding.rule->id == id && finding.confidence < otherwise) otherwise = finding.confidence;
    return otherwise;
}

std::vector<Remedy> after_loss(const Observations& seen) {
    std::vector<Remedy> remedies = {keep_this_dump()};
    if (!seen.keys.recoveries.empty()) remedies.push_back(old_key_back(seen));
    for (auto& remedy : {register_the_new_key(), server_key_again(seen), set_up_wifi()}) remedies.push_back(remedy);
    return remedies;
}

void tell_both_invalid(const Observations& seen, const Findings&, Story& story) {
    story.chain = {{.says = "Both copies of the configuration table lost what makes them valid (the header, or everything)."},
                   {.says = "Such a loss comes from power that failed or sagged while the table was being erased or rewritten.", .seen = false},
                   {.says = "At its next start the firmware finds no table and writes a default one: the device key, the server key, the Wi-Fi networks and "
                            "the claim are gone.",
                    .seen = false},
                   {.says = "The device then makes a new key that the cloud does not know, and the handshake is refused.", .seen = false}};
    story.remedies = after_loss(seen);
}

void tell_reset(const Observations& seen, const Findings& findings, Story& story) {
    const auto* copy = seen.facts.dct.current();
    const bool by_new_code = copy && copy->reinitialized_mark;
    story.chain = {
        {.says = by_new_code ? "The table carries the mark of a reset by Device OS 0.7.0 or later, and nothing has been stored in it since."
                             : "The table holds a default header and nothing of what the factory and the owner had stored."},
        {.says = "The firmware does this by itself when it finds neither copy valid, usually after power failed during a write.", .seen = false},
        {.says = "Device key, server key, Wi-Fi networks and claim are lost; the device makes a new key, which the cloud does not know.", .seen = false}};
    if (seen.keys.device.public_fingerprint && copy && !copy->fresh_default)
        story.chain.push_back(
            {.says = "The device key in the table is the one it made after the reset: it must be registered with the cloud, or the old one written back.",
             .seen = false});
    story.remedies = after_loss(seen);
    story.confidence = lowest(findings, "dct-default-table", Confidence::Certain);
}

void tell_interrupted(const Observations& seen, const Findings& findings, Story& story) {
    const auto* other = seen.facts.dct.other();
    story.chain = {{.says = fmt::format("The copy that is not in use ({}) is in a state that only lasts while the table is being rewritten.",
                                        other ? name_of(other->state) : "")},
                   {.says = "Power failed, or the device was reset, during that write.", .seen = false},
                   {.says = "The copy in use is complete: the device goes on with it."}};
    story.remedies = {
        keep_this_dump(),
        nothing_to_repair(
            "The next write to the table erases the unfinished copy. If a setting or key was being changed when the power failed, change it again.")};
    story.confidence = lowest(findings, "dct-write-unfinished", Confidence::Certain);
}

void tell_crc_bad(const Observations& seen, const Findings& findings, Story& story) {
    const auto& dct = seen.facts.dct;
    const auto* current = dct.current();
    const bool in_use = current && current->damage;
    story.chain = {{.says = in_use ? "The checksum of the table in use does not fit its contents."
                                   : "One copy of the table does not fit its own checksum or has lost its header."},
                   {.says = "Contents that change without a new checksum were changed outside the table's own code: by worn or disturbed flash cells, or by an "
                            "old bootloader that writes in place.",
                    .seen = false}};
    if (findings.has("dct-outdated-copy-used"))
        story.chain.push_back({.says = "This pre-release firmware then reads the outdated copy: the last changes have no effect."});
    else if (in_use)
        story.chain.push_back({.says = "This firmware uses the table all the same; only what lies at the damaged place is affected."});
    else
        story.chain.push_back({.says = "The firmware does not use that copy."});
    story.remedies = {keep_this_dump()};
    if (findings.has("dct-outdated-copy-used"))
        story.remedies.push_back({.title = "Update to Device OS 0.7.0 or later, then store keys and Wi-Fi again",
                                  .explain = "Released versions do not go back to an outdated copy.",
                                  .commands = {"particle update"},
                                  .warning = "",
                                  .cost = Cost::WritesFirmware});
    else if (in_use)
        story.remedies.push_back({.title = "Store the affected setting again",
                                  .explain = "Any change of a setting rewrites the table with a good checksum, but copies the damaged place as it is: set the "
                                             "named field anew (Wi-Fi: particle serial wifi).",
                                  .commands = {},
                                  .warning = "A rewrite erases the previous copy, which may be the only good one of the damaged place.",
                                  .cost = Cost::WritesOneSetting});
    else
        story.remedies.push_back(nothing_to_repair("The next write to the table replaces the damaged copy."));
}

void tell_frozen(const Observations& seen, const Findings&, Story& story) {
    story.chain = {{.says = "The spare copy of the table is not empty, and its header reads as erased."},
                   {.says = "Device OS 0.4.0 and 0.4.1 look only at the header to decide whether a copy must be erased first."},
                   {.says = "Each write programs over the remains, fails its own check and is given up: keys, Wi-Fi and claim cannot be changed any more. A "
                            "device without a key blinks white for ever.",
                    .seen = false}};
    std::vector<std::string> commands;
    for (const char* name : {"system-part1", "system-part2"})
        if (const auto* slot = seen.facts.layout->slot(name))
            commands.push_back(dfu(seen, fmt::format("-a 0 -s 0x{:08x} -D {}-0.6.3.bin", slot->at.begin, name)));
    story.remedies = {keep_this_dump(),
                      {.title = "Update the system parts over USB",
                       .explain = "From 0.4.2 on the firmware erases such a copy before it writes. The settings that are there stay.",
                       .commands = std::move(commands),
                       .warning = "Write both parts, then start the device; after that change keys or Wi-Fi as wanted.",
                       .cost = Cost::WritesFirmware}};
}

void tell_stray(const Observations& seen, const Findings& findings, Story& story) {
    const bool twin = findings.has("dct-twin-not-of-last-write");
    story.chain = {{.says = twin ? "Both copies are valid to the firmware, and they differ in more than one write changes."
                                 : "A whole configuration table lies outside the two places where the firmware keeps it."},
                   {.says = twin ? fmt::format("The firmware reads copy {}; another version might read the other.", seen.facts.dct.selected.value_or(0))
                                 : "Somebody or some tool wrote a backup or a dump to this address; the firmware never reads it there.",
                    .seen = twin}};
    story.remedies = {
        keep_this_dump(),
        nothing_to_repair(twin ? "The next write to the table replaces the copy that is not in use."
                               : "It does no harm where it is. It holds keys and passwords: make a redacted copy before you give this dump away."),
        {.title = "Make a copy that can be shared",
         .explain = "Overwrites keys, passwords and names, wherever they lie.",
         .commands = {"photopsy redact dump.bin -o shareable.bin"},
         .warning = "",
         .cost = Cost::Nothing}};
}

const Cause causes[] = {
    {"dct-both-copies-invalid",
     "Both copies of the configuration table are unusable",
     "Neither copy of the configuration table is valid; the firmware will replace it by defaults.",
     {"dct-both-unreadable"},
     {},
     tell_both_invalid},
    {"dct-reset-to-default",
     "The configuration table was reset to defaults",
     "The firmware found no valid table and wrote an empty one: keys, Wi-Fi and claim are lost.",
     {"dct-default-table", "dct-reinitialized-before", "wifi-list-unset", "wifi-list-never-set", "private-key-empty", "private-key-not-made-yet",
      "server-key-empty", "server-address-blank"},
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
     "Power failed while the table was being rewritten; the copy in use is whole.",
     {"dct-write-unfinished"},
     {},
     tell_interrupted},
    {"dct-copy-crc-bad",
     "A copy of the configuration table is damaged",
     "The contents of a copy do not fit its checksum, or its header is lost.",
     {"dct-copy-crc-mismatch|dct-crc-mismatch-unlocated|dct-outdated-copy-used|dct-superseded-copy-damaged|dct-current-copy-lost|dct-other-copy-unreadable|dct-"
      "both-superseded|dct-"
      "crc-mismatch-in-device-key|dct-crc-mismatch-in-public-key|dct-crc-mismatch-in-server-key",
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

#include "diagnosis/key_remedies.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

constexpr int key_offset = 34, server_offset = 2082;  // DFU alternate setting 1: offsets of the application table (dct.h)

std::string dfu_write(const Observations& seen, int offset, std::string_view file) {
    const auto& usb = seen.facts.layout->usb;
    return fmt::format("dfu-util -d {:04x}:{:04x} -a 1 -s {} -D {}", usb.vendor, usb.dfu_product, offset, file);
}

/// Writing through alternate setting 1 needs the system's own code from bootloader 100 on.
std::string reach_warning(const Observations& seen) {
    std::string text = "Put the device into DFU mode first (yellow light).";
    if (!seen.boot.dct_reachable_by_bootloader)
        text = "Repair the system parts first: this bootloader writes the table (-a 1) with code of the system parts, and as they are now such a write fails.";
    return text;
}

std::string step_words(const Prediction& row) {
    if (row.step == Step::Done) return "connects";
    if (row.step == Step::Connect) return "does not reach the server";
    return row.code ? fmt::format("ends at step {} with code {}", name_of(row.step), *row.code) : fmt::format("ends at step {}", name_of(row.step));
}

}  // namespace

Remedy keep_dump() {
    return {.title = "Keep this dump",
            .explain = "It is the only copy of what the device holds now, old keys included. Store it safely (it contains secrets) before anything is written.",
            .cost = Remedy::Cost::Nothing};
}

Remedy write_old_key_back(const Observations& seen, const KeyFacts::Recovery& recovery) {
    Remedy remedy{.title = "Write the old key back", .cost = Remedy::Cost::WritesOneSetting};
    remedy.explain = fmt::format(
        "The device's own key can be had from {} ({}). It is proved by arithmetic{}: the cloud goes on with the key it knows, and nothing must be registered "
        "anew.",
        recovery.source, recovery.method, recovery.matches_cache ? " and is the one named by the device's public-key cache" : "");
    remedy.commands = {"photopsy keys recover dump.bin -o recovered-key.der", dfu_write(seen, key_offset, "recovered-key.der")};
    remedy.warning = reach_warning(seen) + " The write renews the whole table and erases its older copy.";
    return remedy;
}

Remedy make_new_key(const Observations& seen) {
    Remedy remedy{.title = "Give the device a new key and register it", .cost = Remedy::Cost::LosesData};
    remedy.explain =
        "Makes a key in the form that the firmware itself writes, puts it into the device and tells the cloud its public half. The device stays claimed if the "
        "cloud accepts it.";
    remedy.commands = {"photopsy keys new -o new-key.der", dfu_write(seen, key_offset, "new-key.der"), "particle keys send {device-id} new-key.pub.pem"};
    remedy.warning =
        reach_warning(seen) +
        " Do not use `particle keys doctor` or `particle keys new` for this: with OpenSSL 3 they write the key as PKCS#8, which this device cannot read.";
    return remedy;
}

Remedy register_present_key(const Observations&) {
    return {.title = "Register the key that is in the device",
            .explain =
                "Writes nothing to the device. Compare the fingerprint of its public key with the one on record first; if they differ, this makes the cloud "
                "accept the key.",
            .commands = {"photopsy keys show dump.bin", "photopsy keys export dump.bin -o device.pub.pem", "particle keys send {device-id} device.pub.pem"},
            .warning = "",
            .cost = Remedy::Cost::Nothing};
}

Remedy write_server_key(const Observations& seen) {
    return {.title = "Write Particle's server key and address",
            .explain = "Both are public. `particle keys server` does the same.",
            .commands = {"photopsy keys server -o server-key.der", dfu_write(seen, server_offset, "server-key.der")},
            .warning = reach_warning(seen),
            .cost = Remedy::Cost::WritesOneSetting};
}

std::vector<Remedy> key_remedies(const Observations& seen) {
    std::vector<Remedy> list = {keep_dump()};
    if (!seen.keys.recoveries.empty()) list.push_back(write_old_key_back(seen, seen.keys.recoveries.front()));
    list.push_back(make_new_key(seen));
    return list;
}

std::vector<ChainLink> handshake_links(const Observations& seen) {
    const auto& rows = seen.handshake.predictions;
    if (rows.size() != 2) return {};
    if (rows[0].step == rows[1].step)
        return {{.says = fmt::format("The handshake then {}: {}. The light: {}.", step_words(rows[0]), rows[0].explain, rows[0].led), .seen = false}};
    std::vector<ChainLink> links;
    for (const auto& row : rows) {
        const auto who = row.policy == ServerPolicy::ComparesPresentedKey ? "A server that compares the key which the device presents with its record"
                                                                          : "A server that only uses its record";
        links.push_back({.says = fmt::format("{}: the handshake {}: {}. The light: {}.", who, step_words(row), row.explain, row.led), .seen = false});
    }
    return links;
}

}  // namespace photopsy

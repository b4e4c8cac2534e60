// The configuration table: what was lost with it, and what heals by itself.
#include "remedy/ways.h"
#include "rules/key_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

Remedy register_next_key() {
    return {.title = "Tell the cloud the key that the device has now",
            .explain =
                "The device makes a key of its own at its next start. Start it, put it into DFU mode again and read it anew: the public half of that key "
                "is registered; nothing is written to the device.",
            .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::NewDump}},
                      {.kind = StepKind::ExportPublicKey, .file = {.kind = FileKind::NextPublicKey}, .from = {.kind = FileKind::NewDump}},
                      {.kind = StepKind::RegisterKey, .file = {.kind = FileKind::NextPublicKey}}},
            .warning = "Works only from the account that owns the device.",
            .turn = Remedy::Turn::Cloud};
}

}  // namespace

/// A key that was made since stands in this very dump; else the next start makes one.
Remedy register_key_after_loss(const Observations& seen) {
    const auto* copy = seen.facts.dct.current();
    if (!copy || copy->fresh_default || !seen.keys.device.public_fingerprint || !seen.keys.device.usable)
        return makes_keys(seen.facts) ? register_next_key() : make_new_key(seen);
    auto remedy = register_present_key(seen);
    remedy.title = "Tell the cloud the key that the device has now";
    remedy.explain = "The key that the device made after the reset stands in this dump. Its public half is registered; nothing is written to the device.";
    remedy.warning = "Works only from the account that owns the device.";
    return remedy;
}

namespace {

Remedy keep_table() { return keep_dump("Every write to the configuration table erases what its other copy still holds. This file is the only copy of it."); }

/// Not the table itself but what it held; written before an ordinary start makes a new key.
Remedy old_key_back(const Observations& seen) {
    auto remedy = write_old_key_back(seen, seen.keys.recoveries.front());
    remedy.title = "Write the old key back, which is still in this dump";
    if (!is_known_to_be_unregistered(seen, seen.keys.recoveries.front()))
        remedy.explain =
            "The key from before is most likely the one that the cloud knows. This dump still holds it; writing it back needs no login and no claim.";
    if (makes_keys(seen.facts)) remedy.warning = "Write it while the device is in DFU mode (yellow light), before it starts normally and makes a new key.";
    return remedy;
}

/// The key and address that were lost with the table: a private server's where the dump says so.
std::vector<Remedy> server_key_again(const Observations& seen) {
    if (has_private_server(seen)) {
        const bool stored_again = seen.keys.server.what == ServerKeyClass::ValidOther && !seen.keys.server.uses_builtin && !address_must_be_named(seen);
        if (stored_again && !seen.keys.server_in_other_copy) return {};
        return {write_key_of_private_server(seen), back_to_particle(seen)};
    }
    auto remedy = write_server_key(seen);
    remedy.title = "Write the cloud's server key";
    remedy.explain = "Restores the server key and address that were lost with the table.";
    return {remedy};
}

Remedy set_up_wifi() {
    return {.title = "Set up Wi-Fi again",
            .explain = "With the device in listening mode (blinking dark blue).",
            .steps = {{.kind = StepKind::SetUpWifi}},
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::ListeningMode,
            .turn = Remedy::Turn::RunningSystem};
}

std::vector<Remedy> ways_after_loss(const Situation& situation) {
    const auto& seen = situation.seen;
    std::vector<Remedy> list = {keep_table()};
    const auto header_unread = [&](const DctCopy& copy) { return seen.facts.dct.may_be_unread(range_of(copy.at.begin, 8)); };
    if (seen.facts.dct.would_reinitialize && std::ranges::any_of(seen.facts.dct.copies, header_unread)) list.push_back(read_again());
    auto new_key = register_key_after_loss(seen);
    if (!seen.keys.recoveries.empty()) {
        list.push_back(old_key_back(seen));
        new_key.role = Remedy::Role::OtherWay;
    }
    list.push_back(new_key);
    for (auto& remedy : server_key_again(seen)) list.push_back(std::move(remedy));
    const bool has_networks = seen.facts.dct.current() && seen.facts.wifi.configured > 0;                       // stored again since
    if (seen.facts.layout->dct.store == StoreKind::WicedTable && !has_networks) list.push_back(set_up_wifi());  // no other store holds networks
    add_possible_key(list, seen);
    return list;
}

std::vector<Remedy> ways_of_interrupted(const Situation&) {
    return {keep_table(), nothing_to_repair("The next write to the table erases the unfinished copy. If a setting or key was being changed when the power "
                                            "failed, change it again.")};
}

Remedy leave_pre_release() {
    return {.title = "Update to Device OS 0.7.0 or later, then store keys and Wi-Fi again",
            .explain = "Released versions do not go back to an outdated copy.",
            .steps = {{.kind = StepKind::Update}},
            .cost = Remedy::Cost::WritesFirmware,
            .turn = Remedy::Turn::SystemParts};
}

Remedy store_again(const Facts& facts) {
    const bool has_networks = facts.layout->dct.store == StoreKind::WicedTable;

    return {
        .title = "Store the affected setting again",
        .explain = fmt::format("Any change of a setting rewrites the table with a good checksum, but copies the damaged place as it is: set the named field "
                               "anew{}.",
                               has_networks ? " (Wi-Fi: particle serial wifi)" : ""),
        .warning = "A rewrite erases the previous copy, which may be the only good one of the damaged place.",
        .cost = Remedy::Cost::WritesOneSetting,
        .turn = Remedy::Turn::RunningSystem};
}

/// The newest table is lost to the firmware, and a key that was written with it is not.
Remedy newer_key_back(const Observations& seen) {
    auto remedy = as_other_way(write_old_key_back(seen, seen.keys.recoveries.front()));
    remedy.title = "Or write the newer key back";
    remedy.explain =
        "The copy that the firmware does not use any more was the newest and holds another whole key. If that one was registered, the cloud refuses the key "
        "in use: then write the newer one before anything else changes the table.";
    return remedy;
}

std::vector<Remedy> ways_of_lost_copy(const Observations& seen) {
    std::vector<Remedy> list = {keep_table()};
    list.push_back(
        nothing_to_repair("The device goes on with the previous table; the next write replaces the damaged copy. What was changed last, change again."));
    const bool newer_key = seen.keys.device.what == DeviceKeyClass::Good && !seen.keys.recoveries.empty();
    if (newer_key) list.push_back(newer_key_back(seen));
    return list;
}

std::vector<Remedy> ways_of_bad_crc(const Situation& situation) {
    const auto* current = situation.seen.facts.dct.current();
    if (situation.findings.has("dct-current-copy-lost")) return ways_of_lost_copy(situation.seen);
    if (situation.findings.has("dct-outdated-copy-used") && situation.seen.facts.system.store.table == DctGeneration::G4)
        return {keep_table(), leave_pre_release()};
    const bool undone = situation.seen.facts.dct.dcd && situation.seen.facts.dct.dcd->undone != DcdFacts::Undone::No;
    if (undone) return remedies_of({situation.seen, situation.findings, "dct-last-write-undone"});
    if (current && current->damage) return {keep_table(), store_again(situation.seen.facts)};
    return {keep_table(), nothing_to_repair("The next write to the table replaces the damaged copy.")};
}

std::vector<Remedy> ways_of_frozen(const Situation& situation) {
    auto update = write_system(situation.seen.facts, "0.6.3");
    update.title = "Update the system parts over USB";
    update.explain = "From 0.4.2 on the firmware erases such a copy before it writes. The settings that are there stay.";
    update.warning =
        "Write both parts, then start the device; after that change keys or Wi-Fi as wanted. That first start also replaces the bootloader: if the "
        "power fails in that half second, the device needs a debugger.";
    return {keep_table(), update};
}

std::vector<Remedy> ways_of_stray(const Situation& situation) {
    const bool twin = situation.findings.has("dct-twin-not-of-last-write");
    return {keep_table(),
            nothing_to_repair(twin ? "The next write to the table replaces the copy that is not in use."
                                   : "It does no harm where it is. It holds keys and passwords: make a redacted copy before you give this dump away."),
            {.title = "Make a copy that can be shared",
             .explain = "Overwrites keys, passwords and names, wherever they lie.",
             .steps = {{.kind = StepKind::ShareCopy, .file = {.kind = FileKind::ShareableCopy}, .from = {.kind = FileKind::Dump}}},
             .turn = Remedy::Turn::Nothing}};
}

const RemedyRow rows[] = {
    {"dct-both-copies-invalid", ways_after_loss},   {"dct-reset-to-default", ways_after_loss}, {"dct-frozen", ways_of_frozen},
    {"dct-write-interrupted", ways_of_interrupted}, {"dct-copy-crc-bad", ways_of_bad_crc},     {"stray-dct-copy", ways_of_stray},
};

}  // namespace

std::span<const RemedyRow> dct_remedies() { return rows; }

}  // namespace photopsy

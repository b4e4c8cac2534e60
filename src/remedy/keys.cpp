// Ways back to a key that the cloud knows, the least destructive first.
#include "base/hex.h"
#include "handshake/key_owner.h"
#include "remedy/titles.h"
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

RemedyStep write_field(const Observations& seen, std::string_view field, RemedyFile file) {
    const auto* at = seen.facts.layout->dct.field(field);
    return {.kind = StepKind::WriteTable, .file = std::move(file), .at = at ? at->offset : 0};
}

const KeySet& key_set(const Observations& seen) {
    static const KeySet none;
    if (seen.facts.keys) return *seen.facts.keys;
    return seen.facts.layout->keys.empty() ? none : seen.facts.layout->keys.front();
}

static bool has_ec(const Observations& seen) { return key_set(seen).kind == KeyKind::EcSlot; }

/// The session of a UDP device outlives a reset; it is bound to the keys with which it began.
static std::string without_power(const Observations& seen) {
    return has_ec(seen) ? " Afterwards take its power away once (USB and battery), so that nothing of the old session is left." : "";
}

Remedy keep_keys() {
    return keep_dump("It is the only copy of what the device holds now, old keys included. Store it safely (it contains secrets) before anything is written.");
}

Remedy read_again() {
    return {.title = "Read the flash a second time, before anything is written",
            .explain =
                "What holds the keys reads as one value over a whole page or more. Where the second dump differs there, the first read failed: go on with the "
                "second one, and write nothing on the word of the first.",
            .steps = {{.kind = StepKind::Capture, .file = {.kind = FileKind::NewDump}},
                      {.kind = StepKind::Compare, .file = {.kind = FileKind::NewDump}, .from = {.kind = FileKind::Dump}}},
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::ReadAgain};
}

Remedy as_other_way(Remedy remedy) {
    remedy.role = Remedy::Role::OtherWay;
    return remedy;
}

namespace {

RemedyStep write_device_key(const Observations& seen, RemedyFile file) { return write_field(seen, key_set(seen).device_key, std::move(file)); }

/// Two keys out of one dump are two files.
RemedyFile file_of(const KeyFacts::Recovery& recovery, const Observations& seen) {
    const auto several = seen.keys.recoveries.size() + seen.keys.possible.size() > 1;
    return {.kind = FileKind::DeviceKey, .key = several ? hex(recovery.public_fingerprint) : std::string()};
}

/// How the server learns a public key. A private one has its own place for it, which no program of Particle's reaches.
void add_registration(Remedy& remedy, RemedyFile file, const Observations& seen) {
    if (!has_private_server(seen)) {
        remedy.steps.push_back({.kind = StepKind::RegisterKey, .file = std::move(file)});
        remedy.explain +=
            " The last line tells the cloud the public half, from the account that owns the device: then it accepts the key, and the device "
            "stays claimed.";
        return;
    }
    remedy.explain +=
        " The public half goes to whoever runs this device's private server, to be stored there under the device's id (spark-server keeps such "
        "files in its folder core_keys).";
}

}  // namespace

bool is_known_to_be_unregistered(const Observations& seen, const KeyFacts::Recovery& recovery) {
    return seen.handshake.cloud_witness == CloudWitness::Owner && !recovery.matches_registered;
}

static void register_old_key(Remedy& remedy, const KeyFacts::Recovery& recovery, const Observations& seen) {
    remedy.title = "Write the old key back and register it";
    remedy.explain = fmt::format(
        "The device's own key can be had from {} ({}). It is proved by arithmetic, but the key on record, as it was given, is another: with the old key back "
        "in the device, the cloud must still be told its public half.",
        recovery.source, recovery.method);
    remedy.steps.push_back({.kind = StepKind::ExportPublicKey, .file = {.kind = FileKind::PublicKey}, .from = file_of(recovery, seen)});
    add_registration(remedy, {.kind = FileKind::PublicKey}, seen);
}

Remedy write_old_key_back(const Observations& seen, const KeyFacts::Recovery& recovery) {
    Remedy remedy{
        .title = "Write the old key back",
        .explain = fmt::format("The device's own key can be had from {} ({}). It is proved by arithmetic{}", recovery.source, recovery.method,
                               what_it_means(seen, recovery)),
        .steps = {{.kind = StepKind::RecoverKey, .file = file_of(recovery, seen), .from = {.kind = FileKind::Dump}, .key = hex(recovery.public_fingerprint)},
                  write_device_key(seen, file_of(recovery, seen))},
        .warning = warning_of_table_write(seen.facts),
        .cost = Remedy::Cost::WritesOneSetting,
        .before = Remedy::Before::DfuMode,
        .turn = Remedy::Turn::Table};
    if (recovery.another_is_named) {
        remedy.title = "Write the other key of this dump, and register it if the cloud refuses it";
        remedy.explain =
            fmt::format("A whole key can be had from {} ({}). It is proved by arithmetic{}", recovery.source, recovery.method, what_it_means(seen, recovery));
    }
    if (is_known_to_be_unregistered(seen, recovery)) register_old_key(remedy, recovery, seen);
    return remedy;
}

Remedy make_new_key(const Observations& seen) {
    Remedy remedy{.title = std::string(new_key_title),
                  .explain = "Makes a key in the form that the firmware itself writes and puts it into the device." + without_power(seen),
                  .steps = {{.kind = StepKind::MakeKey, .file = {.kind = FileKind::NewKey}, .keys = key_set(seen).kind},
                            write_device_key(seen, {.kind = FileKind::NewKey})},
                  .warning = has_ec(seen) ? ""
                                          : "Do not use `particle keys doctor` or `particle keys new` for this: with OpenSSL 3 they write the key as PKCS#8, "
                                            "which this device cannot read.",
                  .cost = Remedy::Cost::LosesData,
                  .before = Remedy::Before::DfuMode,
                  .turn = Remedy::Turn::Table};
    add_registration(remedy, {.kind = FileKind::NewPublicKey}, seen);
    return remedy;
}

Remedy register_present_key(const Observations& seen) {
    Remedy remedy{.title = "Register the key that is in the device",
                  .explain = "Writes nothing to the device. Compare the fingerprint of its public key with the one on record, if that can be had.",
                  .steps = {{.kind = StepKind::ShowKeys, .from = {.kind = FileKind::Dump}},
                            {.kind = StepKind::ExportPublicKey, .file = {.kind = FileKind::PublicKey}, .from = {.kind = FileKind::Dump}}},
                  .turn = Remedy::Turn::Cloud};
    add_registration(remedy, {.kind = FileKind::PublicKey}, seen);
    return remedy;
}

Remedy write_server_key(const Observations& seen) {
    return {.title = "Write Particle's server key and address",
            .explain = "Both are public. `particle keys server` does the same.",
            .steps = {{.kind = StepKind::MakeServerKey, .file = {.kind = FileKind::ServerKey}, .keys = key_set(seen).kind},
                      write_field(seen, key_set(seen).server_key, {.kind = FileKind::ServerKey})},
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

namespace {

std::vector<Remedy> ways_of_damaged_key(const Situation& situation) {
    const auto& seen = situation.seen;
    const auto& recoveries = seen.keys.recoveries;
    std::vector<Remedy> list = {keep_keys()};
    if (seen.facts.dct.may_be_unread(seen.keys.device.at)) list.push_back(read_again());
    if (!recoveries.empty()) list.push_back(write_old_key_back(seen, recoveries.front()));
    if (seen.keys.device.usable) return list;  // no new key for a device that connects
    if (table_is_copied(seen.facts) && recoveries.empty()) return list.push_back(gone_with_own_key()), list;
    list.push_back(recoveries.empty() ? make_new_key(seen) : as_other_way(make_new_key(seen)));
    add_possible_key(list, seen);
    return list;
}

std::vector<Remedy> ways_of_erased_key(const Situation& situation) {
    auto list = ways_of_damaged_key(situation);
    const auto& predictions = situation.seen.handshake.predictions;
    if (predictions.empty() || !predictions.front().regenerates_key) return list;
    list.front().warning = !start_costs_old_key(situation.seen)
                               ? "At its next normal start the firmware makes a new key, which the cloud does not know."
                               : "Do not start the device normally before the old key is back: the firmware would make a new one and erase the copy that may "
                                 "still hold the old one.";
    return list;
}

std::vector<Remedy> ways_of_unprovisioned(const Situation&) { return {keep_dump("It shows the device as it was before it had a key.")}; }

constexpr std::string_view not_where_it_works =
    " Not where the device gets online as it is (its light breathes cyan): then its new key is on record, and this would cut it off.";

std::vector<Remedy> ways_of_regenerated(const Situation& situation) {
    const auto& seen = situation.seen;
    const auto& recoveries = situation.seen.keys.recoveries;
    const auto new_key = seen.keys.device.what == DeviceKeyClass::Erased ? register_key_after_loss(seen) : register_present_key(seen);
    if (recoveries.empty()) {
        std::vector<Remedy> list = {keep_keys(), new_key};
        add_possible_key(list, seen);
        return list;
    }
    auto old_key = write_old_key_back(seen, recoveries.front());
    if (seen.keys.device.usable) old_key.explain += not_where_it_works;
    if (!seen.keys.history.empty()) return {keep_keys(), new_key, as_other_way(std::move(old_key))};
    return {keep_keys(), std::move(old_key), as_other_way(new_key)};
}

/// One half alone heals nothing, so both are one remedy.
Remedy write_both_keys(const Observations& seen, const Remedy& server, const std::string& of_server) {
    auto both = write_old_key_back(seen, seen.keys.recoveries.front());
    both.title = "Write both keys to their own slots";
    both.explain += of_server;
    both.steps.insert(both.steps.end(), server.steps.begin(), server.steps.end());
    return both;
}

std::vector<Remedy> ways_of_swapped(const Situation& situation) {
    const auto& seen = situation.seen;
    const auto particle = write_server_key(seen);
    const std::string public_file = " The second file holds the server's key and address, which are public.";
    if (!has_private_server(seen)) {
        if (seen.keys.recoveries.empty()) return {keep_keys(), particle, make_new_key(seen)};
        return {keep_keys(), write_both_keys(seen, particle, public_file)};
    }
    const auto own = write_key_of_private_server(seen);
    auto back = back_to_particle(seen);
    if (seen.keys.recoveries.empty()) return {keep_keys(), own, back, make_new_key(seen)};
    const auto title = back.title;
    back = as_other_way(write_both_keys(seen, particle, public_file));
    back.title = title;
    return {keep_keys(), write_both_keys(seen, own, " The second file holds the key and address of the device's private server. " + own.explain), back};
}

std::vector<Remedy> ways_of_stale_cache(const Situation& situation) {
    if (situation.findings.has("private-key-halves-differ")) return ways_of_damaged_key(situation);
    std::vector<Remedy> list = {keep_keys(), register_present_key(situation.seen)};
    for (const auto& recovery : situation.seen.keys.recoveries) {
        if (!recovery.matches_cache) continue;
        list.push_back(as_other_way(write_old_key_back(situation.seen, recovery)));
        list.back().explain += not_where_it_works;
    }
    return list;
}

/// A server does not say which key it holds; the older one that this dump has is the likeliest.
Remedy write_likely_key_back(const Observations& seen) {
    const auto& recovery = seen.keys.recoveries.front();
    auto remedy = write_old_key_back(seen, recovery);
    remedy.explain = fmt::format(
        "Another key of this device can be had from {} ({}). It is the likeliest one to be on record: if it is, the cloud goes on with it, "
        "and nothing must be registered anew. Asked again with --live afterwards, the server tells.",
        recovery.source, recovery.method);
    return remedy;
}

/// The key on record first, where the dump still has it: it needs no login.
std::vector<Remedy> ways_of_another_on_record(const Situation& situation) {
    const auto& keys = situation.seen.keys;
    std::vector<Remedy> list = {keep_keys()};
    if (situation.seen.handshake.cloud_witness == CloudWitness::Server && !keys.recoveries.empty()) list.push_back(write_likely_key_back(situation.seen));
    for (const auto& recovery : keys.recoveries)
        if (recovery.matches_registered && list.size() == 1) list.push_back(write_old_key_back(situation.seen, recovery));
    // Written back and registered, the device's own key serves as well as a new one, and nobody else's record of it is lost.
    if (list.size() == 1 && !keys.device.usable && !keys.recoveries.empty()) list.push_back(write_old_key_back(situation.seen, keys.recoveries.front()));
    auto other = keys.device.usable ? register_present_key(situation.seen) : make_new_key(situation.seen);
    if (list.size() > 1) other.role = Remedy::Role::OtherWay;
    list.push_back(other);
    return list;
}

const RemedyRow device_rows[] = {
    {"private-key-and-server-key-swapped", ways_of_swapped},
    {"cloud-holds-another-key", ways_of_another_on_record},
    {"private-key-erased", ways_of_erased_key},
    {"private-key-zeroed", ways_of_damaged_key},
    {"private-key-truncated", ways_of_damaged_key},
    {"private-key-bit-flip", ways_of_damaged_key},
    {"private-key-mixed", ways_of_damaged_key},
    {"private-key-wrong-type", ways_of_damaged_key},
    {"private-key-wrong-size", ways_of_damaged_key},
    {"private-key-wrong-encoding", ways_of_damaged_key},
    {"private-key-der-length-wrong", ways_of_damaged_key},
    {"private-key-unreadable-by-firmware", ways_of_damaged_key},
    {"private-key-never-generated", ways_of_unprovisioned},
    {"private-key-regenerated", ways_of_regenerated},
    {"public-key-does-not-match-private-key", ways_of_stale_cache},
};

}  // namespace

std::span<const RemedyRow> key_remedies() { return device_rows; }

}  // namespace photopsy

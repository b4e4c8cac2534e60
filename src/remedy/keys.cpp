// Ways back to a key that the cloud knows, the least destructive first.
#include "base/hex.h"
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

RemedyStep write_field(const Observations& seen, std::string_view field, FileKind file) {
    const auto* at = seen.facts.layout->dct.field(field);
    return {.kind = StepKind::WriteTable, .file = {.kind = file}, .at = at ? at->offset : 0};
}

/// The set of keys that the firmware uses; where none is known, the first of the device.
const KeySet& key_set(const Observations& seen) {
    static const KeySet none;
    if (seen.facts.keys) return *seen.facts.keys;
    return seen.facts.layout->keys.empty() ? none : seen.facts.layout->keys.front();
}

bool has_ec(const Observations& seen) { return key_set(seen).kind == KeyKind::EcSlot; }

RemedyStep write_device_key(const Observations& seen, FileKind file) { return write_field(seen, key_set(seen).device_key, file); }

/// The session of a UDP device outlives a reset; it is bound to the keys with which it began.
std::string without_power(const Observations& seen) {
    return has_ec(seen) ? " Afterwards take its power away once (USB and battery), so that nothing of the old session is left." : "";
}

Remedy keep_keys() {
    return keep_dump("It is the only copy of what the device holds now, old keys included. Store it safely (it contains secrets) before anything is written.");
}

Remedy as_other_way(Remedy remedy) {
    remedy.role = Remedy::Role::OtherWay;
    return remedy;
}

}  // namespace

Remedy write_old_key_back(const Observations& seen, const KeyFacts::Recovery& recovery) {
    return {.title = "Write the old key back",
            .explain = fmt::format("The device's own key can be had from {} ({}). It is proved by arithmetic{}: the cloud goes on with the key it knows, and "
                                   "nothing must be registered anew.{}",
                                   recovery.source, recovery.method, recovery.matches_cache ? " and is the one named by the device's public-key cache" : "",
                                   without_power(seen)),
            .steps = {{.kind = StepKind::RecoverKey,
                       .file = {.kind = FileKind::DeviceKey},
                       .from = {.kind = FileKind::Dump},
                       .key = hex(recovery.public_fingerprint)},
                      write_device_key(seen, FileKind::DeviceKey)},
            .warning = seen.facts.dct.copies.empty() ? "" : "The write renews the whole table and erases its older copy.",
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

Remedy make_new_key(const Observations& seen) {
    return {.title = "Give the device a new key and register it",
            .explain =
                "Makes a key in the form that the firmware itself writes, puts it into the device and tells the cloud its public half. The device stays "
                "claimed if the cloud accepts it." +
                without_power(seen),
            .steps = {{.kind = StepKind::MakeKey, .file = {.kind = FileKind::NewKey}, .keys = key_set(seen).kind},
                      write_device_key(seen, FileKind::NewKey),
                      {.kind = StepKind::RegisterKey, .file = {.kind = FileKind::NewPublicKey}}},
            .warning = has_ec(seen) ? ""
                                    : "Do not use `particle keys doctor` or `particle keys new` for this: with OpenSSL 3 they write the key as PKCS#8, which "
                                      "this device cannot read.",
            .cost = Remedy::Cost::LosesData,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

Remedy register_present_key() {
    return {.title = "Register the key that is in the device",
            .explain =
                "Writes nothing to the device. Compare the fingerprint of its public key with the one on record first; if they differ, this makes the "
                "cloud accept the key.",
            .steps = {{.kind = StepKind::ShowKeys, .from = {.kind = FileKind::Dump}},
                      {.kind = StepKind::ExportPublicKey, .file = {.kind = FileKind::PublicKey}, .from = {.kind = FileKind::Dump}},
                      {.kind = StepKind::RegisterKey, .file = {.kind = FileKind::PublicKey}}},
            .turn = Remedy::Turn::Cloud};
}

Remedy write_server_key(const Observations& seen) {
    return {.title = "Write Particle's server key and address",
            .explain = "Both are public. `particle keys server` does the same.",
            .steps = {{.kind = StepKind::MakeServerKey, .file = {.kind = FileKind::ServerKey}, .keys = key_set(seen).kind},
                      write_field(seen, key_set(seen).server_key, FileKind::ServerKey)},
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

namespace {

std::vector<Remedy> ways_of_damaged_key(const Situation& situation) {
    const auto& seen = situation.seen;
    const auto& recoveries = seen.keys.recoveries;
    std::vector<Remedy> list = {keep_keys()};
    if (!recoveries.empty()) list.push_back(write_old_key_back(seen, recoveries.front()));
    if (seen.keys.device.usable) return list;  // no new key for a device that connects
    list.push_back(recoveries.empty() ? make_new_key(seen) : as_other_way(make_new_key(seen)));
    return list;
}

std::vector<Remedy> ways_of_erased_key(const Situation& situation) {
    auto list = ways_of_damaged_key(situation);
    const auto& predictions = situation.seen.handshake.predictions;
    if (!predictions.empty() && predictions.front().regenerates_key)
        list.front().warning =
            "Do not start the device normally before the old key is back: the firmware would make a new one and erase the copy that may still hold the old "
            "one.";
    return list;
}

std::vector<Remedy> ways_of_unprovisioned(const Situation&) { return {keep_keys()}; }

std::vector<Remedy> ways_of_regenerated(const Situation& situation) {
    const auto& recoveries = situation.seen.keys.recoveries;
    if (recoveries.empty()) return {keep_keys(), register_present_key()};
    return {keep_keys(), write_old_key_back(situation.seen, recoveries.front()), as_other_way(register_present_key())};
}

/// One half alone heals nothing, so both are one remedy.
std::vector<Remedy> ways_of_swapped(const Situation& situation) {
    const auto& seen = situation.seen;
    const auto server = write_server_key(seen);
    if (seen.keys.recoveries.empty()) return {keep_keys(), server, make_new_key(seen)};
    auto both = write_old_key_back(seen, seen.keys.recoveries.front());
    both.title = "Write both keys to their own slots";
    both.explain += " The second file holds the server's key and address, which are public.";
    both.steps.insert(both.steps.end(), server.steps.begin(), server.steps.end());
    return {keep_keys(), both};
}

std::vector<Remedy> ways_of_stale_cache(const Situation& situation) {
    if (situation.findings.has("private-key-halves-differ")) return ways_of_damaged_key(situation);
    return {keep_keys(), register_present_key()};
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
    auto other = keys.device.usable ? register_present_key() : make_new_key(situation.seen);
    if (list.size() > 1) other.role = Remedy::Role::OtherWay;
    list.push_back(other);
    return list;
}

bool has_private_server(const Observations& seen) {
    const auto& address = seen.keys.address;
    return !address.particle && (address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip);
}

/// Particle's published key would not do: no private server holds it.
Remedy write_own_server_key() {
    return {.title = "Write the key of your own server",
            .explain =
                "The address in the device names a private server, and Particle's key does not go with it. Ask whoever runs that server for its public "
                "key file; `particle keys server` with that file and `--host` writes it together with the address. The address that is there now is "
                "shown by photopsy with --show-ids.",
            .warning = "The write renews the whole table and erases its older copy.",
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

Remedy back_to_particle(const Observations& seen) {
    auto remedy = as_other_way(write_server_key(seen));
    remedy.title = "Or send the device back to Particle's cloud";
    return remedy;
}

std::vector<Remedy> ways_of_server_key(const Situation& situation) {
    if (has_private_server(situation.seen)) return {keep_keys(), write_own_server_key(), back_to_particle(situation.seen)};
    return {keep_keys(), write_server_key(situation.seen)};
}

/// Nothing in the flash is broken where only the port is unusual.
Remedy write_device_port() {
    return {.title = "Ask which port that server has for devices, and write it",
            .explain =
                "Whoever runs the server knows it; most serve devices at 5683. `particle keys server` with the server's public key file, `--host` and "
                "`--port` writes key and address together.",
            .warning = "The write renews the whole table and erases its older copy.",
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

std::vector<Remedy> ways_of_address(const Situation& situation) {
    if (!situation.findings.has("server-address-wrong")) return {keep_keys(), write_device_port()};
    return {keep_keys(), write_server_key(situation.seen)};
}

std::vector<Remedy> ways_of_foreign_server_key(const Situation& situation) {
    auto list = ways_of_server_key(situation);
    if (has_private_server(situation.seen)) return list;
    list.back().explain += " If the device belongs to a private server, write that server's address instead (particle keys server FILE --host ADDRESS).";
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

const RemedyRow server_rows[] = {
    {"server-key-erased", ways_of_server_key},     {"server-key-corrupted", ways_of_server_key},
    {"server-key-truncated", ways_of_server_key},  {"server-key-of-other-server", ways_of_foreign_server_key},
    {"server-key-wrong-type", ways_of_server_key}, {"server-address-invalid", ways_of_address},
};

}  // namespace

std::span<const RemedyRow> key_remedies() { return device_rows; }
std::span<const RemedyRow> server_remedies() { return server_rows; }

}  // namespace photopsy

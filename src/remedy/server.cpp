// The server's key and address: Particle's, or those of the owner's own server.
#include "handshake/ec_key.h"
#include "handshake/own_server.h"
#include "handshake/public_key.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <string_view>

namespace photopsy {

static bool is_published(const Observations& seen, const Sha256& fingerprint) {
    const bool ec = seen.facts.keys && seen.facts.keys->kind == KeyKind::EcSlot;
    return fingerprint == sha256(ec ? published_ec_server_key() : published_server_key());
}

bool holds_whole_key_in_other_form(const Observations& seen) {
    const auto& key = seen.keys.server;
    if (key.what == ServerKeyClass::ValidOther) return key.uses_builtin;
    return key.what == ServerKeyClass::WrongType && key.fingerprint.has_value();
}

bool address_must_be_named(const Observations& seen) {
    const auto& address = seen.keys.address;
    if (address_is_in_other_copy(seen.keys)) return false;
    if (seen.keys.server_in_other_copy && (address.particle || address.of_particle)) return true;
    return address.unreachable || (address.kind != ServerAddress::Kind::Domain && address.kind != ServerAddress::Kind::Ip);
}

static bool holds_own_key_in_other_form(const Observations& seen) {
    const auto& key = seen.keys.server;
    return key.what == ServerKeyClass::WrongType && key.fingerprint && !is_published(seen, *key.fingerprint);
}

bool has_private_server(const Observations& seen) {
    if (seen.keys.server_in_other_copy) return true;
    const auto& address = seen.keys.address;
    // The text of a key in another form has overwritten the address; beside Particle's whole one it is another server's.
    if (holds_own_key_in_other_form(seen)) return !address.particle || address.falls_back;
    if (address.particle || (address.kind != ServerAddress::Kind::Domain && address.kind != ServerAddress::Kind::Ip)) return false;
    if (seen.keys.server.what == ServerKeyClass::Erased && is_own_computer(address)) return true;
    return !address.unreachable || seen.keys.server.what == ServerKeyClass::ValidOther;
}

/// A name that is not Particle's with some letters changed, though it may lead nowhere.
static bool has_name_of_another(const ServerAddress& address) {
    return address.kind == ServerAddress::Kind::Domain && !address.particle && !address.of_particle && !address.damaged;
}

bool belongs_to_private_server(const Observations& seen) {
    return has_private_server(seen) || seen.keys.server.what == ServerKeyClass::ValidOther || seen.keys.server.damaged_other ||
           holds_own_key_in_other_form(seen) || has_name_of_another(seen.keys.address);
}

namespace {

/// Particle's published key would not do: no private server holds it.
Remedy write_own_server_key(const Observations& seen) {
    const std::string_view ask =
        seen.handshake.server_key_source == ServerKeySource::Given
            ? "Its public key is the file that was given with --server-public-key; where the line says my-server.pub.pem, put that file's name there."
            : "Ask whoever runs that server for its public key file (here: my-server.pub.pem).";
    const bool to_be_named = address_must_be_named(seen);
    return {.title = "Write the key of your own server",
            .explain = to_be_named
                           ? fmt::format("The device goes to a private server. {} In the place of YOUR_SERVER put that server's name or IP address.", ask)
                           : fmt::format("The address in the device names a private server, and Particle's key does not go with it. {} The address in "
                                         "this dump goes with it; photopsy shows it with --show-ids.",
                                         ask),
            .steps = {{.kind = StepKind::MakeOwnServerKey,
                       .file = {.kind = FileKind::ServerKey},
                       .from = {.kind = FileKind::OwnServerKey},
                       .host = to_be_named ? RemedyStep::Host::ToBeNamed : RemedyStep::Host::InDump},
                      write_field(seen, key_set(seen).server_key, {.kind = FileKind::ServerKey})},
            .warning = warning_of_table_write(seen.facts),
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

/// The right key in a form that the firmware does not read. As text it is longer than the slot: the address behind it is overwritten.
Remedy write_in_right_form(const Observations& seen) {
    const bool address_lost = address_must_be_named(seen), first_byte_lost = seen.keys.server.what == ServerKeyClass::ValidOther;
    return {.title = "Write the same key in the form that the firmware reads",
            .explain = fmt::format(
                "The key in the slot is whole, only its {} is wrong.{}", first_byte_lost ? "beginning" : "form",
                first_byte_lost && address_lost ? " The address leads to no server: in the place of YOUR_SERVER put the name or IP address of your server."
                : address_lost && seen.keys.server.by_text_transfer
                    ? " The transfer has changed the address behind it as well: in the place of YOUR_SERVER put the name or IP address of your server."
                : address_lost ? " Its text has overwritten the address: in the place of YOUR_SERVER put the name or IP address of your server."
                               : " The address stays as it is."),
            .steps = {{.kind = StepKind::MakeOwnServerKey,
                       .file = {.kind = FileKind::ServerKey},
                       .from = {.kind = FileKind::Dump},
                       .host = address_lost ? RemedyStep::Host::ToBeNamed : RemedyStep::Host::InDump},
                      write_field(seen, key_set(seen).server_key, {.kind = FileKind::ServerKey})},
            .warning = warning_of_table_write(seen.facts),
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

struct FoundServerWords {
    std::string_view title, explain;
};
FoundServerWords words_of_found_server(const Observations& seen) {
    if (seen.facts.dct.would_reinitialize)
        return {"Write the server's key and address back, which are still in this dump",
                "What is left of the lost table holds a whole key with the whole address of a private server: both are written back, as they stand there."};
    if (server_key_is_in_device_slot(seen.keys))
        return {"Write the server's key back to its own slot", "The key of a private server stands in the slot of the device key. The address stays as it is."};
    if (address_is_in_other_copy(seen.keys))
        return {"Write the server's key and address back from the older copy of the table",
                "The older copy still holds a whole key with the whole address of a private server: both are written back, as they stand there."};
    return {"Write the server's key back from the older copy of the table",
            "The older copy still holds a whole key, with the same address: it goes to the same private server. The address stays as it is."};
}

/// Another place of the dump still has the key that goes with this address, or both.
Remedy write_older_server_key(const Observations& seen) {
    const auto words = words_of_found_server(seen);
    return {.title = std::string(words.title),
            .explain = std::string(words.explain),
            .steps = {{.kind = StepKind::MakeOwnServerKey,
                       .file = {.kind = FileKind::ServerKey},
                       .from = {.kind = FileKind::Dump},
                       .host = RemedyStep::Host::InDump},
                      write_field(seen, key_set(seen).server_key, {.kind = FileKind::ServerKey})},
            .warning = warning_of_table_write(seen.facts),
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

/// The copy of the table from before still has the address that goes with this key.
Remedy write_older_server_address(const Observations& seen) {
    auto remedy = write_older_server_key(seen);
    remedy.title = "Write the server's address back from the older copy of the table";
    remedy.explain = "The older copy still holds the whole address of a private server, with the same key: it is written back. The key stays as it is.";
    if (address_may_be_meant(seen.keys)) remedy.explain += " If the address was changed on purpose, leave it.";
    return remedy;
}

/// The key is a private server's already; only the address leads nowhere.
Remedy write_own_address(const Observations& seen) {
    const bool found = seen.keys.server_in_other_copy.has_value();
    return {.title = found ? "Write the key of your own server back, with its address" : "Write the address of your own server",
            .explain = fmt::format("The key of a private server is in the {}. In the place of YOUR_SERVER put the name or IP address of your server, as the "
                                   "device's network knows it.",
                                   found ? "dump and is written back, but no whole address of it" : "device and stays"),
            .steps = {{.kind = StepKind::MakeOwnServerKey,
                       .file = {.kind = FileKind::ServerKey},
                       .from = {.kind = FileKind::Dump},
                       .host = RemedyStep::Host::ToBeNamed},
                      write_field(seen, key_set(seen).server_key, {.kind = FileKind::ServerKey})},
            .warning = warning_of_table_write(seen.facts),
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

constexpr std::string_view if_private =
    " If the device belongs to a private server, write that server's key and address instead (particle keys server FILE --host ADDRESS).";

/// An address that nobody has, written where the key is erased: whose the device was, the slot does not tell at all.
bool tells_of_no_server(const Observations& seen) {
    const auto& address = seen.keys.address;
    return seen.keys.server.what == ServerKeyClass::Erased && address.kind == ServerAddress::Kind::Ip && address.unreachable && !address.damaged;
}

Remedy write_own_server_key_instead(const Observations& seen) {
    auto remedy = as_other_way(write_own_server_key(seen));
    remedy.title = "Or write the key and address of your own server";
    remedy.explain =
        "If the device belongs to a private server: ask whoever runs it for its public key file (here: my-server.pub.pem), and put its name or IP address in "
        "the "
        "place of YOUR_SERVER.";
    return remedy;
}

/// Neither key nor address tells whose the device is where the key is none of the two and the address one that nobody has.
Remedy write_server_key_unless_private(const Observations& seen) {
    auto remedy = write_server_key(seen);
    const auto& key = seen.keys.server;
    const auto& address = seen.keys.address;
    const bool particle_key = key.what == ServerKeyClass::Published || key.harmless_damage;
    const auto is_under = [&](Address at, std::uint32_t reach) { return reach > 0 && range_of(at, reach).overlaps(address.at); };
    const bool overwritten = is_under(key.at.begin, key.reach) || is_under(seen.keys.device.at.begin, seen.keys.device.reach) ||
                             key.what == ServerKeyClass::DeviceKeyInSlot || key.what == ServerKeyClass::WrongType;
    if (key.damaged_other || holds_own_key_in_other_form(seen) ||
        (!particle_key && !tells_of_no_server(seen) &&
         ((address.unreachable && !address.damaged) || (overwritten && !address.particle) || (overwritten && address.falls_back))))
        remedy.explain += if_private;
    return remedy;
}

}  // namespace

Remedy write_key_of_private_server(const Observations& seen) {
    if (seen.keys.server_in_other_copy) return address_must_be_named(seen) ? write_own_address(seen) : write_older_server_key(seen);
    return holds_whole_key_in_other_form(seen) ? write_in_right_form(seen) : write_own_server_key(seen);
}

Remedy back_to_particle(const Observations& seen) {
    auto remedy = as_other_way(write_server_key(seen));
    remedy.title = "Or send the device back to Particle's cloud";
    return remedy;
}

namespace {

/// What stands in front of every write to the place of the server's key and address.
std::vector<Remedy> kept_and_sure(const Observations& seen) {
    const auto unread = [&](Range at) { return seen.facts.dct.may_be_unread(at); };
    if (unread(seen.keys.server.at) || unread(seen.keys.address.at)) return {keep_keys(), read_again()};
    return {keep_keys()};
}

std::vector<Remedy> ways_of_server_key(const Situation& situation) {
    const auto& seen = situation.seen;
    auto list = kept_and_sure(seen);
    const auto& address = seen.keys.address;
    const bool lost_its_own = seen.keys.server.damaged_other || (has_name_of_another(address) && seen.keys.server.what != ServerKeyClass::ValidOther);
    if (!has_private_server(seen) && lost_its_own && (!address.particle || address.falls_back)) {
        list.push_back(write_own_server_key(seen));
        list.push_back(back_to_particle(seen));
        return list;
    }
    if (!has_private_server(seen)) {
        list.push_back(write_server_key_unless_private(seen));
        if (tells_of_no_server(seen) || seen.keys.server.damaged_other) list.push_back(write_own_server_key_instead(seen));
        return list;
    }
    list.push_back(write_key_of_private_server(seen));
    list.push_back(back_to_particle(seen));
    return list;
}

/// Nothing in the flash is broken where only the port is unusual.
std::vector<Remedy> ways_of_address(const Situation& situation) {
    const auto& seen = situation.seen;
    const auto& findings = situation.findings;
    const bool wrong = findings.has("server-address-wrong");
    if (!wrong && findings.has("server-port-ignored")) return {keep_keys(), let_server_listen(seen)};
    if (!wrong && findings.has("server-port-of-other-service")) return {keep_keys(), write_usual_port(seen)};
    if (!has_private_server(seen)) return ways_of_server_key(situation);
    if (seen.keys.server.what != ServerKeyClass::ValidOther) return ways_of_server_key(situation);
    if (address_is_in_other_copy(seen.keys)) return {keep_keys(), write_older_server_address(seen), back_to_particle(seen)};
    return {keep_keys(), write_own_address(seen), back_to_particle(seen)};
}

/// Key and address are Particle's already: another server answers under the name.
bool is_set_up_for_particle(const Observations& seen) {
    const auto& address = seen.keys.address;
    return (seen.keys.server.what == ServerKeyClass::Published || seen.keys.server.uses_builtin) && (address.particle || address.falls_back);
}

std::vector<Remedy> ways_of_foreign_server_key(const Situation& situation) {
    if (is_set_up_for_particle(situation.seen))
        return {keep_keys(),
                {.title = "Look for what answers under the server's name",
                 .explain = "The device holds Particle's key and address already: there is nothing to write. Another server answers in that network (DNS, a "
                            "proxy, a firewall); try a phone's hotspot.",
                 .turn = Remedy::Turn::Cloud}};
    auto list = ways_of_server_key(situation);
    if (has_private_server(situation.seen) || situation.seen.keys.address.unreachable) return list;
    list.back().explain += " If the device belongs to a private server, write that server's address instead (particle keys server FILE --host ADDRESS).";
    return list;
}

const RemedyRow server_rows[] = {
    {"server-key-erased", ways_of_server_key},     {"server-key-corrupted", ways_of_server_key},
    {"server-key-truncated", ways_of_server_key},  {"server-key-of-other-server", ways_of_foreign_server_key},
    {"server-key-wrong-type", ways_of_server_key}, {"server-address-invalid", ways_of_address},
};

}  // namespace

std::span<const RemedyRow> server_remedies() { return server_rows; }

}  // namespace photopsy

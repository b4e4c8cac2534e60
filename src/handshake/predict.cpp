#include "handshake/handshake.h"
#include "handshake/judge.h"
#include "handshake/keys.h"
#include "handshake/kinds.h"
#include "handshake/live.h"
#include "handshake/own_server.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"
#include "handshake/walk.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t server_field_size = 768;
constexpr std::size_t server_bytes_needed = server_address_at + 128;

HandshakeInput with_settings(const Facts& facts, const KeyFacts& keys, ByteView registered_spki, ByteView server_spki) {
    HandshakeInput input{.generation = facts.system.handshake, .led = facts.system.led};
    input.registered_spki = registered_spki.empty() ? ByteView(keys.registered_spki) : registered_spki;
    input.registered_key_known = !input.registered_spki.empty();
    input.server_spki = server_spki;
    const auto& sets = facts.layout->keys;
    input.light_ssl_codes = std::any_of(sets.begin(), sets.end(), [](const KeySet& set) { return set.transport == Transport::Dtls; });
    input.device_makes_keys = !facts.keys || facts.keys->made_by_device;
    return input;
}

/// Without a usable radio nothing is ever sent: the connection fails under either policy.
void without_network(std::string_view why, HandshakeOutcome& outcome) {
    outcome.unknown.clear();
    outcome.predictions.clear();
    for (const auto policy : {ServerPolicy::ComparesPresentedKey, ServerPolicy::UsesStoredKey})
        outcome.predictions.push_back({.policy = policy, .step = Step::Connect, .led = "never cyan: the radio does not start", .explain = std::string(why)});
}

bool end_alike(const HandshakeOutcome& a, const HandshakeOutcome& b) {
    return std::equal(a.predictions.begin(), a.predictions.end(), b.predictions.begin(), b.predictions.end(),
                      [](const Prediction& one, const Prediction& other) { return one.step == other.step; });
}

/// Where the release is not known, every one that it can be is asked. Their codes may differ, the steps may not.
HandshakeOutcome simulate_possible(HandshakeInput input, const InstalledSystem& system) {
    const auto outcome = simulate_handshake(input);
    if (!system.earliest_handshake) return outcome;
    for (const auto generation : {HandshakeGeneration::V0_4_7, HandshakeGeneration::V0_6_2}) {
        if (generation < *system.earliest_handshake || generation >= system.handshake) continue;
        input.generation = generation;
        if (!end_alike(simulate_handshake(input), outcome))
            return {.unknown = "how the handshake ends depends on the release of the firmware, which this dump does not tell"};
    }
    return outcome;
}

/// The colour of a burst, and whether there is one, is a matter of the version.
HandshakeOutcome without_version(HandshakeOutcome outcome) {
    for (auto& prediction : outcome.predictions)
        if (prediction.step != Step::Done && prediction.step != Step::Connect)
            prediction.led = "fast blinking cyan with one burst, whose colour depends on the Device OS version (not in the file)";
    return outcome;
}

HandshakeOutcome simulated(const Facts& facts, const HandshakeInput& input) {
    auto outcome = simulate_possible(input, facts.system);
    const bool of_one_piece = facts.layout->boot == BootKind::Monolithic && !facts.system.version_from.empty();
    return facts.system.system_version || of_one_piece ? outcome : without_version(std::move(outcome));
}

/// The server's address as a number, where it is one.
std::optional<std::uint32_t> number_of(const ServerAddress& address) {
    const bool named = address.kind == ServerAddress::Kind::Ip || address.kind == ServerAddress::Kind::Domain;
    return named ? number_in_name(address.host) : std::nullopt;
}

/// The test of the internet, which is made after a connection that failed, fails as well: the count of it is two (dct-keys 4.3).
std::string led_without_internet(LedGeneration generation) {
    auto led = led_of(Step::Connect, generation);
    constexpr std::string_view either = "2 or 3 ", one = "2 ";
    if (const auto at = led.find(either); at != std::string::npos) led.replace(at, either.size(), one);
    return led;
}

/// A fixed address without a way out reaches neighbours at most; names need a server that is asked, too.
void judge_fixed_address(const Facts& facts, const KeyFacts& keys, HandshakeOutcome& outcome) {
    const auto& ip = facts.settings.ip;
    if (asks_for_name_in_vain(keys.address, ip) && !facts.dct.would_reinitialize && !outcome.fails() && outcome.unknown.empty()) {
        outcome.predictions.clear();
        outcome.unknown = "the device knows its server by a name, and its fixed IP settings name nobody who tells it the address";
    }
    if (!ip.leads_nowhere() || facts.dct.would_reinitialize) return;
    if (is_neighbour(keys.address, ip)) return;
    for (auto& row : outcome.predictions) {
        row = {.policy = row.policy, .step = Step::Connect, .led = led_without_internet(facts.system.led)};
        row.explain = "the fixed IP address that is set leads nowhere: without a gateway in its own network the device reaches no server";
    }
}

/// What the radio makes impossible, whatever the keys are.
void judge_radio(const Facts& facts, HandshakeOutcome& outcome) {
    switch (radio_use(facts)) {
        case RadioUse::Damaged:
            return without_network("the firmware of the Wi-Fi chip inside system part 1 is damaged, so the device reaches no network", outcome);
        case RadioUse::NotUnpacked:
            return without_network("system part 1 holds the Wi-Fi firmware packed and this system part 2 cannot unpack it, so the device reaches no network",
                                   outcome);
        case RadioUse::Unknown:
        case RadioUse::Usable:
            break;
    }
}

/// What a server's answer tells about the key on record. One that hangs up is a witness only where nothing in the dump itself makes it hang up.
struct Witness {
    bool heard = false, sure = false, holds_slots_key = true;
};

Witness witness_of(const KeyFacts& keys, const std::optional<LiveAnswer>& live, const HandshakeOutcome& by_dump) {
    if (!live) return {};
    switch (proof_of(*live)) {
        case LiveProof::Accepted:
            return {.heard = true, .sure = true};
        case LiveProof::AnotherKeyOnRecord:
            return {.heard = keys.device.usable, .sure = true, .holds_slots_key = false};
        case LiveProof::Refuses:
        case LiveProof::RefusesOrCannotRead:
            return {.heard = keys.device.usable && !by_dump.fails(), .sure = false, .holds_slots_key = false};
        default:
            return {};
    }
}

void note_cloud(const KeyFacts& keys, ByteView registered_spki, Witness witness, HandshakeOutcome& outcome) {
    const auto registered = parse_public_key(registered_spki);
    if (registered) {
        outcome.cloud_witness = CloudWitness::Owner;
        const auto belonging = parse_public_key(keys.device.public_spki);
        outcome.cloud_holds_slots_key = !belonging || (belonging->modulus == registered->modulus && belonging->exponent == registered->exponent);
        outcome.registered_fingerprint = fingerprint_of(registered_spki);
    } else if (witness.heard) {
        outcome.cloud_witness = CloudWitness::Server;
        outcome.witness_is_sure = witness.sure;
        outcome.cloud_holds_slots_key = witness.holds_slots_key;
    }
}

HandshakeOutcome predict_from_slots(const Image& image, const Facts& facts, const KeyFacts& keys, HandshakeInput input) {
    const std::vector<std::uint8_t> erased(server_field_size, 0xFF);
    if (facts.dct.would_reinitialize) {  // the firmware writes defaults before it reads a key: both slots erased
        input.device_slot = input.server_slot = erased;
        return simulated(facts, input);
    }
    if (auto why = why_slots_tell_nothing(facts, keys); !why.empty()) return {.unknown = std::move(why)};
    input.device_slot = image.bytes(keys.device.at);
    const Range wanted = range_of(keys.server.at.begin, static_cast<std::uint32_t>(server_bytes_needed));
    input.server_slot = image.has(wanted) ? image.bytes(wanted) : image.bytes(keys.server.at);
    return simulated(facts, input);
}

}  // namespace

bool asks_for_name_in_vain(const ServerAddress& server, const StaticIp& ip) {
    const bool by_name = (server.kind == ServerAddress::Kind::Domain && !number_in_name(server.host)) || server.falls_back;
    return ip.on && ip.is_read && !ip.reaches_no_gateway() && ip.asks_nobody_for_names && by_name && !server.unreachable;
}

bool is_neighbour(const ServerAddress& server, const StaticIp& ip) {
    const auto number = number_of(server);
    if (number) return ip.in_subnet(*number);
    return server.kind == ServerAddress::Kind::Domain && !server.of_particle && ip.asks_neighbour_for_names;
}

HandshakeOutcome predict_tcp(const ConnectionScene& scene) {
    const auto& [image, facts, keys, registered_spki, server_spki, live] = scene;
    if (program_in_system_place(facts.modules, *facts.layout))
        return {.unknown = "a program of its own runs in place of the system: whether and how it connects is not known"};
    // The server that was given is not the one which the device reaches where its address is lost.
    const bool strays = address_is_in_other_copy(keys) && keys.address.falls_back;
    auto input = with_settings(facts, keys, registered_spki, strays ? ByteView() : server_spki);
    // A server that signed with the key of the server slot is the one that the device was set up for, whatever its address.
    const bool has_slots_key = live && live->known.asked_another && server_spki.empty() && (live->signed_by_server || proof_of(*live) == LiveProof::Accepted);
    if (has_slots_key) input.server_spki = image.bytes(keys.server.at);
    auto outcome = predict_from_slots(image, facts, keys, input);
    const auto witness = witness_of(keys, live, outcome);
    if (registered_spki.empty() && witness.heard && !witness.holds_slots_key) {
        input.registered_key_known = false;
        outcome = predict_from_slots(image, facts, keys, input);
    }
    note_cloud(keys, registered_spki, witness, outcome);
    end_at_lost_address(keys, facts.system.led, outcome);
    judge_fixed_address(facts, keys, outcome);
    leave_open_without_key(facts, keys, input.registered_spki, outcome);
    outcome.live = live;
    leave_open_at_other_address(facts, keys.address, server_spki, outcome);
    judge_radio(facts, outcome);
    return outcome;
}

}  // namespace photopsy

#include "handshake/dtls.h"
#include "handshake/judge.h"
#include "handshake/own_server.h"

namespace photopsy {

namespace {

std::optional<EcPoint> given_or(ByteView given, ByteView otherwise) { return parse_ec_spki(given.empty() ? otherwise : given); }

/// What the owner says of the cloud's record.
void note_owner(const KeyFacts& keys, ByteView registered_spki, HandshakeOutcome& outcome) {
    const auto registered = parse_ec_spki(registered_spki);
    if (!registered) return;
    outcome.cloud_witness = CloudWitness::Owner;
    const auto belonging = parse_ec_spki(keys.device.public_spki);
    outcome.cloud_holds_slots_key = !belonging || belonging == registered;
    outcome.registered_fingerprint = fingerprint_of(registered_spki);
}

HandshakeOutcome from_slots(const ConnectionScene& scene, DtlsInput input) {
    const auto& [image, facts, keys, registered_spki, server_spki, live] = scene;
    if (facts.dct.would_reinitialize) return simulate_dtls(input);  // a blank table: all slots erased
    if (auto why = why_slots_tell_nothing(facts, keys); !why.empty()) return {.unknown = std::move(why)};
    input.device_slot = image.leading(range_of(keys.device.at.begin, ec_device_reach));
    input.server_slot = image.leading(range_of(keys.server.at.begin, ec_server_reach));
    input.address = image.leading(keys.address.at);
    return simulate_dtls(input);
}

}  // namespace

HandshakeOutcome predict_dtls(const ConnectionScene& scene) {
    const auto& facts = scene.facts;
    if (program_in_system_place(facts.modules, *facts.layout))
        return {.unknown = "a program of its own runs in place of the system: whether and how it connects is not known"};
    DtlsInput input{.rules = dtls_rules(facts.system), .led = facts.system.led};
    input.registered = given_or(scene.registered_spki, scene.keys.registered_spki);
    input.server = parse_ec_spki(scene.server_spki);
    auto outcome = from_slots(scene, input);
    end_at_lost_address(scene.keys, facts.system.led, outcome);
    leave_open_without_key(facts, scene.keys, scene.registered_spki, outcome);
    note_owner(scene.keys, scene.registered_spki, outcome);
    leave_open_at_other_address(facts, scene.keys.address, scene.server_spki, outcome);
    return outcome;
}

}  // namespace photopsy

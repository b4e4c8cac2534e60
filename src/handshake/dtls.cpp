#include "handshake/dtls.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

// module_version of the system parts (system/system-versions.md@v2.3.1).
constexpr std::uint16_t version_0_6_1 = 103, version_0_7_0 = 200, version_0_9_0 = 400, version_1_0_0 = 1000, version_1_1_0 = 1100, version_1_4_1 = 1403,
                        version_1_5_0 = 1500;

/// What the device takes out of its slots, and whom it talks to.
struct DtlsSides {
    bool regenerates = false, uses_builtin = false;
    EcWalk device;
    std::optional<EcPoint> own;  ///< d·G
    std::optional<EcPoint> server_key;
    DecodedAddress address;
    ServerKeySource source = ServerKeySource::Assumed;
    bool server_has_key = false;  ///< the server can sign for the key that the device holds
};

std::optional<EcPoint> published_ec_point() { return parse_ec_spki(published_ec_server_key()); }

void decide_dtls_server(const DtlsInput& input, DtlsSides& sides) {
    if (input.server) {
        sides.source = ServerKeySource::Given;
        sides.server_has_key = sides.server_key == input.server;
        return;
    }
    const bool is_published = sides.server_key && sides.server_key == published_ec_point();
    if (sides.address.particle || sides.address.of_particle) {
        sides.source = sides.uses_builtin ? ServerKeySource::BuiltIn : ServerKeySource::Published;
        sides.server_has_key = is_published;
        return;
    }
    sides.source = ServerKeySource::Assumed;  // a private server: it is taken to hold the key of the slot, which Particle's it cannot be
    sides.server_has_key = sides.server_key && !is_published;
}

DtlsSides take_dtls_sides(const DtlsInput& input) {
    DtlsSides sides;
    sides.regenerates = input.device_slot.empty() || input.device_slot[0] == 0xFF;
    sides.device = walk_ec_key(input.device_slot, input.rules.parser);
    if (sides.device.accepted) sides.own = point_of(sides.device.d);
    sides.uses_builtin = input.rules.builtin_server_key && (input.server_slot.empty() || input.server_slot[0] == 0xFF);
    sides.server_key = sides.uses_builtin ? published_ec_point() : walk_ec_server_key(input.server_slot);
    sides.address = decode_udp_address(input.address, input.rules.address);
    if (!sides.uses_builtin && sides.server_key && *sides.server_key != *published_ec_point()) take_as_meant(sides.address, udp_host);
    decide_dtls_server(input, sides);
    return sides;
}

Prediction ended(Prediction prediction, Step step, std::optional<int> code, std::string explain) {
    prediction.step = step;
    prediction.code = code;
    prediction.explain = std::move(explain);
    return prediction;
}

std::string unreadable_words(const DtlsSides& sides, const DtlsRules& rules) {
    return fmt::format("the firmware cannot read its private key ({}), and {}", sides.device.refusal,
                       rules.crashes_without_key ? "goes on with a connection that was never set up: most likely it crashes at each attempt"
                                                 : "its connection is never set up: what then happens is undefined");
}

/// An address that can be connected to, at which nobody answers: over UDP that shows only in the handshake. Else a name that is looked up in vain, or none.
bool is_silent(const DecodedAddress& address) {
    const bool other_port = address.of_particle && address.port != udp_port;
    return address.unreachable && (address.kind == DecodedAddress::Kind::Ip || other_port);
}

/// The steps before anything depends on what the cloud has on record. Done where it gets that far.
Prediction before_finish(const DtlsInput& input, const DtlsSides& sides) {
    const Prediction start{.transport = Transport::Dtls, .regenerates_key = sides.regenerates, .uses_builtin_server_key = sides.uses_builtin};
    const bool silent = is_silent(sides.address);
    if (sides.address.unreachable && !silent) return ended(start, Step::Connect, {}, sides.address.detail);
    if (!sides.regenerates && !sides.device.accepted) return ended(start, Step::DtlsDeviceKey, {}, unreadable_words(sides, input.rules));
    if (!sides.server_key)
        return ended(start, Step::DtlsServerKey, input.rules.server_key_code, "the firmware refuses what stands in the server key slot, and no packet is sent");
    if (silent)
        return ended(start, Step::DtlsNoAnswer, input.rules.failure_code,
                     fmt::format("{}; the device learns that after {} seconds without an answer", sides.address.detail, input.rules.patience));
    if (!sides.server_has_key)
        return ended(start, Step::DtlsVerifyServer, input.rules.failure_code,
                     "the server's signature does not fit the server key in the device: that key is not the server's");
    return ended(start, Step::Done, 0, "both keys fit");
}

/// The server looks at the device's key and signature.
Prediction finish(const DtlsInput& input, const DtlsSides& sides, Prediction prediction) {
    const auto refused = [&](std::string why) {
        return ended(prediction, Step::DtlsFinish, input.rules.failure_code,
                     fmt::format("{}; the device learns that at once or, where the server stays silent, after {} seconds", why, input.rules.patience));
    };
    if (sides.regenerates) return refused("the firmware makes a new key, and the cloud, which knows the old one, refuses the device");
    if (!input.registered) return refused("the cloud holds another key than the one in the slot, and refuses the device");
    const bool compares = prediction.policy == ServerPolicy::ComparesPresentedKey;
    if (compares && sides.device.presented != input.registered)
        return refused("the public key that the device presents is not the one the cloud has on record");
    if (sides.own != input.registered)
        return refused(sides.device.presented == input.registered ? "the device presents the right public key, but its private number does not sign for it"
                                                                  : "the device signs with a key that the cloud does not have on record");
    return prediction;
}

std::string dtls_led(const Prediction& prediction, const DtlsInput& input) {
    const bool blinks = input.led == LedGeneration::AllRed;
    const std::string later = blinks ? ", then 2 or 3 orange blinks" : "";
    const std::string first = prediction.regenerates_key ? "blinking white while it makes the key, then " : "";
    switch (prediction.step) {
        case Step::Done:
            return "breathing cyan";
        case Step::Connect:
            return first + "blinking cyan, then 2 or 3 orange blinks, without a burst";
        case Step::DtlsDeviceKey:
            return "red: most likely SOS with 1 blink (a crash) at each attempt to connect, else one red burst";
        case Step::DtlsNoAnswer:
            return fmt::format("{}fast blinking cyan, one red burst after {} seconds{}", first, input.rules.patience, later);
        case Step::DtlsFinish:
            return fmt::format("{}fast blinking cyan, one red burst at once or after {} seconds{}", first, input.rules.patience, later);
        default:
            return fmt::format("{}fast blinking cyan, one red burst at once{}", first, later);
    }
}

}  // namespace

DtlsRules dtls_rules(const InstalledSystem& system) {
    DtlsRules rules;
    if (!system.system_version) return rules;
    const auto version = *system.system_version;
    rules.parser = version < version_1_1_0 ? EcParser::WantsPublicHalf : EcParser::ComputesPublicHalf;
    if (version < version_0_6_1) rules.server_key_code = rules.failure_code = 2;
    rules.builtin_server_key = rules.address.falls_back = rules.crashes_without_key = version >= version_0_7_0;
    rules.address.reads_port = version < version_0_9_0 || (version >= version_1_0_0 && version < version_1_1_0);
    rules.patience = version < version_1_4_1 ? 9 : 45;
    return rules;
}

bool keeps_ec_cache(const InstalledSystem& system) { return !system.system_version || *system.system_version >= version_1_5_0; }

HandshakeOutcome simulate_dtls(const DtlsInput& input) {
    const auto sides = take_dtls_sides(input);
    HandshakeOutcome outcome{.server_key_source = sides.source, .server_has_key = sides.server_has_key};
    const auto first = before_finish(input, sides);
    for (const auto policy : {ServerPolicy::ComparesPresentedKey, ServerPolicy::UsesStoredKey}) {
        auto prediction = first;
        prediction.policy = policy;
        if (prediction.step == Step::Done) prediction = finish(input, sides, std::move(prediction));
        prediction.led = dtls_led(prediction, input);
        outcome.predictions.push_back(std::move(prediction));
    }
    return outcome;
}

}  // namespace photopsy

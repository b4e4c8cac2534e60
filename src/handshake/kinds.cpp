#include "handshake/kinds.h"
#include "handshake/ec_key.h"
#include "handshake/public_key.h"
#include "handshake/server_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace photopsy {

namespace {

struct KeyRow {
    KeyKind kind;
    KeyFacts (*judge)(const Image&, const Facts&, ByteView registered_spki);
};
constexpr KeyRow key_kinds[] = {
    {KeyKind::RsaSlot, judge_rsa_keys},
    {KeyKind::EcSlot, judge_ec_keys},
};

struct TransportRow {
    Transport transport;
    HandshakeOutcome (*predict)(const ConnectionScene&);
};
constexpr TransportRow transports[] = {
    {Transport::Tcp, predict_tcp},
    {Transport::Dtls, predict_dtls},
};

bool is_of_kind(ByteView spki, KeyKind kind) { return kind == KeyKind::EcSlot ? parse_ec_spki(spki).has_value() : parse_public_key(spki).has_value(); }

/// A public key that was given and can be none of this device's.
bool is_of_other_kind(ByteView given, const Facts& facts) { return !given.empty() && !is_of_kind(given, facts.keys->kind); }

KeyFacts judge_set(const Image& image, const Facts& facts, ByteView registered_spki) {
    const auto row = std::find_if(std::begin(key_kinds), std::end(key_kinds), [&](const KeyRow& each) { return each.kind == facts.keys->kind; });
    return row == std::end(key_kinds) ? KeyFacts{} : row->judge(image, facts, is_of_other_kind(registered_spki, facts) ? ByteView() : registered_spki);
}

bool has_server(const KeyFacts& keys) { return keys.server.what == ServerKeyClass::Published || keys.server.what == ServerKeyClass::ValidOther; }

/// Nothing for this transport was ever written but what the factory writes: Particle's key, as for the other one.
bool is_blank(const KeyFacts& keys) {
    const bool no_key = keys.device.what == DeviceKeyClass::Erased || keys.device.what == DeviceKeyClass::NeverGenerated;
    const bool no_server = keys.server.what == ServerKeyClass::Erased || keys.server.what == ServerKeyClass::Published;
    return no_key && no_server && keys.address.kind == ServerAddress::Kind::Erased;
}

/// A server key that is erased is no gap where the firmware brings its own.
std::string faults_of(const KeyFacts& keys) {
    std::string faults;
    const auto add = [&](std::string_view fault) { faults.append(faults.empty() ? "" : ", and ").append(fault); };
    if (!keys.device.usable)
        add(keys.recoveries.empty() ? "the device key is lost, so that a new one must be made and registered" : "the device key is damaged and can be mended");
    if (!has_server(keys) && !keys.server.uses_builtin)
        add(keys.server.what == ServerKeyClass::Erased ? "the server key is erased" : "the server key is damaged");
    if (keys.address.unreachable) add("the server's address leads nowhere");
    return faults;
}

void look_at_other_transports(const Image& image, const Facts& facts, KeyFacts& keys) {
    for (const auto& set : facts.layout->keys) {
        if (set.transport == facts.keys->transport) continue;
        auto with_other = facts;
        with_other.keys = &set;
        const auto other = judge_set(image, with_other, {});
        const bool something = other.device.what != DeviceKeyClass::Erased && other.device.what != DeviceKeyClass::NeverGenerated;
        const bool there = other.device.usable || !other.recoveries.empty() || (is_blank(keys) && has_server(other) && something);
        if (!there || other.server.what == ServerKeyClass::NotInFile || other.device.what == DeviceKeyClass::NotInFile) continue;
        keys.set_of_other_transport = &set;
        keys.fault_of_other_set = faults_of(other);
    }
}

}  // namespace

std::string why_slots_tell_nothing(const Facts& facts, const KeyFacts& keys) {
    const bool no_key = keys.device.what == DeviceKeyClass::NotInFile, no_server = keys.server.what == ServerKeyClass::NotInFile;
    if ((no_key || no_server) && facts.dct.is_unseen()) return "which copy of the configuration table counts, the file does not show, and the keys are in it";
    if (no_key) return "the device's key slot is not in the file";
    if (no_server) return "the server key slot is not in the file";
    return "";
}

bool ends_before_device_key(const HandshakeOutcome& outcome, const Prediction& row) {
    switch (row.step) {
        case Step::Recv384:
            return !outcome.server_has_key;
        case Step::Connect:
        case Step::RsaEncrypt:
        case Step::DtlsServerKey:
        case Step::DtlsNoAnswer:
        case Step::DtlsVerifyServer:
            return true;
        default:
            return false;
    }
}

void leave_open_without_key(const Facts& facts, const KeyFacts& keys, ByteView registered_spki, HandshakeOutcome& outcome) {
    if (facts.dct.would_reinitialize || keys.device.what != DeviceKeyClass::NeverGenerated || !registered_spki.empty()) return;
    const auto ends_early = [&](const Prediction& row) { return ends_before_device_key(outcome, row); };
    if (!outcome.unknown.empty() || std::ranges::all_of(outcome.predictions, ends_early)) return;
    outcome.unknown = "the device has no key yet: it makes one at its first start, and whether the cloud then knows it depends on who registers it";
    outcome.predictions.clear();
}

namespace {

/// Why a server may not be found under an address that has nothing wrong in it, or not answer as one for devices does; "" where nothing speaks against it.
std::string why_address_is_open(const ServerAddress& address, bool server_is_given) {
    if (!address.particle && address.of_particle && !server_is_given)
        return "the keys fit each other, but the address is not the one under which Particle serves devices of this kind: whether a cloud for them answers "
               "there, "
               "no dump shows";
    if (address.kind == ServerAddress::Kind::Domain && ends_with_dot(address.host))
        return "the keys fit each other, but the server's name is written with a dot at its end, and whether this Device OS finds it under such a name is not "
               "known";
    if (!address.other_service.empty())
        return fmt::format(
            "the keys fit each other, but the address names port {}, which is usually that of {}: whether a cloud for devices answers there, no dump "
            "shows",
            address.port, address.other_service);
    if (address.ignored_port != 0)
        return fmt::format(
            "the keys fit each other, but the address names port {}, and this Device OS goes to port {}: whether the server answers there too, no "
            "dump shows",
            address.ignored_port, address.port);
    return "";
}

}  // namespace

void leave_open_at_other_address(const Facts& facts, const ServerAddress& address, ByteView server_spki, HandshakeOutcome& outcome) {
    if (facts.dct.would_reinitialize || outcome.live) return;
    auto why = why_address_is_open(address, !server_spki.empty());
    const auto succeeds = [](const Prediction& row) { return row.step == Step::Done; };
    if (why.empty() || !outcome.unknown.empty() || !std::all_of(outcome.predictions.begin(), outcome.predictions.end(), succeeds)) return;
    outcome.unknown = std::move(why);
    outcome.predictions.clear();
}

KeyFacts judge_keys(const Image& image, const Facts& facts, ByteView registered_spki) {
    if (!facts.layout || !facts.keys) return {};
    auto keys = judge_set(image, facts, registered_spki);
    if (!keys.device.usable && keys.recoveries.empty()) look_at_other_transports(image, facts, keys);
    return keys;
}

HandshakeOutcome predict_handshake(const Image& image, const Facts& facts, const KeyFacts& keys, ByteView registered_spki, ByteView server_spki,
                                   std::optional<LiveAnswer> live) {
    const auto row = std::find_if(std::begin(transports), std::end(transports),
                                  [&](const TransportRow& each) { return facts.keys && each.transport == facts.keys->transport; });
    if (!facts.layout || row == std::end(transports)) return {.unknown = "photopsy does not predict the handshake of this device"};
    if (facts.blank_capture) return {.unknown = "every byte of the file is the same, which is no copy of a flash"};
    if (facts.of_other_device) return {.unknown = "the file is not the flash of such a device"};
    if (is_of_other_kind(registered_spki, facts) || is_of_other_kind(server_spki, facts))
        return {.unknown = fmt::format("the public key that was given is none that this device could use: its keys are {} keys",
                                       facts.keys->kind == KeyKind::EcSlot ? "EC" : "RSA")};
    auto outcome = row->predict({image, facts, keys, registered_spki, server_spki, live});
    if (outcome.server_key_source != ServerKeySource::Given || outcome.server_has_key || !(keys.address.particle || keys.address.falls_back)) return outcome;
    auto by_address = row->predict({image, facts, keys, registered_spki, {}, live});
    if (!by_address.server_has_key || by_address.server_key_source == ServerKeySource::Assumed) return outcome;
    by_address.given_key_is_anothers = true;  // Particle's key is published: which server has it needs no owner's word
    return by_address;
}

}  // namespace photopsy

// The address of the server, as it stands behind its key. What each form means to the firmware: docs/formats/keys.md.
#include "handshake/server_address.h"
#include "handshake/own_server.h"
#include "rules/rule.h"
#include "rules/server_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Class = ServerKeyClass;
using Kind = ServerAddress::Kind;

void private_cloud(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (goes_to_particle(keys.address) || keys.address.unreachable || keys.address.kind == Kind::NotInFile) return;
    const bool lost = seen.facts.dct.would_reinitialize;
    std::string text = fmt::format("{} a private server: {}, port {}.", lost ? "What is left of the lost table names" : "The device is set up for",
                                   server_host_mark, keys.address.port);
    if (!keys.address.detail.empty()) text += " " + as_sentence(keys.address.detail);
    if (seen.handshake.server_key_source == ServerKeySource::Assumed && seen.handshake.server_has_key)
        text += " photopsy cannot know that server's key; it is taken to be the one in the slot.";
    found.add({"server address", keys.address.at}, std::move(text));
}

void odd_port(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (seen.facts.dct.would_reinitialize || address.other_service.empty() || address.unreachable || goes_to_particle(address)) return;
    auto& finding =
        found.add({"server address", address.at},
                  fmt::format("The address names port {}, which is usually that of {}. Devices are served at another port, 5683 where nothing else is "
                              "set up.",
                              address.port, address.other_service));
    finding.confidence = Confidence::Possible;
    finding.expected = "5683";
    finding.actual = fmt::format("{}", address.port);
}

/// The server that is named listens at the port that its owner wrote; the firmware goes to another.
void ignored_port(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (seen.facts.dct.would_reinitialize || address.ignored_port == 0 || address.unreachable || goes_to_particle(address)) return;
    auto& finding = found.add(
        {"server address", address.at},
        fmt::format("The address names port {}, and this Device OS goes to port {}, whatever port the address names.", address.ignored_port, address.port));
    finding.confidence = Confidence::Possible;  // the server may listen at both
    finding.expected = fmt::format("{}", address.port);
    finding.actual = fmt::format("{}", address.ignored_port);
}

/// Firmware in one piece takes Particle's own address where the name that is set is not resolved; of which releases that is true is not known
/// (src/spark_utilities.cpp@spark_9:775-806; docs/formats/core.md).
bool may_fall_back(const Observations& seen) {
    const auto& address = seen.keys.address;
    return seen.facts.layout && seen.facts.layout->boot == BootKind::Monolithic && address.kind == Kind::Domain && address.unreachable;
}

/// What made the key what it is has made the address so as well: one erase, one run of zeros, one file that runs on, one overwriting.
bool is_one_event_with_key(const KeyFacts& keys) {
    const auto& key = keys.server;
    const auto& address = keys.address;
    const bool overwritten = key.reach > 0 && range_of(key.at.begin, key.reach).overlaps(address.at);
    if (overwritten || key.what == Class::DeviceKeyInSlot) return true;
    const bool is_text = std::ranges::all_of(address.host, [](char c) { return c > ' ' && c <= '~'; });
    const bool is_no_key = key.what == Class::WrongType || (key.what == Class::Corrupted && key.damage == std::vector{key.at});
    switch (address.kind) {
        case Kind::Erased:
            return key.what == Class::Erased || key.what == Class::Truncated;
        case Kind::Domain:
            return address.host.empty() ? key.what != Class::Erased : !is_text || (is_no_key && address.damaged);
        case Kind::Ip:
            // A number that nobody writes may be what is left of another one.
            return !is_own_computer(address) && address.host != "255.255.255.255" && (address.host != "0.0.0.0" || key.what != Class::Erased);
        case Kind::Invalid:
            return is_no_key;
        case Kind::NotInFile:
            break;
    }
    return true;
}

void address_wrong(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if ((!address.unreachable && !address.damaged) || seen.keys.swapped || seen.facts.dct.would_reinitialize) return;
    auto& finding = found.add({"server address", address.at}, as_sentence(address.detail.empty() ? "the server address cannot be used" : address.detail));
    if (may_fall_back(seen)) {
        finding.confidence = Confidence::Likely;
        finding.explain += fmt::format(" Some firmware for this device goes to {} where a name leads nowhere; which does is not known.", address.default_host);
    }
    if (!address.unreachable && !address_is_in_other_copy(seen.keys)) finding.severity = Severity::Warning;
    if (address_may_be_meant(seen.keys)) finding.confidence = Confidence::Likely;
    finding.stands_alone = !is_one_event_with_key(seen.keys);
    doubt_unread(seen, address.at, finding);
}

/// The same name in its absolute form.
void closing_dot(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (address.kind != Kind::Domain || !ends_with_dot(address.host) || address.unreachable || address.damaged || seen.facts.dct.would_reinitialize) return;
    auto& finding = found.add({"server address", address.at},
                              "The server's name is written with a dot at its end. That is the same name, said to be complete; whether this Device OS looks it "
                              "up so is not known.");
    finding.confidence = Confidence::Possible;
}

/// A name in Particle's domains that is not the one of the service that devices of this kind use.
void other_name(const Observations& seen, Findings& found) {
    const auto& address = seen.keys.address;
    if (address.particle || !address.of_particle || address.unreachable || address.damaged) return;
    if (seen.facts.dct.would_reinitialize) return;
    auto& finding = found.add({"server address", address.at},
                              fmt::format("The address is {} of Particle's, but not the one under which devices of this kind are served. Whether their cloud "
                                          "answers under this one cannot be told from the dump.",
                                          address.kind == Kind::Ip ? "a number that was once" : "a name"));
    finding.confidence = Confidence::Likely;
}

void address_blank(const Observations& seen, Findings& found) {
    const auto& keys = seen.keys;
    if (keys.address.kind != Kind::Erased || keys.address.unreachable || keys.address.damaged || keys.server.what == Class::Erased ||
        table_was_reset(seen.facts))
        return;
    auto& finding =
        found.add({"server address", keys.address.at},
                  fmt::format("The server address is erased. The firmware then takes {}, which is right for the Particle cloud.", keys.address.default_host));
    doubt_unread(seen, keys.address.at, finding);
}

const Rule rules[] = {
    {"server-address-wrong", Severity::Problem, "The server address leads to no server, or is damaged",
     "The device cannot reach the cloud, or reaches it only because the firmware falls back to its own address.",
     "hal/shared/parse_server_address.h@v2.3.1:33-70", address_wrong},
    {"server-address-unusual", Severity::Warning, "The server address is another one of Particle's",
     "Keys for one service are of no use at another, and not every name leads to one for devices.", "docs/formats/keys.md", other_name},
    {"server-address-blank", Severity::Note, "The server address is erased", "Harmless: the firmware has its own.",
     "system/src/system_cloud_internal.cpp@v0.7.0:1072", address_blank},
    {"server-name-ends-with-dot", Severity::Warning, "The name of the server ends with a dot",
     "Where the firmware does not look the name up with its dot, it finds no server.", "RFC 1034, 3.1; hal/shared/parse_server_address.h@v2.3.1:33-70",
     closing_dot},
    {"server-port-of-other-service", Severity::Warning, "The port of the private server is usually another service's",
     "A service of another kind does not greet the device with 40 random bytes: the connection ends at once.",
     "communication/src/handshake.cpp@v2.3.1; hal/shared/parse_server_address.h@v2.3.1:33-70", odd_port},
    {"server-port-ignored", Severity::Warning, "The port of the private server is another one than the firmware goes to",
     "A server that listens only at the port which the address names does not hear the device.",
     "system/src/system_cloud_connection.cpp@v2.3.1:161-163; docs/formats/keys.md", ignored_port},
    {"server-is-private", Severity::Note, "The device is set up for a private server", "Particle's cloud is not what this device connects to.",
     "hal/shared/parse_server_address.h@v2.3.1:33-70", private_cloud},
};

}  // namespace

std::span<const Rule> server_address_rules() { return rules; }

}  // namespace photopsy

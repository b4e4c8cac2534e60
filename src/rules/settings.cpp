// Settings that keep a device offline, or change what its light means. The values themselves are the owner's and are not told.
#include "handshake/key_owner.h"
#include "handshake/own_server.h"
#include "rules/dct_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::string_view reason(const StaticIp& ip) {
    if (ip.no_address) return "the device's own address in it is none that a device can have";
    if (ip.is_network) return "the device's own address in it is that of the whole network, which is kept for no device";
    if (ip.all_are_neighbours) return "its network mask is 0.0.0.0: the device takes every address for a neighbour's and never asks its gateway";
    if (ip.no_mask) return "its network mask leaves no room for a second device, and so none for a gateway";
    if (ip.gateway_is_network) return "its gateway is the address of the whole network, which is kept for no router";
    if (ip.no_gateway) return "it names no address that could be a gateway's";
    if (ip.gateway_is_device) return "its gateway is the device itself";
    return "its gateway lies outside the network of its address and mask";
}

void unreachable(const Observations& seen, Findings& found) {
    const auto& ip = seen.facts.settings.ip;
    if (!ip.leads_nowhere() || is_neighbour(seen.keys.address, ip)) return;
    const bool sure = ip.surely_reaches_no_gateway();
    auto& finding =
        found.add({"static IP settings", ip.at}, fmt::format("A fixed IP address is set, and {}: nothing outside the device's own network can be reached{}.",
                                                             reason(ip), sure ? "" : ", unless its router takes even that"));
    if (!sure) finding.confidence = Confidence::Likely;
}

void no_names(const Observations& seen, Findings& found) {
    if (!asks_for_name_in_vain(seen.keys.address, seen.facts.settings.ip)) return;
    auto& finding = found.add({"static IP settings", seen.facts.settings.ip.at},
                              "A fixed IP address is set, and neither of the two servers for names (DNS) that stand beside it can be one. The device knows its "
                              "server by a name, and may not find out where that is.");
    finding.confidence = Confidence::Possible;  // what the firmware does without such a server is not known
}

void fixed(const Observations& seen, Findings& found) {
    const auto& ip = seen.facts.settings.ip;
    if (!ip.on || !ip.is_read) return;
    if (asks_for_name_in_vain(seen.keys.address, ip)) return;
    if (!ip.reaches_no_gateway())
        found.add(
            {"static IP settings", ip.at},
            std::string(ip.mask_has_gaps ? "A fixed IP address is set, with a network mask that has gaps, which no network is given: some addresses outside "
                                           "are taken for neighbours' and not reached. The rest of it fits itself, but in"
                                         : "A fixed IP address is set. It fits itself, but in") +
                " another network than the one it was made for the device connects to nothing.");
    else if (is_neighbour(seen.keys.address, ip))
        found.add(
            {"static IP settings", ip.at},
            fmt::format("A fixed IP address is set, and {}: the device reaches its own network alone. The server that it goes to may lie there.", reason(ip)));
}

void own_colours(const Observations& seen, Findings& found) {
    const auto& at = seen.facts.settings.led_theme;
    if (!at.empty())
        found.add({"LED theme", at},
                  "The owner's own colours are stored: \"cyan\" and the others may look different on this device. The bursts that tell an error "
                  "keep their red, orange and magenta.");
}

void chosen_antenna(const Observations& seen, Findings& found) {
    const auto& settings = seen.facts.settings;
    if (settings.antenna.empty()) return;
    constexpr std::uint8_t internal = 0, external = 1, automatic = 3;  // WLanSelectAntenna_TypeDef of hal/inc/wlan_hal.h@v0.7.0
    const auto choice = settings.antenna_choice;
    if (choice == internal || choice == automatic) return;
    found.add({"antenna selection", settings.antenna}, choice == external
                                                           ? "The external antenna was chosen: without one in its socket the device hears hardly any network."
                                                           : "The antenna selection has a value that nothing writes.");
}

void code_waits(const Observations& seen, Findings& found) {
    const auto& at = seen.facts.settings.claim_waiting;
    if (!at.empty()) found.add({"claim code", at}, "A claim code is stored and was not used yet: the device gives it to the cloud at its next connection.");
}

/// Bits 0 and 1 are known (dct.h@v2.3.1:69-72). A line end in the first byte is told with the update flag in front of it.
void odd_flags(const Observations& seen, Findings& found) {
    constexpr std::uint32_t known = 3;
    const auto& settings = seen.facts.settings;
    const auto first = settings.feature_flags_value & 0xFF;
    const auto unknown = settings.feature_flags_value | known | (first == '\n' || first == '\r' ? 0xFF : 0);
    if (!settings.feature_flags.empty() && unknown != 0xFFFFFFFF)
        found.add({"feature flags", settings.feature_flags},
                  "Feature flags are set that no Device OS knows: something was written here that does not belong here.");
}

/// The id is written once, at the first start of a firmware that knows the field (core_hal_stm32f2xx.c@v0.7.0:399); it never follows the chip.
void foreign_table(const Observations& seen, Findings& found) {
    const auto &chip = seen.facts.chip_id, &table = seen.facts.device_id;
    if (!chip || !table || *chip == *table) return;
    const auto* layout = seen.facts.layout;
    const Range at = layout ? seen.facts.dct.field_at(*layout, "device_id") : Range{};
    const bool copied = table_is_copied(seen.facts);
    auto& finding =
        found.add({"device id in the table", at},
                  copied ? "The device said another id over USB when this dump was taken than the one that stands in its table: the table comes from another "
                           "device."
                         : "The id that the device said over USB when this dump was taken differs by a bit or two from the one that stands in its table: a "
                           "bit of the table is wrong, or the table comes from a chip that was made beside this one.");
    if (!copied) finding.confidence = Confidence::Possible;
    finding.expected = *chip;
    finding.actual = *table;
}

bool is_stored(const Dct& dct, std::string_view name) {
    return std::any_of(dct.fields.begin(), dct.fields.end(),
                       [&](const DctFieldFact& fact) { return fact.field->name == name && fact.state == DctFieldFact::State::Set; });
}

bool is_complete(const Dct& dct, const KeySet& set) { return is_stored(dct, set.device_key) && is_stored(dct, set.server_key); }

/// The set serves its owner: it goes to a server that is not Particle's, or its public-key cache names a key, which only a start with one writes.
bool was_in_use(const KeyFacts& keys) {
    const auto& address = keys.address;
    const bool named = address.kind == ServerAddress::Kind::Domain || address.kind == ServerAddress::Kind::Ip;
    const bool own_server = (named && !address.particle && !address.of_particle && !address.unreachable) || keys.server.what == ServerKeyClass::ValidOther;
    return own_server || keys.server_in_other_copy || keys.cache.fingerprint;
}

/// One byte of the table decides over what the device talks to the cloud, and with it which set of keys counts. A set whose device key is whole was chosen
/// rightly, whatever its other slots hold.
void keys_of_other_transport(const Observations& seen, Findings& found) {
    const auto* used = seen.facts.keys;
    const auto* other = seen.keys.set_of_other_transport;
    if (!used || !other || !seen.facts.dct.selected || used->when == KeySet::When::Always) return;
    if (is_complete(seen.facts.dct, *used) || was_in_use(seen.keys)) return;
    const auto name = [](Transport transport) { return transport == Transport::Tcp ? "TCP with RSA keys" : "UDP with EC keys"; };
    auto& finding = found.add({"cloud transport", seen.facts.dct.field_at(*seen.facts.layout, used->when_field)},
                              fmt::format("This byte makes the device talk {}, and those are not all there. The keys that are {} are those for {}.",
                                          name(used->transport), seen.keys.other_set_is_whole() ? "whole" : "there", name(other->transport)));
    finding.expected = other->when == KeySet::When::FieldErased ? "ff" : "anything but ff";
    finding.actual = used->when == KeySet::When::FieldErased ? "ff" : "another value";
}

const Rule rules[] = {
    {"table-id-not-the-chips", Severity::Warning, "The table carries another device's id",
     "Keys, claim and settings of the table belong to another device; the cloud knows this chip, if at all, by its own id and another key.",
     "hal/src/stm32f2xx/core_hal_stm32f2xx.c@v0.7.0:399; bootloader/src/stm32f2xx/usbd_desc.c@v0.6.0:187", foreign_table},
    {"static-address-unreachable", Severity::Problem, "The fixed IP address leads nowhere",
     "Without a gateway in its own network the device reaches no server outside it.", "dct.h@v2.3.1:41-49; docs/formats/dct.md", unreachable},
    {"static-address-no-names", Severity::Warning, "The fixed IP settings name nobody who tells addresses",
     "A device that knows its server by a name asks one of two servers for the address that goes with it.", "dct.h@v2.3.1:41-49; docs/formats/dct.md",
     no_names},
    {"static-address-set", Severity::Note, "A fixed IP address is set", "It works only in the network that it was made for.", "dct.h@v2.3.1:41-49", fixed},
    {"keys-of-other-transport", Severity::Problem, "The keys that are there are those of another transport",
     "The firmware uses the keys of the transport that this byte names, and makes a new device key where there is none.",
     "hal/src/stm32f2xx/core_hal_stm32f2xx.c@v2.3.1:1247", keys_of_other_transport},
    {"led-theme-set", Severity::Note, "The light has the owner's own colours", "What is said of cyan, green or blue may not hold for this device.",
     "system/src/system_led_signal.cpp@v0.7.0:35-85", own_colours},
    {"antenna-chosen", Severity::Note, "An antenna was chosen", "The wrong one makes a device deaf.", "docs/formats/dct.md", chosen_antenna},
    {"claim-code-waiting", Severity::Note, "A claim code waits to be used", "It is used at the next connection.", "ota_flash_hal_stm32f2xx.cpp@v0.7.0:468",
     code_waits},
    {"feature-flags-odd", Severity::Note, "Unknown feature flags are set", "Nothing reads the unknown ones; how they came there may explain more.",
     "dct.h@v2.3.1:69-72", odd_flags},
};

}  // namespace

std::span<const Rule> setting_rules() { return rules; }

}  // namespace photopsy

// Settings that keep a device offline, and a table that is another device's.
#include "diagnosis/handshake_links.h"
#include "handshake/key_owner.h"
#include "rules/key_words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

void tell_unreachable(const Observations&, const Findings& findings, Story& story) {
    if (findings.has("static-address-no-names")) {
        story.title = "The fixed IP settings of the device name nobody who tells it addresses";
        story.chain = {{.says = "A fixed IP address is stored, and neither server for names (DNS) beside it can be one."},
                       {.says = "The settings were given in part; they stay when the Wi-Fi network is changed.", .seen = false},
                       {.says = "The device may join the Wi-Fi network, and may not find the address of its server there.", .seen = false}};
        return;
    }
    story.chain = {{.says = "A fixed IP address is stored, and address, mask and gateway do not go together."},
                   {.says = "The settings are from another network, or were given in part; they stay when the Wi-Fi network is changed.", .seen = false},
                   {.says = "The device may join the Wi-Fi network, and reaches no server outside it: no reset and no new key changes that.", .seen = false}};
}

void tell_copied(const Observations& seen, const Findings&, Story& story) {
    if (!table_is_copied(seen.facts)) {
        story.confidence = Confidence::Possible;
        story.title = "The id in the table differs a little from the one that the chip tells";
        story.chain = {{.says = "The id in the table differs by a bit or two from the id that the device's chip told over USB."},
                       {.says = "A bit of it was hit, or the table was copied from a chip that was made beside this one.", .seen = false},
                       {.says = "The device goes to the cloud with the id of its chip: the one in the table does no harm.", .seen = false}};
        return;
    }
    story.chain = {
        {.says = "The id in the table is not the id that the device's chip told over USB."},
        {.says = "The table, or the whole flash, of another device was written into this one.", .seen = false},
        {.says = "The device goes to the cloud with the id of its chip and the key of the other device. Unless that key was registered for this id, the cloud "
                 "refuses it: what is predicted of the handshake is meant for the device that the key belongs to.",
         .seen = false}};
    const auto what = seen.keys.device.what;
    const bool key_is_hit = !seen.keys.device.usable && what != DeviceKeyClass::Erased && what != DeviceKeyClass::NeverGenerated;
    if (key_is_hit && seen.keys.owner == KeyOwner::Another)
        story.chain.push_back({.says = "The damaged key is that key: mended, it would still be the other device's.", .seen = false});
}

void tell_transport(const Observations& seen, const Findings&, Story& story) {
    const bool tcp = seen.facts.keys && seen.facts.keys->transport == Transport::Tcp;
    const auto are = seen.keys.other_set_is_whole() ? "whole" : "there";
    story.chain = {
        {.says = tcp ? fmt::format("The transport byte of the table is not erased, which means TCP with RSA keys; {} are only the EC keys for UDP.", are)
                     : fmt::format("The transport byte of the table is erased, which means UDP with EC keys; {} are only the RSA keys for TCP.", are)},
        {.says = "A tool or an application switched the transport, or wrote a byte too many, and the keys of the other transport were never there.",
         .seen = false},
        {.says = makes_keys(seen.facts) ? "The device then makes itself a key for this transport, which the cloud does not know."
                                        : "Device OS 0.7.0 cannot make itself a key for this transport: the device stays without one.",
         .seen = false}};
    if (!seen.keys.fault_of_other_set.empty())
        story.chain.push_back({.says = "Of the keys that are there " + seen.keys.fault_of_other_set + ": a second fault."});
    for (auto& link : handshake_links(seen)) story.chain.push_back(std::move(link));
}

const Cause causes[] = {
    {"transport-mismatch",
     "The device talks over a transport for which it has no keys",
     "The byte that chooses between TCP and UDP names the one whose keys are not there; those of the other are whole.",
     {"keys-of-other-transport", "private-key-empty", "private-key-not-made-yet", "private-key-slot-holds-other", "server-key-empty", "server-address-blank",
      "server-address-wrong", "public-key-cache-stale"},
     {},
     tell_transport},
    {"table-copied-from-other-device",
     "The configuration table was copied from another device",
     "The device id in the table is not the one that the chip itself tells.",
     {"table-id-not-the-chips"},
     {},
     tell_copied},
    {"static-address-unreachable",
     "The fixed IP address of the device leads nowhere",
     "A static IP address whose gateway is missing or outside its network, or without a server for names.",
     {"static-address-unreachable|static-address-no-names"},
     {},
     tell_unreachable},
};

}  // namespace

std::span<const Cause> setting_causes() { return causes; }

}  // namespace photopsy

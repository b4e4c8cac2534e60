// Settings that keep a device offline, and a table that is another device's.
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::vector<Remedy> ways_of_fixed_address(const Situation&) {
    return {
        keep_dump("It holds the fixed address, should it be needed again."),
        {.title = "Let the router give the address",
         .explain = "An application does it with one line, WiFi.useDynamicIP(), run once, with WiFi.connect() behind it: flash such an application over USB. "
                    "The stored address stays stored for a later WiFi.useStaticIP().",
         .cost = Remedy::Cost::WritesFirmware,
         .turn = Remedy::Turn::Application}};
}

std::vector<Remedy> ways_of_copied_table(const Situation& situation) {
    auto own_key = make_new_key(situation.seen);
    own_key.title = "Give this device a key of its own";
    own_key.explain =
        "Best is its own table or key from an older dump of this very device. Without one it gets a new key, registered for the id that the chip tells "
        "(`photopsy devices` shows it), not for the one in the table.";
    return {keep_dump("It holds the other device's key and settings."), own_key};
}

std::vector<Remedy> ways_of_transport(const Situation& situation) {
    const auto* used = situation.seen.facts.keys;
    const auto keep = keep_dump("It holds the keys of both transports as they are now.");
    if (!used || used->transport != Transport::Tcp) {
        auto keys = make_new_key(situation.seen);
        keys.title = "Give the device keys for UDP and register them";
        return {keep, write_server_key(situation.seen), keys};
    }
    return {keep,
            {.title = "Switch back to UDP",
             .explain = fmt::format("Erases the one byte that says TCP: the keys for UDP, which are there, count again{}.",
                                    situation.seen.keys.other_set_is_whole ? ", and nothing must be registered"
                                                                           : ". One of them is damaged and can be mended: read the device again then"),
             .steps = {{.kind = StepKind::SetTransport}},
             .warning = "The write renews the whole table and erases its older copy.",
             .cost = Remedy::Cost::WritesOneSetting,
             .before = Remedy::Before::DfuMode,
             .turn = Remedy::Turn::Table}};
}

const RemedyRow rows[] = {
    {"transport-mismatch", ways_of_transport}, {"static-address-unreachable", ways_of_fixed_address}, {"table-copied-from-other-device", ways_of_copied_table}};

}  // namespace

std::span<const RemedyRow> setting_remedies() { return rows; }

}  // namespace photopsy

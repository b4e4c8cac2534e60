// Settings that keep a device offline, and a table that is another device's.
#include "handshake/key_owner.h"
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// Bootloaders up to 99 would write the table without the checksum of its later form, and a system part from before 0.7.0 has no code that one from 100 on
/// could call: both modules are whole, and only other ones change that.
bool takes_no_write(const Facts& facts) {
    const auto* current = facts.dct.current();
    const bool older_code = facts.ota.access == TableAccess::Own && current && current->has_version_struct;
    return facts.ota.access == TableAccess::SystemTooOld || older_code;
}

std::vector<Remedy> ways_of_fixed_address(const Situation& situation) {
    const auto keep = keep_dump("It holds the fixed address, should it be needed again.");
    Remedy application{.title = "Let an application ask the router for an address",
                       .explain =
                           "It does so with one line, WiFi.useDynamicIP(), run once, with WiFi.connect() behind it: flash such an application over USB. "
                           "The fixed address stays stored for a later WiFi.useStaticIP().",
                       .cost = Remedy::Cost::WritesFirmware,
                       .turn = Remedy::Turn::Application};
    if (takes_no_write(situation.seen.facts)) return {keep, application};
    return {keep,
            {.title = "Let the router give the address",
             .explain = "Clears the one byte of the table that says that the address is fixed: the device asks the router for one (DHCP). The fixed address "
                        "stays stored for a later WiFi.useStaticIP(). The line reads the device and shows the write with what a power cut in it would leave.",
             .steps = {{.kind = StepKind::AskForAddress}},
             .warning = fmt::format("{} {}", plan_alone_changes_nothing, warning_of_table_write(situation.seen.facts)),
             .cost = Remedy::Cost::WritesOneSetting,
             .before = Remedy::Before::DfuMode,
             .turn = Remedy::Turn::Table},
            as_other_way(application)};
}

Remedy give_own_key(const Observations& seen) {
    auto remedy = make_new_key(seen);
    remedy.title = "Give this device a key of its own";
    remedy.explain =
        "Best is its own table or key from an older dump of this very device. Without one it gets a new key, registered for the id that the chip tells "
        "(`photopsy devices` shows it), not for the one in the table. If the device gets online as it is (its light breathes cyan), it has one already.";
    return remedy;
}

std::vector<Remedy> ways_of_copied_table(const Situation& situation) {
    if (!table_is_copied(situation.seen.facts))
        return {keep_dump("It holds the table as it is now."),
                nothing_to_repair("Where the device gets online (its light breathes cyan), its key is its own. If the cloud refuses it, its key may be that of "
                                  "the chip beside it.")};
    return {keep_dump("It holds the other device's key and settings."), give_own_key(situation.seen)};
}

std::vector<Remedy> ways_of_transport(const Situation& situation) {
    const auto* used = situation.seen.facts.keys;
    const auto keep = keep_dump("It holds the keys of both transports as they are now.");
    if (!used || used->transport != Transport::Tcp) {
        auto keys = make_new_key(situation.seen);
        keys.title = "Give the device keys for UDP and register them";
        return {keep, write_server_key(situation.seen), keys};
    }
    const auto& fault = situation.seen.keys.fault_of_other_set;
    return {keep,
            {.title = "Switch back to UDP",
             .explain = fmt::format("Erases the one byte that says TCP: the keys for UDP, which are there, count again{}.",
                                    fault.empty() ? ", and nothing must be registered" : ". Of them " + fault + ": read the device again then"),
             .steps = {{.kind = StepKind::SetTransport}},
             .warning = warning_of_table_write(situation.seen.facts),
             .cost = Remedy::Cost::WritesOneSetting,
             .before = Remedy::Before::DfuMode,
             .turn = Remedy::Turn::Table}};
}

const RemedyRow rows[] = {
    {"transport-mismatch", ways_of_transport}, {"static-address-unreachable", ways_of_fixed_address}, {"table-copied-from-other-device", ways_of_copied_table}};

}  // namespace

std::span<const RemedyRow> setting_remedies() { return rows; }

}  // namespace photopsy

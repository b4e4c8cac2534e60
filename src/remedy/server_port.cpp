// The port at which a private server is looked for: an unusual one, or one that the installed Device OS passes over.
#include "remedy/ways.h"

#include <fmt/format.h>

namespace photopsy {

/// Only if the server's owner confirms it: photopsy knows where such servers usually listen, not where this one does.
Remedy write_usual_port(const Observations& seen) {
    return {
        .title = "Ask which port that server has for devices, and write it",
        .explain = "Ask whoever runs the server; servers for these devices listen at 5683 unless they were set up otherwise. Key and host stay as they are.",
        .steps = {{.kind = StepKind::MakeOwnServerKey,
                   .file = {.kind = FileKind::ServerKey},
                   .from = {.kind = FileKind::Dump},
                   .host = RemedyStep::Host::AtUsualPort},
                  write_field(seen, key_set(seen).server_key, {.kind = FileKind::ServerKey})},
        .warning = warning_of_table_write(seen.facts),
        .cost = Remedy::Cost::WritesOneSetting,
        .before = Remedy::Before::DfuMode,
        .turn = Remedy::Turn::Table};
}

/// No write brings the device to another port.
Remedy let_server_listen(const Observations& seen) {
    const auto& address = seen.keys.address;
    const auto transport = seen.facts.keys && seen.facts.keys->kind != KeyKind::RsaSlot ? "UDP" : "TCP";
    return {
        .title = fmt::format("Let your server listen at {} port {}", transport, address.port),
        .explain = fmt::format("The installed Device OS goes there and to no other port. Ask whoever runs the server whether it listens there as well as at "
                               "{}, or let a router lead the one to the other. Nothing in the device needs to be changed.",
                               address.ignored_port),
        .turn = Remedy::Turn::Cloud};
}

}  // namespace photopsy

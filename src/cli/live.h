#pragma once
// `--live`: asks the person, then the server. Nothing is connected to unless both the option and the answer say so.
#include "cli/definition.h"
#include "cli/session.h"
#include "handshake/live.h"

namespace photopsy {

/// --live and what belongs to it.
struct LiveOptions {
    bool live = false, yes = false, published_key = false;
    std::string server, device_id, transcript;
    unsigned timeout_seconds = 30;
    std::vector<std::uint8_t> server_spki;  ///< of the command: the public key that the asked server really has, where its owner gave it (DER)
    bool force = false;                     ///< of the command: an existing transcript may be replaced
};
/// All of them; a command whose --timeout already means something else leaves that one out.
void add_live_options(CommandDefinition&, LiveOptions&);
void add_live_timeout(CommandDefinition&, LiveOptions&);

/// What came of it.
struct LiveRun {
    LiveAnswer answer;
    std::string server;  ///< "HOST:PORT"
};

/// Says what will be sent to whom, asks (on a terminal; elsewhere --yes is the answer), and carries the handshake out. Nothing where the person said no or
/// something was missing: that was told then, and the exit status raised. `record_id`: the device id of the capture's record, or "".
std::optional<LiveRun> ask_server(LiveQuestion, const LiveOptions&, const std::string& record_id, Session&);

}  // namespace photopsy

#pragma once
// How `photopsy handshake` prints what it found out.
#include "cli/live.h"

#include <optional>
#include <string>

namespace photopsy {

/// What was predicted, and what the server itself said where it was asked.
struct HandshakeTold {
    HandshakeOutcome outcome;
    std::optional<LiveQuestion> question = {};
    std::string no_question = {};  ///< why a server cannot be asked
    std::string record_id = {};    ///< the device id that the capture's record holds, or ""
    std::optional<LiveRun> live = {};
};

/// JSON: the object of earlier versions, with `live` where a server was asked.
std::string handshake_json(const HandshakeTold&);
/// The ladder of each policy, one rung a line, behind what the server said.
std::string handshake_text(const HandshakeTold&);

}  // namespace photopsy

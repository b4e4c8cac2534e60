#pragma once
#include "cli/definition.h"

namespace photopsy {
class Session;
// The parts of `photopsy keys`, one file each.
void setup_keys_show(CommandDefinition& keys, Session&);
void setup_keys_check(CommandDefinition& keys, Session&);
void setup_keys_export(CommandDefinition& keys, Session&);
void setup_keys_new(CommandDefinition& keys, Session&);
void setup_keys_server_slot(CommandDefinition& keys, Session&);
void setup_keys_server(CommandDefinition& keys, Session&);
void setup_keys_convert(CommandDefinition& keys, Session&);
void setup_keys_recover(CommandDefinition& keys, Session&);
}  // namespace photopsy

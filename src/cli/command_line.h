#pragma once
// From words to a command: `photopsy dump.bin` means `photopsy analyze dump.bin`; what is not understood is one sentence and exit status 2.
#include "cli/definition.h"
#include "cli/session.h"

#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

/// Runs one command line (without the program's own name) and returns the exit status.
int run_command_line(std::vector<std::string> words, Session&);

/// The definition of the whole command line, for parser, manual page and completions. Its commands use `session`, which must live longer.
CommandDefinition command_line_definition(Session& session);

/// The same with one command alone: what the others take need not be known to run it.
CommandDefinition command_line_definition(Session& session, std::string_view command);

}  // namespace photopsy

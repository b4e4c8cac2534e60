#pragma once
// From words to a command: `photopsy dump.bin` means `photopsy analyze dump.bin`; what is not understood is one sentence and exit status 2.
#include "cli/session.h"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace photopsy {

/// Runs one command line (without the program's own name) and returns the exit status.
int run_command_line(std::vector<std::string> words, Session&);

/// The definition of the whole command line, for manual page and completions. Its callbacks use `session`, which must live longer.
std::shared_ptr<CLI::App> command_line_definition(Session& session);

/// The candidate that is at most a third of its letters away from `word`; "" if none is.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace photopsy

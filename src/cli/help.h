#pragma once
// The help text, from the same definitions that parse the command line.
#include "cli/definition.h"

#include <string>
#include <vector>

namespace photopsy {

/// What the program or the command that `path` names ("keys", "check") takes, in lines of at most `width` columns, 40 at least; examples stay whole where they
/// are written shorter. A word that names no command ends the path.
std::string help_text(const CommandDefinition& program, const std::vector<std::string>& path, unsigned width);

}  // namespace photopsy

#pragma once
// Words in, values out: CLI11 parses by our definitions.
#include "cli/definition.h"

namespace photopsy {

/// What parsing came to: all was understood and the command has run (both empty), or there is something to print (help, version), or one sentence
/// says which word was not understood and how to go on.
struct Parsed {
    std::string to_print, failure;
};

/// Parses `words` (without the program's own name), fills the targets of the definitions and runs the command that was chosen. `version_line` is
/// what --version prints; help is wrapped at `width` columns.
Parsed parse(const CommandDefinition& program, const std::string& version_line, std::vector<std::string> words, unsigned width);

}  // namespace photopsy

#pragma once
// The command line as values, read from the definitions that also parse it: manual page and completions cannot disagree with the program.
#include "cli/definition.h"

#include <string>
#include <vector>

namespace photopsy {

struct OptionDescription {
    std::vector<std::string> names;  ///< "--output", "-o"; none for a positional
    std::string argument;            ///< "FILE"; "" for a flag
    std::string says;
    std::vector<std::string> choices;  ///< the words it takes, where they are few
    std::string under;                 ///< heading of the help text; "" for the first
    bool positional = false, takes_file = false, required = false, repeats = false;
    bool alone = false;  ///< may stand without its value
};

struct CommandDescription {
    std::string name;  ///< "analyze", "keys check"; "" for the program itself
    std::string says, footer;
    std::vector<OptionDescription> options;
    std::vector<std::string> subcommands;
};

/// What a definition says of the program and all its commands, in the order of the help text.
std::vector<CommandDescription> describe(const CommandDefinition& program);
/// The same of the program itself.
std::vector<CommandDescription> describe_command_line();

}  // namespace photopsy

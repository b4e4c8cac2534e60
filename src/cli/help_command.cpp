#include "cli/command.h"
#include "cli/command_description.h"
#include "cli/command_line.h"
#include "cli/habits.h"
#include "cli/help.h"
#include "cli/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace photopsy {

namespace {

void print_help(const std::vector<std::string>& path, Session& session) {
    const auto program = command_line_definition(session);
    const auto wanted = fmt::format("{}", fmt::join(path, " "));
    std::vector<std::string> names;
    for (const auto& command : describe(program)) names.push_back(command.name);
    if (std::find(names.begin(), names.end(), wanted) != names.end()) return session.print(help_text(program, path, session.terminal.width));
    const auto sentence = "there is no command \"" + wanted + "\"";
    if (const auto meant = habit(wanted); !meant.empty()) return session.fail(sentence + "; here it is: " + std::string(meant));
    session.fail(with_suggestion(sentence, wanted, names));
}

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    return names;
}

}  // namespace

void setup_help(CommandDefinition& program, Session& session) {
    auto path = std::make_shared<std::vector<std::string>>();
    auto& command = program.add_subcommand("help", "Print how a command is used");
    command.add_option("COMMAND", path.get(), "The command, like keys check").choices(command_names);
    command.footer = "Examples:\n  photopsy help\n  photopsy help keys recover";
    command.run = [path, &session] { print_help(*path, session); };
}

}  // namespace photopsy

#include "cli/command_description.h"

#include "cli/command_line.h"

#include <algorithm>

namespace photopsy {

/// "-o,--output" as "--output", "-o": long names first.
static std::vector<std::string> spellings(std::string_view names) {
    std::vector<std::string> all;
    while (!names.empty()) {
        const auto comma = std::min(names.find(','), names.size());
        auto name = names.substr(0, comma);
        if (name.front() == '!') name.remove_prefix(1);
        all.emplace_back(name);
        names.remove_prefix(std::min(comma + 1, names.size()));
    }
    std::stable_partition(all.begin(), all.end(), [](const std::string& name) { return name.rfind("--", 0) == 0; });
    return all;
}

static OptionDescription describe(const OptionDefinition& option) {
    OptionDescription said;
    said.positional = option.positional();
    const bool shows_value = option.takes_value() && option.told != OptionDefinition::Told::AsFlag;
    said.argument = said.positional ? option.names : !shows_value ? "" : option.argument.empty() ? "VALUE" : option.argument;
    if (!said.positional) said.names = spellings(option.names);
    said.says = option.says;
    if (option.choose_from && shows_value) said.choices = option.choose_from();
    said.takes_file = said.argument.find("FILE") != std::string::npos || said.argument.find("DIR") != std::string::npos || said.argument == "DUMP";
    said.required = option.is_required;
    said.repeats = option.repeats();
    said.under = option.under;
    said.alone = option.alone.has_value() && shows_value;
    return said;
}

static void describe(const CommandDefinition& command, const std::string& name, std::vector<CommandDescription>& all) {
    CommandDescription said{.name = name, .says = command.says, .footer = command.footer};
    said.options.push_back({.names = {"--help", "-h"}, .says = "Print this help and leave"});
    if (name.empty()) said.options.push_back({.names = {"--version", "-V"}, .says = "Print the version and leave"});
    for (const auto& option : command.options)
        if (option.told != OptionDefinition::Told::No) said.options.push_back(describe(option));
    for (const auto& child : command.subcommands) said.subcommands.push_back(child.name);
    all.push_back(std::move(said));
    for (const auto& child : command.subcommands) describe(child, name.empty() ? child.name : name + " " + child.name, all);
}

std::vector<CommandDescription> describe(const CommandDefinition& program) {
    std::vector<CommandDescription> all;
    describe(program, "", all);
    return all;
}

std::vector<CommandDescription> describe_command_line() {
    const auto nowhere = [](std::string_view) { return true; };
    Session session(nowhere, nowhere, {});
    return describe(command_line_definition(session));
}

}  // namespace photopsy

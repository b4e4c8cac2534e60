#include "cli/command_description.h"

#include "cli/command_line.h"
#include "flash/layout.h"
#include "report/explain.h"

#include <CLI/CLI.hpp>

namespace photopsy {

static std::vector<std::string> choices_for(const std::string& name) {
    if (name == "--format") return {"text", "json", "markdown", "html", "ndjson", "csv", "junit"};
    if (name == "--color") return {"auto", "always", "never"};
    if (name == "ID") return explainable_ids();
    if (name == "SHELL") return {"bash", "zsh", "fish"};
    if (name != "--device" && name != "--show") return {};
    const auto layouts = builtin_layout_names();
    return {layouts.begin(), layouts.end()};
}

static OptionDescription describe(const CLI::Option& option) {
    OptionDescription said;
    said.positional = option.get_positional();
    if (said.positional) said.argument = option.get_name(true);
    else if (option.get_items_expected_max() != 0) said.argument = option.get_type_name();
    for (const auto& name : option.get_lnames()) said.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) said.names.push_back("-" + name);
    if (said.argument.empty() && !said.names.empty() && option.get_items_expected_max() != 0) said.argument = "VALUE";
    said.says = option.get_description();
    said.choices = choices_for(said.positional ? said.argument : said.names.empty() ? "" : said.names.front());
    said.takes_file = said.argument.find("FILE") != std::string::npos || said.argument.find("DIR") != std::string::npos || said.argument == "DUMP";
    said.required = option.get_required();
    said.repeats = option.get_items_expected_max() > 1;
    return said;
}

static void describe(const CLI::App& command, const std::string& name, std::vector<CommandDescription>& all) {
    CommandDescription said{.name = name, .says = command.get_description(), .footer = command.get_footer()};
    for (const auto* option : command.get_options()) said.options.push_back(describe(*option));
    const auto children = command.get_subcommands([](const CLI::App*) { return true; });
    for (const auto* child : children) said.subcommands.push_back(child->get_name());
    all.push_back(std::move(said));
    for (const auto* child : children) describe(*child, name.empty() ? child->get_name() : name + " " + child->get_name(), all);
}

std::vector<CommandDescription> describe_command_line() {
    const auto nowhere = [](std::string_view) { return true; };
    Session session(nowhere, nowhere, {});
    std::vector<CommandDescription> all;
    describe(*command_line_definition(session), "", all);
    return all;
}

}  // namespace photopsy

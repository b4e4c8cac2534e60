#include "cli/command.h"
#include "cli/command_description.h"
#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::string words(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& word : list) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> option_names(const CommandDescription& command) {
    std::vector<std::string> names;
    for (const auto& option : command.options) names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

/// What may stand in single quotes of a shell.
std::string in_quotes(std::string_view text) {
    std::string safe = "'";
    for (const char c : text) safe += c == '\'' ? "'\\''" : std::string(1, c);
    return safe + "'";
}

/// A case of the word before, for options that take one of a few words, and the options of the command.
std::string bash_case(const CommandDescription& command) {
    auto text = fmt::format("    {})\n      case $before in\n", command.name.empty() ? "\"\"" : in_quotes(command.name));
    std::vector<std::string> positional = command.subcommands;
    for (const auto& option : command.options) {
        if (option.positional) positional.insert(positional.end(), option.choices.begin(), option.choices.end());
        if (option.names.empty() || option.choices.empty()) continue;
        std::string names;
        for (const auto& name : option.names) names += (names.empty() ? "" : "|") + name;
        text += fmt::format("        {}) COMPREPLY=($(compgen -W {} -- \"$word\")); return;;\n", names, in_quotes(words(option.choices)));
    }
    text += "      esac\n";
    return text + fmt::format("      [[ $word == -* ]] && COMPREPLY=($(compgen -W {} -- \"$word\")) || COMPREPLY=($(compgen -W {} -- \"$word\"))\n      ;;\n",
                              in_quotes(words(option_names(command))), in_quotes(words(positional)));
}

std::string bash() {
    const auto commands = describe_command_line();
    std::string known;
    for (std::size_t i = 1; i < commands.size(); ++i) known += (known.empty() ? "" : "|") + in_quotes(commands[i].name);
    auto text =
        "# photopsy completions for bash: photopsy completions bash > /etc/bash_completion.d/photopsy\n_photopsy() {\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n  COMPREPLY=()\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"${command:+$command }${COMP_WORDS[i]}\" in\n      " +
        known + ") command=\"${command:+$command }${COMP_WORDS[i]}\";;\n    esac\n  done\n  case $command in\n";
    for (const auto& command : commands) text += bash_case(command);
    return text + "  esac\n}\ncomplete -o default -F _photopsy photopsy\n";
}

std::string fish() {
    std::string text = "# photopsy completions for fish: photopsy completions fish > ~/.config/fish/completions/photopsy.fish\n";
    for (const auto& command : describe_command_line()) {
        const auto first = command.name.substr(0, command.name.find(' '));
        const auto second = first == command.name ? "" : command.name.substr(first.size() + 1);
        auto condition = command.name.empty() ? std::string("__fish_use_subcommand") : "__fish_seen_subcommand_from " + first;
        if (!second.empty()) condition += "; and __fish_seen_subcommand_from " + second;
        if (!command.name.empty())
            text += fmt::format("complete -c photopsy -n {} -a {} -d {}\n",
                                in_quotes(second.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + first),
                                in_quotes(second.empty() ? first : second), in_quotes(command.says));
        for (const auto& option : command.options) {
            auto line = fmt::format("complete -c photopsy -n {}", in_quotes(condition));
            for (const auto& name : option.names) line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (!option.choices.empty())
                line += fmt::format(" {} -a {}", option.positional ? "" : "-x", in_quotes(words(option.choices)));
            else if (option.positional)
                continue;
            else if (!option.argument.empty())
                line += option.takes_file ? " -r" : " -x";
            text += line + " -d " + in_quotes(option.says) + "\n";
        }
    }
    return text;
}

/// A part of an _arguments specification: brackets and colons have a meaning there.
std::string zsh_text(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe;
}

std::string zsh_argument(const OptionDescription& option) {
    if (option.argument.empty()) return "";
    const auto action = !option.choices.empty() ? "(" + words(option.choices) + ")" : option.takes_file || option.positional ? "_files" : " ";
    return ":" + zsh_text(option.argument) + ":" + action;
}

std::string zsh_name(std::string name) {
    std::replace(name.begin(), name.end(), ' ', '_');
    std::replace(name.begin(), name.end(), '-', '_');
    return "_photopsy_" + name;
}

/// `word) ... function;;` for a case over $words[2]: what follows belongs to that command.
std::string zsh_case(const std::string& word, const std::string& command) {
    return fmt::format("    {}) shift words; ((CURRENT--)); {};;\n", word, zsh_name(command));
}

std::string zsh_arguments(const CommandDescription& command) {
    std::string text = "_arguments";
    for (const auto& option : command.options) {
        for (const auto& spelling : option.names) text += " \\\n    " + in_quotes(spelling + "[" + zsh_text(option.says) + "]" + zsh_argument(option));
        if (option.positional) text += " \\\n    " + in_quotes((option.repeats ? "*" : "") + zsh_argument(option));
    }
    return text;
}

/// A command that has commands of its own: their names first, then what belongs to the one chosen, else to itself.
std::string zsh_group(const CommandDescription& command) {
    std::string cases;
    for (const auto& subcommand : command.subcommands) cases += zsh_case(subcommand, command.name + " " + subcommand);
    const bool takes_words = std::any_of(command.options.begin(), command.options.end(), [](const OptionDescription& option) { return option.positional; });
    return fmt::format("{}() {{\n  if ((CURRENT == 2)); then\n    compadd -- {}\n{}  fi\n  case $words[2] in\n{}    *) {};;\n  esac\n}}\n",
                       zsh_name(command.name), words(command.subcommands), takes_words ? "" : "    return\n", cases,
                       takes_words ? zsh_arguments(command) : "_files");
}

std::string zsh_function(const CommandDescription& command) {
    if (!command.subcommands.empty()) return zsh_group(command);
    return fmt::format("{}() {{\n  {}\n}}\n", zsh_name(command.name), zsh_arguments(command));
}

std::string zsh() {
    const auto commands = describe_command_line();
    std::string text = "#compdef photopsy\n# photopsy completions for zsh: photopsy completions zsh > a directory of your $fpath, as _photopsy\n";
    std::string cases;
    for (std::size_t i = 1; i < commands.size(); ++i) {
        text += zsh_function(commands[i]);
        if (commands[i].name.find(' ') == std::string::npos) cases += zsh_case(commands[i].name, commands[i].name);
    }
    text += "_photopsy() {\n  if ((CURRENT == 2)); then\n    local -a commands=(\n";
    for (std::size_t i = 1; i < commands.size(); ++i)
        if (commands[i].name.find(' ') == std::string::npos) text += "      " + in_quotes(zsh_text(commands[i].name) + ":" + zsh_text(commands[i].says)) + "\n";
    for (const auto& option : commands.front().options)
        for (const auto& name : option.names) text += "      " + in_quotes(zsh_text(name) + ":" + zsh_text(option.says)) + "\n";
    return text + "    )\n    _describe command commands\n    _files\n    return\n  fi\n  case $words[2] in\n" + cases +
           "    *) _files;;\n  esac\n}\n_photopsy \"$@\"\n";
}

void run(const std::string& shell, Session& session) {
    if (shell == "bash") return session.print(bash());
    if (shell == "zsh") return session.print(zsh());
    if (shell == "fish") return session.print(fish());
    session.fail("completions are made for bash, zsh and fish, not for \"" + shell + "\"");
}

}  // namespace

void setup_completions(CommandDefinition& program, Session& session) {
    auto shell = std::make_shared<std::string>();
    auto& command = program.add_subcommand("completions", "Print the completions for a shell");
    command.add_option("SHELL", shell.get(), "bash, zsh or fish").required().choices({"bash", "zsh", "fish"});
    command.footer = "Examples:\n  source <(photopsy completions bash)\n  photopsy completions fish > ~/.config/fish/completions/photopsy.fish";
    command.run = [shell, &session] { run(*shell, session); };
}

}  // namespace photopsy

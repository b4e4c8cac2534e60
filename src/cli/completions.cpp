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

/// What stands behind a file without a command in front of it belongs to analyze.
constexpr std::string_view bare_command = "analyze";

std::string bash() {
    const auto commands = describe_command_line();
    std::string known;
    for (std::size_t i = 1; i < commands.size(); ++i) known += (known.empty() ? "" : "|") + in_quotes(commands[i].name);
    auto text =
        "# photopsy completions for bash: photopsy completions bash > /etc/bash_completion.d/photopsy\n_photopsy() {\n"
        "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n  COMPREPLY=()\n"
        "  [[ $word == '=' ]] && word= before='='\n  if [[ $before == '=' ]]; then\n    before=${COMP_WORDS[COMP_CWORD-2]}\n"
        "    [[ ${COMP_WORDS[COMP_CWORD]} == '=' ]] && before=${COMP_WORDS[COMP_CWORD-1]}\n  fi\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"${command:+$command }${COMP_WORDS[i]}\" in\n      " +
        known +
        ") command=\"${command:+$command }${COMP_WORDS[i]}\";;\n    esac\n  done\n  [[ -z $command && ( $COMP_CWORD -gt 1 || $word == -* ) ]] && command=" +
        std::string(bare_command) + "\n  case $command in\n";
    for (const auto& command : commands) text += bash_case(command);
    return text + "  esac\n}\ncomplete -o default -F _photopsy photopsy\n";
}

/// Every command but the one that needs no name.
std::string other_commands() {
    std::string names;
    for (const auto& command : commands())
        if (command.name != bare_command) names += (names.empty() ? "" : " ") + std::string(command.name);
    return names;
}

std::string fish() {
    std::string text = "# photopsy completions for fish: photopsy completions fish > ~/.config/fish/completions/photopsy.fish\n";
    for (const auto& command : describe_command_line()) {
        const auto first = command.name.substr(0, command.name.find(' '));
        const auto second = first == command.name ? "" : command.name.substr(first.size() + 1);
        auto condition = command.name.empty() ? std::string("__fish_use_subcommand") : "__fish_seen_subcommand_from " + first;
        if (command.name == bare_command) condition += "; or not __fish_seen_subcommand_from " + other_commands();
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
        for (const auto& spelling : option.names) {
            const bool with_equals = spelling.starts_with("--") && !option.argument.empty();
            text += " \\\n    " + in_quotes(spelling + (with_equals ? "=" : "") + "[" + zsh_text(option.says) + "]" + zsh_argument(option));
        }
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
    text += "_photopsy() {\n  ((CURRENT == 2)) && [[ $PREFIX == -* ]] && compadd -- " + words(option_names(commands.front())) +
            "\n  if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then\n    local -a commands=(\n";
    for (std::size_t i = 1; i < commands.size(); ++i)
        if (commands[i].name.find(' ') == std::string::npos) text += "      " + in_quotes(zsh_text(commands[i].name) + ":" + zsh_text(commands[i].says)) + "\n";
    return text + "    )\n    _describe command commands\n    _files\n    return\n  fi\n  case $words[2] in\n" + cases + "    *) " +
           zsh_name(std::string(bare_command)) + ";;\n  esac\n}\n_photopsy \"$@\"\n";
}

/// What may stand in single quotes of PowerShell.
std::string powershell_word(std::string_view text) {
    std::string safe = "'";
    for (const char c : text) safe += c == '\'' ? "''" : std::string(1, c);
    return safe + "'";
}

std::string powershell_list(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& word : list) text += (text.empty() ? "" : ", ") + powershell_word(word);
    return "@(" + text + ")";
}

/// One table: for each command the words that may follow it, and for each option with few values these.
std::string powershell() {
    std::string follow, values;
    for (const auto& command : describe_command_line()) {
        auto words = command.subcommands;
        const auto names = option_names(command);
        words.insert(words.end(), names.begin(), names.end());
        for (const auto& option : command.options) {
            if (option.positional) words.insert(words.end(), option.choices.begin(), option.choices.end());
            if (!option.positional && !option.choices.empty())
                for (const auto& name : option.names)
                    values += fmt::format("    {} = {}\n", powershell_word(command.name + " " + name), powershell_list(option.choices));
        }
        follow += fmt::format("    {} = {}\n", powershell_word(command.name), powershell_list(words));
    }
    return "# photopsy completions for PowerShell: photopsy completions powershell | Out-String | Invoke-Expression\n"
           "Register-ArgumentCompleter -Native -CommandName photopsy -ScriptBlock {\n  param($word, $line, $cursor)\n  $follow = @{\n" +
           follow + "  }\n  $values = @{\n" + values +
           "  }\n  $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() } | Where-Object { $_ -ne $word })\n"
           "  $command = ''\n  foreach ($one in $typed) {\n    $longer = \"$command $one\".Trim()\n    if ($follow.ContainsKey($longer)) { $command = $longer "
           "}\n  }\n"
           "  if ($command -eq '' -and ($typed.Count -gt 0 -or $word.StartsWith('-'))) { $command = " +
           powershell_word(bare_command) +
           " }\n  $option = if ($typed.Count -gt 0) { \"$command $($typed[-1])\" } else { '' }\n"
           "  $begin = ''\n"
           "  if ($word -match '^(--[a-z0-9-]+)=') { $begin = $Matches[0]; $option = \"$command $($Matches[1])\" }\n"
           "  $words = if ($values.ContainsKey($option)) { $values[$option] } elseif ($begin -eq '') { $follow[$command] }\n"
           "  $words | Where-Object { $_ } | ForEach-Object { \"$begin$_\" } | Where-Object { $_.StartsWith($word) } |\n"
           "    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n}\n";
}

void run(const std::string& shell, Session& session) {
    if (shell == "bash") return session.print(bash());
    if (shell == "zsh") return session.print(zsh());
    if (shell == "fish") return session.print(fish());
    if (shell == "powershell") return session.print(powershell());
    session.fail("completions are made for bash, zsh, fish and powershell, not for \"" + shell + "\"");
}

}  // namespace

void setup_completions(CommandDefinition& program, Session& session) {
    auto shell = std::make_shared<std::string>();
    auto& command = program.add_subcommand("completions", "Print the completions for a shell");
    command.add_option("SHELL", shell.get(), "bash, zsh, fish or powershell").required().choices({"bash", "zsh", "fish", "powershell"});
    command.footer = "Examples:\n  source <(photopsy completions bash)\n  photopsy completions fish > ~/.config/fish/completions/photopsy.fish";
    command.run = [shell, &session] { run(*shell, session); };
}

}  // namespace photopsy

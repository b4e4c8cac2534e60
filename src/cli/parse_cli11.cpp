#include "cli/parse_cli11.h"

#include "cli/habits.h"
#include "cli/help.h"
#include "cli/nearest.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace photopsy {

namespace {

CLI::Option* add(CLI::App& command, const OptionDefinition& option) {
    return std::visit(
        [&](auto* target) {
            using Pointee = std::remove_pointer_t<decltype(target)>;
            if constexpr (std::is_same_v<Pointee, std::optional<bool>>)  // add_flag() would give an absent one the value false
                return command.add_flag_function(
                    option.names, [target](std::int64_t times) { *target = times > 0; }, option.says);
            else if constexpr (std::is_same_v<Pointee, bool>)
                return command.add_flag(option.names, *target, option.says);
            else
                return command.add_option(option.names, *target, option.says);
        },
        option.target);
}

void define(CLI::App& command, const OptionDefinition& definition) {
    auto* option = add(command, definition);
    if (definition.is_required) option->required();
    if (!definition.argument.empty()) option->type_name(definition.argument);
    if (!definition.under.empty()) option->group(definition.under);
    if (definition.told == OptionDefinition::Told::No) option->group("");
    if (definition.limits) option->check(CLI::Range(definition.limits->first, definition.limits->second).description(""));
    // A shell's variable that is not set gives an empty word; to go on as if the option did not stand there would be another command.
    if (definition.takes_value() && !definition.positional())
        option->check([](const std::string& value) { return value.empty() ? std::string("its value is empty") : std::string(); });
    if (definition.single) option->allow_extra_args(false);
    if (definition.alone) option->expected(0, 1)->default_str(*definition.alone);
}

/// "--output" of "-o,--output"
std::string long_name(const std::string& names) { return names.substr(names.rfind(',') + 1); }

void define(CLI::App& command, const CommandDefinition& definition) {
    for (const auto& option : definition.options) define(command, option);
    for (const auto& option : definition.options)
        if (!option.needs.empty()) command.get_option(long_name(option.names))->needs(command.get_option(option.needs));
    command.footer(definition.footer);
    if (definition.run)
        command.callback(definition.run);
    else
        command.require_subcommand(1);
    for (const auto& child : definition.subcommands) define(*command.add_subcommand(child.name, child.says), child);
}

/// The command that the words chose, as far as they were understood.
const CLI::App& chosen(const CLI::App& program) {
    const CLI::App* at = &program;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
    return *at;
}

/// Its name and those of the commands it belongs to: "keys", "check".
std::vector<std::string> path_of(const CLI::App& command) {
    std::vector<std::string> path;
    for (const auto* at = &command; at->get_parent(); at = at->get_parent()) path.insert(path.begin(), at->get_name());
    return path;
}

/// "photopsy keys check"
std::string call_of(const CLI::App& command) {
    std::string call = "photopsy";
    for (const auto& word : path_of(command)) call += " " + word;
    return call;
}

std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

/// The one file that a command writes is named by an option.
bool writes_to_a_named_file(const CLI::App& command) {
    const auto names = option_names(command);
    const auto takes_words = !command.get_options([](const CLI::Option* option) { return option->get_positional(); }).empty();
    return !takes_words && std::find(names.begin(), names.end(), "--output") != names.end();
}

std::string one_word_too_many(const std::string& word, const CLI::App& command, const std::string& see_help) {
    const auto known = option_names(command);
    if (!word.empty() && word.front() == '-') {
        const auto name = word.substr(0, word.find('='));
        if (const auto meant = habit(name); !meant.empty()) return "there is no option " + name + "; here it is " + std::string(meant) + see_help;
        return with_suggestion("there is no option " + name, name, known);
    }
    const auto sentence = "\"" + word + "\" is one word too many";
    return writes_to_a_named_file(command) ? sentence + "; a file to write to is named with -o: " + call_of(command) + " -o " + word : sentence + see_help;
}

/// Why the words were not understood, in one sentence.
std::string sentence_for(const CLI::ParseError& error, const CLI::App& program) {
    const auto& command = chosen(program);
    const auto see_help = " (" + call_of(command) + " --help shows how)";
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        const auto rest = program.remaining(true);
        return one_word_too_many(rest.empty() ? std::string() : rest.front(), command, see_help);
    }
    std::string sentence = error.what();
    std::replace(sentence.begin(), sentence.end(), '\n', ' ');
    while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ' ')) sentence.pop_back();
    return sentence + see_help;
}

}  // namespace

Parsed parse(const CommandDefinition& definition, const std::string& version_line, std::vector<std::string> words, unsigned width) {
    CLI::App program(definition.says, definition.name);
    program.set_help_flag("-h,--help", "Print this help and leave");
    program.set_version_flag("-V,--version", version_line, "Print the version and leave");
    define(program, definition);
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
    try {
        program.parse(words);
    } catch (const CLI::CallForHelp&) {
        return {help_text(definition, path_of(chosen(program)), width), ""};
    } catch (const CLI::CallForVersion& call) {
        return {std::string(call.what()) + "\n", ""};
    } catch (const CLI::ParseError& error) {
        return {"", sentence_for(error, program)};
    }
    return {};
}

}  // namespace photopsy

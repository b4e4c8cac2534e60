#include "cli/command_line.h"

#include "cli/command.h"
#include "photopsy.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>

namespace photopsy {

static constexpr auto footer =
    "Examples:\n"
    "  photopsy dump.bin                         what is wrong with this device, and what to do\n"
    "  photopsy dump.bin --led \"3 orange\"        the same, knowing what the LED shows\n"
    "  photopsy dump.bin --format markdown       a report to paste into a forum\n"
    "  photopsy explain private-key-erased       what an id of a report means\n"
    "Exit status: 0 nothing wrong, 1 a problem was found, 2 photopsy could not do its work, 3 USB or device failure.\n"
    "A dump holds the device's private key and Wi-Fi password: never post it. Reports hold neither.";

std::shared_ptr<CLI::App> command_line_definition(Session& session) {
    auto program = std::make_shared<CLI::App>("Forensics of Particle devices from a flash dump: why does it not connect, and what to do?", "photopsy");
    program->set_help_flag("-h,--help", "Print this help and leave");
    program->set_version_flag("-V,--version", "photopsy " + std::string(version), "Print the version and leave");
    program->get_formatter()->column_width(34);
    program->footer(footer);
    program->require_subcommand(1);
    for (const auto& command : commands()) command.setup(*program, session);
    return program;
}

static bool is_command(std::string_view word) {
    return std::any_of(commands().begin(), commands().end(), [&](const Command& command) { return command.name == word; });
}

/// True where the words name no command and should go to `analyze`: a file, or options that belong to it.
static bool means_analyze(const std::vector<std::string>& words) {
    if (words.empty()) return false;
    const auto& first = words.front();
    static constexpr std::array<std::string_view, 4> of_the_program = {"-h", "--help", "-V", "--version"};
    if (is_command(first) || std::find(of_the_program.begin(), of_the_program.end(), first) != of_the_program.end()) return false;
    std::error_code ignored;
    return first.front() == '-' || first.find_first_of("./\\") != std::string::npos || std::filesystem::exists(first, ignored);
}

static std::string with_suggestion(std::string sentence, std::string_view word, const std::vector<std::string>& candidates) {
    const auto near = nearest(word, candidates);
    return near.empty() ? sentence : sentence + "; did you mean " + near + "?";
}

/// The command that the words chose, as far as they were understood.
static const CLI::App& chosen(const CLI::App& program) {
    const CLI::App* at = &program;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
    return *at;
}

static std::vector<std::string> option_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

/// Why the words were not understood, in one sentence.
static std::string sentence_for(const CLI::ParseError& error, const CLI::App& program) {
    const auto& command = chosen(program);
    const auto see_help = " (photopsy " + (&command == &program ? std::string() : command.get_name() + " ") + "--help shows how)";
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
        const auto rest = program.remaining(true);
        const auto word = rest.empty() ? std::string() : rest.front();
        if (!word.empty() && word.front() == '-') return with_suggestion("there is no option " + word, word.substr(0, word.find('=')), option_names(command));
        return "\"" + word + "\" is one word too many" + see_help;
    }
    std::string sentence = error.what();
    std::replace(sentence.begin(), sentence.end(), '\n', ' ');
    while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ' ')) sentence.pop_back();
    return sentence + see_help;
}

static void unknown_command(const std::string& word, Session& session) {
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    session.fail(with_suggestion("there is no command and no file \"" + word + "\"", word, names));
}

int run_command_line(std::vector<std::string> words, Session& session) {
    const auto program = command_line_definition(session);
    if (words.empty() || words.front().empty()) {
        session.print(program->help() + "\n");
        session.raise(exit_unable);
        return session.exit_status();
    }
    if (means_analyze(words)) words.insert(words.begin(), "analyze");
    if (words.front().front() != '-' && !is_command(words.front())) {
        unknown_command(words.front(), session);
        return session.exit_status();
    }
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the end
    try {
        program->parse(words);
    } catch (const CLI::CallForHelp&) {
        session.print(program->help() + "\n");
    } catch (const CLI::CallForVersion& call) {
        session.print(std::string(call.what()) + "\n");
    } catch (const CLI::ParseError& error) {
        session.fail(sentence_for(error, *program));
    }
    return session.exit_status();
}

}  // namespace photopsy

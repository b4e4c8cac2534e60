#include "cli/command_line.h"

#include "cli/command.h"
#include "cli/habits.h"
#include "cli/input_file.h"
#include "cli/nearest.h"
#include "cli/parse_cli11.h"
#include "photopsy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace photopsy {

static constexpr auto footer =
    "Examples:\n"
    "  photopsy dump.bin                      what is wrong, and what to do\n"
    "  photopsy dump.bin --led \"3 orange\"     the same, knowing the light\n"
    "  photopsy dump.bin --format markdown    a report to paste into a forum\n"
    "  photopsy explain private-key-erased    what a word of a report means\n"
    "Exit status: 0 nothing wrong, 1 a problem was found, 2 photopsy could not do its work, 3 USB or device failure. photopsy help COMMAND tells more.\n"
    "A dump holds the device's private key and Wi-Fi password: never post it. Reports hold neither.";

static CommandDefinition without_commands() {
    CommandDefinition program("photopsy", "Forensics of Particle devices from a flash dump: why does it not connect, and what to do?");
    program.footer = footer;
    return program;
}

CommandDefinition command_line_definition(Session& session) {
    auto program = without_commands();
    for (const auto& command : commands()) command.setup(program, session);
    return program;
}

CommandDefinition command_line_definition(Session& session, std::string_view command) {
    auto program = without_commands();
    for (const auto& known : commands())
        if (known.name == command) known.setup(program, session);
    return program;
}

static bool is_command(std::string_view word) {
    return std::any_of(commands().begin(), commands().end(), [&](const Command& command) { return command.name == word; });
}

/// True where the words name no command and should go to `analyze`: a file, or options that belong to it.
static bool means_analyze(const std::vector<std::string>& words) {
    const auto& first = words.front();
    static constexpr std::array<std::string_view, 4> of_the_program = {"-h", "--help", "-V", "--version"};
    if (is_command(first) || std::find(of_the_program.begin(), of_the_program.end(), first) != of_the_program.end()) return false;
    std::error_code ignored;
    return first.front() == '-' || first.find_first_of("./\\") != std::string::npos || std::filesystem::exists(first, ignored);
}

static void unknown_command(const std::string& word, Session& session) {
    std::vector<std::string> names;
    for (const auto& command : commands()) names.emplace_back(command.name);
    const auto sentence = "there is no command and no file \"" + word + "\"";
    if (const auto meant = habit(word); !meant.empty()) return session.fail(sentence + "; here it is: " + std::string(meant));
    session.fail(with_suggestion(sentence, word, names));
}

/// True where a subcommand must follow the first word and another word does: says so.
static bool names_unknown_subcommand(const CommandDefinition& program, const std::vector<std::string>& words, Session& session) {
    if (words.size() < 2 || words[1].empty() || words[1].front() == '-') return false;
    std::vector<std::string> names;
    for (const auto& command : program.subcommands)
        if (command.name == words[0] && !command.run)
            for (const auto& subcommand : command.subcommands) names.push_back(subcommand.name);
    if (names.empty() || std::find(names.begin(), names.end(), words[1]) != names.end()) return false;
    const auto known = fmt::format("\"{0} {1}\" is no command; {0} is followed by one of {2}", words[0], words[1], fmt::join(names, ", "));
    session.fail(with_suggestion(known, words[1], names));
    return true;
}

int run_command_line(std::vector<std::string> words, Session& session) {
    forget_what_was_read();
    if (words.empty() || words.front().empty()) {
        session.raise(exit_unable);
        words = {"--help"};
    }
    if (means_analyze(words)) words.insert(words.begin(), "analyze");
    if (words.front().front() != '-' && !is_command(words.front())) {
        unknown_command(words.front(), session);
        return session.exit_status();
    }
    const auto program = is_command(words.front()) ? command_line_definition(session, words.front()) : command_line_definition(session);
    if (names_unknown_subcommand(program, words, session)) return session.exit_status();
    const auto parsed = parse(program, "photopsy " + std::string(version), std::move(words), session.terminal.width);
    if (!parsed.to_print.empty()) session.print(parsed.to_print);
    if (!parsed.failure.empty()) session.fail(parsed.failure);
    return session.exit_status();
}

}  // namespace photopsy

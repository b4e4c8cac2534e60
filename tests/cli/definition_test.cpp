// What the definitions of the command line promise and the parser keeps.
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/parse_cli11.h"

#include "catch.h"

using namespace photopsy;

TEST_CASE("a flag with two ways is set only where one of them was given", "[cli]") {
    const struct {
        std::vector<std::string> words;
        std::optional<bool> value;
    } rows[] = {{{"go"}, {}}, {{"go", "--analyze"}, true}, {{"go", "--no-analyze"}, false}};
    for (const auto& row : rows) {
        std::optional<bool> analyze;
        CommandDefinition program("program", "A program");
        auto& command = program.add_subcommand("go", "Goes");
        command.add_flag("--analyze,!--no-analyze", &analyze, "Analyzes");
        bool ran = false;
        command.run = [&] { ran = true; };
        const auto parsed = parse(program, "1", row.words, 80);
        CHECK(parsed.failure.empty());
        CHECK(ran);
        CHECK(analyze == row.value);
    }
}

TEST_CASE("a command defined alone is the command that the whole line has", "[cli]") {
    const auto nowhere = [](std::string_view) { return true; };
    Session session(nowhere, nowhere, {});
    const auto all = command_line_definition(session);
    for (const auto& command : commands()) {
        CAPTURE(command.name);
        const std::string name(command.name);
        const auto alone = command_line_definition(session, command.name);
        REQUIRE(alone.subcommands.size() == 1);
        CHECK(help_text(alone, {name}, 80) == help_text(all, {name}, 80));
        for (const auto& child : alone.subcommands.front().subcommands) CHECK(help_text(alone, {name, child.name}, 80) == help_text(all, {name, child.name}, 80));
    }
    CHECK(command_line_definition(session, "no-such-command").subcommands.empty());
}

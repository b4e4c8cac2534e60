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

TEST_CASE("an option that means something beside another alone is refused without it", "[cli]") {
    const auto failure_of = [](std::vector<std::string> words) {
        std::string name, file;
        bool asks = false;
        CommandDefinition program("program", "A program");
        auto& command = program.add_subcommand("go", "Goes");
        command.add_option("-n,--name", &name, "A name").only_with("--ask");
        command.add_flag("--ask", &asks, "Asks");
        command.add_option("FILE", &file, "A file");
        command.run = [] {};
        return parse(program, "1", std::move(words), 80).failure;
    };
    CHECK(failure_of({"go", "--name", "x"}).find("--name requires --ask") != std::string::npos);
    CHECK(failure_of({"go", "-n", "x", "a"}).find("--ask") != std::string::npos);
    CHECK(failure_of({"go", "--ask", "--name", "x"}).empty());
    CHECK(failure_of({"go", "-n", "x", "--ask"}).empty());
    CHECK(failure_of({"go", "--ask"}).empty());
    CHECK(failure_of({"go", "a"}).empty());
}

TEST_CASE("no command takes an option that it then does not look at", "[cli]") {
    const auto said_by = [](std::vector<std::string> words) {
        std::string said;
        Session session([](std::string_view) { return true; }, [&](std::string_view text) { return said += text, true; }, {});
        const auto parsed = parse(command_line_definition(session), "1", std::move(words), 80);
        return parsed.failure + said;
    };
    const std::pair<std::vector<std::string>, const char*> rows[] = {
        {{"analyze", "a", "--server", "h:1"}, "--live"},   {{"analyze", "a", "--device-id", "00"}, "--live"},
        {{"analyze", "a", "--transcript", "t"}, "--live"}, {{"analyze", "a", "--yes"}, "--live"},
        {{"handshake", "a", "--server", "h:1"}, "--live"}, {{"handshake", "a", "--timeout", "3"}, "--live"},
        {{"analyze", "a", "--serial", "1"}, "--device"},   {{"analyze", "a", "--reads", "3"}, "--device"},
        {{"repair", "a", "--wait", "1"}, "--device"},      {{"repair", "a", "--apply"}, "--device"},
        {{"repair", "--device", "--yes"}, "--apply"},      {{"keys", "server-slot", "a", "--port", "0", "-o", "x"}, "not in range"},
    };
    for (const auto& [words, missing] : rows) {
        const auto said = said_by(words);
        INFO(words[0] << " " << words.back() << ": " << said);
        CHECK(said.find(missing) != std::string::npos);
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
        for (const auto& child : alone.subcommands.front().subcommands)
            CHECK(help_text(alone, {name, child.name}, 80) == help_text(all, {name, child.name}, 80));
    }
    CHECK(command_line_definition(session, "no-such-command").subcommands.empty());
}

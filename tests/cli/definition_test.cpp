// What the definitions of the command line promise and the parser keeps.
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

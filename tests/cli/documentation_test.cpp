#include "cli/command.h"
#include "cli/command_description.h"
#include "diagnosis/cause.h"
#include "report/explain.h"
#include "rules/rule.h"
#include "support/output_text.h"
#include "support/shared.h"
#include "support/spoken.h"

#include "catch.h"

#include <algorithm>
#include <cstdlib>

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("the manual page and the completions know every command and every option", "[cli]") {
    const auto man = run({"man"});
    CHECK(man.status == 0);
    const auto described = describe_command_line();
    REQUIRE(described.size() > commands().size());
    for (const auto* shell : {"bash", "zsh", "fish", "powershell"}) {
        const auto completions = run({"completions", shell});
        CHECK(completions.status == 0);
        for (const auto& command : described) {
            INFO(shell << " " << command.name);
            CHECK(has(completions.out, command.name.substr(command.name.find(' ') + 1)));
            for (const auto& option : command.options)
                for (const auto& name : option.names)
                    CHECK(has(completions.out, std::string(shell) == "fish" ? name.substr(name.find_first_not_of('-')) : name));
        }
    }
    for (const auto& command : described)
        for (const auto& option : command.options)
            for (const auto& name : option.names)
                if (!command.name.empty() && name.rfind("--", 0) == 0 && name != "--help") {
                    std::string escaped;
                    for (const char c : name) escaped += c == '-' ? "\\-" : std::string(1, c);
                    INFO(command.name << " " << name);
                    CHECK(has(man.out, escaped));
                }
    CHECK(run({"completions", "tcsh"}).status == 2);
}

TEST_CASE("flags take no value and choices are known", "[cli]") {
    const auto described = describe_command_line();
    const auto analyze = std::find_if(described.begin(), described.end(), [](const auto& command) { return command.name == "analyze"; });
    REQUIRE(analyze != described.end());
    for (const auto& option : analyze->options) {
        if (option.names.empty()) continue;
        if (option.names.front() == "--quiet") CHECK(option.argument.empty());
        if (option.names.front() == "--format") CHECK(option.choices.size() == 7);
        if (option.names.front() == "--output") CHECK(option.takes_file);
    }
}

TEST_CASE("bash accepts its completions", "[cli]") {
    CHECK(std::system("\"" PHOTOPSY_BINARY "\" completions bash | bash -n") == 0);
    CHECK(std::system("bash -c 'source <(\"" PHOTOPSY_BINARY
                      "\" completions bash); COMP_WORDS=(photopsy analyze --format h); COMP_CWORD=3; _photopsy; [[ ${COMPREPLY[*]} == html ]]'") == 0);
}

TEST_CASE("explain knows every id, and says the same in every form", "[cli]") {
    for (const auto& id : explainable_words()) {
        const auto text = explain(id, 80);
        INFO(id);
        REQUIRE(text);
        CHECK(has(*text, id));
    }
    CHECK_FALSE(explain("no-such-id", 80));
    if (explainable_words().empty()) return;
    const auto first = explainable_words().front();
    CHECK(run({"explain", first}).out == *explain(first, 80));
    CHECK(has(run({"explain", first.substr(0, first.size() - 1) + "_"}).err, "did you mean " + first + "?"));
    CHECK(has(run({"explain", "--all"}).out, first));
}

TEST_CASE("docs/rules.md is what the tables say", "[cli]") {
    const auto bytes = test::read_file(test::source_path("docs/rules.md"));
    const std::string page(bytes.begin(), bytes.end());
    CHECK(has(page, "# Causes and findings"));
    INFO("write it anew: photopsy explain --all --markdown > docs/rules.md");
    CHECK((page == explain_all_markdown()));
}

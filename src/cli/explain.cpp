#include "report/explain.h"
#include "cli/command.h"
#include "cli/nearest.h"
#include "report/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace photopsy {

namespace {

struct ExplainCommand {
    std::vector<std::string> words;
    bool all = false;
    bool markdown = false;
};

/// One word of a report may be several here: "system part".
void run(const ExplainCommand& options, Session& session) {
    const auto width = session.terminal.width;
    const auto shown = [&](const std::string& text) { session.print(session.terminal.utf8 ? text : in_ascii(text)); };
    if (options.all && !options.words.empty()) return session.fail("explain takes a word, or --all");
    if (options.all) return options.markdown ? session.print(explain_all_markdown()) : shown(explain_all(width));
    if (options.words.empty()) return shown(explain_list(width));
    const auto word = fmt::format("{}", fmt::join(options.words, " "));
    if (const auto text = explain(word, width)) return shown(*text);
    session.fail(with_suggestion("no report says \"" + word + "\" (photopsy explain alone lists all words)", word, explainable_words()));
}

/// What a shell completes: words without blanks, each once.
std::vector<std::string> completable_words() {
    auto words = explainable_words();
    std::erase_if(words, [](const std::string& word) { return word.find_first_of(" ,'|") != std::string::npos; });
    return words;
}

}  // namespace

void setup_explain(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<ExplainCommand>();
    auto& command = program.add_subcommand("explain", "Say what a word of a report means, why it matters and what to do; alone: list the words");
    command.add_option("WORD", &options->words, "Id of a cause or finding, like private-key-erased, or any other word, like orange").choices(completable_words);
    command.add_flag("--all", &options->all, "All causes and findings");
    command.add_flag("--markdown", &options->markdown, "With --all: as a page of documentation");
    command.footer = "Examples:\n  photopsy explain private-key-erased\n  photopsy explain DCT\n  photopsy explain recv_384\n  photopsy explain --all | less";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

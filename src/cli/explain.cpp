#include "report/explain.h"
#include "cli/command.h"
#include "cli/nearest.h"

#include <memory>

namespace photopsy {

namespace {

struct ExplainCommand {
    std::string id;
    bool all = false;
    bool markdown = false;
};

void run(const ExplainCommand& options, Session& session) {
    if (options.all == !options.id.empty()) return session.fail("explain takes one id, or --all");
    if (options.all) return session.print(options.markdown ? explain_all_markdown() : explain_all(session.terminal.width));
    if (auto text = explain(options.id, session.terminal.width)) return session.print(*text);
    session.fail(with_suggestion("there is no cause and no finding \"" + options.id + "\" (photopsy explain --all lists them)", options.id, explainable_ids()));
}

}  // namespace

void setup_explain(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<ExplainCommand>();
    auto& command = program.add_subcommand("explain", "Say what an id of a report means and why it matters");
    command.add_option("ID", &options->id, "Id of a cause or finding, like private-key-erased").choices(explainable_ids);
    command.add_flag("--all", &options->all, "All of them");
    command.add_flag("--markdown", &options->markdown, "With --all: as a page of documentation");
    command.footer = "Examples:\n  photopsy explain private-key-erased\n  photopsy explain --all | less";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

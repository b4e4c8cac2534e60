#include "cli/command.h"
#include "cli/dump_pair.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/text_output.h"
#include "report/difference.h"

#include <algorithm>
#include <optional>

namespace photopsy {

namespace {

struct DiffCommand {
    std::string before, after, external_before, external_after;
    std::string format = "text";
    bool quiet = false, show_ids = false;
    LayoutOptions layout;
    TextOptions text;
};

std::optional<Analysis> read(const std::string& path, const std::string& external, const Layout* layout, Session& session) {
    auto dump = external.empty() ? read_dump(path, layout) : read_dump_pair(path, external, layout);
    if (dump) return analyze(std::move(dump->capture), *dump->layout);
    session.fail(dump.error().message);
    return {};
}

void run(const DiffCommand& options, Session& session) {
    const auto files = {options.before, options.after, options.external_before, options.external_after};
    if (std::count(files.begin(), files.end(), "-") > 1) return session.fail("standard input (-) can be read only once");
    const bool as_json = options.format == "json";
    if (!as_json && options.format != "text") return session.fail("there is no format \"" + options.format + "\" for diff; known are text, json");
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto before = read(options.before, options.external_before, layout->get(), session);
    const auto after = read(options.after, options.external_after, layout->get(), session);
    if (!before || !after) return;
    ReportStyle style;
    style.show_ids = options.show_ids;
    const auto difference = compare(*before, *after, style);
    if (!options.quiet) session.print(as_json ? difference_json(difference) : laid_out(difference_text(difference), *paint));
    if (!difference.same) session.raise(exit_problem);
}

}  // namespace

void setup_diff(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<DiffCommand>();
    auto& command = program.add_subcommand("diff", "Compare two dumps by meaning: modules, settings, keys, updates");
    command.add_option("BEFORE", &options->before, "A dump; - is standard input").required();
    command.add_option("AFTER", &options->after, "Another one").required();
    command.add_option("--external-before", &options->external_before, "The dump of the second flash (serial flash) that belongs to BEFORE").type_name("FILE");
    command.add_option("--external-after", &options->external_after, "The one that belongs to AFTER").type_name("FILE");
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    command.add_flag("-q,--quiet", &options->quiet, "Only the exit status: 0 the same, 1 different");
    command.add_flag("--show-ids", &options->show_ids, "Show the full device id and private server names; never keys or passwords");
    add_text_options(command, options->text);
    add_layout_options(command, options->layout);
    command.footer =
        "Examples:\n  photopsy diff before.bin after.bin\n  photopsy diff capture-1.bin capture-2.bin   unstable bytes of one device\n  photopsy diff "
        "before.bin after.bin --format json\n  photopsy diff a.bin b.bin --external-before a-2.bin --external-after b-2.bin";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

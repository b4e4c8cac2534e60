#include "base/hex.h"
#include "cli/command.h"
#include "cli/options.h"
#include "flash/layout.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct LayoutsCommand {
    std::string show;
};

void list(Session& session) {
    for (const auto name : builtin_layout_names()) {
        const auto* layout = builtin_layout(name);
        if (!layout) continue;
        session.print(fmt::format("{:10} platform {:3}  {} to {}  {}\n", name, layout->platform_id, hex_address(layout->flash.begin),
                                  hex_address(layout->flash.end - 1), layout->title));
    }
}

void run(const LayoutsCommand& options, Session& session) {
    if (options.show.empty()) return list(session);
    const auto text = builtin_layout_text(options.show);
    if (text.empty()) return session.fail("there is no built-in layout \"" + options.show + "\" (photopsy layouts lists them)");
    session.print(text);
}

}  // namespace

void setup_layouts(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<LayoutsCommand>();
    auto& command = program.add_subcommand("layouts", "List the devices that are known, or show the layout file of one");
    command.add_option("--show", &options->show, "Print the layout file of this device, to be changed and given back with --layout")
        .type_name("NAME")
        .choices(device_names);
    command.footer = fmt::format("Examples:\n  photopsy layouts\n  photopsy layouts --show {} > mine.toml", builtin_layout_names().front());
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

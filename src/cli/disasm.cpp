#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/text_output.h"
#include "report/disassembly.h"

namespace photopsy {

namespace {

struct DisasmCommand {
    std::string file, where, format = "text";
    unsigned count = 32;
    LayoutOptions layout;
    TextOptions text;
};

void run(const DisasmCommand& options, Session& session) {
    const bool as_json = options.format == "json";
    if (!as_json && options.format != "text") return session.fail("--format is text or json, not \"" + options.format + "\"");
    const auto paint = asked_paint(options.text, session.terminal, TextPlace::StandardOutput);
    if (!paint) return session.fail(paint.error().message);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    const auto dump = read_dump(options.file, layout->get());
    if (!dump) return session.fail(dump.error().message);
    const auto facts = collect_facts(dump->capture, *dump->layout);
    const auto shared = proved_public(dump->capture.image, *dump->layout, facts.modules, facts.dct);
    const auto text = (as_json ? disassembly_json : disassembly_text)(dump->capture.image, facts, shared, options.where, options.count);
    if (!text) return session.fail(text.error().message);
    session.print(as_json ? *text : laid_out(*text, *paint));
}

}  // namespace

void setup_disasm(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<DisasmCommand>();
    auto& command = program.add_subcommand("disasm", "Show released code at an address, with the names of calls into other modules");
    command.add_option("FILE", &options->file, "A dump; - is standard input").required();
    command.add_option("WHERE", &options->where, "An address in hexadecimal, a module slot (its reset handler), or reset (the bootloader's)").required();
    command.add_option("-n,--lines", &options->count, "How many instructions (default 32, at most 2000)").type_name("NUMBER").range(1u, longest_disassembly);
    command.add_option("--format", &options->format, "text or json").type_name("NAME").choices({"text", "json"});
    add_text_options(command, options->text);
    add_layout_options(command, options->layout);
    command.footer = "Examples:\n  photopsy disasm dump.bin reset\n  photopsy disasm dump.bin system-part2 -n 100\n  photopsy disasm dump.bin 0x08020200";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

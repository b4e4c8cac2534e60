#include "mend/redact.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct RedactCommand {
    std::string file;
    OutputOptions output;
    LayoutOptions layout;
    RedactWish wish;
};

void run(const RedactCommand& options, Session& session) {
    if (options.output.file.empty()) return session.fail("where to? Give the shareable copy a name: -o shareable.bin");
    if (options.output.to_stdout() && session.terminal.output_is_tty) return session.fail("a dump is no text: give -o shareable.bin");
    const auto overwrite = options.output.force ? Overwrite::Yes : Overwrite::No;
    const auto manifest_file = options.output.file + ".manifest.json";
    if (!options.output.to_stdout())
        for (const auto& file : {options.output.file, manifest_file})
            if (const auto refused = refused_output(file, overwrite)) return session.fail(*refused);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    auto dump = read_dump(options.file, layout->get());
    if (!dump) return session.fail(dump.error().message);
    const auto original = analyze(std::move(dump->capture), *dump->layout);
    const auto redacted = redact(original, options.wish);
    if (!redacted) return session.fail(redacted.error().message);
    const std::string_view bytes(reinterpret_cast<const char*>(redacted->bytes.data()), redacted->bytes.size());
    if (options.output.to_stdout()) return session.print(bytes);
    const bool personal = options.wish.keep_eeprom || options.wish.keep_application;
    const unsigned mode = personal ? mode_private : mode_shared;
    const std::vector<OutputFile> files = {{options.output.file, bytes, mode}, {manifest_file, redacted->manifest, mode}};
    if (const auto failure = write_together(files, overwrite)) return session.fail(*failure);
    if (personal) session.say("What was kept as asked can be personal: both files are readable for you only. Look through it before you pass it on.");
    session.say(fmt::format("Analyzed again: same outcome, causes and handshake{}. What was changed stands in {}.",
                            redacted->same_findings ? ", and the same findings"
                                                    : "; some findings stand elsewhere or are missing, because only what was overwritten told their place",
                            manifest_file));
}

}  // namespace

void setup_redact(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<RedactCommand>();
    auto& command = program.add_subcommand("redact", "Make a copy of a dump that can be given away: same verdict, no secrets");
    command.add_option("FILE", &options->file, "The dump").required();
    add_output_options(command, options->output);
    add_layout_options(command, options->layout);
    command.add_flag("--keep-eeprom", &options->wish.keep_eeprom, "Leave the values that the application stored");
    command.add_flag("--keep-application", &options->wish.keep_application, "Leave applications that belong to no release");
    command.footer = "Examples:\n  photopsy redact dump.bin -o shareable.bin\n\nBesides the copy, shareable.bin.manifest.json says what was changed.";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

#include "mend/redact.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

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
    auto manifest = options.output;
    manifest.file += ".manifest.json";
    std::error_code ignored;
    if (!options.output.to_stdout() && !options.output.force && std::filesystem::exists(manifest.file, ignored))
        return session.fail(manifest.file + " exists already; --force overwrites it");
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    auto dump = read_dump(options.file, layout->get());
    if (!dump) return session.fail(dump.error().message);
    const auto original = analyze(std::move(dump->capture), *dump->layout);
    const auto redacted = redact(original, options.wish);
    if (!redacted) return session.fail(redacted.error().message);
    const std::string_view bytes(reinterpret_cast<const char*>(redacted->bytes.data()), redacted->bytes.size());
    deliver(bytes, options.output, mode_shared, session);
    if (session.exit_status() != exit_good || options.output.to_stdout()) return;
    deliver(redacted->manifest, manifest, mode_shared, session);
    if (session.exit_status() == exit_good)
        session.say(fmt::format("Analyzed again: same outcome, causes and handshake{}. What was changed stands in {}.",
                                redacted->same_findings ? ", and the same findings"
                                                        : "; some findings stand elsewhere or are missing, because only what was overwritten told their place",
                                manifest.file));
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

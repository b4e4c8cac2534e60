#include "mend/redact.h"
#include "cli/command.h"
#include "cli/dump_pair.h"
#include "cli/file_system.h"
#include "cli/input.h"
#include "cli/options.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct RedactCommand {
    std::string file, external;
    OutputOptions output;
    LayoutOptions layout;
    RedactWish wish;
};

/// "shareable.bin" -> "shareable.external.bin".
std::string external_name(const std::string& file) {
    const auto dot = file.rfind('.');
    const bool has_ending = dot != file.npos && dot > folder_of(file).size();
    return has_ending ? file.substr(0, dot) + ".external" + file.substr(dot) : file + ".external";
}

/// The copy alone: neither a manifest nor a second file can lie beside standard output, a pipe or a device.
bool only_the_copy(const OutputOptions& output) { return output.to_stdout() || is_written_to_directly(output.file); }

/// Why nothing can be written where it was asked for; nothing if it can.
std::optional<std::string> refused_outputs(const RedactCommand& options, Overwrite overwrite, const Session& session) {
    const auto& output = options.output;
    if (output.file.empty()) return "where to? Give the shareable copy a name: -o shareable.bin";
    if (output.to_stdout() && session.terminal.output_is_tty) return "a dump is no text: give -o shareable.bin";
    if (only_the_copy(output)) return options.external.empty() ? std::nullopt : std::optional<std::string>("two files are made of two: give -o shareable.bin");
    for (const auto& file : {output.file, output.file + ".manifest.json", options.external.empty() ? output.file : external_name(output.file)})
        if (auto refused = refused_output(file, overwrite)) return refused;
    return {};
}

void write_copy(const RedactCommand& options, const RedactedDump& copy, Overwrite overwrite, Session& session) {
    const auto& file = options.output.file;
    const bool personal = options.wish.keep_eeprom || options.wish.keep_application;
    const unsigned mode = personal ? mode_private : mode_shared;
    std::vector<OutputFile> files = {{file, as_text(copy.bytes), mode}, {file + ".manifest.json", copy.manifest, mode}};
    if (!copy.external.empty()) files.push_back({external_name(file), as_text(copy.external), mode});
    if (const auto failure = write_together(files, overwrite)) return session.fail(*failure);
    for (const auto& written : files) tell_written(written.path, session);
    if (personal) session.say("What was kept as asked can be personal: the files are readable for you only. Look through them before you pass them on.");
    if (!copy.external.empty()) session.say(fmt::format("The second flash stands in {}.", external_name(file)));
    if (!copy.same_confidence)
        session.say("Something is told less surely of the copy, because only what was overwritten proved it; the report on the copy says so.");
    session.say(fmt::format(
        "Analyzed again: same outcome, causes and handshake{}. What was changed stands in {}.manifest.json.",
        copy.same_findings ? ", and the same findings" : "; some findings stand elsewhere or are missing, because only what was overwritten told their place",
        file));
}

void run(const RedactCommand& options, Session& session) {
    const auto overwrite = options.output.force ? Overwrite::Yes : Overwrite::No;
    if (const auto refused = refused_outputs(options, overwrite, session)) return session.fail(*refused);
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    auto dump = options.external.empty() ? read_dump(options.file, layout->get()) : read_dump_pair(options.file, options.external, layout->get());
    if (!dump) return session.fail(dump.error().message);
    const auto original = analyze(std::move(dump->capture), *dump->layout);
    const auto copy = redact(original, options.wish);
    if (!copy) return session.fail(copy.error().message);
    if (options.output.to_stdout()) return session.print(as_text(copy->bytes));
    if (only_the_copy(options.output)) {
        if (const auto failure = write_output(options.output.file, as_text(copy->bytes), overwrite, mode_shared)) session.fail(*failure);
        return;
    }
    write_copy(options, *copy, overwrite, session);
}

}  // namespace

void setup_redact(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<RedactCommand>();
    auto& command = program.add_subcommand("redact", "Make a copy of a dump that can be given away: same verdict, no secrets");
    command.add_option("FILE", &options->file, "The dump").required();
    command.add_option("--external", &options->external, "The dump of the second flash of the same device, where it has one").type_name("FILE");
    add_output_options(command, options->output);
    add_layout_options(command, options->layout);
    command.add_flag("--keep-eeprom", &options->wish.keep_eeprom, "Leave the values that the application stored");
    command.add_flag("--keep-application", &options->wish.keep_application, "Leave applications that belong to no release");
    command.footer =
        "Examples:\n  photopsy redact dump.bin -o shareable.bin\n\nBesides the copy, shareable.bin.manifest.json says what was changed; a second flash is "
        "written to shareable.external.bin.";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

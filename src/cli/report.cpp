#include "report/report.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"
#include "mend/redact.h"
#include "report/ticket.h"

namespace photopsy {

namespace {

struct ReportCommand {
    std::string file;
    OutputOptions output;
    LayoutOptions layout;
    std::string led;
};

/// `no_copy`: why the shareable copy is not in it; "" where it is.
void tell_where_to_send(const std::string& no_copy, Session& session) {
    const auto copy = no_copy.empty() ? std::string(", and a copy of the dump without keys, passwords and names") : "; no copy of the dump (" + no_copy + ")";
    session.say("In it: the report as a page, Markdown, text and JSON" + copy + ". Not in it: the dump, any key or password, the device's full id.");
    session.say("It may be sent: to the device's thread in the Particle community forum, or to the support of whoever sold the device.");
}

void run(const ReportCommand& options, Session& session) {
    if (options.output.to_stdout() && session.terminal.output_is_tty) return session.fail("a bundle is an archive: give -o report.zip");
    AnalyzeOptions asked;
    if (!options.led.empty()) {
        const auto led = parse_led(options.led);
        if (!led) return session.fail(led.error().message);
        asked.led = *led;
    }
    const auto layout = asked_layout(options.layout);
    if (!layout) return session.fail(layout.error().message);
    auto dump = read_dump(options.file, layout->get());
    if (!dump) return session.fail(dump.error().message);
    std::vector<Analysis> analyses;
    analyses.push_back(analyze(std::move(dump->capture), *dump->layout, asked));
    session.raise(analyses.front().diagnosis.exit_status);
    const auto copy = redact(analyses.front());
    const auto zip = zip_of(ticket_files(analyses, copy));
    if (!zip) return session.fail(zip.error().message);
    deliver(*zip, options.output, mode_shared, session);
    if (session.exit_status() != exit_unable && !options.output.to_stdout()) tell_where_to_send(copy ? "" : copy.error().message, session);
}

}  // namespace

void setup_report(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<ReportCommand>();
    auto& command = program.add_subcommand("report", "Put the reports on a dump and a copy without secrets into one ZIP file for a support ticket");
    command.add_option("FILE", &options->file, "The dump").required();
    add_output_options(command, options->output);
    command.add_option("--led", &options->led, "What the LED shows when it fails, like \"3 orange\"").type_name("TEXT");
    add_layout_options(command, options->layout);
    command.footer = "Examples:\n  photopsy report dump.bin -o report.zip\nThe dump itself stays with you: it holds the private key and the Wi-Fi password.";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

#include "report/report.h"
#include "base/digest.h"
#include "base/hex.h"
#include "cli/command.h"
#include "cli/input.h"
#include "cli/options.h"
#include "mend/redact.h"
#include "report/bundle.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

struct ReportCommand {
    std::string file;
    OutputOptions output;
    LayoutOptions layout;
    std::string led;
};

ByteView bytes_of(const std::string& text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

/// What is in the bundle, so that its reader can tell whether anything was changed on the way.
std::string manifest(const std::vector<BundleFile>& files, const Analysis& analysis, const std::string& about_copy) {
    auto text =
        fmt::format("photopsy {} report bundle\ndump: {} bytes (not in this bundle: it holds secrets)\n{}\n\n", version, analysis.capture.size, about_copy);
    for (const auto& file : files) text += fmt::format("{}  {}  {}\n", hex(sha256(bytes_of(file.bytes))), file.bytes.size(), file.name);
    return text;
}

std::vector<BundleFile> bundle(const std::vector<Analysis>& analyses) {
    ReportStyle for_strangers;
    for_strangers.tells_hash = false;
    std::vector<BundleFile> files = {{"report.html", render(analyses, Format::Html, for_strangers)},
                                     {"report.md", render(analyses, Format::Markdown, for_strangers)},
                                     {"report.txt", render(analyses, Format::Text, for_strangers)},
                                     {"report.json", render(analyses, Format::Json, for_strangers)}};
    const auto redacted = redact(analyses.front());
    if (redacted) {
        files.push_back({"redacted.bin", std::string(redacted->bytes.begin(), redacted->bytes.end())});
        if (!redacted->external.empty()) files.push_back({"redacted.external.bin", std::string(redacted->external.begin(), redacted->external.end())});
        files.push_back({"redacted.bin.manifest.json", redacted->manifest});
    }
    const auto about_copy = redacted ? "redacted.bin: the dump without its secrets; it gives the same verdict" : redacted.error().message;
    files.push_back({"manifest.txt", manifest(files, analyses.front(), about_copy)});
    return files;
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
    const auto zip = zip_of(bundle(analyses));
    if (!zip) return session.fail(zip.error().message);
    deliver(*zip, options.output, mode_shared, session);
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

#include "cli/analyze_many.h"
#include "cli/capture_record.h"
#include "cli/command.h"
#include "cli/device_reading.h"
#include "cli/dump_pair.h"
#include "cli/file_system.h"
#include "cli/input.h"
#include "cli/led_question.h"
#include "cli/live.h"
#include "cli/options.h"
#include "cli/public_key_file.h"
#include "cli/shell.h"
#include "cli/taken_names.h"
#include "flash/external.h"
#include "report/plain_text.h"
#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

struct AnalyzeCommand {
    std::vector<std::string> files;
    std::string files_from, external;
    bool names_end_with_nul = false;
    unsigned jobs = 0;
    std::vector<std::string> formats;
    OutputOptions output;
    LayoutOptions layout;
    std::string led, colour = "auto", registered_public_key, server_public_key;
    bool quiet = false, show_ids = false, ascii = false, full = false, ask = false;
    std::size_t max_chars = 15000;
    unsigned width = 0;
    ReadingOptions reading;
    LiveOptions live;
    /// --device without the name of a kind, as it was given once: the device that is connected.
    bool from_usb() const { return layout.device == connected_device; }
    static constexpr auto connected_device = "usb";
};

/// The one format that was asked for; text if none was.
Result<Format> asked_format(const std::vector<std::string>& names) {
    if (names.size() > 1) return Error{"a report has one format: --format " + names[0] + " and --format " + names[1] + " were both given"};
    if (names.empty()) return Format::Text;
    if (const auto format = parse_format(names.front())) return *format;
    return Error{"there is no format \"" + names.front() + "\"; known are " + std::string(format_names)};
}

Result<bool> asked_colour(const AnalyzeCommand& options, const Terminal& terminal) {
    if (options.colour == "always") return true;
    if (options.colour == "never") return false;
    if (options.colour == "auto") return options.output.to_stdout() && terminal.output_is_tty && !terminal.no_colour && !terminal.dumb;
    return Error{"--color is auto, always or never, not \"" + options.colour + "\""};
}

Result<ReportStyle> asked_style(const AnalyzeCommand& options, const Terminal& terminal) {
    const auto colour = asked_colour(options, terminal);
    if (!colour) return colour.error();
    ReportStyle style;
    style.colour = *colour;
    style.owner_reads = options.output.to_stdout() && terminal.output_is_tty;
    style.utf8 = !options.ascii && (terminal.utf8 || !options.output.to_stdout());
    style.width = options.width ? options.width : terminal.width;
    style.show_ids = options.show_ids;
    const bool for_a_screen = options.formats.empty() && options.output.to_stdout() && !options.full;
    style.extent = for_a_screen ? ReportStyle::Extent::Short : ReportStyle::Extent::Full;
    style.max_chars = options.max_chars;
    style.commands.taken = names_beside(options.files);
    style.commands.shell = shell_of_this_host();
    style.commands.server_public_key = options.server_public_key == "-" ? "" : options.server_public_key;
    style.commands.registered_public_key = options.registered_public_key == "-" ? "" : options.registered_public_key;
    return style;
}

Result<AnalyzeOptions> asked_analysis(const AnalyzeCommand& options, Session& session) {
    AnalyzeOptions asked;
    if (options.ask) {
        if (!options.led.empty()) return Error{"--led tells what --ask would ask; give one of them"};
        const auto light = ask_for_light(session);
        if (!light) return light.error();
        asked.led = *light;
    }
    if (!options.led.empty()) {
        const auto led = parse_led(options.led);
        if (!led) return led.error();
        asked.led = *led;
    }
    auto registered = read_public_key_if_given(options.registered_public_key), server = read_public_key_if_given(options.server_public_key);
    if (!registered || !server) return registered ? server.error() : registered.error();
    asked.registered_spki = std::move(*registered);
    asked.server_spki = std::move(*server);
    return asked;
}

/// Everything that was asked for, understood; a failure is one sentence.
struct Job {
    Format format = Format::Text;
    ReportStyle style;
    AnalyzeOptions analysis;
    std::shared_ptr<const Layout> layout;
};

Result<Job> understand(const AnalyzeCommand& options, Session& session) {
    const auto format = asked_format(options.formats);
    if (!format) return format.error();
    const auto style = asked_style(options, session.terminal);
    auto analysis = style ? asked_analysis(options, session) : style.error();
    if (!analysis) return analysis.error();
    auto layout = asked_layout(options.from_usb() ? LayoutOptions{.kind = options.layout.kind, .file = options.layout.file, .device = {}} : options.layout);
    if (!layout) return layout.error();
    return Job{*format, *style, std::move(*analysis), std::move(*layout)};
}

/// The same dump judged again with a real server's answer. Where none was asked after all, that was told, and the report stands without it.
Analysis with_answer(Analysis analysis, const AnalyzeCommand& options, const Job& job, Session& session) {
    const auto& record = analysis.capture.record;
    const auto record_id = record && record->serial_is_device_id ? record->serial : std::string();
    auto question = live_question(analysis.capture.image, analysis.facts, analysis.keys);
    if (!question) return session.fail(question.error().message), std::move(analysis);
    LiveOptions live = options.live;
    live.force = options.output.force;
    live.server_spki = job.analysis.server_spki;
    const auto run = ask_server(std::move(*question), live, record_id, session);
    if (!run) return analysis;
    auto asked = job.analysis;
    asked.live = run->answer;
    return analyze(std::move(analysis.capture), *analysis.layout, asked);
}

/// Why no report is made with the keys that were given; "" where they may be this device's.
std::string why_keys_refused(const AnalyzeCommand& options, const Job& job, const Analysis& analysis) {
    const auto &registered = job.analysis.registered_spki, &server = job.analysis.server_spki;
    return why_refused({registered, options.registered_public_key}, {server, options.server_public_key}, analysis.facts.keys);
}

void keep(Analysis analysis, const AnalyzeCommand& options, const Job& job, Session& session, std::vector<Analysis>& analyses) {
    if (const auto refused = why_keys_refused(options, job, analysis); !refused.empty()) return session.fail(refused);
    if (options.live.live) analysis = with_answer(std::move(analysis), options, job, session);
    session.raise(analysis.diagnosis.exit_status);
    analyses.push_back(std::move(analysis));
}

std::vector<Analysis> analyze_file(const AnalyzeCommand& options, const Job& job, Session& session) {
    std::vector<Analysis> analyses;
    const auto& file = options.files.front();
    auto dump = options.external.empty() ? read_dump_of_device(file, job.layout.get()) : read_dump_pair(file, options.external, job.layout.get());
    if (!dump) {
        session.fail(dump.error().message);
        return analyses;
    }
    keep(analyze(std::move(dump->capture), *dump->layout, job.analysis), options, job, session, analyses);
    return analyses;
}

bool many(const AnalyzeCommand& options) { return options.files.size() > 1 || !options.files_from.empty(); }

/// A folder among what was given, or the one archive, is to be opened, and what is in it told apart.
bool opens(const AnalyzeCommand& options) {
    if (!options.external.empty()) return false;
    if (options.files.size() == 1 && options.files_from.empty()) return holds_several_files(options.files.front());
    return std::any_of(options.files.begin(), options.files.end(), [](const auto& file) { return kind_at_end_of(file) == PlaceKind::Folder; });
}

/// What a script reads line by line: a line also where the one file could not be read.
bool in_lines(const AnalyzeCommand& options, const Job& job) { return job.format == Format::Ndjson && options.external.empty() && !options.from_usb(); }

ManyReports many_reports(const AnalyzeCommand& options, const Job& job) {
    ManyReports asked;
    asked.files = options.files;
    asked.files_from = options.files_from;
    asked.opens = opens(options);
    asked.separator = options.names_end_with_nul ? '\0' : '\n';
    asked.jobs = options.jobs;
    asked.format = job.format;
    asked.one_line_each = options.quiet && options.output.to_stdout() && options.formats.empty();
    asked.style = job.style;
    asked.analysis = job.analysis;
    asked.refused = [&](const Analysis& analysis) { return why_keys_refused(options, job, analysis); };
    asked.layout = job.layout.get();
    asked.output = options.output;
    asked.mode = options.show_ids ? mode_private : mode_shared;
    return asked;
}

/// The connected device, read into memory; nothing is written to disk.
std::vector<Analysis> analyze_device(const AnalyzeCommand& options, const Job& job, Session& session) {
    std::vector<Analysis> analyses;
    const auto device = ConnectedDevice::open(options.reading, job.layout.get(), session);
    if (!device) return analyses;
    const Layout& layout = device->layout();
    const FlashReading internal = device->read({});
    if (!internal.finished) return analyses;
    CaptureRecord record = device->record();
    static_cast<CapturedFlash&>(record) = captured(internal, nullptr);
    Capture capture = recognize(internal.bytes, "connected device", "", layout);
    capture.typed = no_file;
    attach_record(std::move(record), capture);
    if (device->offers_external() && keeps_keys_in_external(layout)) {
        const FlashReading external = device->read_external({});
        if (!external.finished) return analyses;
        put_external(capture, external.bytes, layout.external->title, "", layout);
        capture.external->typed = no_file;
        capture.record->external = captured(external, nullptr);
        attach_external_record(layout, capture);
    }
    keep(analyze(std::move(capture), layout, job.analysis), options, job, session, analyses);
    return analyses;
}

/// A report that went into a file does not show that its status is no failure of the program.
void tell_why_one(const AnalyzeCommand& options, Session& session) {
    if (!options.output.to_stdout() && session.exit_status() == exit_problem)
        session.say("The exit status is 1 because a problem was found; the report is whole.");
}

void run(const AnalyzeCommand& options, Session& session) {
    if (options.files.empty() && options.files_from.empty() && !options.from_usb())
        return session.fail("FILE is required, or --device for a connected device (photopsy analyze --help shows how)");
    if (!options.external.empty() && (options.files.size() != 1 || many(options)))
        return session.fail("--external belongs to one dump of an internal flash; give the file of that flash beside it");
    if (!options.files.empty() && options.from_usb())
        return session.fail("--device reads the connected device; leave it out to analyze " + options.files.front());
    const bool opened = opens(options);
    if (options.live.live && (many(options) || opened)) return session.fail("--live asks about one device at a time; give one dump");
    if (!options.registered_public_key.empty() && (many(options) || opened))
        return session.fail("--registered-public-key is the key of one device; give one dump, or leave it out");
    auto job = understand(options, session);
    if (!job) return session.fail(job.error().message);
    if (std::count(options.files.begin(), options.files.end(), "-") + (options.files_from == "-") > 1)
        return session.fail("standard input (-) can be read only once");
    if (!options.live.live && (many(options) || opened || in_lines(options, *job))) {
        report_many(many_reports(options, *job), session);
        return tell_why_one(options, session);
    }
    const auto analyses = options.from_usb() ? analyze_device(options, *job, session) : analyze_file(options, *job, session);
    if (analyses.empty()) return;
    if (!options.files.empty() && options.external.empty()) job->style.given = options.files.front();
    if (options.quiet && options.output.to_stdout() && options.formats.empty()) {
        for (const auto& analysis : analyses) session.print(render_line(analysis, job->style) + "\n");
        return;
    }
    const auto text = render(analyses, job->format, job->style);
    if (job->format == Format::Markdown && columns(text) > options.max_chars)
        return session.fail(fmt::format("--max-chars {} is too small: verdict, first step and provenance alone need {}", options.max_chars, columns(text)));
    deliver(text, options.output, options.show_ids ? mode_private : mode_shared, session);
    tell_why_one(options, session);
    if (options.show_ids && !options.output.to_stdout())
        session.say(options.output.file + " names the device and its server in full: it is readable for you only.");
}

}  // namespace

void setup_analyze(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<AnalyzeCommand>();
    auto& command = program.add_subcommand("analyze", "Say what is wrong with the device a dump came from, and what to do");
    command.add_option("FILE", &options->files,
                       "Dumps: .bin, .dfu, .hex, also packed (.gz .xz .zst .zip .7z .tar .tgz), or a folder of them; - is standard input");
    command.add_option("--files-from", &options->files_from, "Read more names of dumps from this file, one a line; - is standard input").type_name("LIST");
    command.add_flag("-0,--null", &options->names_end_with_nul, "Names in the list end with a zero byte, as find -print0 writes them");
    command.add_option("-j,--jobs", &options->jobs, "Dumps worked on at the same time (default: one a core)").type_name("NUMBER").range(1, 64);
    command.add_option("--external", &options->external, "The dump of the second flash of the same device (its serial flash)").type_name("FILE");
    command.add_option("--format", &options->formats, "text, json, markdown, html, ndjson, csv or junit")
        .type_name("NAME")
        .one_at_a_time()
        .choices({"text", "json", "markdown", "html", "ndjson", "csv", "junit"});
    add_output_options(command, options->output);
    command.add_flag("--full", &options->full, "Everything in the text report: bytes, all ways, start, handshake, modules, keys");
    command.add_flag("-q,--quiet", &options->quiet, "One line for each dump");
    command.add_option("--led", &options->led, "What the light shows when it fails, like \"3 orange\" or \"breathing magenta\"").type_name("TEXT");
    command.add_flag("--ask", &options->ask, "Ask at the terminal what the light does");
    add_layout_options(command, options->layout);
    command.option("--device").value_if_alone(AnalyzeCommand::connected_device).told_as_flag().description("Read the connected device, in DFU mode");
    add_reading_options(command, options->reading, "--device");
    command.add_flag("--show-ids", &options->show_ids, "Show the full device id and private server names; never keys or passwords");
    command.add_option("--registered-public-key", &options->registered_public_key, "Public key that the cloud holds for this device (DER or PEM)")
        .type_name("FILE");
    command.add_option("--server-public-key", &options->server_public_key, "Public key that the server really has (DER or PEM)").type_name("FILE");
    add_live_options(command, options->live);
    command.add_option("--color", &options->colour, "auto, always or never").type_name("WHEN").choices({"auto", "always", "never"});
    command.add_flag("--ascii", &options->ascii, "No characters beyond ASCII in the text report");
    command.add_option("--width", &options->width, "Columns of the text report, 40 to 200 (default: the terminal's)").type_name("COLUMNS").range(40, 200);
    command.add_option("--max-chars", &options->max_chars, "Longest Markdown report, in characters (default 15000)").type_name("NUMBER").range(1, 1000000);
    command.footer =
        "Examples:\n"
        "  photopsy dump.bin\n"
        "  photopsy analyze dump.bin --led \"3 orange\"\n"
        "  photopsy analyze dump.bin --format html -o report.html\n"
        "  photopsy analyze customers/*.bin --format csv\n"
        "  photopsy analyze --device\n"
        "  photopsy analyze dump.bin --live\n"
        "  xz -dc dump.bin.xz | photopsy analyze - --format json\n"
        "Exit status: 0 nothing above a warning, 1 a problem was found, 2 bad usage or no such file.";
    command.run = [options, &session] { run(*options, session); };
}

}  // namespace photopsy

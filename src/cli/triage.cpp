#include "cli/command.h"
#include "cli/dump_pipeline.h"
#include "cli/options.h"
#include "cli/replacement.h"
#include "cli/triage_folder.h"
#include "cli/triage_run.h"
#include "report/fleet.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

struct TriageCommand {
    std::vector<std::string> paths;
    std::string files_from, format = "text", folder, sort = "path", cause, outcome, fail_on;
    bool names_end_with_nul = false, ascii = false, force = false;
    unsigned jobs = 0, width = 0;
};

/// Outcomes, and what files may be besides.
const std::vector<std::string>& standings() {
    static const std::vector<std::string> words = {"healthy", "attention", "cloud-fails", "safe-mode", "boot-fails", "bad-capture", "no-dump", "unread"};
    return words;
}

std::optional<Error> unknown_word(std::string_view option, const std::string& word) {
    if (word.empty() || std::count(standings().begin(), standings().end(), word)) return {};
    return Error{fmt::format("{} is one of {}, not \"{}\"", option, fmt::join(standings(), ", "), word)};
}

Result<FleetStyle> asked_fleet_style(const TriageCommand& options, const Terminal& terminal) {
    const auto order = parse_fleet_order(options.sort);
    if (!order) return Error{"--sort is path, outcome, cause, release or device, not \"" + options.sort + "\""};
    if (const auto error = unknown_word("--outcome", options.outcome)) return *error;
    if (const auto error = unknown_word("--fail-on", options.fail_on)) return *error;
    if (!options.cause.empty() && !find_cause(options.cause)) return Error{"there is no cause \"" + options.cause + "\" (photopsy explain --all lists them)"};
    FleetStyle style;
    style.width = options.width ? options.width : terminal.width;
    style.colour = terminal.output_is_tty && !terminal.no_colour && !terminal.dumb;
    style.utf8 = terminal.utf8 && !options.ascii;
    style.order = *order;
    style.cause = options.cause;
    style.outcome = options.outcome;
    return style;
}

/// The highest of the dumps. With --fail-on: 1 where one is as bad as that or worse, else 0; what could not be read stays what it is.
int fleet_exit_status(const fleet::Fleet& all, const std::string& fail_on) {
    const auto rank = [](std::string_view word) { return std::find(standings().begin(), standings().end(), word) - standings().begin(); };
    int status = exit_good;
    for (const auto& row : all.rows) {
        const auto word = standing_of(row);
        const bool fails = word == fail_on || (row.is_dump() && rank(word) >= rank(fail_on));
        const bool told_by_report = fail_on.empty() || row.standing == fleet::Row::Standing::Unread;
        status = std::max(status, told_by_report ? row.exit_status : fails ? exit_problem : exit_good);
    }
    return status;
}

bool write_folder(TriageFolder& folder, const fleet::Fleet& all, FleetStyle style, Session& session) {
    style.links = true;
    const bool finished = style.unfinished.empty();
    const auto page = fleet_html(all, style);
    if (const auto failure = folder.close(page, fleet_csv(all, style), finished)) return session.fail(*failure), false;
    const auto removed = finished ? folder.remove_reports_without_dump(all.rows) : 0;
    if (removed == 1) session.say("Removed the report of a file that is not among those given now from " + folder.path() + "/reports.");
    if (removed > 1) session.say(fmt::format("Removed the reports of {} files that are not among those given now from {}/reports.", removed, folder.path()));
    return true;
}

TriageWork work_of(const TriageCommand& options) {
    TriageWork work;
    work.paths = options.paths;
    work.files_from = options.files_from;
    work.separator = options.names_end_with_nul ? '\0' : '\n';
    work.folder = options.folder;
    work.jobs = options.jobs ? options.jobs : usable_cores();
    return work;
}

void run_triage(const TriageCommand& options, Session& session) {
    if (options.paths.empty() && options.files_from.empty())
        return session.fail("PATH is required: dumps, folders, archives, .ndjson files of earlier reports (photopsy triage --help shows how)");
    const bool list_from_input = options.files_from == "-";
    if (std::count(options.paths.begin(), options.paths.end(), "-") + list_from_input > 1) return session.fail("standard input (-) can be read only once");
    const auto format = parse_fleet_format(options.format);
    if (!format) return session.fail(fmt::format("--format is {}, not \"{}\"", fleet_format_names, options.format));
    auto style = asked_fleet_style(options, session.terminal);
    if (!style) return session.fail(style.error().message);
    std::unique_ptr<TriageFolder> folder;
    if (const auto both = std::find_if(options.paths.begin(), options.paths.end(), [&](const auto& path) { return same_place(path, options.folder); });
        !options.folder.empty() && both != options.paths.end())
        return session.fail(*both + " is to be read, and -o would write into it: give -o another folder");
    if (!options.folder.empty()) {
        auto opened = TriageFolder::open(options.folder, options.force ? Overwrite::Yes : Overwrite::No);
        if (!opened) return session.fail(opened.error().message);
        folder = std::move(*opened);
    }
    auto gathered = gather_rows(work_of(options), folder.get(), session);
    if (gathered.failed) return;
    if (gathered.interrupted) {
        style->unfinished = fmt::format("Interrupted: {} looked at; the same command goes on from there.",
                                        gathered.rows.size() == 1 ? "1 was" : fmt::format("{} were", gathered.rows.size()));
        session.fail("interrupted");
    }
    const auto all = fleet::look_together(std::move(gathered.rows), both_at_once(options.jobs));
    if (folder && write_folder(*folder, all, *style, session)) session.say("Wrote " + folder->path() + "/index.html; open it in a browser.");
    session.print(render_fleet(all, *format, *style));
    session.raise(fleet_exit_status(all, options.fail_on));
}

}  // namespace

void setup_triage(CommandDefinition& program, Session& session) {
    auto options = std::make_shared<TriageCommand>();
    auto& command = program.add_subcommand("triage", "Say what many dumps have in common, which are one story, and which need a person");
    command.add_option("PATH", &options->paths,
                       "Dumps, folders, archives with many dumps (.zip .7z .tar, .tar packed), .ndjson of earlier reports; - is standard input");
    command.add_option("--files-from", &options->files_from, "Read more names from this file, one a line; - is standard input").type_name("LIST");
    command.add_flag("-0,--null", &options->names_end_with_nul, "Names in the list end with a zero byte, as find -print0 writes them");
    command
        .add_option("-o,--output", &options->folder,
                    "Write index.html, summary.csv, reports.ndjson and a report of each dump into this folder, and go on from what is there")
        .type_name("DIR");
    command.add_flag("--force", &options->force, "Overwrite what DIR holds under these names and photopsy triage has not written");
    command.add_option("--format", &options->format, "text, json, ndjson, csv, html or markdown")
        .type_name("NAME")
        .choices({"text", "json", "ndjson", "csv", "html", "markdown"});
    command.add_option("-j,--jobs", &options->jobs, "Dumps worked on at the same time (default: one a core)").type_name("NUMBER").range(1, 64);
    command.add_option("--sort", &options->sort, "Order of the rows: path, outcome, cause, release or device")
        .type_name("WHAT")
        .choices({"path", "outcome", "cause", "release", "device"});
    command.add_option("--cause", &options->cause, "Only dumps with this cause").type_name("ID");
    command.add_option("--outcome", &options->outcome, "Only dumps of this outcome, or no-dump, or unread").type_name("NAME").choices(standings());
    command.add_option("--fail-on", &options->fail_on, "Exit status 1 only where a dump has this outcome or a worse one")
        .type_name("OUTCOME")
        .choices(standings());
    command.add_flag("--ascii", &options->ascii, "No characters beyond ASCII in the text");
    command.add_option("--width", &options->width, "Columns of the text, 60 to 200 (default: the terminal's)").type_name("COLUMNS").range(60, 200);
    command.footer =
        "Examples:\n"
        "  photopsy triage customers/\n"
        "  photopsy triage customers/ returns.zip -o triage/\n"
        "  photopsy triage machine1/reports.ndjson machine2/reports.ndjson --format csv\n"
        "machine1 and machine2 are folders that photopsy triage -o has written; what photopsy analyze --format ndjson prints is read as well.\n"
        "Exit status: the highest of the dumps.";
    command.run = [options, &session] { run_triage(*options, session); };
}

}  // namespace photopsy

#include "cli/analyze_many.h"

#include "cli/archive_file.h"
#include "cli/dump_pipeline.h"
#include "cli/file_system.h"
#include "cli/output_stream.h"
#include "cli/pace.h"
#include "cli/told_line.h"
#include "cli/triage_mark.h"
#include "report/json.h"
#include "report/json_fleet.h"
#include "report/rows.h"
#include "report/text.h"
#include "report/together.h"

#include <fmt/ranges.h>

#include <atomic>

namespace photopsy {

namespace {

class ReportsInTurn {
public:
    ReportsInTurn(const ManyReports& asked, Session& session) : asked_(asked), session_(session), output_(asked.output, asked.mode, session) {}

    /// Several at once: only what belongs to this one dump.
    void tell(DumpWork& work) const {
        if (!work.analysis) {
            if (in_lines()) work.text = told_line(work) + "\n";
            return;
        }
        auto style = asked_.style;
        style.given = work.found.path;
        if (asked_.one_line_each)
            work.text = render_line(*work.analysis, style) + "\n";
        else if (asked_.format == Format::Json)
            work.text = render_json(*work.analysis, build_document(*work.analysis, style), 2);
        else if (asked_.format == Format::Ndjson)
            work.text = render_report_line(*work.analysis, build_document(*work.analysis, style)) + "\n";
        else if (asked_.format == Format::Csv)
            work.text = csv_row(build_document(*work.analysis, style));
        else if (asked_.format == Format::Text)
            work.text = render_text(build_document(*work.analysis, style), style);
    }

    bool begin() {
        const bool known_to_be_many = asked_.format == Format::Json && several_given();
        return asked_.one_line_each || output_.write(known_to_be_many ? "[" : asked_.format == Format::Csv ? csv_header() : "");
    }

    /// A line for each, whatever it is, as `triage` takes it.
    bool in_lines() const { return asked_.format == Format::Ndjson && !asked_.one_line_each; }

    bool deliver(DumpWork& work) {
        if (is_no_dump(work)) return !in_lines() || output_.write(work.text);
        session_.raise(work.exit_status);
        if (!work.failure.empty()) return fail(work);
        ++dumps_;
        if (asked_.one_line_each || asked_.format == Format::Ndjson || asked_.format == Format::Csv) return output_.write(work.text);
        if (asked_.format == Format::Json) return deliver_json(work);
        if (asked_.format == Format::Text) return deliver_text(work);
        if (asked_.format == Format::Junit)
            suites_.push_back(junit_suite(document_of(work)));
        else
            analyses_.push_back(std::move(*work.analysis));
        return true;
    }

    /// `names`: how many there were.
    void end(std::size_t names) {
        if (!asked_.one_line_each) {
            if (asked_.format == Format::Json) end_json();
            if (asked_.format == Format::Text && dumps_ > 1) output_.write("\n\n" + render_text_summary(briefs_, what_traits_share(traits_), asked_.style));
            if (asked_.format == Format::Junit) output_.write(junit_of(suites_));
            if (!analyses_.empty()) output_.write(render(analyses_, asked_.format, asked_.style));
        }
        if (asked_.opens && dumps_ == 0) tell_no_dump();
        if (names == 0 && !asked_.files_from.empty() && session_.exit_status() == exit_good)
            session_.fail("there is no name of a dump in " + (asked_.files_from == "-" ? "standard input" : asked_.files_from), exit_problem);
        const bool nothing_to_say = dumps_ == 0 && asked_.format != Format::Json;
        if ((!nothing_to_say || asked_.output.to_stdout()) && output_.finish() && !asked_.output.to_stdout()) tell_written(asked_.output.file, session_);
    }

private:
    bool several_given() const { return asked_.files.size() > 1 || !asked_.files_from.empty(); }

    /// A key, a module, a text beside the dumps: named, and no bad capture. What was given itself, and not found in a folder or an archive, is told as it is.
    bool is_no_dump(DumpWork& work) {
        const auto& found = work.found;
        if (found.kind == Found::Kind::Unread) work.failure = found.path + ": " + found.text;
        if (found.kind == Found::Kind::Line) return is_report(work);
        if (found.kind == Found::Kind::NoDump) return name(found.path, found.text), true;
        if (!work.analysis || !asked_.opens) return false;
        for (const auto& problem : work.analysis->capture.problems) {
            const bool other = problem.defect == CaptureDefect::NotBinary || problem.defect == CaptureDefect::Empty;
            modules_ += problem.modules_only;
            if (other || problem.modules_only) return name(found.path, problem.detail), true;
        }
        return false;
    }

    bool is_report(DumpWork& work) {
        if (!in_lines()) return session_.say(work.found.path + ": a report of an earlier run, which photopsy triage takes"), true;
        if (row_of_line(work.found.text)) return true;
        work.failure = fmt::format("{}: {}", work.found.path, why_no_report(work.found.text));
        return false;
    }

    void name(const std::string& path, const std::string& why) {
        if (asked_.opens) session_.say(path + ": " + why);
    }

    void tell_no_dump() {
        static constexpr std::size_t least_of_a_release = 2;
        const auto name = fmt::format("{}", fmt::join(asked_.files, " and "));
        const bool release = modules_ >= least_of_a_release;
        session_.fail(release ? name + " holds firmware as it is released, and no dump" : "there is no dump in " + name, exit_problem);
    }

    /// Several are an array, whatever fails; the only one that a folder or an archive holds is told as if it had been given itself.
    bool deliver_json(const DumpWork& work) {
        if (several_given()) return output_.write((dumps_ > 1 ? ",\n" : "\n") + work.text);
        if (dumps_ == 1) return first_ = work.text, true;
        if (dumps_ == 2) output_.write("[\n" + first_);
        return output_.write(",\n" + work.text);
    }

    void end_json() {
        if (several_given() || dumps_ > 1)
            output_.write("\n]\n");
        else if (dumps_ == 1 && failed_ == 0)
            output_.write(first_ + "\n");
        else
            output_.write("[\n" + first_ + (dumps_ ? "\n]\n" : "]\n"));
    }

    Document document_of(const DumpWork& work) const {
        auto style = asked_.style;
        style.given = work.found.path;
        return build_document(*work.analysis, style);
    }

    bool fail(const DumpWork& work) {
        ++failed_;
        session_.fail(work.failure);
        return !in_lines() || output_.write(work.text);
    }

    bool deliver_text(const DumpWork& work) {
        const auto document = document_of(work);
        Document brief;
        brief.outcome = document.outcome;
        brief.name = row_name(document);
        for (const auto& cause : document.causes) brief.causes.push_back({.id = cause.id});
        briefs_.push_back(std::move(brief));
        traits_.push_back(traits_of(*work.analysis, row_name(document)));
        return output_.write((dumps_ > 1 ? "\n\n" : "") + work.text);
    }

    const ManyReports& asked_;
    Session& session_;
    OutputStream output_;
    std::size_t dumps_ = 0, failed_ = 0, modules_ = 0;
    std::string first_;                 ///< JSON of the first dump, until it is known whether another follows
    std::vector<Document> briefs_;      ///< text: name, outcome and causes
    std::vector<SharedTraits> traits_;  ///< text
    std::vector<JunitSuite> suites_;
    std::vector<Analysis> analyses_;  ///< formats that are one page
};

}  // namespace

/// Up to two; the files of an archive in it count, and not that archive.
static std::size_t files_in(ArchiveMembers& archive, bool opens_archives) {
    std::size_t files = 0;
    while (files < 2) {
        const auto member = archive.next();
        if (!member) break;
        if (member->name.starts_with("__MACOSX/")) continue;
        const auto inner = opens_archives && ArchiveMembers::may_be(member->bytes) ? ArchiveMembers::open_bytes(member->bytes) : nullptr;
        files += inner ? files_in(*inner, false) : 1;
    }
    return files;
}

bool holds_several_files(const std::string& path) {
    if (path == "-") return false;
    const auto kind = kind_at_end_of(path);
    if (kind == PlaceKind::Folder) return true;
    const auto archive = kind == PlaceKind::File ? open_archive_file(path) : nullptr;
    return archive && files_in(*archive, true) > 1;
}

/// More than anybody reads the reports of; each costs time, and a line.
static constexpr std::size_t most_members = 1000;

/// Leaves out what `triage -o` wrote of dumps that are beside it.
class WithoutOwnReports {
public:
    bool leaves_out(const Found& found) {
        if (found.kind != Found::Kind::Line) return false;
        if (found.path != path_)
            own_ = name_of(path_ = found.path) == TriageMark::reports && TriageMark::is_in(folder_of(path_).empty() ? "." : folder_of(path_));
        return own_;
    }

private:
    std::string path_;
    bool own_ = false;
};

void report_many(const ManyReports& asked, Session& session) {
    InputNames names(asked.files, asked.files_from, asked.separator);
    ReportsInTurn reports(asked, session);
    if (!reports.begin()) return;
    Pace pace(session);
    DumpPipeline pipeline;
    // Lines are a part of what `triage` takes together: nothing is left out for its number, and lists are read by the rules of folders.
    InputWalk walk(names, "", reports.in_lines() ? std::numeric_limits<std::size_t>::max() : most_members);
    WithoutOwnReports own;
    const bool walks = asked.opens || reports.in_lines();
    const auto next = [&]() -> std::optional<Found> {
        if (walks) {
            auto found = walk.next();
            while (found && reports.in_lines() && own.leaves_out(*found)) found = walk.next();
            return found;
        }
        auto name = names.next();
        return name ? std::optional(Found{.path = std::move(*name)}) : std::nullopt;
    };
    std::atomic<std::size_t> left = 0;  // counted by who takes, told by who delivers
    pipeline.next = [&] {
        auto found = next();
        left = names.left();
        return found;
    };
    pipeline.tell = [&](DumpWork& work) { reports.tell(work); };
    pipeline.deliver = [&](DumpWork& work) {
        pace.step(left);
        return reports.deliver(work);
    };
    pipeline.layout = asked.layout;
    pipeline.options = asked.analysis;
    pipeline.refused = asked.refused;
    pipeline.jobs = asked.jobs ? asked.jobs : usable_cores();
    run(pipeline);
    pace.end();
    if (!walks && !names.failure().empty()) session.fail(names.failure());
    reports.end(names.taken());
}

}  // namespace photopsy

#include "cli/triage_run.h"

#include "cli/dump_pipeline.h"
#include "cli/interruption.h"
#include "cli/pace.h"
#include "cli/told_line.h"
#include "cli/triage_folder.h"
#include "cli/triage_page.h"
#include "report/fleet.h"
#include "report/html.h"
#include "report/json.h"
#include "report/json_fleet.h"

#include <fmt/format.h>

#include <atomic>
#include <set>

namespace photopsy {

namespace {

class RowsInTurn {
public:
    RowsInTurn(TriageFolder* folder, Session& session) : folder_(folder), session_(session) {}

    /// False for what an earlier run has told already.
    bool wanted(DumpWork& work) const {
        if (!folder_) return true;
        work.key = key_of_dump(work.dump->capture);
        return !folder_->has(shown_path(work.found.path), work.sha256, work.key);
    }

    /// Several at once. The text is the dump's line.
    void tell(DumpWork& work) const {
        if (work.analysis)
            tell_dump(work);
        else
            work.text = told_line(work);
    }

    bool deliver(DumpWork& work) {
        if (!work.trouble.empty()) return fail(work.trouble);
        if (work.text.empty() && folder_) work.text = folder_->kept(shown_path(work.found.path), work.sha256);
        auto row = row_of_line(work.text);
        if (!row) return fail("what an earlier run left in the folder cannot be read any more");
        row->told_elsewhere = work.found.kind == Found::Kind::Line;
        if (folder_)
            if (const auto failure = folder_->add(work.text)) return fail(*failure);
        gathered.rows.push_back(std::move(*row));
        return true;
    }

    void settle(const std::vector<TriageFolder::Line>& lines) {
        if (const auto failure = folder_->settle(lines)) fail(*failure);
    }

    TriageRows gathered;

private:
    void tell_dump(DumpWork& work) const {
        ReportStyle style;
        style.given = work.found.path;
        if (folder_) {
            const auto document = build_document(*work.analysis, style);
            work.text = render_report_line(*work.analysis, document);
            const auto json = render_json(*work.analysis, document, 2) + "\n";
            const auto page = render_html({document}, {});
            // The page last: its end vouches for the other file.
            put(work, {{".json", json}, {".html", page + text_of(end_of_page(work.key, work.text, json, page))}});
        } else {
            work.text = render_short_line(build_short_document(*work.analysis, style));
        }
        work.analysis.reset();
    }

    /// The report of one dump, in files that are named after its row.
    void put(DumpWork& work, const std::vector<std::pair<std::string, std::string>>& files) const {
        const auto row = row_of_line(work.text);
        if (row && !row->sha256.empty())
            for (const auto& [suffix, bytes] : files)
                if (const auto failure = folder_->put_report(report_name(*row) + suffix, bytes)) work.trouble = *failure;
    }

    bool fail(const std::string& why) {
        session_.fail(why);
        gathered.failed = true;
        return false;
    }

    TriageFolder* folder_;
    Session& session_;
};

struct ToldAgain {
    std::size_t beside_dump = 0;    ///< reports of dumps that were looked at themselves
    std::size_t beside_report = 0;  ///< reports of dumps that another report tells of
};

/// A report of an earlier run on a dump that was looked at itself is that dump once more, whatever folder it had there; two reports of one path and the same
/// bytes are one dump.
ToldAgain leave_out_told_again(fleet::Rows& rows, std::vector<TriageFolder::Line>& lines) {
    using Line = TriageFolder::Line;
    const auto named = [](const fleet::Row& row) { return std::pair(row.path.substr(row.path.find_last_of("/\\:") + 1), row.sha256); };
    std::set<std::pair<std::string, std::string>> looked_at, told;
    for (const auto& row : rows)
        if (!row.told_elsewhere && !row.sha256.empty()) looked_at.insert(named(row));
    ToldAgain again;
    fleet::Rows kept;
    for (auto& row : rows) {
        const bool beside_dump = row.told_elsewhere && looked_at.contains(named(row));
        const bool beside_report = row.told_elsewhere && !beside_dump && !row.sha256.empty() && !told.emplace(row.path, row.sha256).second;
        again.beside_dump += beside_dump;
        again.beside_report += beside_report;
        lines.push_back(!row.told_elsewhere ? Line::Dump : beside_dump || beside_report ? Line::ToldAgain : Line::Told);
        if (!beside_dump && !beside_report) kept.push_back(std::move(row));
    }
    rows = std::move(kept);
    return again;
}

std::string count_of_reports(std::size_t reports) { return reports == 1 ? "One report" : fmt::format("{} reports", reports); }

void say_told_again(const ToldAgain& again, Session& session) {
    if (const auto reports = again.beside_dump)
        session.say(fmt::format("{} of an earlier run {} left out: the {} among what was given, and each counts once.", count_of_reports(reports),
                                reports == 1 ? "is" : "are", reports == 1 ? "dump that it tells of is itself" : "dumps that they tell of are themselves"));
    if (const auto reports = again.beside_report)
        session.say(fmt::format("{} of an earlier run {} left out: {} same path and bytes as another report, and each dump counts once.",
                                count_of_reports(reports), reports == 1 ? "is" : "are", reports == 1 ? "it tells of the" : "they tell of the"));
}

}  // namespace

TriageRows gather_rows(const TriageWork& asked, TriageFolder* folder, Session& session) {
    InputNames names(asked.paths, asked.files_from, asked.separator);
    InputWalk walk(names, asked.folder);
    RowsInTurn rows(folder, session);
    Pace pace(session);
    const Interruption interruption;
    DumpPipeline pipeline;
    std::atomic<std::size_t> waiting = 0;  // counted by who takes, told by who delivers
    pipeline.next = [&] {
        auto found = interruption.asked() ? std::nullopt : walk.next();
        waiting = walk.waiting();
        return found;
    };
    pipeline.wanted = [&](DumpWork& work) { return rows.wanted(work); };
    pipeline.tell = [&](DumpWork& work) { rows.tell(work); };
    pipeline.deliver = [&](DumpWork& work) {
        pace.step(waiting);
        return rows.deliver(work);
    };
    pipeline.jobs = asked.jobs;
    pipeline.options.shows_bytes = folder != nullptr;  // a row shows none
    run(pipeline);
    pace.end();
    std::vector<TriageFolder::Line> lines;
    say_told_again(leave_out_told_again(rows.gathered.rows, lines), session);
    if (folder && !rows.gathered.failed) rows.settle(lines);
    rows.gathered.interrupted = interruption.asked();
    return std::move(rows.gathered);
}

}  // namespace photopsy

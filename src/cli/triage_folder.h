#pragma once
// The folder that `triage -o` writes and goes on from: index.html, summary.csv, reports.ndjson, reports/. What was begun and not finished lies in
// reports.ndjson or reports.ndjson.part, whole lines first; neither is ever shortened before the other holds what it had. A mark in it tells that it is
// photopsy's own (triage_mark.h); no other folder's files are replaced or removed.
#include "base/result.h"
#include "cli/file_system.h"
#include "cli/output_file.h"
#include "cli/triage_mark.h"
#include "cli/writable_file.h"
#include "fleet/row.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace photopsy {

class TriageFolder {
public:
    /// Makes the folder where there is none (for its owner alone) and takes up what is there. One sentence where that cannot be: it holds another's files of
    /// the names that are written or a page that was changed since (not with Overwrite::Yes), or another run writes into it.
    static Result<std::unique_ptr<TriageFolder>> open(const std::string& path, Overwrite);

    /// True where the report of these bytes under this path, of what the key tells (key_of_dump()), is there already with its files. Safe from several workers.
    bool has(const std::string& shown_path, const std::string& sha256, const std::string& key) const;
    /// That report, one line without its end; "" where it cannot be read any more.
    std::string kept(const std::string& shown_path, const std::string& sha256);

    /// The next line of reports.ndjson. A sentence on failure.
    std::optional<std::string> add(std::string_view line);
    /// reports/NAME, whole or not at all. Safe from several workers.
    std::optional<std::string> put_report(const std::string& name, std::string_view bytes) const;

    /// What a line was that was added.
    enum class Line {
        Dump,
        Told,      ///< a report of another run: it gets its file in reports/
        ToldAgain  ///< of a dump that was looked at itself, or that another report told of: it is left out
    };
    /// When all lines are added: one for each.
    std::optional<std::string> settle(const std::vector<Line>&);
    /// Takes away the reports of an earlier run whose files are not among the rows; how many.
    std::size_t remove_reports_without_dump(const fleet::Rows&);
    /// The lines take their place, with what lay there and was not come to again where `finished` is false, and the pages are written.
    std::optional<std::string> close(std::string_view page, std::string_view table, bool finished);
    const std::string& path() const { return path_; }

private:
    explicit TriageFolder(std::string path) : path_(std::move(path)) {}
    std::optional<std::string> key_of_report(const std::string& name, std::string_view line) const;
    std::optional<std::string> why_changed() const;
    void tidy_up() const;
    std::optional<std::string> take_up();
    std::optional<std::string> merge_unfinished();
    std::string in(std::string_view name) const { return path_ + "/" + std::string(name); }

    struct Kept {
        std::uint64_t at = 0;
        std::size_t length = 0;
        std::string key;
    };
    std::string path_;
    TriageMark mark_;
    std::map<std::string, Kept> kept_;  ///< by path and SHA-256: where the line lies in reports.ndjson
    std::set<std::string> old_names_;   ///< of the reports that reports.ndjson told of
    std::optional<ReadableFile> old_;
    std::optional<WritableFile> part_;
    mutable std::atomic<unsigned> unfinished_ = 0;  ///< numbers the reports that were begun
};

}  // namespace photopsy

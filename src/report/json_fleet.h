#pragma once
// Reports as rows of a fleet, written and read: what `analyze --format ndjson` prints on one machine, `triage` takes up on another.
#include "fleet/row.h"
#include "report/document.h"

namespace photopsy {

/// render_json() in one line, and the object `fleet` behind it: path as given, tags, steps. No line end.
std::string render_report_line(const Analysis&, const Document&);
/// The same fields without what a row does not need: row_of_line() gives the same row.
std::string render_short_line(const Document&);

enum class NotAnalyzed {
    Unread,  ///< could not be read or unpacked
    NoDump   ///< nothing that a dump could be: a pipe, a folder met before
};
/// A line for what was not analyzed: schema photopsy-failure/1. `path` as given; without line end.
std::string render_failure_line(const std::string& path, const std::string& why, NotAnalyzed);

/// The row of one such line, of this version or an earlier one. Nothing where the text is no report. Total: fields that are missing or of another type are
/// unknown; texts are taken without control characters.
std::optional<fleet::Row> row_of_line(std::string_view line);

/// A path as rows show it: without control characters, and device ids in it shortened.
std::string shown_path(std::string_view path);

}  // namespace photopsy

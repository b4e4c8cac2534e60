#pragma once
// Whose a folder is that `triage -o` is told to write into: its own, known by a mark in it, or somebody else's, whose files are not to be lost.
#include "cli/writable_file.h"

#include <optional>
#include <string>

namespace photopsy {

/// The mark is a file in the folder, made before anything else is written there. While a run writes, it is that run's alone.
class TriageMark {
public:
    /// True where the mark lies in the folder. What the versions before the mark have written is known by its content: the first line of the reports, the
    /// title of the page, the head of the table.
    static bool is_in(const std::string& folder);
    /// Names of files that `triage -o` writes, the mark's among them; not those in reports/.
    static bool is_written_name(const std::string& name);
    static constexpr auto reports = "reports.ndjson";

    /// Why the folder is not to be written into, one sentence: files of the names that are written, which photopsy has not made. Nothing where it may be.
    static std::optional<std::string> why_foreign(const std::string& folder);

    /// Marks the folder and keeps it for this run. One sentence where that cannot be, or another run has it.
    std::optional<std::string> take(const std::string& folder);

private:
    std::optional<WritableFile> file_;
};

}  // namespace photopsy

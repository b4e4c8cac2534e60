#include "cli/told_line.h"

#include "report/json_fleet.h"

namespace photopsy {

std::string_view why_no_report(std::string_view line) {
    for (const std::string_view front : {R"({"row":)", R"({"schema":"photopsy-triage/)"})
        if (line.starts_with(front))
            return "it was printed by photopsy triage --format ndjson, which holds no reports: give reports.ndjson from the folder that photopsy triage -o "
                   "writes, "
                   "or what photopsy analyze --format ndjson prints";
    return "a line in it is no report of photopsy";
}

std::string told_line(const DumpWork& work) {
    const auto& found = work.found;
    if (found.kind == Found::Kind::Line)
        return row_of_line(found.text) ? found.text : render_failure_line(found.path, std::string(why_no_report(found.text)), NotAnalyzed::Unread);
    if (found.kind == Found::Kind::NoDump) return render_failure_line(found.path, found.text, NotAnalyzed::NoDump);
    if (found.kind == Found::Kind::Unread) return render_failure_line(found.path, found.text, NotAnalyzed::Unread);
    return work.failure.empty() ? "" : render_failure_line(found.path, work.failure, NotAnalyzed::Unread);
}

}  // namespace photopsy

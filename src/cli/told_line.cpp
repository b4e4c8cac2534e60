#include "cli/told_line.h"

#include "report/json_fleet.h"

namespace photopsy {

std::string told_line(const DumpWork& work) {
    const auto& found = work.found;
    if (found.kind == Found::Kind::Line)
        return row_of_line(found.text) ? found.text : render_failure_line(found.path, "a line in it is no report of photopsy", NotAnalyzed::Unread);
    if (found.kind == Found::Kind::NoDump) return render_failure_line(found.path, found.text, NotAnalyzed::NoDump);
    if (found.kind == Found::Kind::Unread) return render_failure_line(found.path, found.text, NotAnalyzed::Unread);
    return work.failure.empty() ? "" : render_failure_line(found.path, work.failure, NotAnalyzed::Unread);
}

}  // namespace photopsy

#include "report/report.h"

namespace photopsy {

std::optional<Format> parse_format(std::string_view name) {
    if (name == "text") return Format::Text;
    if (name == "json") return Format::Json;
    if (name == "markdown" || name == "md") return Format::Markdown;
    if (name == "html") return Format::Html;
    if (name == "ndjson") return Format::Ndjson;
    if (name == "csv") return Format::Csv;
    if (name == "junit") return Format::Junit;
    return {};
}

// Until the renderers land.
__attribute__((weak)) std::string render(const std::vector<Analysis>& analyses, Format, const ReportStyle&) {
    std::string lines;
    for (const auto& analysis : analyses) lines += render_line(analysis) + "\n";
    return lines;
}

std::string render_line(const Analysis& analysis) {
    return analysis.capture.name + ": " + std::string(name_of(analysis.diagnosis.outcome)) + ": " + analysis.diagnosis.headline;
}

}  // namespace photopsy

#include "report/report.h"

#include "report/discretion.h"
#include "report/document.h"
#include "report/html.h"
#include "report/json.h"
#include "report/json_fleet.h"
#include "report/markdown.h"
#include "report/rows.h"
#include "report/text.h"
#include "report/together.h"

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

static std::string json(const std::vector<Analysis>& analyses, const ReportStyle& style) {
    if (analyses.size() == 1) return render_json(analyses.front(), build_document(analyses.front(), style), 2) + "\n";
    std::string text = "[";
    for (const auto& analysis : analyses) text += (text.size() > 1 ? ",\n" : "\n") + render_json(analysis, build_document(analysis, style), 2);
    return text + "\n]\n";
}

static std::string ndjson(const std::vector<Analysis>& analyses, const ReportStyle& style) {
    std::string text;
    for (const auto& analysis : analyses) text += render_report_line(analysis, build_document(analysis, style)) + "\n";
    return text;
}

static std::vector<Document> documents_of(const std::vector<Analysis>& analyses, const ReportStyle& style) {
    std::vector<Document> documents;
    for (const auto& analysis : analyses) documents.push_back(build_document(analysis, style));
    return documents;
}

/// What several dumps have in common, as plain as everything else in a report.
static std::vector<std::string> shared(const std::vector<Analysis>& analyses, const ReportStyle& style) {
    std::vector<std::string> names;
    for (const auto& analysis : analyses) names.push_back(Discretion(analysis, style).file_name(analysis.capture.name));
    auto sentences = what_they_share(analyses, names);
    for (auto& sentence : sentences)
        for (const auto& analysis : analyses) sentence = Discretion(analysis, style).text(sentence);
    return sentences;
}

static std::string text(const std::vector<Analysis>& analyses, const ReportStyle& style) {
    const auto documents = documents_of(analyses, style);
    std::string all;
    for (const auto& document : documents) all += (all.empty() ? "" : "\n\n") + render_text(document, style);
    return documents.size() < 2 ? all : all + "\n\n" + render_text_summary(documents, shared(analyses, style), style);
}

std::string render_line(const Analysis& analysis, const ReportStyle& style) { return line_of(build_document(analysis, style)); }

static std::string markdown(const std::vector<Analysis>& analyses, const ReportStyle& style) {
    const auto documents = documents_of(analyses, style);
    if (documents.size() == 1) return render_markdown(documents.front(), style.max_chars);
    return render_markdown_fleet(documents, shared(analyses, style), style.max_chars);
}

std::string render(const std::vector<Analysis>& analyses, Format format, const ReportStyle& asked) {
    auto style = asked;
    style.owner_reads = asked.owner_reads && format == Format::Text;                              // every other format is made to be handed on
    style.tells_hash = asked.tells_hash && format != Format::Markdown && format != Format::Html;  // where a guess at a secret cannot be tried against it
    switch (format) {
        case Format::Json:
            return json(analyses, style);
        case Format::Ndjson:
            return ndjson(analyses, style);
        case Format::Text:
            return text(analyses, style);
        case Format::Markdown:
            return markdown(analyses, style);
        case Format::Csv:
            return render_csv(documents_of(analyses, style));
        case Format::Junit:
            return render_junit(documents_of(analyses, style));
        case Format::Html:
            return render_html(documents_of(analyses, style), shared(analyses, style));
    }
    return "";
}

}  // namespace photopsy

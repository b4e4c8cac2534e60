#include "report/text.h"

#include "base/counted.h"
#include "report/text_parts.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::string cause_in_full(const Document& document, std::size_t at, const Paint& paint) {
    const auto& cause = document.causes[at];
    auto text = text_cause_head(cause, at + 1, paint);
    if (!cause.remedies.empty()) text += text_steps_heading(document, paint);
    for (const auto i : steps_in_order(document, at)) {
        const bool stands_at_the_end = &cause.remedies[i] == first_step(document);
        const bool kept_before = cause.remedies[i].keeps_dump && keeps_dump_before(document, at);
        if (stands_at_the_end)
            text += paint.paragraph(cause.remedies[i].title + ": told at the end", 7, "    " + step_mark(document, at, i));
        else if (!kept_before)
            text += text_remedy(cause.remedies[i], step_mark(document, at, i), paint);
    }
    const FindingText* before = nullptr;
    for (const auto index : cause.findings) {
        const auto& row = document.findings[index];
        if (row.told_before) continue;
        const bool only_elsewhere = before && before->id == row.id && before->explain == row.explain && row.evidence.empty() && row.expected.empty();
        text += only_elsewhere ? paint.paragraph("and " + place(row.at) + " " + row.region, 12) : text_finding(document, row, paint, 4, cause.chain);
        before = &row;
    }
    return text;
}

std::string lists(const Document& document, const Paint& paint) {
    std::string text;
    if (!document.remarks.empty()) text += paint.heading("Remarks");
    for (const auto& remark : document.remarks) text += paint.paragraph(remark, 2);
    if (!document.cannot_tell.empty()) text += paint.heading("What no dump can tell");
    for (const auto& unknown : document.cannot_tell) text += paint.paragraph(unknown, 4, "  -");
    if (document.redactions.empty()) return text;
    return text + "\n" +
           paint.paragraph(fmt::format("{} secret or personal places are not shown. The dump holds them: never post it.", document.redactions.size()), 0);
}

std::string text_full(const Document& document, const Paint& paint) {
    auto text = paint.paragraph(device_line(document), 0) + paint.paragraph(text_provenance(document), 0);
    if (!document.led_remark.empty()) text += paint.heading("The light") + paint.paragraph(document.led_remark, 2);
    for (std::size_t i = 1; i < document.for_the_light.size(); ++i) text += text_remedy(document.for_the_light[i], fmt::format("{}.", i + 1), paint);
    for (std::size_t i = 0; i < document.causes.size(); ++i) text += cause_in_full(document, i, paint);
    text += text_afterwards(document, paint) + text_other_findings(document, paint);
    return text + text_state(document, paint) + lists(document, paint) + "\n" + text_ending(document, paint);
}

}  // namespace

std::string render_text(const Document& document, const ReportStyle& style) {
    const Paint paint(style.colour, style.utf8, style.width);
    return style.extent == ReportStyle::Extent::Short ? text_short(document, paint) : text_full(document, paint);
}

std::string render_text_summary(const std::vector<Document>& documents, const std::vector<std::string>& shared, const ReportStyle& style) {
    const Paint paint(style.colour, style.utf8, style.width);
    std::vector<std::vector<Paint::Cell>> rows;
    for (const auto& document : documents) {
        std::string causes;
        for (const auto& cause : document.causes) causes += (causes.empty() ? "" : ", ") + cause.id;
        rows.push_back({{document.name}, {std::string(name_of(document.outcome)), tone_of(document.outcome)}, {causes}});
    }
    std::string text = paint.tone(Tone::Strong, counted(documents.size(), "dump")) + "\n" + paint.table(rows, 2) + paint.heading("What they have in common");
    for (const auto& sentence : shared) text += paint.paragraph(sentence, 4, "  -");
    return text;
}

}  // namespace photopsy

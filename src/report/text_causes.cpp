#include "base/hex.h"
#include "report/text_parts.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace photopsy {

Tone tone_of(Severity severity) {
    if (severity >= Severity::Problem) return Tone::Bad;
    return severity == Severity::Warning ? Tone::Warn : Tone::Plain;
}

std::string text_cause_head(const CauseText& cause, std::size_t number, const Paint& paint) {
    auto text = "\n" + paint.tone(Tone::Strong, paint.paragraph(cause.title, 4, fmt::format("{}.", number)));
    text += paint.tone(Tone::Faint, paint.paragraph(fmt::format("{}, {}", cause.id, name_of(cause.confidence)), 4));
    for (const auto& link : cause.chain) text += paint.paragraph(link.says, 14, link.seen ? "    seen" : "    inferred");
    return text;
}

/// What a finding says beyond what its cause has told already.
static std::string not_said_yet(std::string_view explain, const std::vector<ChainLink>& said) {
    for (const auto& link : said)
        if (explain.starts_with(link.says)) explain.remove_prefix(link.says.size());
    explain.remove_prefix(std::min(explain.find_first_not_of(' '), explain.size()));
    return std::string(explain);
}

std::string text_finding(const Document& document, const FindingText& finding, const Paint& paint, unsigned indent, const std::vector<ChainLink>& said) {
    const std::string blanks(indent, ' ');
    const auto named = fmt::format("{}{}", finding.id, finding.confidence == Confidence::Certain ? "" : fmt::format(" ({})", name_of(finding.confidence)));
    const auto beside = paint.paragraph(named, indent + 8).substr(indent + 8);
    auto text = blanks + paint.tone(tone_of(finding.severity), fmt::format("{:8}", name_of(finding.severity))) + beside;
    text += paint.paragraph(fmt::format("{}{}", finding.at.empty() ? "" : place(finding.at) + " ", finding.region), indent + 8);
    if (const auto rest = not_said_yet(finding.explain, said); !rest.empty()) text += paint.paragraph(rest, indent + 8);
    if (!finding.expected.empty()) text += paint.paragraph(finding.expected, indent + 18, blanks + "        expected");
    if (!finding.actual.empty()) text += paint.paragraph(finding.actual, indent + 18, blanks + "        found");
    if (!finding.evidence.empty()) text += paint.paragraph(finding.evidence, indent + 18, blanks + "        bytes");
    if (finding.other_place) {
        const auto& other = document.findings[*finding.other_place];
        text += paint.paragraph(fmt::format("{} {}: {}", place(other.at), other.region, other.explain), indent + 18, blanks + "        also");
    }
    return text;
}

std::string text_other_findings(const Document& document, const Paint& paint) {
    std::string text;
    for (const auto& row : document.findings)
        if (!row.explained && !row.told_before) text += text_finding(document, row, paint, 2);
    return text.empty() ? "" : paint.heading(document.causes.empty() ? "Found" : "Also found") + text;
}

std::string_view or_before(const RemedyText& remedy) { return remedy.other_way && !remedy.title.starts_with("Or ") ? "Or: " : ""; }

std::string text_remedy(const RemedyText& remedy, const std::string& mark, const Paint& paint) {
    auto text = paint.paragraph(fmt::format("{}{} ({})", or_before(remedy), remedy.title, cost_in_words(remedy.cost)), 7, "    " + mark);
    if (!remedy.explain.empty()) text += paint.paragraph(remedy.explain, 7);
    if (!remedy.before.empty()) text += paint.paragraph(remedy.before, 7);
    for (const auto& command : remedy.commands) text += "         " + paint.tone(Tone::Strong, paint.plain(command)) + "\n";
    for (const auto& file : remedy.files) text += paint.paragraph(file_in_words(file), 7);
    if (!remedy.warning.empty()) text += paint.paragraph("Careful: " + remedy.warning, 7);
    return text;
}

std::string text_steps_heading(const Document& document, const Paint& paint) {
    return paint.tone(Tone::Strong, paint.paragraph(document.causes.size() > 1 ? "What to do (the numbers count over all causes)" : "What to do", 4));
}

/// Place of a remedy in the one order over all causes; nothing where that holds it under another cause, or where it is another way.
static std::optional<std::size_t> place_in_plan(const Document& document, std::size_t cause, std::size_t remedy) {
    const auto is_it = [&](const PlannedRemedy& planned) { return planned.cause == cause && planned.remedy == remedy; };
    const auto found = std::find_if(document.plan.begin(), document.plan.end(), is_it);
    if (found == document.plan.end()) return std::nullopt;
    return static_cast<std::size_t>(found - document.plan.begin());
}

std::string step_mark(const Document& document, std::size_t cause, std::size_t remedy) {
    const auto at = place_in_plan(document, cause, remedy);
    return at ? fmt::format("{}.", *at + 1) : "-";
}

std::vector<std::size_t> steps_in_order(const Document& document, std::size_t cause) {
    const auto count = document.causes[cause].remedies.size();
    std::vector<std::size_t> places(count), order(count);
    auto following = document.plan.size();
    for (auto i = count; i-- > 0;) places[i] = following = place_in_plan(document, cause, i).value_or(following);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
    return order;
}

bool keeps_dump_before(const Document& document, std::size_t cause) {
    return std::any_of(document.causes.begin(), document.causes.begin() + static_cast<std::ptrdiff_t>(cause), [](const CauseText& before) {
        return std::any_of(before.remedies.begin(), before.remedies.end(), [](const RemedyText& remedy) { return remedy.keeps_dump; });
    });
}

std::string text_afterwards(const Document& document, const Paint& paint) {
    if (!document.afterwards) return "";
    const auto& then = *document.afterwards;
    auto text = paint.paragraph(then.explain, 7, "  Then");
    for (const auto& command : then.commands) text += "         " + paint.tone(Tone::Strong, paint.plain(command)) + "\n";
    return then.warning.empty() ? text : text + paint.paragraph(then.warning, 7);
}

}  // namespace photopsy

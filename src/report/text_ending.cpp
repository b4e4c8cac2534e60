// What stands last on the screen is what people see first.
#include "base/counted.h"
#include "report/text_parts.h"
#include "report/words.h"

#include <fmt/format.h>

namespace photopsy {

Tone tone_of(Outcome outcome) {
    if (outcome == Outcome::Healthy) return Tone::Good;
    return outcome == Outcome::Attention ? Tone::Warn : Tone::Bad;
}

std::string text_provenance(const Document& document) {
    return fmt::format("photopsy {}; {}{}, {}{}{}", document.tool_version, document.name,
                       document.container.empty() ? "" : " (from " + document.container + ")", counted(document.size, "byte"),
                       document.sha256.empty() ? "" : ", sha256 " + document.sha256.substr(0, 12), capture_in_words(document));
}

/// The one step that a reader who looks at nothing else must see, whole.
static std::string text_first(const Document& document, const Paint& paint) {
    const auto* step = first_step(document);
    const bool light_is_asked = !step && document.led_remark.empty() && document.outcome == Outcome::Healthy;
    if (light_is_asked)
        return paint.paragraph(fmt::format("It still does not connect? Say what its light does (--ask, or --led \"1 red\"){}.",
                                           document.live ? "" : ", or ask the server itself (--live)"),
                               0);
    if (!step) return "";
    auto text = paint.tone(Tone::Strong, paint.paragraph(fmt::format("{} ({})", step->title, cost_in_words(step->cost)), 7, "First:"));
    text += paint.paragraph(step->explain, 7);
    for (const auto& file : step->files) text += paint.paragraph(file_in_words(file), 7);
    if (!step->warning.empty()) text += paint.paragraph("Careful: " + step->warning, 7);
    if (!step->before.empty()) text += paint.paragraph(step->before, 7);
    for (const auto& command : step->commands) text += "  " + paint.tone(Tone::Strong, paint.plain(command)) + "\n";
    return text;
}

std::string text_ending(const Document& document, const Paint& paint) {
    auto text = paint.box(tone_of(document.outcome), title_of(document.outcome),
                          document.headline + (document.confidence == Confidence::Certain ? "" : fmt::format(" ({})", name_of(document.confidence))));
    return text + text_first(document, paint);
}

}  // namespace photopsy

#include "report/explain.h"

#include "diagnosis/led.h"
#include "fleet/findings.h"
#include "report/examples.h"
#include "report/glossary.h"
#include "report/words.h"
#include "report/wrap.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

/// Paragraphs, the same for every form: first the word in front, then the text.
using Paragraphs = std::vector<std::pair<std::string, std::string>>;

static void add_id(std::vector<std::string>& ids, std::string_view id) {
    const std::string name(id.substr(0, id.find('@')));
    if (name != "*" && std::find(ids.begin(), ids.end(), name) == ids.end()) ids.push_back(name);
}

/// Ids of findings, each once: the bars and slots of the table are for the diagnosis.
static std::string finding_ids(const std::vector<std::string_view>& entries) {
    std::vector<std::string> ids;
    for (auto entry : entries)
        while (!entry.empty()) {
            const auto part = entry.substr(0, entry.find('|'));
            add_id(ids, part);
            entry.remove_prefix(std::min(part.size() + 1, entry.size()));
        }
    return fmt::format("{}", fmt::join(ids, ", "));
}

/// The lights of the steps at which the cause stops a handshake over TCP; else those of its example's outcome.
static std::string lights_of(const Cause& cause, const std::optional<CauseExample>& example) {
    std::vector<std::string> lights;
    for (const auto step : steps_shown_by(cause.id)) {
        if (step > Step::Done) continue;
        const auto light = led_of(step, LedGeneration::OrangeBlinks);
        if (std::find(lights.begin(), lights.end(), light) == lights.end()) lights.push_back(light);
    }
    if (!lights.empty())
        return sentence(fmt::format("{}; from Device OS 2.0.0 on {}", fmt::join(lights, "; or "), led_of(Step::Recv384, LedGeneration::AllRed)));
    const auto* outcome = example ? find_in_glossary(example->outcome) : nullptr;
    return outcome ? std::string(outcome->light) : "";
}

static std::string told_of_example(const CauseExample& example) {
    const auto* outcome = find_in_glossary(example.outcome);
    return fmt::format("{}: \"{}\" The verdict there: {}.", example.story, example.seen,
                       outcome ? outcome->words.substr(0, outcome->words.find('|')) : example.outcome);
}

static Paragraphs about(const Cause& cause) {
    const auto* rule = cause.explains.empty() ? nullptr : find_rule(cause.explains.front().substr(0, cause.explains.front().find_first_of("|@")));
    const auto example = example_of(cause.id);
    Paragraphs all{{"", std::string(cause.definition)},
                   {"Seen as", finding_ids(cause.explains)},
                   {"Not where", finding_ids(cause.excluded_by)},
                   {"Why it matters", rule ? std::string(rule->why) : ""},
                   {"The light", lights_of(cause, example)}};
    if (!example) return all;
    const auto* sure = find_in_glossary(example->confidence);
    all.emplace_back("How sure", fmt::format("{} in the example. {}", sentence(std::string(example->confidence), ""), sure ? sure->what : ""));
    all.emplace_back("What to do", sentence(std::string(example->steps)));
    all.emplace_back("Example", told_of_example(*example));
    return all;
}

static std::string causes_with(const Rule& rule) {
    std::vector<std::string> ids;
    for (const auto* cause : all_causes())
        if (std::any_of(cause->explains.begin(), cause->explains.end(), [&](std::string_view entry) { return entry != "*" && entry_names(entry, rule.id); }))
            ids.emplace_back(cause->id);
    return fmt::format("{}", fmt::join(ids, ", "));
}

static Paragraphs about(const Rule& rule) {
    return {{"Severity", std::string(name_of(rule.severity))},
            {"Why it matters", std::string(rule.why)},
            {"Explained by", causes_with(rule)},
            {"Source", std::string(rule.source)}};
}

static Paragraphs about(const fleet::FleetFinding& finding) { return {{"Why it matters", std::string(finding.why)}, {"Source", std::string(finding.source)}}; }

static Paragraphs about(const GlossaryEntry& entry) {
    return {{"", std::string(entry.what)},
            {"Why it matters", std::string(entry.why)},
            {"The light", std::string(entry.light)},
            {"How sure", std::string(entry.sure)},
            {"What to do", std::string(entry.todo)}};
}

/// The same without an id is a step of the handshake.
static std::optional<Paragraphs> about_step(std::string_view word) {
    for (const auto transport : {Transport::Tcp, Transport::Dtls})
        for (const auto step : steps_of(transport)) {
            if (name_of(step) != word) continue;
            Paragraphs all{{"", fmt::format("A step of the cloud handshake{}: the device {}.",
                                            transport == Transport::Dtls && step > Step::Done ? " over UDP" : "", title_of(step))}};
            if (step > Step::Done) return all;
            std::string light = sentence(led_of(step, LedGeneration::OrangeBlinks), "");
            if (step != Step::Done && step != Step::Connect) light += "; from Device OS 2.0.0 on " + led_of(step, LedGeneration::AllRed);
            all.emplace_back(step == Step::Done ? "The light" : "The light if it ends here", light + ".");
            return all;
        }
    return {};
}

static std::string as_text(std::string_view kind, std::string_view id, std::string_view title, const Paragraphs& paragraphs, unsigned width) {
    auto text = wrapped(fmt::format("{} ({})", id, kind), width, "", "") + (title.empty() ? "" : wrapped(title, width, "  ", "  "));
    for (const auto& [word, says] : paragraphs)
        if (!says.empty()) text += wrapped(word.empty() ? says : word + ": " + says, width, "  ", word.empty() ? "  " : "    ");
    return text;
}

static std::string text_of(const Cause& cause, unsigned width) { return as_text("cause", cause.id, cause.title, about(cause), width); }
static std::string text_of(const Rule& rule, unsigned width) { return as_text("finding", rule.id, rule.title, about(rule), width); }

static std::string text_of(const fleet::FleetFinding& finding, unsigned width) {
    return as_text("finding of triage", finding.id, finding.title, about(finding), width);
}

std::optional<std::string> explain(std::string_view word, unsigned width) {
    std::string text;
    if (const auto* cause = find_cause(word)) text += text_of(*cause, width);
    if (const auto* rule = find_rule(word)) text += (text.empty() ? "" : "\n") + text_of(*rule, width);
    for (const auto& finding : fleet::fleet_findings())
        if (finding.id == word) text += text_of(finding, width);
    if (!text.empty()) return text;
    if (const auto step = about_step(word)) return as_text("the handshake", word, "", *step, width);
    if (const auto* entry = find_in_glossary(word)) return as_text(sentence(std::string(entry->subject), ""), word, "", about(*entry), width);
    return {};
}

std::string explain_all(unsigned width) {
    std::string text;
    for (const auto* cause : all_causes()) text += text_of(*cause, width) + "\n";
    for (const auto* rule : all_rules()) text += text_of(*rule, width) + "\n";
    for (const auto& finding : fleet::fleet_findings()) text += text_of(finding, width) + "\n";
    return text;
}

static std::string as_markdown(std::string_view id, std::string_view title, const Paragraphs& paragraphs) {
    std::string text = fmt::format("### `{}`\n\n**{}.**", id, title);
    for (const auto& [word, says] : paragraphs)
        if (!says.empty()) text += fmt::format("{} {}", word.empty() ? "" : fmt::format("\n*{}:*", word), says);
    return text + "\n\n";
}

std::string explain_all_markdown() {
    std::string text =
        "# Causes and findings\n\n"
        "Generated by `photopsy explain --all --markdown`; do not edit. A finding is an observation; a cause is the explanation of findings.\n"
        "`photopsy explain WORD` prints one of these, and any other word of a report; without a word it lists them.\n\n## Causes\n\n";
    for (const auto* cause : all_causes()) text += as_markdown(cause->id, cause->title, about(*cause));
    text += "## Findings\n\n";
    for (const auto* rule : all_rules()) text += as_markdown(rule->id, rule->title, about(*rule));
    text += "## Findings over many dumps\n\n";
    for (const auto& finding : fleet::fleet_findings()) text += as_markdown(finding.id, finding.title, about(finding));
    return text;
}

}  // namespace photopsy

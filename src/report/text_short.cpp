#include "base/counted.h"
#include "report/text_map.h"
#include "report/text_parts.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr unsigned label_width = 11;

/// "Start      ✓✓✓✗·· starts in safe mode": a word, a strip of signs, what they say.
std::string strip(std::string_view label, const std::vector<Rung>& ladder, const std::string& says, const Paint& paint) {
    const auto column = label_width + static_cast<unsigned>(ladder.size()) + 1;
    const auto told = paint.paragraph(says, column).substr(column);
    return paint.plain(fmt::format("{:{}}", label, label_width)) + text_signs(ladder, paint) + " " + told;
}

std::string where_it_ends(const HandshakeText& row, const std::string& condition) {
    if (row.succeeds) return condition.empty() ? "succeeds" : "would succeed " + condition;
    for (const auto& rung : row.ladder)
        if (rung.mark == Rung::Mark::Bad) return fmt::format("fails where the device {}{}", rung.title, row.chance ? " (by chance)" : "");
    return "fails";
}

std::string handshake_strips(const Document& document, const Paint& paint) {
    if (!document.handshake_unknown.empty()) return paint.paragraph("not predicted: " + document.handshake_unknown, label_width, "Handshake");
    if (document.handshake.empty()) return "";
    const auto fails = std::find_if(document.handshake.begin(), document.handshake.end(), [](const HandshakeText& row) { return !row.succeeds; });
    const auto& row = fails == document.handshake.end() ? document.handshake.front() : *fails;
    return strip("Handshake", row.ladder, where_it_ends(row, handshake_condition(document)), paint);
}

std::string live_strip(const Document& document, const Paint& paint) {
    if (!document.live) return "";
    const auto& live = *document.live;
    auto text = strip("Server", live.ladder, live_in_words(live), paint);
    for (const auto& told : {live.seen, live.proves}) text += paint.paragraph(told, label_width);
    return text;
}

/// What the signs mean, each that can stand above.
std::string legend(const Paint& paint) {
    const bool narrow = paint.width() < 62;
    return std::string(narrow ? 2 : label_width, ' ') + paint.sign(Sign::Good) + " good  " + paint.sign(Sign::Bad) + " bad  " + paint.sign(Sign::Unknown) +
           " not known  " + paint.sign(Sign::Skipped) + (narrow ? " empty\n" : " empty or not reached\n");
}

std::string state_at_a_glance(const Document& document, const Paint& paint) {
    return "\n" + strip("Start", document.boot, document.boot_title, paint) + handshake_strips(document, paint) + live_strip(document, paint) +
           flash_map(document, paint, "Flash     ") + legend(paint);
}

/// The places of a cause's findings, the gravest first.
std::string places_of(const CauseText& cause, const Document& document, const Paint& paint) {
    static constexpr std::size_t most = 3;
    std::vector<std::string> places;
    for (const auto index : cause.findings) {
        const auto& row = document.findings[index];
        const auto told = row.at.empty() ? row.region : place(row.at) + " " + row.region;
        if (!told.empty() && !row.told_before && std::find(places.begin(), places.end(), told) == places.end()) places.push_back(told);
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(most, places.size()); ++i) text += paint.paragraph(places[i], 14, i == 0 ? "    at" : "");
    return places.size() > most ? text + paint.paragraph(fmt::format("and {} more", places.size() - most), 14) : text;
}

/// Warnings and worse that belong to no cause, a line each; notes are only counted.
std::string also_found(const Document& document, const Paint& paint) {
    std::string text;
    std::size_t notes = 0;
    for (const auto& row : document.findings) {
        if (row.explained || row.told_before) continue;
        if (row.severity < Severity::Warning)
            ++notes;
        else
            text += paint.paragraph(fmt::format("{}: {}", row.title, row.explain), 10, fmt::format("  {}", name_of(row.severity)));
    }
    if (notes) text += paint.paragraph(fmt::format("{} that {} nothing wrong", notes, notes == 1 ? "is" : "are"), 10, notes == 1 ? "  note" : "  notes");
    return text.empty() ? "" : paint.heading(document.causes.empty() ? "Found" : "Also found") + text;
}

/// With its commands alone where they say it all; how the device is put into DFU mode stands at the first step.
std::string later_step(const Document& document, const RemedyText& remedy, const std::string& mark, const Paint& paint) {
    auto told = remedy;
    if (!remedy.commands.empty() && !remedy.tells_how_to_type) told.explain.clear();
    if (const auto* first = first_step(document); first && first->before == remedy.before) told.before.clear();
    return text_remedy(told, mark, paint);
}

/// A step where it belongs: with its commands, unless it is the first of all, which stands at the end, or another way, which --full tells.
std::string step(const Document& document, const RemedyText& remedy, const std::string& mark, const Paint& paint) {
    const auto named = fmt::format("{} ({})", remedy.title, cost_in_words(remedy.cost));
    if (&remedy == first_step(document)) return paint.paragraph(named + ": told at the end", 7, "    " + mark);
    if (remedy.other_way) return paint.paragraph(fmt::format("{}{}; --full tells how", or_before(remedy), named), 7, "    " + mark);
    if (!remedy.keeps_dump) return later_step(document, remedy, mark, paint);
    return paint.paragraph(fmt::format("{}{}{}", named, remedy.warning.empty() ? "" : ". ", remedy.warning), 7, "    " + mark);
}

std::string steps_of_cause(const Document& document, std::size_t at, const Paint& paint) {
    std::string text;
    const auto& remedies = document.causes[at].remedies;
    for (const auto i : steps_in_order(document, at)) {
        const bool kept_before = remedies[i].keeps_dump && keeps_dump_before(document, at);
        if (!kept_before) text += step(document, remedies[i], step_mark(document, at, i), paint);
    }
    return text.empty() ? "" : text_steps_heading(document, paint) + text;
}

/// The first words of a sentence, up to its first comma, colon or bracket.
std::string brief(std::string_view sentence) {
    auto end = sentence.find_first_of(",:;(.");
    while (end != std::string_view::npos && end > 0 && sentence[end - 1] == ' ') --end;
    std::string words(sentence.substr(0, end));
    if (!words.empty() && words[0] >= 'A' && words[0] <= 'Z') words[0] = static_cast<char>(words[0] - 'A' + 'a');
    return words;
}

std::string left_unsaid(const Document& document, const Paint& paint) {
    static constexpr std::size_t most_remarks = 3;
    std::string text, unknown;
    for (std::size_t i = 0; i < std::min(most_remarks, document.remarks.size()); ++i) text += paint.paragraph(document.remarks[i], 0);
    if (document.remarks.size() > most_remarks) text += paint.paragraph(fmt::format("({} more remarks)", document.remarks.size() - most_remarks), 0);
    for (const auto& sentence : document.cannot_tell) unknown += (unknown.empty() ? "" : "; ") + brief(sentence);
    if (!unknown.empty()) text += paint.paragraph("No dump can tell: " + unknown + ".", 0);
    const auto places =
        document.redactions.empty() ? "" : fmt::format("{} left out: never post the dump. ", counted(document.redactions.size(), "secret or personal place"));
    return text + paint.paragraph(places + "--full tells more.", 0);
}

/// On a sound device the tables are the news.
std::string contents(const Document& document, const Paint& paint) {
    std::string table;
    for (const auto& copy : document.dct)
        if (copy.selected) table = fmt::format("Configuration table: copy {}. ", copy.copy);
    for (const auto& [name, says] : document.other)
        if (name != "Configuration table") table += fmt::format("{}: {}. ", name, says);
    return text_modules(document, paint) + paint.paragraph(table, 2);
}

bool has_good_key(const Document& document) {
    return std::any_of(document.keys.begin(), document.keys.end(),
                       [](const KeyText& key) { return key.role == "device-private-key" && key.state == State::Good; });
}

}  // namespace

std::string text_short(const Document& document, const Paint& paint) {
    auto text = paint.paragraph(device_line(document), 0) + paint.paragraph(text_provenance(document), 0);
    for (std::size_t i = 0; i < document.causes.size(); ++i)
        text += text_cause_head(document.causes[i], i + 1, paint) + places_of(document.causes[i], document, paint) + steps_of_cause(document, i, paint);
    text += text_afterwards(document, paint) + also_found(document, paint) + state_at_a_glance(document, paint);
    if (document.outcome == Outcome::Healthy) text += contents(document, paint);
    if (has_good_key(document)) text += text_fingerprint(document, paint);
    text += left_unsaid(document, paint);
    if (!document.led_remark.empty()) text += paint.heading("The light") + paint.paragraph(document.led_remark, 2);
    for (std::size_t i = 1; i < document.for_the_light.size(); ++i) text += step(document, document.for_the_light[i], fmt::format("{}.", i + 1), paint);
    return text + text_ending(document, paint);
}

}  // namespace photopsy

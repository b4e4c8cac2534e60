#include "report/text.h"

#include "base/hex.h"
#include "report/text_map.h"
#include "report/text_paint.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

Tone tone_of(Severity severity) {
    if (severity >= Severity::Problem) return Tone::Bad;
    return severity == Severity::Warning ? Tone::Warn : Tone::Plain;
}
Tone tone_of(Outcome outcome) {
    if (outcome == Outcome::Healthy) return Tone::Good;
    return outcome == Outcome::Attention ? Tone::Warn : Tone::Bad;
}
Sign sign_of(Rung::Mark mark) {
    if (mark == Rung::Mark::Good) return Sign::Good;
    return mark == Rung::Mark::Bad ? Sign::Bad : mark == Rung::Mark::Skipped ? Sign::Skipped : Sign::Unknown;
}

std::string provenance(const Document& document) {
    return fmt::format("photopsy {}; {}{}, {} bytes{}{}", document.tool_version, document.name,
                       document.container.empty() ? "" : " (from " + document.container + ")", document.size,
                       document.sha256.empty() ? "" : ", sha256 " + document.sha256.substr(0, 12), capture_in_words(document));
}

std::string finding(const Document& document, const FindingText& finding, const Paint& paint, unsigned indent, bool said = false) {
    const std::string blanks(indent, ' ');
    auto text =
        blanks + paint.tone(tone_of(finding.severity), fmt::format("{:8}", name_of(finding.severity))) +
        paint.plain(fmt::format("{}{}", finding.id, finding.confidence == Confidence::Certain ? "" : fmt::format(" ({})", name_of(finding.confidence)))) + "\n";
    text += paint.paragraph(fmt::format("{}{}", finding.at.empty() ? "" : place(finding.at) + " ", finding.region), indent + 8);
    if (!said) text += paint.paragraph(finding.explain, indent + 8);
    if (!finding.expected.empty()) text += paint.paragraph(finding.expected, indent + 18, blanks + "        expected");
    if (!finding.actual.empty()) text += paint.paragraph(finding.actual, indent + 18, blanks + "        found");
    if (!finding.evidence.empty()) text += paint.paragraph(finding.evidence, indent + 18, blanks + "        bytes");
    if (finding.other_place) {
        const auto& other = document.findings[*finding.other_place];
        text += paint.paragraph(fmt::format("{} {}: {}", place(other.at), other.region, other.explain), indent + 18, blanks + "        also");
    }
    return text;
}

std::string remedy(const RemedyText& remedy, std::size_t number, const Paint& paint) {
    auto text = paint.paragraph(fmt::format("{} ({})", remedy.title, cost_in_words(remedy.cost)), 7, fmt::format("    {}.", number));
    text += paint.paragraph(remedy.explain, 7);
    if (!remedy.before.empty()) text += paint.paragraph(remedy.before, 7);
    for (const auto& command : remedy.commands) text += "         " + paint.tone(Tone::Strong, paint.plain(command)) + "\n";
    for (const auto& file : remedy.files) text += paint.paragraph(file_in_words(file), 7);
    if (!remedy.warning.empty()) text += paint.paragraph("Careful: " + remedy.warning, 7);
    return text;
}

std::string cause(const CauseText& cause, const Document& document, std::size_t number, const Paint& paint) {
    auto text = "\n" + paint.tone(Tone::Strong, paint.paragraph(cause.title, 4, fmt::format("{}.", number)));
    text += paint.tone(Tone::Faint, paint.paragraph(fmt::format("{}, {}", cause.id, name_of(cause.confidence)), 4));
    for (const auto& link : cause.chain) text += paint.paragraph(link.says, 14, link.seen ? "    seen" : "    inferred");
    for (const auto index : cause.findings)
        if (const auto& row = document.findings[index]; !row.told_before) {
            const bool said = std::any_of(cause.chain.begin(), cause.chain.end(), [&](const ChainLink& link) { return link.says == row.explain; });
            text += finding(document, row, paint, 4, said);
        }
    if (!cause.remedies.empty()) text += paint.tone(Tone::Strong, "    What you can do now") + "\n";
    for (std::size_t i = 0; i < cause.remedies.size(); ++i) text += remedy(cause.remedies[i], i + 1, paint);
    return text;
}

/// Several causes: their remedies in one order that is safe; how each is done stands under its cause.
std::string plan(const Document& document, const Paint& paint) {
    const auto lines = plan_in_words(document);
    auto text = lines.empty() ? "" : paint.heading("What to do, in this order");
    for (std::size_t i = 0; i < lines.size(); ++i) text += paint.paragraph(lines[i], 5, fmt::format("  {}.", i + 1));
    return text;
}

/// Findings that no cause covers; notes of a healthy device among them.
std::string other_findings(const Document& document, const Paint& paint) {
    std::string text;
    for (const auto& row : document.findings)
        if (!row.explained && !row.told_before) text += finding(document, row, paint, 2);
    return text.empty() ? "" : paint.heading(document.causes.empty() ? "Found" : "Also found") + text;
}

std::string signs(const std::vector<Rung>& rungs, const Paint& paint) {
    std::string text;
    for (const auto& rung : rungs) text += paint.sign(sign_of(rung.mark));
    return text;
}

bool all_good(const std::vector<Rung>& rungs) {
    return std::none_of(rungs.begin(), rungs.end(), [](const Rung& rung) { return rung.mark == Rung::Mark::Bad || rung.mark == Rung::Mark::Unknown; });
}

std::string boot_in_words(const Document& document) {
    return document.safe_mode_reason.empty() ? document.boot_title : document.boot_title + ": " + title_of_boot_step(document.safe_mode_reason);
}

/// Rungs of the climb; those behind its end are only counted.
std::string rungs(const std::vector<Rung>& ladder, const Paint& paint) {
    std::string text;
    std::size_t skipped = 0;
    for (const auto& rung : ladder) {
        if (rung.mark == Rung::Mark::Skipped)
            ++skipped;
        else
            text += "  " + paint.sign(sign_of(rung.mark)) + paint.paragraph(rung.title + (rung.explain.empty() ? "" : ": " + rung.explain), 6).substr(3);
    }
    if (skipped)
        text +=
            "  " + paint.sign(Sign::Skipped) + paint.paragraph(fmt::format("{} {} not reached", skipped, skipped == 1 ? "step is" : "steps are"), 6).substr(3);
    return text;
}

std::string boot(const Document& document, const Paint& paint) {
    const auto count = static_cast<unsigned>(document.boot.size());
    auto text = paint.heading("Start") + "  " + signs(document.boot, paint) + paint.paragraph(boot_in_words(document), count + 3).substr(count + 2);
    return document.boot_result == "runs" && all_good(document.boot) ? text : text + rungs(document.boot, paint);
}

std::string handshake_row(const HandshakeText& row, bool both, const Paint& paint) {
    std::string text = "  " + signs(row.ladder, paint) + " ";
    std::string says = row.succeeds ? "succeeds" : fmt::format("ends at {}", row.step);
    if (row.code && !row.succeeds) says += fmt::format(", code {}", *row.code);
    if (row.chance) says += " (by chance)";
    if (!both) says += " " + row.title;
    text += paint.paragraph(says, 13).substr(13);
    if (row.succeeds) return text;
    for (const auto& rung : row.ladder)
        if (rung.mark == Rung::Mark::Bad) text += paint.paragraph("It fails where the device " + rung.title + ".", 13);
    if (!row.led.empty()) text += paint.paragraph("LED: " + row.led + ".", 13);
    if (!row.explain.empty()) text += paint.paragraph(sentence(row.explain), 13);
    return text;
}

bool alike(const HandshakeText& a, const HandshakeText& b) {
    return a.step == b.step && a.code == b.code && a.led == b.led && a.explain == b.explain && a.chance == b.chance;
}

std::string live(const Document& document, const Paint& paint) {
    if (!document.live) return "";
    const auto& live = *document.live;
    const auto column = static_cast<unsigned>(live.ladder.size()) + 3;
    auto text = "  " + signs(live.ladder, paint) + " " + paint.paragraph(live_in_words(live), column).substr(column);
    for (const auto& sentence : {live.seen, live.proves}) text += paint.paragraph(sentence, column);
    return text;
}

std::string handshake(const Document& document, const Paint& paint) {
    auto text = paint.heading(handshake_heading(document)) + live(document, paint);
    if (!document.handshake_unknown.empty()) return text + paint.paragraph("Not predicted: " + document.handshake_unknown, 2);
    const bool both = document.handshake.size() == 2 && alike(document.handshake[0], document.handshake[1]);
    for (std::size_t i = 0; i < (both ? 1 : document.handshake.size()); ++i) text += handshake_row(document.handshake[i], both, paint);
    return text;
}

std::string modules(const Document& document, const Paint& paint) {
    std::vector<std::vector<Paint::Cell>> rows;
    for (const auto& module : document.modules) {
        const auto release = module.release.empty()  ? module.remark
                             : module.remark.empty() ? "Device OS " + module.release
                                                     : module.release + "; " + module.remark;
        const bool all_ok = module.checks.find("BAD") == std::string::npos && module.state == State::Good;
        rows.push_back({{module.title},
                        {hex_address(module.at.begin)},
                        {std::string(name_of(module.state)), tone_of(module.state)},
                        {module.version.empty() ? "" : "v" + module.version},
                        {all_ok || module.checks.empty() ? release : (release.empty() ? "" : release + "; ") + module.checks}});
    }
    return rows.empty() ? "" : paint.table(rows, 2);
}

std::string tables(const Document& document, const Paint& paint) {
    auto text = paint.heading("Flash") + flash_map(document, paint, " ") +
                paint.tone(Tone::Faint,
                           paint.paragraph("dct: configuration table (keys, Wi-Fi, settings), two copies; ee: EEPROM; sys: system firmware (Device OS)", 2)) +
                "\n" + modules(document, paint);
    std::vector<std::vector<Paint::Cell>> rows;
    for (const auto& copy : document.dct)
        rows.push_back({{fmt::format("DCT copy {}", copy.copy)},
                        {std::string(name_of(copy.state)), tone_of(copy.state)},
                        {copy.what + (copy.checksum.empty() ? "" : "; checksum " + copy.checksum)}});
    for (const auto& key : document.keys) {
        if (key.state == State::NotChecked && key.at.empty()) continue;
        // The one to compare with the cloud in full, the others as far as a person compares.
        const auto fingerprint = key.role == "device-private-key" ? key.fingerprint : key.fingerprint.substr(0, 16) + "...";
        rows.push_back({{key.title},
                        {std::string(name_of(key.state)), tone_of(key.state)},
                        {key.what + (key.fingerprint.empty() ? "" : "; public fingerprint " + fingerprint)}});
    }
    for (const auto& [name, says] : document.other) rows.push_back({{name}, {""}, {says}});
    return text + (rows.empty() ? "" : "\n" + paint.table(rows, 2));
}

std::string closing(const Document& document, const Paint& paint) {
    std::string text;
    if (!document.remarks.empty()) text += paint.heading("Remarks");
    for (const auto& remark : document.remarks) text += paint.paragraph(remark, 2);
    if (!document.cannot_tell.empty()) text += paint.heading("What no dump can tell");
    for (const auto& unknown : document.cannot_tell) text += paint.paragraph(unknown, 4, "  -");
    return text;
}

std::string farewell(const Document& document, const Paint& paint) {
    if (document.redactions.empty()) return "";
    return paint.paragraph(fmt::format("{} secret or personal places are not shown. The dump holds them: never post it.", document.redactions.size()), 0);
}

/// The first words of a sentence, up to its first comma, colon or bracket.
std::string brief(std::string_view sentence) {
    auto end = sentence.find_first_of(",:;(.");
    while (end != std::string_view::npos && end > 0 && sentence[end - 1] == ' ') --end;
    return std::string(sentence.substr(0, end));
}

/// All that the owner of a sound device wants, on one screen.
std::string healthy(const Document& document, const Paint& paint) {
    const auto climb = 12 + static_cast<unsigned>(document.boot.size());
    auto text = "\nStart      " + signs(document.boot, paint) + paint.paragraph(boot_in_words(document), climb).substr(climb - 1);
    if (!document.handshake_unknown.empty())
        text += paint.paragraph("not predicted: " + document.handshake_unknown, 11, "Handshake");
    else
        text += "Handshake  " + signs(document.handshake.front().ladder, paint) + " succeeds\n";
    text += flash_map(document, paint, "Flash     ") + modules(document, paint);
    std::string table;
    for (const auto& copy : document.dct)
        if (copy.selected) table = fmt::format("Configuration table: copy {}. ", copy.copy);
    for (const auto& [name, says] : document.other)
        if (name != "Configuration table") table += fmt::format("{}: {}. ", name, says);
    text += paint.paragraph(table, 2);
    for (const auto& key : document.keys)
        if (key.role == "device-private-key" && !key.fingerprint.empty()) text += paint.paragraph(key.fingerprint, 11, "Public key");
    std::string unknown;
    for (const auto& sentence : document.cannot_tell) unknown += (unknown.empty() ? "" : "; ") + brief(sentence);
    for (const auto& remark : document.remarks) text += paint.paragraph(remark, 0);
    return text + (unknown.empty() ? "" : paint.paragraph("No dump can tell: " + unknown + ".", 0));
}

}  // namespace

std::string render_text(const Document& document, const ReportStyle& style) {
    const Paint paint(style.colour, style.utf8, style.width);
    auto text = paint.box(tone_of(document.outcome), title_of(document.outcome),
                          document.headline + (document.confidence == Confidence::Certain ? "" : fmt::format(" ({})", name_of(document.confidence))));
    text += paint.paragraph(device_line(document), 0) + paint.paragraph(provenance(document), 0);
    if (!document.led_remark.empty()) text += paint.heading("The LED") + paint.paragraph(document.led_remark, 2);
    for (std::size_t i = 0; i < document.for_the_light.size(); ++i) text += remedy(document.for_the_light[i], i + 1, paint);
    for (std::size_t i = 0; i < document.causes.size(); ++i) text += cause(document.causes[i], document, i + 1, paint);
    text += plan(document, paint);
    text += other_findings(document, paint);
    if (document.outcome == Outcome::Healthy && all_good(document.boot)) return text + healthy(document, paint) + farewell(document, paint);
    return text + boot(document, paint) + handshake(document, paint) + tables(document, paint) + closing(document, paint) + "\n" + farewell(document, paint);
}

std::string render_text_summary(const std::vector<Document>& documents, const std::vector<std::string>& shared, const ReportStyle& style) {
    const Paint paint(style.colour, style.utf8, style.width);
    std::vector<std::vector<Paint::Cell>> rows;
    for (const auto& document : documents) {
        std::string causes;
        for (const auto& cause : document.causes) causes += (causes.empty() ? "" : ", ") + cause.id;
        rows.push_back({{document.name}, {std::string(name_of(document.outcome)), tone_of(document.outcome)}, {causes}});
    }
    std::string text =
        paint.tone(Tone::Strong, fmt::format("{} dumps", documents.size())) + "\n" + paint.table(rows, 2) + paint.heading("What they have in common");
    for (const auto& sentence : shared) text += paint.paragraph(sentence, 4, "  -");
    return text;
}

}  // namespace photopsy

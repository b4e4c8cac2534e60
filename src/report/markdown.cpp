#include "report/markdown.h"

#include "base/counted.h"
#include "base/hex.h"
#include "report/markdown_words.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

std::string device(const Document& document) {
    if (!document.device_proved) return in_markdown(device_line(document)) + ".";
    auto line = in_markdown(document.device);
    if (!document.device_os.empty())
        line += ", Device OS " + in_markdown(document.device_os);
    else if (document.system_version)
        line += fmt::format(", system version {}", *document.system_version);
    if (document.bootloader_version) line += fmt::format(", bootloader {}", *document.bootloader_version);
    if (!document.device_id.empty()) line += ", id " + code_span(document.device_id);
    return line + ".";
}

std::string provenance(const Document& document) {
    return fmt::format("Made by photopsy {} from {}, {}{}{}.\n", document.tool_version, code_span(document.name), counted(document.size, "byte"),
                       document.sha256.empty() ? "" : ", SHA-256 " + code_span(document.sha256.substr(0, 16)), in_markdown(capture_in_words(document)));
}

std::string chain(const CauseText& cause) {
    std::string text;
    for (const auto& link : cause.chain) text += fmt::format("- {}: {}\n", link.seen ? "seen" : "inferred", in_markdown(link.says));
    return text;
}

std::string remedy(const RemedyText& remedy, std::size_t number) {
    auto text = fmt::format("**{}. {}** ({}). {}\n", number, in_markdown(remedy.title), cost_in_words(remedy.cost), in_markdown(remedy.explain));
    if (!remedy.before.empty()) text += in_markdown(remedy.before) + "\n";
    for (const auto& file : remedy.files) text += in_markdown(file_in_words(file)) + "\n";
    if (!remedy.warning.empty()) text += "Careful: " + in_markdown(remedy.warning) + "\n";
    return remedy.commands.empty() ? text + "\n" : text + "\n" + fenced(remedy.commands) + "\n";
}

/// The one step that the reader must see without unfolding anything.
std::string first(const Document& document) {
    const auto* step = first_step(document);
    if (!step || !document.for_the_light.empty()) return "";
    auto text = "\n**First: " + in_markdown(step->title) + "**\n";
    if (step->commands.empty()) text += "\n" + in_markdown(step->explain) + "\n";
    if (!step->before.empty()) text += "\n" + in_markdown(step->before) + "\n";
    if (!step->commands.empty()) text += "\n" + fenced(step->commands);
    return step->warning.empty() ? text : text + "\nCareful: " + in_markdown(step->warning) + "\n";
}

/// What stands outside every fold and is never cut: verdict, cause, first step, provenance. `said` comes behind the cause.
std::string head(const Document& document, const std::string& said) {
    auto text = fmt::format("## photopsy: {}\n\n**{}**{}\n\n{}\n", title_of(document.outcome), in_markdown(document.headline),
                            document.confidence == Confidence::Certain ? "" : fmt::format(" ({})", name_of(document.confidence)), device(document));
    if (!document.led_remark.empty()) text += "\n" + in_markdown(document.led_remark) + "\n\n";
    for (std::size_t i = 0; i < document.for_the_light.size(); ++i) text += remedy(document.for_the_light[i], i + 1);
    if (!document.causes.empty()) {
        const auto& cause = document.causes.front();
        text += fmt::format("\n### Cause: {}\n\n{}, {}\n", in_markdown(cause.title), code_span(cause.id), name_of(cause.confidence));
        if (!said.empty()) text += "\n" + said;
    }
    return text + first(document) + "\n" + provenance(document);
}

std::string remedies(const CauseText& cause) {
    std::string text;
    for (std::size_t i = 0; i < cause.remedies.size(); ++i) text += remedy(cause.remedies[i], i + 1);
    return text;
}

std::string finding(const Document& document, const FindingText& finding) {
    auto text = fmt::format("**{}** {} ({})", name_of(finding.severity), code_span(finding.id), name_of(finding.confidence));
    if (!finding.at.empty()) text += fmt::format(" at {}, {},", code_span(hex_address(finding.at.begin)), byte_count(finding.at.size()));
    text += fmt::format(" {}: {}\n", in_markdown(finding.region), in_markdown(finding.explain));
    std::vector<std::string> lines;
    if (!finding.expected.empty()) lines.push_back("expected  " + finding.expected);
    if (!finding.actual.empty()) lines.push_back("found     " + finding.actual);
    if (!finding.evidence.empty()) lines.push_back("bytes     " + finding.evidence);
    if (finding.other_place) {
        const auto& other = document.findings[*finding.other_place];
        lines.push_back(fmt::format("also      {} {}: {}", place(other.at), other.region, other.explain));
    }
    return lines.empty() ? text + "\n" : text + "\n" + fenced(lines) + "\n";
}

std::string signs(const std::vector<Rung>& ladder) {
    std::string text;
    for (const auto& rung : ladder)
        text += fmt::format("{:8}{}{}\n", name_of(rung.mark), rung.title, rung.explain.empty() || rung.mark == Rung::Mark::Skipped ? "" : ": " + rung.explain);
    return text;
}

std::string boot(const Document& document) {
    std::string ladder = signs(document.boot);
    if (!ladder.empty()) ladder.pop_back();
    return ladder.empty() ? "" : folded("Start: " + document.boot_title, fenced({ladder}));
}

std::string live(const Document& document) {
    if (!document.live) return "";
    return "\n" + in_markdown(sentence(live_in_words(*document.live))) + " " + in_markdown(document.live->seen) + " " + in_markdown(document.live->proves) +
           "\n";
}

std::string handshake(const Document& document) {
    if (!document.handshake_unknown.empty()) return "\n" + handshake_heading(document) + ": not predicted. " + in_markdown(document.handshake_unknown) + "\n";
    std::string body = table_row({"server", "ends at", "code", "LED", "why"}) + table_row({"---", "---", "---", "---", "---"});
    for (const auto& row : document.handshake)
        body += table_row({in_markdown(row.title), code_span(row.step) + (row.chance ? " by chance" : ""), row.code ? code_span(std::to_string(*row.code)) : "",
                           in_markdown(row.led), in_markdown(sentence(row.explain))});
    const bool succeeds = std::all_of(document.handshake.begin(), document.handshake.end(), [](const HandshakeText& row) { return row.succeeds; });
    return folded(handshake_heading(document) + (succeeds ? ": succeeds" : ": fails"), body);
}

std::string modules(const Document& document) {
    if (document.modules.empty()) return "";
    std::string body = table_row({"module", "address", "state", "version", "release", "checks"}) + table_row({"---", "---", "---", "---", "---", "---"});
    for (const auto& module : document.modules)
        body += table_row({in_markdown(module.title), code_span(hex_address(module.at.begin)), std::string(name_of(module.state)), module.version,
                           in_markdown(module.release),
                           in_markdown(module.remark.empty()   ? module.checks
                                       : module.checks.empty() ? module.remark
                                                               : module.remark + "; " + module.checks)});
    return folded("Modules", body);
}

std::string keys(const Document& document) {
    std::string body;
    for (const auto& copy : document.dct)
        body += fmt::format("- DCT copy {}: {}, {}{}\n", copy.copy, name_of(copy.state), in_markdown(copy.what),
                            copy.checksum.empty() ? "" : "; checksum " + in_markdown(copy.checksum));
    for (const auto& key : document.keys)
        body += fmt::format("- {}: {}{}{}\n", in_markdown(key.title), name_of(key.state), key.says.empty() ? "" : ", " + in_markdown(key.says),
                            key.fingerprint.empty() ? "" : "; public fingerprint " + code_span(key.fingerprint));
    for (const auto& [name, says] : document.other) body += fmt::format("- {}: {}\n", in_markdown(name), in_markdown(says));
    return folded("Configuration, keys, update, EEPROM, Wi-Fi", body);
}

std::string list(std::string_view summary, const std::vector<std::string>& lines) {
    std::string body;
    for (const auto& line : lines) body += "- " + in_markdown(line) + "\n";
    return body.empty() ? "" : folded(summary, body);
}

std::string left_out(const Document& document) {
    if (document.redactions.empty()) return "";
    return fmt::format("\n{} with secrets or personal data {} not shown. The dump itself holds them: do not post it.\n",
                       counted(document.redactions.size(), "place"), document.redactions.size() == 1 ? "is" : "are");
}

std::string plan(const Document& document) {
    std::string text;
    const auto lines = plan_in_words(document);
    for (std::size_t i = 0; i < lines.size(); ++i) text += fmt::format("{}. {}\n", i + 1, in_markdown(lines[i]));
    return text.empty() ? "" : "\n### What to do, in this order\n\n" + text;
}

std::string afterwards(const RemedyText& then) {
    return in_markdown(then.explain) + "\n" + (then.warning.empty() ? "" : in_markdown(then.warning) + "\n") + "\n" + fenced(then.commands) + "\n";
}

std::string small(std::string text) {
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return text;
}

struct Part {
    std::string name, text;
};

/// Findings in folds of their own cause's, so that a long list can be cut between two of them.
std::vector<Part> parts_of(const Document& document) {
    std::vector<Part> parts;
    for (std::size_t i = 0; i < document.causes.size(); ++i) {
        const auto& cause = document.causes[i];
        if (i > 0)
            parts.push_back({"cause " + cause.id, fmt::format("\n### Also: {}\n\n{}, {}\n\n{}", in_markdown(cause.title), code_span(cause.id),
                                                              name_of(cause.confidence), chain(cause))});
        parts.push_back(
            {"remedies for " + cause.id, cause.remedies.empty() ? "" : folded("What to do: " + counted(cause.remedies.size(), "step"), remedies(cause))});
    }
    parts.push_back({"order of the steps", plan(document)});
    parts.push_back({"afterwards", document.afterwards ? folded("Afterwards: " + small(document.afterwards->title), afterwards(*document.afterwards)) : ""});
    auto order = std::vector<std::size_t>();
    for (const auto& cause : document.causes) order.insert(order.end(), cause.findings.begin(), cause.findings.end());
    for (std::size_t i = 0; i < document.findings.size(); ++i)
        if (!document.findings[i].explained) order.push_back(i);
    for (const auto index : order) {
        const auto& row = document.findings[index];
        if (row.told_before) continue;
        parts.push_back({"finding " + row.id, folded(fmt::format("{}: {}", name_of(row.severity), row.title), finding(document, row))});
    }
    parts.push_back({"left out", left_out(document)});
    parts.push_back({"handshake", live(document) + handshake(document)});
    parts.push_back({"start", boot(document)});
    parts.push_back({"modules", modules(document)});
    parts.push_back({"configuration and keys", keys(document)});
    parts.push_back({"remarks", list("Remarks", document.remarks)});
    parts.push_back({"what no dump can tell", list("What no dump can tell", document.cannot_tell)});
    return parts;
}

}  // namespace

std::string markdown_essence(const Document& document) { return head(document, ""); }

std::string render_markdown(const Document& document, std::size_t max_chars) {
    static constexpr std::size_t for_the_last_word = 200;
    const auto fits = [&](std::size_t used) { return used + for_the_last_word <= max_chars; };
    const auto why = document.causes.empty() ? std::string() : chain(document.causes.front());
    std::vector<std::string> cut;
    auto text = head(document, why);
    if (!fits(length_of(text)) && !why.empty()) {
        text = head(document, "");
        cut.emplace_back("what was seen");
    }
    std::size_t used = length_of(text);
    for (const auto& part : parts_of(document)) {
        const auto needs = length_of(part.text);
        if (needs > 0 && !fits(used + needs)) {
            cut.push_back(part.name);
            continue;
        }
        text += part.text;
        used += needs;
    }
    if (cut.empty()) return text;
    return text + fmt::format("\nLeft out because the report is limited to {} characters: {} parts, first {}. The text, HTML and JSON reports hold all.\n",
                              max_chars, cut.size(), code_span(cut.front()));
}

}  // namespace photopsy

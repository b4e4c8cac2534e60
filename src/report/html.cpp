#include "report/html.h"

#include "base/hex.h"
#include "base/packed_text.h"
#include "report/words.h"

#include <fmt/format.h>
#include <kainjow/mustache.hpp>

#include <algorithm>

namespace photopsy {

extern const PackedText embedded_report_html;

namespace {

namespace mustache = kainjow::mustache;
using Data = mustache::data;

Data list() { return Data(Data::type::list); }
Data object() { return Data(Data::type::object); }
const char* tone_class_of(State state) {
    return state == State::Good ? "good" : state == State::Damaged ? "bad" : state == State::NotChecked ? "warn" : "faint";
}
const char* tone_class_of(Outcome outcome) { return outcome == Outcome::Healthy ? "good" : outcome == Outcome::Attention ? "warn" : "bad"; }
const char* tone_class_of(Severity severity) { return severity >= Severity::Problem ? "bad" : severity == Severity::Warning ? "warn" : "note"; }

/// A flag, and the list behind it: a heading over nothing is never written.
void set_list(Data& at, const std::string& flag, const std::string& name, Data items) {
    at.set(flag, items.is_non_empty_list());
    at.set(name, std::move(items));
}

Data texts(const std::vector<std::string>& lines, const char* key) {
    auto items = list();
    for (const auto& line : lines) {
        auto item = object();
        item.set(key, line);
        items.push_back(item);
    }
    return items;
}

/// The bytes of a finding; where it is that one place alone, all of them are the damage.
std::string evidence_html(const FindingText& finding) {
    static constexpr std::uint32_t small = 8;
    const auto bytes = in_html(finding.evidence);
    return finding.at.size() <= small && finding.severity >= Severity::Warning ? "<mark>" + bytes + "</mark>" : bytes;
}

Data finding_data(const Document& document, std::size_t index, const std::string& prefix) {
    const auto& finding = document.findings[index];
    auto item = object();
    item.set("finding_anchor", fmt::format("{}-finding-{}", prefix, index + 1));
    item.set("finding_tone", tone_class_of(finding.severity));
    item.set("severity", std::string(name_of(finding.severity)));
    item.set("finding_title", finding.title);
    item.set("finding_id", finding.id);
    item.set("finding_confidence", std::string(name_of(finding.confidence)));
    item.set("place", (finding.at.empty() ? "" : place(finding.at) + ", ") + finding.region);
    item.set("finding_explain", finding.explain);
    std::string bytes;
    if (!finding.expected.empty()) bytes += "expected  " + marked_difference(finding.expected, finding.actual) + "\n";
    if (!finding.actual.empty()) bytes += "found     " + marked_difference(finding.actual, finding.expected) + "\n";
    if (!finding.evidence.empty()) bytes += "bytes     " + evidence_html(finding) + "\n";
    item.set("has_other", finding.other_place.has_value());
    if (finding.other_place) {
        const auto& other = document.findings[*finding.other_place];
        item.set("other_anchor", fmt::format("{}-finding-{}", prefix, *finding.other_place + 1));
        item.set("other", fmt::format("{}, {}: {}", place(other.at), other.region, other.explain));
    }
    item.set("has_bytes", !bytes.empty());
    item.set("bytes", bytes);
    return item;
}

Data remedy_data(const RemedyText& remedy) {
    auto item = object();
    item.set("remedy_title", remedy.title);
    item.set("cost", cost_in_words(remedy.cost));
    item.set("remedy_explain", remedy.before.empty() ? remedy.explain : remedy.explain + " " + remedy.before);
    item.set("remedy_commands", texts(remedy.commands, "line"));
    std::vector<std::string> files;
    for (const auto& file : remedy.files) files.push_back(file_in_words(file));
    item.set("remedy_files", texts(files, "file"));
    item.set("careful", !remedy.warning.empty());
    item.set("warning", remedy.warning);
    return item;
}

/// The step that stands below the verdict, whole; those for the light stand there anyway.
const RemedyText* told_first(const Document& document) { return document.for_the_light.empty() ? first_step(document) : nullptr; }

Data one_step(const RemedyText* remedy) {
    auto items = list();
    if (remedy) items.push_back(remedy_data(*remedy));
    return items;
}

Data cause_data(const Document& document, std::size_t index, const std::string& prefix) {
    const auto& cause = document.causes[index];
    auto item = object();
    item.set("cause_anchor", fmt::format("{}-cause-{}", prefix, index + 1));
    item.set("cause_number", std::to_string(index + 1));
    item.set("cause_title", cause.title);
    item.set("cause_id", cause.id);
    item.set("cause_confidence", std::string(name_of(cause.confidence)));
    auto chain = list(), remedies = list(), findings = list();
    for (const auto& link : cause.chain) {
        auto step = object();
        step.set("basis", link.seen ? "seen" : "inferred");
        step.set("says", link.says);
        chain.push_back(step);
    }
    for (const auto& remedy : cause.remedies)
        remedies.push_back(
            remedy_data(&remedy == told_first(document) ? RemedyText{.title = remedy.title, .explain = "Told above.", .cost = remedy.cost} : remedy));
    for (const auto finding : cause.findings)
        if (!document.findings[finding].told_before) findings.push_back(finding_data(document, finding, prefix));
    item.set("chain", chain);
    set_list(item, "has_remedies", "remedies", remedies);
    item.set("cause_findings", findings);
    return item;
}

Data ladder_data(const std::vector<Rung>& ladder) {
    auto items = list();
    for (const auto& rung : ladder) {
        static constexpr std::pair<const char*, const char*> looks[] = {{"good", "✓"}, {"bad", "✗"}, {"faint", "·"}, {"warn", "?"}};
        const auto& [tone, sign] = looks[static_cast<std::size_t>(rung.mark)];
        auto item = object();
        item.set("rung_tone", tone);
        item.set("rung_sign", sign);
        item.set("rung_title", rung.title);
        item.set("rung_state", std::string(name_of(rung.mark)));
        item.set("rung_why", !rung.explain.empty());
        item.set("rung_explain", rung.explain);
        items.push_back(item);
    }
    return items;
}

Data handshake_data(const Document& document) {
    auto items = list();
    for (const auto& row : document.handshake) {
        auto item = object();
        item.set("policy_title", sentence(row.title, ""));
        item.set("ends", row.succeeds
                             ? std::string("Succeeds.")
                             : fmt::format("Ends at {}{}{}.", row.step, row.code ? fmt::format(", code {}", *row.code) : "", row.chance ? " (by chance)" : ""));
        item.set("has_led", !row.led.empty() && !row.succeeds);
        item.set("row_led", row.led);
        item.set("row_explain", sentence(row.explain));
        item.set("row_ladder", ladder_data(row.ladder));
        items.push_back(item);
    }
    return items;
}

void set_live(Data& item, const LiveText& live) {
    item.set("live_says", sentence(live_in_words(live), ""));
    item.set("live_seen", live.seen);
    item.set("live_proves", live.proves);
    item.set("live_ladder", ladder_data(live.ladder));
}

Data module_rows(const Document& document) {
    auto items = list();
    for (const auto& module : document.modules) {
        auto item = object();
        item.set("module_title", module.title);
        item.set("module_address", hex_address(module.at.begin));
        item.set("module_tone", tone_class_of(module.state));
        item.set("module_state", std::string(name_of(module.state)));
        item.set("module_version", module.version);
        item.set("module_release", module.release);
        item.set("module_checks", module.remark.empty() || module.checks.empty() ? module.remark + module.checks : module.remark + "; " + module.checks);
        items.push_back(item);
    }
    return items;
}

void add_fact(Data& items, const std::string& title, const char* tone, std::string_view state, const std::string& says) {
    auto item = object();
    item.set("fact_title", title);
    item.set("fact_tone", tone);
    item.set("fact_state", std::string(state));
    item.set("fact_says", says);
    items.push_back(item);
}

Data fact_rows(const Document& document) {
    auto items = list();
    for (const auto& copy : document.dct)
        add_fact(items, fmt::format("DCT copy {}", copy.copy), tone_class_of(copy.state), name_of(copy.state),
                 copy.what + (copy.checksum.empty() ? "" : "; checksum " + copy.checksum));
    for (const auto& key : document.keys) {
        auto says = key.says + (key.detail.empty() ? "" : (key.says.empty() ? "" : "; ") + key.detail);
        if (!key.fingerprint.empty()) says += (says.empty() ? "public fingerprint " : "; public fingerprint ") + key.fingerprint;
        add_fact(items, key.title, tone_class_of(key.state), name_of(key.state), says);
    }
    for (const auto& [name, says] : document.other) add_fact(items, name, "faint", "", says);
    return items;
}

Data redaction_rows(const Document& document) {
    std::vector<std::string> lines;
    for (const auto& redaction : document.redactions)
        lines.push_back(fmt::format("{} ({}){}", redaction.what, redaction.why, redaction.at.empty() ? "" : ", " + place(redaction.at)));
    return texts(lines, "text");
}

Data report_data(const Document& document, std::size_t number) {
    const auto prefix = fmt::format("r{}", number);
    auto item = object();
    item.set("number", std::to_string(number));
    item.set("tone", tone_class_of(document.outcome));
    item.set("outcome", std::string(title_of(document.outcome)));
    item.set("headline", document.headline);
    item.set("unsure", document.confidence != Confidence::Certain);
    item.set("confidence", std::string(name_of(document.confidence)));
    item.set("device", device_line(document));
    item.set("provenance", fmt::format("photopsy {}; {}, {}{}{}", document.tool_version, document.name, counted(document.size, "byte"),
                                       document.sha256.empty() ? "" : ", SHA-256 " + document.sha256, capture_in_words(document)));
    item.set("led", !document.led_remark.empty());
    item.set("led_remark", document.led_remark);
    auto for_the_light = list();
    for (const auto& remedy : document.for_the_light) for_the_light.push_back(remedy_data(remedy));
    set_list(item, "has_light_remedies", "light_remedies", for_the_light);
    item.set("first", one_step(told_first(document)));
    item.set("afterwards", one_step(document.afterwards ? &*document.afterwards : nullptr));
    auto causes = list(), others = list();
    for (std::size_t i = 0; i < document.causes.size(); ++i) causes.push_back(cause_data(document, i, prefix));
    for (std::size_t i = 0; i < document.findings.size(); ++i)
        if (!document.findings[i].explained && !document.findings[i].told_before) others.push_back(finding_data(document, i, prefix));
    item.set("causes", causes);
    set_list(item, "has_plan", "plan", texts(plan_in_words(document), "text"));
    item.set("others_title", document.causes.empty() ? "Found" : "Also found");
    set_list(item, "has_others", "others", others);
    item.set("has_map", !document.map.empty());
    item.set("has_blocks", !document.blocks.empty());
    item.set("map", flash_map_svg(document, prefix));
    item.set("boot_result",
             "The device " + document.boot_title + (document.safe_mode_reason.empty() ? "" : ": " + title_of_boot_step(document.safe_mode_reason)));
    item.set("handshake_heading", handshake_heading(document));
    item.set("boot", ladder_data(document.boot));
    item.set("unpredicted", !document.handshake_unknown.empty());
    item.set("why_unknown", document.handshake_unknown);
    item.set("handshake", handshake_data(document));
    item.set("was_asked", document.live.has_value());
    if (document.live) set_live(item, *document.live);
    item.set("modules", module_rows(document));
    item.set("rows", fact_rows(document));
    set_list(item, "has_remarks", "remarks", texts(document.remarks, "text"));
    item.set("cannot_tell", texts(document.cannot_tell, "text"));
    set_list(item, "has_redactions", "redactions", redaction_rows(document));
    item.set("redaction_count", std::to_string(document.redactions.size()));
    return item;
}

Data summary_data(const std::vector<Document>& documents) {
    auto items = list();
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const auto& document = documents[i];
        auto item = object();
        item.set("row_number", std::to_string(i + 1));
        item.set("row_name", document.name);
        item.set("row_tone", tone_class_of(document.outcome));
        item.set("row_outcome", std::string(name_of(document.outcome)));
        item.set("row_cause", document.causes.empty() ? std::string() : document.causes.front().title);
        item.set("row_release", document.device_os);
        items.push_back(item);
    }
    return items;
}

constexpr auto finding_part =
    "<div class=\"finding {{finding_tone}}\" id=\"{{finding_anchor}}\">\n<h4><span class=\"badge {{finding_tone}}\">{{severity}}</span> "
    "{{finding_title}}</h4>\n"
    "<p class=\"faint\"><code>{{finding_id}}</code>, {{finding_confidence}}; {{place}}</p>\n<p>{{finding_explain}}</p>{{#has_bytes}}\n<pre "
    "class=\"hex\">{{{bytes}}}</pre>{{/has_bytes}}{{#has_other}}\n<p id=\"{{other_anchor}}\">Also {{other}}</p>{{/has_other}}\n</div>\n";

}  // namespace

std::string render_html(const std::vector<Document>& documents, const std::vector<std::string>& shared) {
    auto page = object();
    auto reports = list();
    for (std::size_t i = 0; i < documents.size(); ++i) reports.push_back(report_data(documents[i], i + 1));
    page.set("page_title", documents.size() == 1 ? documents.front().name : fmt::format("{} dumps", documents.size()));
    page.set("version", std::string(version));
    page.set("has_summary", documents.size() > 1);
    page.set("summary", summary_data(documents));
    page.set("shared", texts(shared, "sentence"));
    page.set("reports", reports);
    page.set("finding", mustache::partial([] { return std::string(finding_part); }));
    return mustache::mustache{embedded_report_html.text()}.render(page);
}

}  // namespace photopsy

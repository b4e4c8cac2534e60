#include "report/rows.h"

#include "base/hex.h"
#include "report/html.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// A cell: quoted where it must be, and never one that a spreadsheet would take for a formula.
std::string cell(std::string text) {
    const auto first = text.find_first_not_of(' ');  // some programs drop blanks in front
    if (first != std::string::npos && std::string_view("=+-@\t|%").find(text[first]) != std::string_view::npos) text.insert(0, "'");
    if (text.find_first_of(",;\"\n\r\t") == std::string::npos && !text.starts_with(' ') && !text.ends_with(' ')) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

template <class List, class Word>
std::string joined(const List& list, Word word) {
    std::string text;
    for (const auto& item : list) text += (text.empty() ? "" : " ") + word(item);
    return text;
}

std::string handshake_of(const Document& document, std::string_view policy) {
    for (const auto& prediction : document.handshake)
        if (prediction.policy == policy) return prediction.step + (prediction.code ? " " + std::to_string(*prediction.code) : "");
    return "unknown";
}

std::string fingerprint(const Document& document) {
    for (const auto& key : document.keys)
        if (key.role == "device-private-key") return key.fingerprint;
    return "";
}

bool fails(const FindingText& finding) { return finding.severity >= Severity::Problem; }

/// The verdict as an exit status would tell it: works, or will heal itself, or not.
bool fails(const Document& document) {
    return (document.outcome != Outcome::Healthy && document.outcome != Outcome::Attention) ||
           std::any_of(document.findings.begin(), document.findings.end(), [](const FindingText& finding) { return fails(finding); });
}

struct TestSuite {
    std::string name, cases;
    std::size_t tests = 0, failures = 0, skipped = 0;

    void open(std::string_view what) { cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n", in_html(name), in_html(what)), ++tests; }
    void close() { cases += "    </testcase>\n"; }
    void says(std::string_view text) { cases += fmt::format("      <system-out>{}</system-out>\n", in_html(text)); }
    void fails(std::string_view type, std::string_view message, std::string_view text) {
        cases += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", in_html(type), in_html(message), in_html(text)), ++failures;
    }
};

/// Why, and what to do first: what a person at a CI system reads before anything else.
std::string cause_in_words(const CauseText& cause) {
    auto text = fmt::format("{} ({}, {})", cause.title, cause.id, name_of(cause.confidence));
    for (const auto& link : cause.chain) text += fmt::format("\n{}: {}", link.seen ? "seen" : "inferred", link.says);
    for (const auto& step : cause.remedies) {
        text += fmt::format("\nto do: {} ({})", step.title, cost_in_words(step.cost));
        if (!step.before.empty()) text += "\n  (" + step.before + ")";
        for (const auto& command : step.commands) text += "\n  " + command;
    }
    return text;
}

void add_verdict(TestSuite& suite, const Document& document) {
    suite.open(fmt::format("outcome {}", name_of(document.outcome)));
    std::string causes;
    for (const auto& cause : document.causes) causes += (causes.empty() ? "" : "\n\n") + cause_in_words(cause);
    if (fails(document))
        suite.fails(name_of(document.outcome), document.headline, causes.empty() ? document.headline : causes);
    else
        suite.says(causes.empty() ? document.headline : document.headline + "\n\n" + causes);
    suite.close();
    for (const auto& cause : document.causes) {
        suite.open("cause " + cause.id);
        if (fails(document))
            suite.fails("cause", cause.title, cause_in_words(cause));
        else
            suite.says(cause_in_words(cause));
        suite.close();
    }
}

void add_findings(TestSuite& suite, const Document& document) {
    for (const auto& finding : document.findings) {
        suite.open(fmt::format("{} at {}", finding.id, hex_address(finding.at.begin)));
        if (fails(finding))
            suite.fails(name_of(finding.severity), finding.title, finding.explain);
        else
            suite.says(fmt::format("{}: {}", name_of(finding.severity), finding.explain));
        suite.close();
    }
    for (const auto& rule : document.quiet) {
        suite.open("no " + rule.id);
        if (!document.not_all_checked.empty())
            suite.cases += fmt::format("      <skipped message=\"{}\"/>\n", in_html("not found, which proves nothing: " + document.not_all_checked)),
                ++suite.skipped;
        suite.close();
    }
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const auto& text : cells) line += (line.empty() ? "" : ",") + (text.empty() && line.empty() ? "\"\"" : cell(text));
    return line + "\r\n";
}

std::string csv_header() {
    return csv_line({"name", "sha256", "outcome", "headline", "causes", "findings", "boot", "compares_presented_key", "uses_stored_key", "device", "device_os",
                     "bootloader", "device_id", "public_fingerprint", "old_key", "first_step"});
}

std::string csv_row(const Document& document) {
    return csv_line({row_name(document), document.sha256, std::string(name_of(document.outcome)), document.headline,
                     joined(document.causes, [](const CauseText& cause) { return cause.id; }),
                     joined(document.findings, [](const FindingText& finding) { return finding.id + "@" + hex_address(finding.at.begin); }),
                     document.boot_result, handshake_of(document, "compares-presented-key"), handshake_of(document, "uses-stored-key"), document.layout,
                     document.device_os, document.bootloader_version ? std::to_string(*document.bootloader_version) : "", document.device_id,
                     fingerprint(document), document.fleet.old_key, document.fleet.steps.empty() ? "" : document.fleet.steps.front()});
}

std::string render_csv(const std::vector<Document>& documents) {
    auto text = csv_header();
    for (const auto& document : documents) text += csv_row(document);
    return text;
}

std::string line_of(const Document& document) {
    auto line = fmt::format("{}: {}: {}", row_name(document), name_of(document.outcome), document.headline);
    if (document.causes.empty()) return line;
    line += " [" + joined(document.causes, [](const CauseText& cause) { return cause.id; }) + "; old key " + document.fleet.old_key;
    return line + (document.fleet.steps.empty() ? "]" : "; first: " + document.fleet.steps.front() + "]");
}

JunitSuite junit_suite(const Document& document) {
    TestSuite suite{.name = row_name(document)};
    add_verdict(suite, document);
    add_findings(suite, document);
    auto text = fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n    <properties>\n", in_html(suite.name),
                            suite.tests, suite.failures, suite.skipped);
    const std::vector<std::pair<const char*, std::string>> properties = {{"outcome", std::string(name_of(document.outcome))},
                                                                         {"headline", document.headline},
                                                                         {"causes", joined(document.causes, [](const CauseText& cause) { return cause.id; })},
                                                                         {"sha256", document.sha256},
                                                                         {"device", document.layout},
                                                                         {"device_os", document.device_os}};
    for (const auto& [name, value] : properties) text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, in_html(value));
    return {text + "    </properties>\n" + suite.cases + "  </testsuite>\n", suite.tests, suite.failures, suite.skipped};
}

std::string junit_of(const std::vector<JunitSuite>& suites) {
    std::string all;
    std::size_t tests = 0, failures = 0, skipped = 0;
    for (const auto& suite : suites) {
        all += suite.text;
        tests += suite.tests, failures += suite.failures, skipped += suite.skipped;
    }
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"photopsy\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
                       tests, failures, skipped) +
           all + "</testsuites>\n";
}

std::string render_junit(const std::vector<Document>& documents) {
    std::vector<JunitSuite> suites;
    for (const auto& document : documents) suites.push_back(junit_suite(document));
    return junit_of(suites);
}

}  // namespace photopsy

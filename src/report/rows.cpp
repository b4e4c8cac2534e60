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
    if (!text.empty() && std::string_view("=+-@\t").find(text.front()) != std::string_view::npos) text.insert(0, "'");
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

std::string row(const std::vector<std::string>& cells) {
    std::string line;
    for (const auto& text : cells) line += (line.empty() ? "" : ",") + (text.empty() && line.empty() ? "\"\"" : cell(text));
    return line + "\r\n";
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

std::string test_case(const Document& document, const FindingText& finding) {
    auto text = fmt::format("    <testcase classname=\"{}\" name=\"{} at {}\">\n", in_html(document.name), in_html(finding.id), hex_address(finding.at.begin));
    if (fails(finding)) text += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", name_of(finding.severity), in_html(finding.title), in_html(finding.explain));
    else text += fmt::format("      <system-out>{}: {}</system-out>\n", name_of(finding.severity), in_html(finding.explain));
    return text + "    </testcase>\n";
}

}  // namespace

std::string render_csv(const std::vector<Document>& documents) {
    auto text = row({"name", "sha256", "outcome", "headline", "causes", "findings", "boot", "compares_presented_key", "uses_stored_key", "device", "device_os", "bootloader", "device_id", "public_fingerprint"});
    for (const auto& document : documents)
        text += row({document.name, document.sha256, std::string(name_of(document.outcome)), document.headline, joined(document.causes, [](const CauseText& cause) { return cause.id; }),
                     joined(document.findings, [](const FindingText& finding) { return finding.id + "@" + hex_address(finding.at.begin); }), document.boot_result,
                     handshake_of(document, "compares-presented-key"), handshake_of(document, "uses-stored-key"), document.layout, document.device_os,
                     document.bootloader_version ? std::to_string(*document.bootloader_version) : "", document.device_id, fingerprint(document)});
    return text;
}

std::string render_junit(const std::vector<Document>& documents) {
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"photopsy\">\n";
    for (const auto& document : documents) {
        const auto failures = std::count_if(document.findings.begin(), document.findings.end(), fails);
        text += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", in_html(document.name), document.findings.size() + 1, failures);
        text += fmt::format("    <testcase classname=\"{}\" name=\"outcome {}\">\n      <system-out>{}</system-out>\n    </testcase>\n", in_html(document.name), name_of(document.outcome), in_html(document.headline));
        for (const auto& finding : document.findings) text += test_case(document, finding);
        text += "  </testsuite>\n";
    }
    return text + "</testsuites>\n";
}

}  // namespace photopsy

#include "report/document.h"

#include "base/hex.h"
#include "report/commands.h"
#include "report/discretion.h"
#include "report/document_parts.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

static void describe_input(Document& document, const Analysis& analysis, const Discretion& discretion, const ReportStyle& style) {
    const auto& capture = analysis.capture;
    document.tool_version = version;
    document.name = discretion.file_name(capture.name);
    document.container = discretion.file_name(capture.container);
    document.format = discretion.text(capture.format);
    document.size = capture.size;
    if (style.tells_hash) document.sha256 = hex(capture.sha256);
    document.redacted_dump = capture.is_redacted;
    document.capture = capture.record;
    if (auto& record = document.capture) {
        for (auto* text : {&record->when, &record->tool_version, &record->usb_id, &record->operating_system}) *text = discretion.foreign_text(*text);
        record->serial = discretion.serial(record->serial);
        record->path.clear();
    }
    for (const auto& remark : capture.remarks) document.remarks.push_back(discretion.text(remark));
    if (capture.is_redacted)
        document.remarks.push_back(capture.is_less_sure
                                       ? "This dump was made by photopsy redact: its secrets are overwritten; outcome and causes are the original's, but not "
                                         "everything is told as surely: the report on the original is surer where only a secret proves something."
                                       : "This dump was made by photopsy redact: its secrets are overwritten, its verdict is the original's.");
}

/// Which file the second flash comes from, or that it is missing.
static void describe_external(Document& document, const Analysis& analysis, const Discretion& discretion) {
    if (!analysis.facts.has_external_flash) return;
    auto& external = document.external;
    external.title = analysis.layout->external->title;
    external.at = analysis.layout->external->at;
    const auto& file = analysis.capture.external;
    if (!file) {
        document.remarks.push_back(
            fmt::format("The {} is not in this dump, and keys and server address lie there: read it too and give it with --external FILE.", external.title));
        return;
    }
    external.name = discretion.file_name(file->name);
    external.format = discretion.text(file->format);
    external.size = file->size;
    external.sha256 = hex(file->sha256);
    if (file->sha256 != analysis.capture.sha256)
        document.remarks.push_back(
            fmt::format("The {} is read from {}, {} bytes, SHA-256 {}.", external.title, external.name, external.size, external.sha256.substr(0, 12)));
}

/// "serial flash, " in front of what lies there: an address alone does not tell a reader which flash is meant.
static std::string flash_of(const Document& document, Range at) {
    return !at.empty() && document.external.at.contains(at.begin) ? document.external.title + ", " : "";
}

/// Modules and keys in the second flash say so.
static void name_flashes(Document& document) {
    const auto mark = [&](std::string& title, Range at) {
        if (!flash_of(document, at).empty()) title += fmt::format(" ({})", document.external.title);
    };
    for (auto& module : document.modules) mark(module.title, module.at);
    for (auto& key : document.keys) mark(key.title, key.at);
}

static void describe_device(Document& document, const Analysis& analysis, const Discretion& discretion) {
    const auto& system = analysis.facts.system;
    if (analysis.layout) {
        document.device = analysis.layout->title;
        document.layout = analysis.layout->name;
        document.platform_id = analysis.layout->platform_id;
        document.flash = analysis.layout->flash;
    }
    for (const auto defect : {CaptureDefect::NotBinary, CaptureDefect::Empty, CaptureDefect::Blank, CaptureDefect::OtherPlatform})
        if (analysis.capture.has(defect)) document.device_proved = false;
    for (const auto& problem : analysis.capture.problems)
        if (problem.defect == CaptureDefect::DctOnly && problem.where.empty()) document.device_proved = false;
    document.device_os = discretion.text(system.device_os);
    document.system_version = system.system_version;
    document.bootloader_version = system.bootloader_version;
    document.device_id = discretion.device_id();
    document.host = discretion.host();
    if (system.newer_than_known)
        document.remarks.push_back("This system is newer than any that photopsy knows; it is judged as the last known generation would be.");
}

static void describe_findings(Document& document, const Analysis& analysis, const Discretion& discretion) {
    const auto is_of_reading = [](const Rule& rule) { return std::ranges::any_of(capture_rules(), [&](const Rule& one) { return one.id == rule.id; }); };
    for (const auto& finding : analysis.findings.all()) {
        document.findings.push_back({.id = std::string(finding.rule->id),
                                     .title = std::string(finding.rule->title),
                                     .severity = finding.severity,
                                     .confidence = finding.confidence,
                                     .region = flash_of(document, finding.where.at) + discretion.text(finding.where.region),
                                     .at = finding.where.at,
                                     .expected = discretion.text(finding.expected),
                                     .actual = discretion.text(finding.actual),
                                     .evidence = discretion.text(finding.evidence),
                                     .explain = sentence(discretion.text(finding.explain), ""),
                                     .of_reading = is_of_reading(*finding.rule)});
    }
}

/// One module asks for what another does not give: one fact, found at two places.
static void pair_up(Document& document) {
    for (std::size_t i = 0; i + 1 < document.findings.size(); ++i) {
        auto &one = document.findings[i], &next = document.findings[i + 1];
        const bool two_sided = one.id == "dependency-unmet" || one.id == "system-parts-differ";
        if (!two_sided || one.told_before || next.id != one.id || !next.explain.starts_with("The header of")) continue;
        one.other_place = i + 1;
        next.told_before = true;
    }
}

/// Silence is good news only where a rule could see all that it looks at.
static void describe_quiet_rules(Document& document, const Analysis& analysis) {
    for (const auto* rule : all_rules())
        if (!analysis.findings.has(rule->id)) document.quiet.push_back({std::string(rule->id), std::string(rule->title)});
    if (analysis.facts.untrustworthy_capture)
        document.not_all_checked = "the file is no trustworthy copy of the flash";
    else if (!analysis.facts.whole_flash_in_file)
        document.not_all_checked = "the file does not hold the whole flash";
    else if (!analysis.layout)
        document.not_all_checked = "photopsy knows this kind of device only in part";
}

/// A word in capitals is the reader's to replace; it must be said by what.
static std::string about_words_to_replace(const std::vector<std::string>& commands, const std::string& shown_id) {
    const auto stands = [&](std::string_view word) {
        return std::any_of(commands.begin(), commands.end(), [&](const std::string& line) { return line.find(word) != std::string::npos; });
    };
    if (!stands(Discretion::your_device_id)) return "";
    const auto which = shown_id.empty() ? "24 hex digits, which `particle list` shows" : shown_id + ", 24 hex digits; --show-ids and `particle list` show all";
    return " In the place of YOUR_DEVICE_ID put the device's id (" + which + ").";
}

static void say_about_file(RemedyText& text, const std::string& sentence) {
    const auto told = (text.explain.empty() ? "" : " ") + sentence;
    text.about_file += told;
    text.explain += told;
}

static RemedyText in_words(const Remedy& remedy, const CommandNames& names, const Discretion& discretion) {
    RemedyText text{.title = discretion.text(remedy.title),
                    .explain = discretion.text(remedy.explain),
                    .before = before_in_words(remedy.before, names.layout ? names.layout->button : "SETUP"),
                    .warning = discretion.text(remedy.warning),
                    .cost = remedy.cost};
    for (const auto& line : command_lines(remedy, names)) text.commands.push_back(discretion.command(line));
    text.files = firmware_files(remedy, names);
    text.other_way = remedy.role == Remedy::Role::OtherWay;
    text.keeps_dump = remedy.turn == Remedy::Turn::KeepDump && remedy.steps.empty();
    text.explain += about_words_to_replace(text.commands, discretion.device_id());
    const bool unnamed = std::any_of(text.commands.begin(), text.commands.end(), [](const auto& line) { return line.find(unnamed_dump) != line.npos; });
    if (unnamed) say_about_file(text, fmt::format("In the place of {} put the name of your file.", unnamed_dump));
    for (const auto& name : names.lie_apart) {
        const auto names_it = [&](const std::string& line) { return line.find(name) != line.npos; };
        if (std::any_of(text.commands.begin(), text.commands.end(), names_it))
            say_about_file(text, fmt::format("In the place of {} put the path to that file, which lies in another folder than the dump.", name));
    }
    text.tells_how_to_type = text.explain.find("In the place of ") != std::string::npos;
    return text;
}

/// At the first step that has something to type with the dump's name in it.
static void say_where_to_type(Document& document, const CommandNames& names) {
    const auto where = where_to_type(names);
    if (where.empty()) return;
    std::vector<RemedyText*> in_order;
    for (auto& remedy : document.for_the_light) in_order.push_back(&remedy);
    for (const auto& planned : document.plan) in_order.push_back(&document.causes[planned.cause].remedies[planned.remedy]);
    for (auto& cause : document.causes)
        for (auto& remedy : cause.remedies) in_order.push_back(&remedy);
    const auto names_it = [&](const std::string& line) { return line.find(names.dump) != std::string::npos || line.find(names.keys) != std::string::npos; };
    const auto first = std::find_if(in_order.begin(), in_order.end(),
                                    [&](const RemedyText* remedy) { return std::any_of(remedy->commands.begin(), remedy->commands.end(), names_it); });
    if (first == in_order.end()) return;
    say_about_file(**first, where);
    (*first)->tells_how_to_type = true;
}

static void describe_causes(Document& document, const Analysis& analysis, const Discretion& discretion, const CommandNames& names) {
    for (std::size_t i = 0; i < analysis.diagnosis.causes.size(); ++i) {
        const auto& named = analysis.diagnosis.causes[i];
        CauseText text{.id = std::string(named.cause->id),
                       .title = discretion.text(std::string(named.title())),
                       .definition = discretion.text(named.cause->definition),
                       .confidence = named.story.confidence};
        for (const auto& link : named.story.chain) text.chain.push_back({.says = sentence(discretion.text(link.says), ""), .seen = link.seen});
        if (i < analysis.remedies.size())
            for (const auto& remedy : analysis.remedies[i]) text.remedies.push_back(in_words(remedy, names, discretion));
        for (const auto index : named.findings) {
            if (index >= document.findings.size()) continue;
            text.findings.push_back(index);
            document.findings[index].explained = true;
        }
        std::stable_sort(text.findings.begin(), text.findings.end(),
                         [&](std::size_t a, std::size_t b) { return document.findings[a].severity > document.findings[b].severity; });
        document.causes.push_back(std::move(text));
    }
    for (const auto& remedy : analysis.for_the_light) document.for_the_light.push_back(in_words(remedy, names, discretion));
    document.plan = in_one_order(analysis.remedies, analysis.observations());
    say_where_to_type(document, names);
    if (analysis.afterwards) document.afterwards = in_words(*analysis.afterwards, names, discretion);
    for (const auto index : analysis.diagnosis.unexplained)
        if (index < document.findings.size()) document.unexplained.push_back(index);
}

/// A table of some devices has no public key.
static void describe_keys_in_file(Document& document, const Analysis& analysis, const Discretion& discretion) {
    describe_keys(document, analysis.keys, discretion);
    if (const auto* set = analysis.facts.keys; set && set->public_cache.empty())
        std::erase_if(document.keys, [](const KeyText& key) { return key.role == "device-public-key"; });
    if (!analysis.facts.dct.would_reinitialize) return;
    for (auto& key : document.keys)  // the file has the table, and the firmware reads neither copy
        if (key.says == "not in the file") key.says = "neither copy of the table is in use";
}

/// Of bytes that are all the same nothing of the flash is known, and nothing of its next start.
static void leave_open(Document& document) {
    for (auto& cell : document.map) cell.state = State::NotChecked;
    document.remarks.clear();
    document.other.clear();
}

static void describe_verdict(Document& document, const Diagnosis& diagnosis, const Discretion& discretion) {
    document.outcome = diagnosis.outcome;
    document.confidence = diagnosis.confidence;
    document.headline = discretion.text(diagnosis.headline);
    document.led_remark = discretion.text(diagnosis.led_remark);
}

Document build_short_document(const Analysis& analysis, const ReportStyle& style) {
    const Discretion discretion(analysis, style);
    Document document;
    describe_input(document, analysis, discretion, style);
    describe_device(document, analysis, discretion);
    describe_verdict(document, analysis.diagnosis, discretion);
    for (const auto& named : analysis.diagnosis.causes)
        document.causes.push_back({.id = std::string(named.cause->id), .title = discretion.text(std::string(named.title()))});
    document.unexplained = analysis.diagnosis.unexplained;
    describe_keys_in_file(document, analysis, discretion);
    describe_for_fleet(document, analysis, discretion, style);
    return document;
}

Document build_document(const Analysis& analysis, const ReportStyle& style) {
    const Discretion discretion(analysis, style);
    Document document;
    describe_input(document, analysis, discretion, style);
    describe_external(document, analysis, discretion);
    describe_device(document, analysis, discretion);
    const auto& diagnosis = analysis.diagnosis;
    describe_verdict(document, diagnosis, discretion);
    describe_findings(document, analysis, discretion);
    pair_up(document);
    describe_quiet_rules(document, analysis);
    describe_causes(document, analysis, discretion, command_names(analysis, style, discretion));
    describe_boot(document, analysis.boot, discretion);
    describe_handshake(document, analysis.handshake, discretion);
    describe_map(document, analysis, discretion);
    describe_modules(document, analysis.facts, analysis.layout, discretion);
    describe_dct(document, analysis.facts.dct, discretion);
    describe_keys_in_file(document, analysis, discretion);
    describe_other(document, analysis.facts);
    if (analysis.facts.blank_capture) leave_open(document);
    name_flashes(document);
    describe_for_fleet(document, analysis, discretion, style);
    for (const auto& unknown : diagnosis.cannot_tell) document.cannot_tell.push_back(discretion.text(unknown));
    list_redactions(document, analysis, discretion);
    return document;
}

}  // namespace photopsy

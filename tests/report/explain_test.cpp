// Every word that a report says can be explained; the words are taken from the reports.
#include "report/explain.h"
#include "report/examples.h"
#include "report/glossary.h"
#include "report/plain_text.h"
#include "report/report.h"
#include "report/words.h"
#include "support/output_text.h"
#include "support/story.h"

#include "catch.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

/// "DCT copy 1 (current)": the place and what is said of it; "bootloader 502": the place.
void add_label(std::set<std::string>& words, std::string label) {
    for (const auto* between : {": ", ", "})
        if (const auto at = label.find(between); at != std::string::npos) label.resize(at);
    if (label.starts_with("behind ")) label = "behind";
    if (const auto bracket = label.find(" ("); bracket != std::string::npos) {
        const auto inside = label.substr(bracket + 2, label.find(')') - bracket - 2);
        words.insert(inside.substr(0, inside.find(" (")).starts_with("version") ? "version" : inside);
        label.resize(bracket);
    }
    while (!label.empty() && label.find_first_of("0123456789") != std::string::npos && label.find('.') != std::string::npos) label.resize(label.rfind(' '));
    words.insert(label);
}

void add_words(std::set<std::string>& words, const json& report) {
    const auto add = [&](const json& word) {
        if (word.is_string()) words.insert(word.get<std::string>());
    };
    add(report.at("verdict").at("outcome"));
    add(report.at("verdict").at("confidence"));
    for (const auto& cause : report.at("causes")) {
        add(cause.at("id"));
        for (const auto& link : cause.at("chain")) add(link.at("basis"));
        for (const auto& remedy : cause.at("remedies")) add(remedy.at("cost"));
    }
    for (const auto& finding : report.at("findings")) add(finding.at("id")), add(finding.at("severity"));
    add(report.at("boot").at("result"));
    for (const auto& step : report.at("boot").at("ladder")) add(step.at("step")), add(step.at("state"));
    if (report.at("handshake").contains("predictions"))
        for (const auto& row : report.at("handshake").at("predictions")) add(row.at("step")), add(row.at("server_policy"));
    if (report.at("handshake").contains("server_key_source")) add(report.at("handshake").at("server_key_source"));
    for (const auto& region : report.at("regions")) add(region.at("state")), add_label(words, region.at("label").get<std::string>());
    for (const auto& module : report.at("modules")) add(module.at("slot"));
    for (const auto& copy : report.at("dct"))
        if (copy.contains("what")) add(copy.at("what"));
    for (const auto& key : report.at("keys")) add(key.at("role"));
    add(report.at("eeprom").at("state"));
    add(report.at("wifi").at("state"));
    add(report.at("input").at("format"));
    for (const auto& redaction : report.at("redactions")) add(redaction.at("why"));
}

json report_on(const test::Story& story) {
    const auto& layout = *builtin_layout(story.sample.recipe.device);
    std::vector<Analysis> one;
    one.push_back(analyze(recognize(story.sample.file, "dump.bin", "", layout), layout));
    return json::parse(render(one, Format::Json, {}), nullptr, false);
}

}  // namespace

TEST_CASE("every word of every sample's report can be explained", "[report]") {
    std::set<std::string> words;
    for (const auto& story : stories()) {
        const auto report = report_on(story);
        REQUIRE(report.is_object());
        add_words(words, report);
    }
    CHECK(words.size() > 150);
    for (const auto& word : words) {
        INFO(word);
        CHECK((word == "version" || explain(word, 80).has_value()));
    }
}

TEST_CASE("the words of every outcome, start, cost, state and step can be explained", "[report]") {
    std::vector<std::string> words = {"Healthy", "DCT", "dct2", "system part", "system-part2", "recv_384", "orange", "erased", "sys1", "ee2", "seen", "SOS"};
    for (int i = 0; i <= static_cast<int>(Outcome::BadCapture); ++i) words.emplace_back(title_of(static_cast<Outcome>(i)));
    for (int i = 0; i <= static_cast<int>(BootResult::Unknown); ++i) words.emplace_back(name_of(static_cast<BootResult>(i)));
    for (int i = 0; i <= static_cast<int>(Remedy::Cost::LosesData); ++i) words.push_back(cost_in_words(static_cast<Remedy::Cost>(i)));
    for (int i = 0; i <= static_cast<int>(Step::DtlsFinish); ++i) words.emplace_back(name_of(static_cast<Step>(i)));
    for (int i = 0; i <= static_cast<int>(OtaCase::DfuWriteInterrupted); ++i) words.emplace_back(name_of(static_cast<OtaCase>(i)));
    for (int i = 0; i <= static_cast<int>(DctCopyState::Unreadable); ++i) words.emplace_back(contract_name_of(static_cast<DctCopyState>(i)));
    for (int i = 0; i <= static_cast<int>(Eeprom::State::Corrupt); ++i) words.emplace_back(name_of(static_cast<Eeprom::State>(i)));
    for (const auto& word : words) {
        INFO(word);
        CHECK(explain(word, 80));
    }
    for (const auto* word : {"", "xyzzy", "-", "42", "private-key-erase"}) CHECK_FALSE(explain(word, 80));
}

TEST_CASE("a cause is explained with its light, its steps and an example, and no line is too long", "[report]") {
    const auto text = *explain("private-key-mixed", 80);
    INFO(text);
    for (const auto* part : {"Why it matters: ", "The light: ", "How sure: ", "What to do: ", "Example: ", "orange burst", "Write the old key back"})
        CHECK(in_one_line(text).find(part) != std::string::npos);
    CHECK(text.find('|') == std::string::npos);
    for (const unsigned width : {40u, 80u})
        for (const auto& word : explainable_words()) {
            const auto said = *explain(word, width);
            for (std::size_t at = 0, end = 0; at < said.size(); at = end + 1) {
                end = std::min(said.find('\n', at), said.size());
                INFO(said.substr(at, end - at));
                CHECK(columns(std::string_view(said).substr(at, end - at)) <= width);
            }
        }
}

TEST_CASE("what is listed can be explained, and no word is explained twice in the glossary", "[report]") {
    const auto list = explain_list(10000);
    std::set<std::string> seen;
    for (const auto& word : explainable_words()) {
        INFO(word);
        CHECK(list.find(word.substr(0, 20)) != std::string::npos);
        CHECK(explain(word, 80));
        CHECK(seen.insert(word).second);
    }
    CHECK(example_of("private-key-mixed"));
    CHECK_FALSE(example_of("no-such-cause"));
}

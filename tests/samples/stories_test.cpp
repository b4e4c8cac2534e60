// Each story of samples/ comes out as its recipe says it must, and the whole report stays as it was last approved.
#include "base/hex.h"
#include "catch.h"
#include "cli/capture_record.h"
#include "diagnosis/cause.h"
#include "report/explain.h"
#include "support/smallest_damage.h"
#include "support/spoken.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

std::string file_name(const test::Story& story) { return story.sample.recipe.file_name.empty() ? "dump.bin" : story.sample.recipe.file_name; }

/// What photopsy's own capture would have written beside the file.
Bytes record_beside(const test::Story& story) {
    const auto& file = story.sample.file;
    CaptureRecord record;
    record.sha256 = hex(sha256(file));
    record.size = file.size();
    record.when = "2026-01-02T03:04:05Z";
    record.tool_version = "0.1.0";
    record.usb_id = "2b04:d006";
    record.serial = story.sample.recipe.chip_id;
    record.serial_is_device_id = true;
    record.reads = 2;
    const auto text = record_text(record);
    return {text.begin(), text.end()};
}

/// What the program says of the story's file.
Spoken report(const test::Story& story, const std::vector<std::string>& options) {
    const ScratchDirectory directory;
    std::vector<std::string> words{"analyze", directory.put(file_name(story), story.sample.file)};
    if (!story.sample.registered_spki.empty())
        words.insert(words.end(), {"--registered-public-key", directory.put("registered.pub.der", story.sample.registered_spki)});
    if (!story.sample.recipe.chip_id.empty()) directory.put(file_name(story) + ".json", record_beside(story));
    if (!story.sample.external.empty()) words.insert(words.end(), {"--external", directory.put("serial.bin", story.sample.external)});
    words.insert(words.end(), options.begin(), options.end());
    return run(words);
}

std::uint32_t number(const json& text) { return static_cast<std::uint32_t>(std::stoul(text.get<std::string>(), nullptr, 16)); }

bool covers(const json& finding, std::uint32_t address) {
    const auto& where = finding.at("where");
    if (!where.contains("address") || !where.at("address").is_string()) return false;
    const auto begin = number(where.at("address"));
    const auto length = where.at("length").get<std::uint32_t>();
    return begin <= address && address - begin < std::max(1u, length);
}

/// Compares with the approved file, or rewrites it where PHOTOPSY_UPDATE_GOLDEN=1.
void check_golden(const std::string& path, const std::string& now) {
    const char* update = std::getenv("PHOTOPSY_UPDATE_GOLDEN");
    if (update && *update == '1') std::ofstream(path, std::ios::binary) << now;
    const auto bytes = read_file(path);
    INFO(path << " differs; PHOTOPSY_UPDATE_GOLDEN=1 rewrites it");
    CHECK(now == std::string(bytes.begin(), bytes.end()));
}

}  // namespace

TEST_CASE("each story has the outcome, the causes and the places that its recipe states", "[stories]") {
    CHECK(stories().size() >= 18);
    for (const auto& story : stories()) {
        const auto& expect = story.sample.recipe.expect;
        const auto spoken = report(story, {"--format", "json"});
        INFO(story.name << " " << spoken.err);
        const auto parsed = json::parse(spoken.out, nullptr, false);
        REQUIRE(parsed.is_object());
        CHECK(parsed.at("verdict").at("outcome") == expect.outcome);
        std::set<std::string> causes;
        for (const auto& cause : parsed.at("causes")) causes.insert(cause.at("id").get<std::string>());
        CHECK(causes == std::set<std::string>(expect.causes.begin(), expect.causes.end()));
        for (const auto address : expect.addresses) {
            INFO("address " << std::hex << address);
            CHECK(std::any_of(parsed.at("findings").begin(), parsed.at("findings").end(), [&](const json& finding) { return covers(finding, address); }));
        }
        REQUIRE(expect.exit_status);
        CHECK(spoken.status == *expect.exit_status);
    }
}

TEST_CASE("the reports of all stories are the approved ones", "[stories][golden]") {
    for (const auto& story : stories()) {
        check_golden(story.folder + "/screen.txt", report(story, {"--color", "never", "--width", "80"}).out);
        check_golden(story.folder + "/report.txt", report(story, {"--full", "--color", "never", "--width", "100"}).out);
        check_golden(story.folder + "/report.json", report(story, {"--format", "json"}).out);
    }
}

namespace {

/// One row of src/report/examples.tsv: what the report on this story says of a cause.
std::string example_row(const json& cause, const std::string& title, const json& verdict) {
    const auto& chain = cause.at("chain");
    std::string steps;
    for (const auto& remedy : cause.at("remedies")) steps += (steps.empty() ? "" : "; ") + remedy.at("title").get<std::string>();
    const auto seen = chain.empty() ? cause.at("title").get<std::string>() : chain.front().at("says").get<std::string>();
    std::string row;
    for (const auto& cell :
         {cause.at("id").get<std::string>(), title, verdict.at("outcome").get<std::string>(), cause.at("confidence").get<std::string>(), seen, steps})
        row += (row.empty() ? "" : "\t") + cell;
    return row + "\n";
}

}  // namespace

namespace {

/// Rows for causes that no row was written for yet.
struct ExampleTable {
    std::set<std::string> told;
    std::string text;
    void add(const Spoken& spoken, const std::string& title, const std::string& only = "") {
        const auto parsed = json::parse(spoken.out, nullptr, false);
        REQUIRE(parsed.is_object());
        for (const auto& cause : parsed.at("causes")) {
            const auto id = cause.at("id").get<std::string>();
            if ((only.empty() || id == only) && told.insert(id).second) text += example_row(cause, title, parsed.at("verdict"));
        }
    }
};

/// Causes that no dump alone shows, and why.
constexpr std::pair<std::string_view, std::string_view> without_example[] = {
    {"server-not-reached", "it is the answer of a server that was asked with --live"},
};

}  // namespace

TEST_CASE("the example that explains a cause is what the first story with it says, and each cause has one", "[stories][golden]") {
    ExampleTable table;
    for (const auto& story : stories()) table.add(report(story, {"--format", "json"}), story.sample.recipe.title);
    CHECK(table.told.size() > 30);
    const ScratchDirectory directory;
    for (const auto& one : smallest_damages()) {
        if (!*one.title || table.told.contains(one.cause)) continue;
        const auto sample = sample::make_sample(recipe_of(one), one.cause);
        REQUIRE(sample);
        table.add(run({"analyze", directory.put("dump.bin", sample->file), "--format", "json"}), one.title, one.cause);
    }
    check_golden(source_path("src/report/examples.tsv"), table.text);
    for (const auto* cause : all_causes()) {
        const auto row = std::find_if(std::begin(without_example), std::end(without_example), [&](const auto& one) { return one.first == cause->id; });
        INFO(cause->id);
        CHECK(table.told.contains(std::string(cause->id)) == (row == std::end(without_example)));
        if (row != std::end(without_example)) continue;
        const auto text = explain(cause->id, 200).value_or("");
        for (const auto* part : {"The light: ", "How sure: ", "What to do: ", "Example: "}) CHECK(text.find(part) != std::string::npos);
    }
}

TEST_CASE("the screen of a sick device is short and ends with the verdict and what to do first", "[stories]") {
    std::size_t lines = 0, sick = 0;
    for (const auto& story : stories()) {
        const auto screen = report(story, {"--color", "never", "--width", "80"}).out;
        const auto parsed = json::parse(report(story, {"--format", "json"}).out, nullptr, false);
        REQUIRE(parsed.is_object());
        INFO(story.name << "\n" << screen);
        const auto length = static_cast<std::size_t>(std::count(screen.begin(), screen.end(), '\n'));
        CHECK(length <= 100);
        lines += length, ++sick;
        const auto box = screen.rfind("\u256d\u2500 ");
        REQUIRE(box != std::string::npos);
        const auto ending = screen.substr(box);
        if (parsed.at("causes").empty()) continue;
        CHECK((ending.find("First: ") != std::string::npos || ending.find("It still does not connect?") != std::string::npos));
        for (const auto* code : {"recv_384", "rsa_decrypt", "code 26", "code 6"}) CHECK(screen.find(code) == std::string::npos);
        if (!parsed.at("plan").empty())
            for (const auto& step : parsed.at("plan")) CHECK(screen.find(step.at("title").get<std::string>().substr(0, 20)) != std::string::npos);
    }
    CHECK(lines / sick <= 48);
}

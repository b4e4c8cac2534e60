// Each story of samples/ comes out as its recipe says it must, and the whole report stays as it was last approved.
#include "base/hex.h"
#include "catch.h"
#include "cli/capture_record.h"
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

std::string file_name(const Story& story) { return story.sample.recipe.file_name.empty() ? "dump.bin" : story.sample.recipe.file_name; }

/// What photopsy's own capture would have written beside the file.
Bytes record_beside(const Story& story) {
    const auto& file = story.sample.file;
    CaptureRecord record{.sha256 = hex(sha256(file)), .size = file.size(), .when = "2026-01-02T03:04:05Z", .tool_version = "0.1.0", .usb_id = "2b04:d006"};
    record.serial = story.sample.recipe.chip_id;
    record.serial_is_device_id = true;
    record.reads = 2;
    const auto text = record_text(record);
    return {text.begin(), text.end()};
}

/// What the program says of the story's file.
Spoken report(const Story& story, const std::vector<std::string>& options) {
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

/// Compares with the file beside the recipe, or rewrites it where PHOTOPSY_UPDATE_GOLDEN=1.
void check_golden(const Story& story, const std::string& name, const std::string& now) {
    const auto path = story.folder + "/" + name;
    const char* update = std::getenv("PHOTOPSY_UPDATE_GOLDEN");
    if (update && *update == '1') std::ofstream(path, std::ios::binary) << now;
    const auto bytes = read_file(path);
    INFO(story.name << "/" << name << " differs; PHOTOPSY_UPDATE_GOLDEN=1 rewrites it");
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
        check_golden(story, "report.txt", report(story, {"--color", "never", "--width", "100"}).out);
        check_golden(story, "report.json", report(story, {"--format", "json"}).out);
    }
}

// What is taken from a line that may come from anybody.
#include "report/json_fleet.h"
#include "report/report.h"
#include "support/keys.h"
#include "support/story.h"

#include "catch.h"

#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

using FileBytes = std::vector<std::uint8_t>;

json line_of(const FileBytes& file, bool in_short = false) {
    const auto& layout = layout_for(file);
    const auto analysis = analyze(recognize(file, "dump.bin", "", layout), layout);
    const auto document = build_document(analysis, {});
    return json::parse(in_short ? render_short_line(document) : render_report_line(analysis, document));
}

const FileBytes& file_of(const std::string& name) {
    for (const auto& story : stories())
        if (story.name == name) return story.sample.file;
    FAIL("no story " << name);
    return stories().front().sample.file;
}

fleet::Row row_from(const json& line) {
    const auto row = row_of_line(line.dump());
    REQUIRE(row);
    return *row;
}

}  // namespace

TEST_CASE("a line's exit status and words are the contract's, whatever it says", "[fleet]") {
    auto failing = line_of(file_of("erased-key")), healthy = line_of(file_of("healthy-1.5.2"));
    for (const json& status : {json(0), json(1), json(2), json(77), json(256), json(-1), json("1"), json()}) {
        failing["fleet"]["exit_status"] = healthy["fleet"]["exit_status"] = status;
        CHECK(row_from(failing).exit_status == 1);
        CHECK(row_from(healthy).exit_status == 0);
        auto attention = healthy;
        attention["verdict"]["outcome"] = "attention";
        CHECK(row_from(attention).exit_status == (status == json(1)));
    }
    CHECK(row_from(failing).old_key == "recoverable");
    failing["fleet"]["old_key"] = "give me money";
    CHECK(row_from(failing).old_key.empty());
    CHECK(row_from(healthy).sequence);
    healthy["fleet"]["sequence"] = 256;
    CHECK_FALSE(row_from(healthy).sequence);
}

TEST_CASE("a key that is whole in another form, or in the older copy, is compared as well", "[fleet]") {
    for (const bool in_short : {false, true}) {
        CHECK(row_from(line_of(file_of("healthy-1.5.2"), in_short)).modulus.size() == 128);
        CHECK(row_from(line_of(file_of("pkcs8-key"), in_short)).modulus.size() == 128);
        const auto erased = row_from(line_of(file_of("erased-key"), in_short));
        CHECK(std::max(erased.modulus.size(), erased.older_modulus.size()) == 128);
        CHECK(erased.modulus != erased.older_modulus);
    }
    auto lost = line_of(file_of("healthy-1.5.2"));
    lost["fleet"]["old_key"] = "lost";
    CHECK(row_from(lost).modulus.empty());
}

TEST_CASE("what is no dump is none in a row, and a damaged dump stays one", "[fleet]") {
    const auto standing = [](const FileBytes& bytes) { return std::string(standing_of(row_from(line_of(bytes)))); };
    CHECK(standing({}) == "no-dump");
    CHECK(row_from(line_of({})).why == "The dump file is empty");
    CHECK(row_from(line_of({})).steps.empty());
    Dice dice(5);
    const auto noise = [&](std::size_t size) {
        FileBytes bytes(size);
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.next());
        return bytes;
    };
    CHECK(standing(noise(300001)) == "no-dump");
    CHECK(standing(noise(std::size_t{1} << 20)) == "bad-capture");  // as long as a flash: a dump that nobody can read
    const auto& whole = file_of("healthy-1.5.2");
    CHECK(standing({whole.begin(), whole.begin() + 300001}) == "bad-capture");
    CHECK(standing(file_of("truncated-capture")) == "bad-capture");
    CHECK(standing(FileBytes(std::size_t{1} << 20, 0xFF)) == "bad-capture");  // blank
    auto modules = line_of(file_of("truncated-capture"));
    modules["causes"][0]["title"] = "The file holds firmware, not a dump";
    CHECK(standing_of(row_from(modules)) == "no-dump");
}

TEST_CASE("a file of another kind is of no device", "[fleet]") {
    const std::string text = "hello, this is a letter and no flash\n";
    const auto row = row_from(line_of({text.begin(), text.end()}));
    CHECK(row.standing == fleet::Row::Standing::NoDump);
    CHECK(row.layout.empty());
    CHECK(row_from(line_of(file_of("healthy-1.5.2"))).layout == "photon");
}

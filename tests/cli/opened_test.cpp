// A folder or an archive with several files is opened, and what is in it is told apart.
#include "support/output_text.h"
#include "support/spoken.h"
#include "support/story.h"

#include "catch.h"

#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const test::Story& story_of_file(std::string_view name) {
    for (const auto& one : stories())
        if (one.name == name) return one;
    FAIL("no story " << name);
    return stories().front();
}

}  // namespace

TEST_CASE("several folders are read like one, with files between them", "[cli]") {
    const ScratchDirectory kitchen, bath, alone;
    const auto folder_of = [](const std::string& path) { return path.substr(0, path.rfind('/')); };
    const auto first = folder_of(kitchen.put("a.bin", story_of_file("mixed-key").sample.file));
    const auto second = folder_of(bath.put("b.bin", story_of_file("healthy-1.5.2").sample.file));
    const auto file = alone.put("c.bin", story_of_file("erased-key").sample.file);
    const auto both = nlohmann::json::parse(run({first, second, "--format", "json"}).out, nullptr, false);
    REQUIRE(both.is_array());
    CHECK(both.size() == 2);
    const auto spoken = run({first, file, second, "-q"});
    CHECK(spoken.status == 1);
    CHECK(has(spoken.out, "a.bin: cloud-fails"));
    CHECK(has(spoken.out, "c.bin: cloud-fails"));
    CHECK(has(spoken.out, "b.bin: healthy"));
    CHECK(run({first, second + "/nothing.bin", "-q"}).status == 2);
    CHECK(run({first, second, "--live", "--yes"}).status == 2);
}

TEST_CASE("a folder is read, its dumps reported, and what is no dump is named", "[cli]") {
    const ScratchDirectory folder;
    const auto path = folder.put("a.bin", story_of_file("mixed-key").sample.file);
    const auto place = path.substr(0, path.rfind('/'));
    folder.put("b.bin", story_of_file("healthy-1.5.2").sample.file);
    const std::string_view note = "The kitchen lamp, as it came back.\n";
    folder.put("note.txt", Bytes(note.begin(), note.end()));
    const auto spoken = run({place, "-q"});
    INFO(spoken.out << spoken.err);
    CHECK(spoken.status == 1);
    CHECK(has(spoken.out, "a.bin: cloud-fails"));
    CHECK(has(spoken.out, "b.bin: healthy"));
    CHECK_FALSE(has(spoken.out, "note.txt"));
    CHECK(has(spoken.err, "note.txt: "));
    const auto json = nlohmann::json::parse(run({place, "--format", "json"}).out, nullptr, false);
    REQUIRE(json.is_array());
    CHECK(json.size() == 2);
}

TEST_CASE("the one dump in a folder is told as if it had been given, and a folder without one says so", "[cli]") {
    const ScratchDirectory folder;
    const std::string_view note = "nothing here yet, come back on Monday\n";
    const auto path = folder.put("note.txt", Bytes(note.begin(), note.end()));
    const auto place = path.substr(0, path.rfind('/'));
    const auto none = run({place});
    CHECK(none.status == 1);
    CHECK(has(none.err, "there is no dump in"));
    folder.put("a.bin", story_of_file("healthy-1.5.2").sample.file);
    const auto one = run({place, "--format", "json"});
    CHECK(one.status == 0);
    CHECK(nlohmann::json::parse(one.out, nullptr, false).is_object());
}

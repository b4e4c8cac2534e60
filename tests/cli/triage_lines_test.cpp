// The lines of a run that did not come to its end, and those of the run before it.
#include "cli/triage_lines.h"

#include "report/json_fleet.h"
#include "support/fleet_folder.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::string line_of(const std::string& path, const std::string& why) { return render_failure_line(path, why, NotAnalyzed::Unread) + "\n"; }

}  // namespace

TEST_CASE("of each path the newer lines are kept, once, and of no path none", "[triage]") {
    const Fleet fleet;
    fleet.put("old", line_of("a", "old") + line_of("b", "old") + "nonsense\n" + line_of("c", "old"));
    fleet.put("new", line_of("c", "new") + line_of("d", "new") + line_of("d", "newest") + line_of("a", "new") + line_of("b", "cut").substr(0, 20));
    REQUIRE(merge_lines(fleet.in("old"), fleet.in("new"), fleet.in("old")) == 0);
    CHECK(contents(fleet.in("old")) == line_of("b", "old") + line_of("c", "new") + line_of("d", "newest") + line_of("a", "new"));
    REQUIRE(merge_lines(fleet.in("old"), fleet.in("new"), fleet.in("old")) == 0);
    CHECK(contents(fleet.in("old")) == line_of("b", "old") + line_of("c", "new") + line_of("d", "newest") + line_of("a", "new"));
    REQUIRE(merge_lines(fleet.in("nothing"), fleet.in("new"), fleet.in("first")) == 0);
    CHECK(contents(fleet.in("first")) == line_of("c", "new") + line_of("d", "newest") + line_of("a", "new"));
    CHECK(merge_lines(fleet.in("old"), fleet.in("nothing"), fleet.in("old")) != 0);
}

TEST_CASE("a run that was stopped leaves one line a file, the newest", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    REQUIRE(run({"triage", fleet.in("dumps"), "-o", fleet.in("out")}).status == 1);
    const auto lines = contents(fleet.in("out/reports.ndjson"));
    const auto count = std::count(lines.begin(), lines.end(), '\n');
    // Killed when about half of the lines were there, the first of them changed.
    fleet.put("cut/reports.ndjson", lines);
    fleet.put("cut/reports.ndjson.part", line_of(fleet.in("dumps/0/1.bin"), "it changed") + lines.substr(lines.find('\n') + 1, lines.size() / 2));
    REQUIRE(merge_lines(fleet.in("cut/reports.ndjson"), fleet.in("cut/reports.ndjson.part"), fleet.in("cut/reports.ndjson")) == 0);
    const auto merged = contents(fleet.in("cut/reports.ndjson"));
    CHECK(std::count(merged.begin(), merged.end(), '\n') == count);
    CHECK(merged.find("it changed") != std::string::npos);
}

TEST_CASE("a temporary name is told from every other", "[triage]") {
    CHECK(is_unfinished_name_of(unfinished_name("a.html", 3), "a.html"));
    for (const char* other : {"a.html", "a.html.photopsy-", "a.html.photopsy-1", "a.html.photopsy-1-", "a.html.photopsy--1", "a.html.photopsy-1-2-3",
                              "a.html.photopsy-1-2.txt", "a.html.photopsy-keep", "b.html.photopsy-1-2"})
        CHECK_FALSE(is_unfinished_name_of(other, "a.html"));
}

// What was read is never overwritten, with --force neither: members of folders, lists of names, archives.
#include "support/fleet_folder.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

static void check_kept(const Fleet& fleet, const std::string& file, const std::vector<std::string>& words) {
    const auto before = contents(fleet.in(file));
    const auto said = run(words);
    INFO(file << "\n" << said.err);
    CHECK(said.status == 2);
    CHECK(said.err.find("was read for this") != std::string::npos);
    CHECK(contents(fleet.in(file)) == before);
}

TEST_CASE("analyze and triage keep the members of a folder, the list of names and the archive", "[cli][files]") {
    const Fleet fleet;
    fleet.put("c/a.bin", dump_of("mixed-key"));
    fleet.put("c/b.bin", dump_of("healthy-1.5.2"));
    fleet.put("c/deep/c.bin", dump_of("erased-key"));
    fleet.put("both.zip", archive_of({{"a.bin", dump_of("mixed-key")}, {"b.bin", dump_of("erased-key")}}, archive_write_set_format_zip, nullptr));
    fleet.put("list", fleet.in("c/a.bin") + "\n" + fleet.in("c/b.bin") + "\n");
    for (const auto* format : {"text", "json", "csv", "ndjson", "html", "junit", "markdown"}) {
        for (const auto* file : {"c/b.bin", "c/deep/c.bin"})
            check_kept(fleet, file, {"analyze", fleet.in("c"), "--format", format, "-o", fleet.in(file), "--force"});
        check_kept(fleet, "list", {"analyze", "--files-from", fleet.in("list"), "--format", format, "-o", fleet.in("list"), "--force"});
        check_kept(fleet, "c/b.bin", {"analyze", "--files-from", fleet.in("list"), "--format", format, "-o", fleet.in("c/b.bin"), "--force"});
        check_kept(fleet, "both.zip", {"analyze", fleet.in("both.zip"), "--format", format, "-o", fleet.in("both.zip"), "--force"});
    }
    CHECK(run({"triage", fleet.in("c"), "-o", fleet.in("out")}).status == 1);
    check_kept(fleet, "out/reports.ndjson", {"triage", fleet.in("out/reports.ndjson"), "-o", fleet.in("out")});
    // What was not read is overwritten when that is asked for, and a report that is being written is no input.
    fleet.put("c.csv", std::string("old"));
    CHECK(run({"analyze", fleet.in("c"), "--format", "csv", "-o", fleet.in("c.csv"), "--force"}).status == 1);
    CHECK(contents(fleet.in("c.csv")).find("a.bin") != std::string::npos);
    const auto inside = run({"analyze", fleet.in("c"), "--format", "csv", "-o", fleet.in("c/new.csv")});
    CHECK(inside.err.find(".csv.photopsy-") == std::string::npos);
    CHECK(contents(fleet.in("c/new.csv")).size() == contents(fleet.in("c.csv")).size());
}

TEST_CASE("triage does not read the folder that it writes into", "[cli][triage]") {
    const Fleet fleet;
    fleet.put("c/a.bin", dump_of("mixed-key"));
    const auto refused = run({"triage", fleet.in("c"), "-o", fleet.in("c") + "/"});
    CHECK(refused.status == 2);
    CHECK(refused.err.find("give -o another folder") != std::string::npos);
    CHECK_FALSE(fs::exists(fleet.in("c/index.html")));
    const auto below = run({"triage", fleet.in("c"), "-o", fleet.in("c/out")});
    CHECK(below.status == 1);
    CHECK(below.out.find("a link to a folder") == std::string::npos);
}

TEST_CASE("a list without a name is told", "[cli]") {
    const Fleet fleet;
    fleet.put("list", std::string("\n\n"));
    const auto said = run({"analyze", "--files-from", fleet.in("list")});
    CHECK(said.status == 1);
    CHECK(said.err.find("there is no name of a dump in") != std::string::npos);
}

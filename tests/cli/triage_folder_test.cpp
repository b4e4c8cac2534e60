// The folder that `triage -o` writes: nobody else's, and what is kept in it is what a fresh run would say.
#include "base/digest.h"
#include "base/hex.h"
#include "cli/triage_mark.h"
#include "cli/writable_file.h"
#include "flash/capture_record.h"
#include "support/fleet_folder.h"
#include "support/key_folder.h"
#include "support/keys.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::vector<std::string> names_below(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string only_report(const Fleet& fleet, const std::string& folder, const std::string& suffix) {
    for (const auto& name : names_below(fleet.in(folder)))
        if (name.starts_with("reports/") && name.ends_with(suffix)) return fleet.in(folder + "/" + name);
    FAIL("no report " << suffix);
    return "";
}

std::string table_of(const Fleet& fleet, const std::string& input, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"triage", fleet.in(input), "--format", "csv"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words).out;
}

/// As `capture` writes it beside a dump, of a device with another id than the dump's table has.
std::string record_of_another_device(const Bytes& dump) {
    CaptureRecord record;
    static_cast<CapturedFlash&>(record) = {.sha256 = hex(sha256(dump)), .size = dump.size(), .reads = 2, .differed = {}, .unstable = {}};
    record.when = "2026-11-22T15:04:05Z";
    record.tool_version = "0.1.0";
    record.usb_id = "2b04:d006";
    record.serial = "3d0024000447343138333038";
    record.serial_is_device_id = true;
    return record_text(record);
}

}  // namespace

TEST_CASE("triage writes over no file that is not its own, but with --force", "[triage]") {
    for (const char* name : {"index.html", "summary.csv", "reports.ndjson", "reports.ndjson.part", "reports/mine.html", ".photopsy-triage"}) {
        INFO(name);
        const Fleet fleet;
        fleet.put("d/a.bin", dump_of("erased-key"));
        fleet.put(std::string("out/") + name, std::string("mine\n"));
        fleet.put("out/notes.txt", std::string("mine too\n"));
        const auto refused = run({"triage", fleet.in("d"), "-o", fleet.in("out")});
        CHECK(refused.status == 2);
        CHECK(refused.err.find("--force") != std::string::npos);
        CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
        CHECK(contents(fleet.in(std::string("out/") + name)) == "mine\n");
        CHECK(names_below(fleet.in("out")).size() == 2);
        CHECK(run({"triage", fleet.in("d"), "-o", fleet.in("out"), "--force"}).status == 1);
        CHECK(contents(fleet.in("out/index.html")).find("<title>photopsy") != std::string::npos);
        CHECK(contents(fleet.in("out/notes.txt")) == "mine too\n");
        CHECK(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);  // its own from now on
    }
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    fleet.put("out/notes.txt", std::string("mine too\n"));
    CHECK(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
}

TEST_CASE("only temporary files of its own are tidied up by triage", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
    for (const char* stays : {"reports/x.photopsy-keep.txt", "reports/x.html.photopsy-1-2.txt", "reports/x.txt.photopsy-1-2", "x.photopsy-1-2"})
        fleet.put(std::string("out/") + stays, std::string("mine"));
    for (const char* goes : {"reports/x.html.photopsy-1-2", "reports/x.json.photopsy-123-45", "reports.ndjson.photopsy-7-0"})
        fleet.put(std::string("out/") + goes, std::string("begun"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
    const auto names = names_below(fleet.in("out"));
    CHECK(std::count_if(names.begin(), names.end(), [](const std::string& name) { return name.find(".photopsy-") != std::string::npos; }) == 5);
}

TEST_CASE("a folder that a version without the mark wrote is triage's own where its content proves that", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    const auto again = [&] { return run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status; };
    REQUIRE(again() == 1);
    fs::remove(fleet.in("out/.photopsy-triage"));
    CHECK(again() == 1);
    fs::remove(fleet.in("out/.photopsy-triage"));
    fs::rename(fleet.in("out/reports.ndjson"), fleet.in("out/reports.ndjson.part"));  // as a killed run leaves it
    fs::remove(fleet.in("out/index.html"));
    CHECK(again() == 1);
    fs::remove(fleet.in("out/.photopsy-triage"));
    fleet.put("out/summary.csv", std::string("name,amount\n"));
    CHECK(again() == 2);
}

TEST_CASE("of two runs that write into one folder the second is told so", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
    {
        TriageMark other;
        REQUIRE_FALSE(other.take(fleet.in("out")));
        const auto second = run({"triage", fleet.in("d"), "-o", fleet.in("out")});
        CHECK(second.status == 2);
        CHECK(second.err.find("another photopsy triage is writing into " + fleet.in("out")) != std::string::npos);
        CHECK(std::count(second.err.begin(), second.err.end(), '\n') == 1);
    }
    CHECK(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
}

TEST_CASE("a link under the name of the unfinished lines is no obstacle, and what it leads to stays", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    fleet.put("mine", std::string("mine"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
    fs::create_symlink(fleet.in("mine"), fleet.in("out/reports.ndjson.part"));
    CHECK(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
    CHECK(contents(fleet.in("mine")) == "mine");
    CHECK_FALSE(fs::exists(fs::symlink_status(fleet.in("out/reports.ndjson.part"))));
    fs::remove(fleet.in("out/index.html"));
    fs::create_symlink(fleet.in("mine"), fleet.in("out/index.html"));
    const auto refused = run({"triage", fleet.in("d"), "-o", fleet.in("out")});
    CHECK(refused.status == 2);
    CHECK(refused.err.find("is a symbolic link") != std::string::npos);
}

TEST_CASE("a report that was removed or cut is written again", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    const auto again = [&] { return run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status; };
    REQUIRE(again() == 1);
    for (const char* suffix : {".html", ".json"}) {
        const auto file = only_report(fleet, "out", suffix);
        const auto whole = contents(file);
        fs::resize_file(file, 10);
        REQUIRE(again() == 1);
        CHECK(contents(file) == whole);
        fs::remove(file);
        REQUIRE(again() == 1);
        CHECK(contents(file) == whole);
        const auto written = fs::last_write_time(file) - std::chrono::hours(1);
        fs::last_write_time(file, written);
        REQUIRE(again() == 1);
        CHECK(fs::last_write_time(file) == written);
    }
}

TEST_CASE("reports of files that are gone go too, and that is said", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    fleet.put("d/b.bin", dump_of("healthy-1.5.2"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).status == 1);
    fleet.put("out/reports/mine.html", std::string("mine"));
    const auto before = names_below(fleet.in("out")).size();
    fs::remove(fleet.in("d/b.bin"));
    const auto without = run({"triage", fleet.in("d"), "-o", fleet.in("out")});
    CHECK(without.err.find("Removed the report of a file") != std::string::npos);
    CHECK(names_below(fleet.in("out")).size() == before - 2);
    CHECK(contents(fleet.in("out/reports/mine.html")) == "mine");
    CHECK(run({"triage", fleet.in("d"), "-o", fleet.in("out")}).err.find("Removed") == std::string::npos);
}

TEST_CASE("what is kept of a device with two flashes is of both", "[triage]") {
    const Fleet fleet;
    const auto& core = story("core-key-bit-error").sample;
    fleet.put("d/core.bin", core.file);
    CHECK(table_of(fleet, "d", {"-o", fleet.in("out")}).find("healthy") != std::string::npos);
    fleet.put("d/core.ext.bin", core.external);
    const auto both = table_of(fleet, "d", {"-o", fleet.in("out")});
    CHECK(both.find("private-key-bit-flip") != std::string::npos);
    CHECK(both == table_of(fleet, "d"));
    CHECK(table_of(fleet, "d", {"-o", fleet.in("out")}) == both);
    fs::rename(fleet.in("d/core.bin"), fleet.in("d/z.bin"));  // the second flash is the first file now
    CHECK(table_of(fleet, "d", {"-o", fleet.in("out")}) == table_of(fleet, "d"));
    CHECK(table_of(fleet, "d", {"-o", fleet.in("out")}) == table_of(fleet, "d"));
    fs::remove(fleet.in("d/core.ext.bin"));
    CHECK(table_of(fleet, "d", {"-o", fleet.in("out")}) == table_of(fleet, "d"));
}

TEST_CASE("what is kept of a dump is of the capture's record that lies beside it, or of none", "[triage]") {
    const Fleet fleet;
    const auto& dump = dump_of("healthy-1.5.2");
    fleet.put("d/c.bin", dump);
    fleet.put("d/p.bin.gz", archive_of({{"p.bin", dump}}, archive_write_set_format_raw, archive_write_add_filter_gzip));
    const auto check = [&](long copied) {
        for (int i = 0; i < 2; ++i) {
            const auto table = table_of(fleet, "d", {"-o", fleet.in("out")});
            CHECK(table == table_of(fleet, "d"));
            long found = 0;
            for (auto at = table.find("table-copied"); at != std::string::npos; at = table.find("table-copied", at + 1)) ++found;
            CHECK(found == copied);
        }
    };
    check(0);
    fleet.put("d/c.bin.json", record_of_another_device(dump));
    check(1);
    fleet.put("d/p.bin.json", record_of_another_device(dump));
    check(2);
    fs::remove(fleet.in("d/c.bin.json"));
    check(1);
    fs::remove(fleet.in("d/p.bin.json"));
    check(0);
}

TEST_CASE("a report that is given beside its dump stands in the folder once", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    fleet.put("d/b.bin", dump_of("healthy-1.5.2"));
    fleet.put("r.ndjson", run({"analyze", fleet.in("d"), "--format", "ndjson"}).out);
    fleet.put("c/c.bin", dump_of("mixed-key"));
    fleet.put("s.ndjson", run({"analyze", fleet.in("c"), "--format", "ndjson"}).out);
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("alone")}).status == 1);
    for (const auto& order : {std::vector{"r.ndjson", "d"}, std::vector{"d", "r.ndjson"}}) {
        fs::remove_all(fleet.in("out"));
        REQUIRE(run({"triage", fleet.in(order[0]), fleet.in(order[1]), "-o", fleet.in("out")}).status == 1);
        for (const auto& name : names_below(fleet.in("alone"))) {
            INFO(name);
            CHECK(contents(fleet.in("out/" + name)) == contents(fleet.in("alone/" + name)));
        }
    }
    REQUIRE(run({"triage", fleet.in("s.ndjson"), fleet.in("d"), fleet.in("r.ndjson"), "-o", fleet.in("out")}).status == 1);
    const auto lines = contents(fleet.in("out/reports.ndjson"));
    CHECK(std::count(lines.begin(), lines.end(), '\n') == 3);
    CHECK(names_below(fleet.in("out")).size() == names_below(fleet.in("alone")).size() + 1);  // the .json of the one that was told
    CHECK(table_of(fleet, "out/reports.ndjson").find("c.bin") != std::string::npos);
}

TEST_CASE("a page that a person has written into is not overwritten without being asked", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    const auto again = [&](std::vector<std::string> more = {}) {
        std::vector<std::string> words = {"triage", fleet.in("d"), "-o", fleet.in("out")};
        words.insert(words.end(), more.begin(), more.end());
        return run(std::move(words));
    };
    REQUIRE(again().status == 1);
    for (const auto& file : {only_report(fleet, "out", ".html"), fleet.in("out/index.html")}) {
        const auto whole = contents(file);
        auto changed = whole;
        changed.insert(changed.find("</body>"), "<p>asked the customer</p>");
        for (const auto& text : {changed, whole + "asked the customer\n"}) {
            std::ofstream(file, std::ios::binary) << text;
            const auto refused = again();
            CHECK(refused.status == 2);
            CHECK(refused.err.find("was changed since photopsy triage wrote it") != std::string::npos);
            CHECK(contents(file) == text);
        }
        CHECK(again({"--force"}).status == 1);
        CHECK(contents(file) == whole);
        CHECK(again().status == 1);
    }
}

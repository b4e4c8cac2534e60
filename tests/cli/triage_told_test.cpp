// Reports of earlier runs beside the dumps that they tell of, and what of an address is passed on.
#include "support/fleet_folder.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a dump whose report lies beside it counts once, whatever folder it had then", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    fleet.put("d/b.bin", dump_of("healthy-1.5.2"));
    const auto alone = run({"triage", fleet.in("d"), "--format", "json"});
    fs::rename(fleet.in("d"), fleet.in("elsewhere"));
    const auto lines = run({"analyze", fleet.in("elsewhere"), "--format", "ndjson"}).out;
    fs::rename(fleet.in("elsewhere"), fleet.in("d"));
    fleet.put("d/r.ndjson", lines);
    const auto beside = run({"triage", fleet.in("d"), "--format", "json"});
    CHECK(beside.out == alone.out);
    CHECK(beside.err.find("2 reports of an earlier run are left out") != std::string::npos);
    fs::remove(fleet.in("d/b.bin"));  // what is there as a report alone stays
    const auto one = run({"triage", fleet.in("d"), "--format", "csv"});
    CHECK(one.out.find("elsewhere/b.bin") != std::string::npos);
    CHECK(one.err.find("One report of an earlier run is left out") != std::string::npos);
    CHECK(run({"triage", fleet.in("d/r.ndjson"), "--format", "csv"}).err.find("left out") == std::string::npos);
    fs::rename(fleet.in("d/a.bin"), fleet.in("d/copy.bin"));  // another file with the same bytes
    CHECK(run({"triage", fleet.in("d"), "--format", "csv"}).err.find("left out") == std::string::npos);
}

TEST_CASE("what is passed on of a private server's address confirms no guess", "[triage]") {
    const Fleet fleet;
    for (const char* name : {"a.bin", "b.bin"}) {
        auto dump = dump_of("private-server");
        dump.push_back(static_cast<std::uint8_t>(name[0]));  // another dump
        fleet.put(std::string("d/") + name, dump);
    }
    fleet.put("d/c.bin", dump_of("healthy-1.5.2"));
    const auto lines = run({"analyze", fleet.in("d"), "--format", "ndjson"}).out;
    const std::string key = "\"address\":\"", particle = "particle";
    std::string tag;
    for (auto at = lines.find(key); at != std::string::npos; at = lines.find(key, at + 1))
        if (const auto value = lines.substr(at + key.size(), lines.find('"', at + key.size()) - at - key.size()); value.find("0x") != 0 && value != particle)
            tag = value;
    REQUIRE(tag.size() == 12);
    fleet.put("r.ndjson", lines);
    for (const char* format : {"text", "json", "csv", "html", "markdown", "ndjson"}) {
        INFO(format);
        const auto told = run({"triage", fleet.in("d"), "--format", format}).out;
        CHECK(told.find(tag) == std::string::npos);
        CHECK(told == run({"triage", fleet.in("r.ndjson"), "--format", format}).out);
    }
}

TEST_CASE("two reports of one path and the same bytes are one dump", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("erased-key"));
    fleet.put("d/b.bin", dump_of("healthy-1.5.2"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("one")}).status == 1);
    fs::remove(fleet.in("d/b.bin"));
    fleet.put("d/c.bin", dump_of("healthy-2.3.1"));
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("two")}).status == 1);
    const std::vector<std::string> both = {fleet.in("one/reports.ndjson"), fleet.in("two/reports.ndjson")};
    const auto merged = run({"triage", both[0], both[1], "-o", fleet.in("merged"), "--format", "csv"});
    CHECK(merged.err.find("One report of an earlier run is left out: it tells of the same path and bytes as another report") != std::string::npos);
    CHECK(std::count(merged.out.begin(), merged.out.end(), '\n') == 4);  // the head, and a.bin once
    const auto kept = contents(fleet.in("merged/reports.ndjson"));
    CHECK(std::count(kept.begin(), kept.end(), '\n') == 3);
    fleet.put("d/a.bin", dump_of("mixed-key"));  // other bytes under the same name are another dump
    REQUIRE(run({"triage", fleet.in("d"), "-o", fleet.in("two")}).status == 1);
    CHECK(run({"triage", both[0], both[1], "--format", "csv"}).err.find("left out") == std::string::npos);
}

TEST_CASE("what triage prints for programs is said to be no report, with what to give instead", "[triage]") {
    const Fleet fleet;
    fleet.put("d/a.bin", dump_of("healthy-1.5.2"));
    fleet.put("rows.ndjson", run({"triage", fleet.in("d"), "--format", "ndjson"}).out);
    fleet.put("other.ndjson", "{\"a\":1}\n");
    const auto told = run({"triage", fleet.in("rows.ndjson"), fleet.in("other.ndjson"), "--format", "json"}).out;
    CHECK(told.find("it was printed by photopsy triage --format ndjson") != std::string::npos);
    CHECK(told.find("reports.ndjson from the folder") != std::string::npos);
    CHECK(told.find("a line in it is no report of photopsy") != std::string::npos);
    const auto help = run({"triage", "--help"}).out;
    CHECK(help.find("machine1/reports.ndjson machine2/reports.ndjson") != std::string::npos);
}

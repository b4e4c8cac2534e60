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

// The two flashes of one device as members of an archive.
#include "support/fleet_folder.h"

#include "catch.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

using NamedBytes = std::vector<std::pair<std::string, Bytes>>;

Bytes zip_of(const NamedBytes& files) { return archive_of(files, archive_write_set_format_zip, nullptr); }

const sample::Sample& core_of_two_files() {
    const auto found = std::find_if(stories().begin(), stories().end(), [](const test::Story& each) { return each.name == "core-key-bit-error"; });
    REQUIRE(found != stories().end());
    return found->sample;
}

}  // namespace

TEST_CASE("two flashes of one device in an archive are one dump, in whatever order they lie there", "[cli][triage]") {
    const Fleet fleet;
    const auto note = std::string("a note of the customer's, and no dump");
    const std::pair<std::string, Bytes> internal{"k/core.bin", core_of_two_files().file}, external{"k/core.external.bin", core_of_two_files().external},
        other{"z/note.txt", Bytes(note.begin(), note.end())};
    fleet.put("a.zip", zip_of({internal, external}));
    fleet.put("b.zip", zip_of({external, other, internal}));
    for (const char* name : {"a.zip", "b.zip"}) {
        INFO(name);
        const auto report = nlohmann::json::parse(run({"analyze", fleet.in(name), "--format", "json"}).out);
        CHECK(report["verdict"]["outcome"] == "cloud-fails");
        CHECK(report["causes"][0]["id"] == "private-key-bit-flip");
        CHECK(report["input"]["name"] == "core.bin");
        const auto table = run({"triage", fleet.in(name), "--format", "csv"}).out;
        CHECK(table.find("private-key-bit-flip") != std::string::npos);
        CHECK(table.find("private-key-bit-flip") == table.rfind("private-key-bit-flip"));
        fleet.put("r.ndjson", run({"analyze", fleet.in(name), "--format", "ndjson"}).out);
        CHECK(run({"triage", fleet.in("r.ndjson"), "--format", "csv"}).out == table);
        CHECK(run({"triage", fleet.in(name), "-j", "2", "--format", "csv"}).out == table);
    }
}

TEST_CASE("flashes in different folders of an archive, or with another file between their names, are no pair", "[cli][triage]") {
    const Fleet fleet;
    fleet.put("a.zip", zip_of({{"one/core.bin", core_of_two_files().file}, {"two/core.external.bin", core_of_two_files().external}}));
    fleet.put("b.zip", zip_of({{"a.bin", core_of_two_files().file}, {"b.bin", dump_of("healthy-1.5.2")}, {"c.bin", core_of_two_files().external}}));
    // Told by their names, not by the order of the archive: the one of device 1 is never put to the one of device 2.
    fleet.put("c.zip",
              zip_of({{"core1.spi.bin", core_of_two_files().external}, {"core2.bin", core_of_two_files().file}, {"core1.bin", core_of_two_files().file}}));
    const auto pair = run({"triage", fleet.in("c.zip"), "--format", "csv"}).out;
    CHECK(std::count(pair.begin(), pair.end(), '\n') == 3);
    CHECK(pair.find("c.zip:core1.spi.bin") != std::string::npos);
    CHECK(pair.find("c.zip:core2.bin") != std::string::npos);
    for (const char* name : {"a.zip", "b.zip"}) {
        const auto table = run({"triage", fleet.in(name), "--format", "csv"}).out;
        CHECK(std::count(table.begin(), table.end(), '\n') == (name[0] == 'a' ? 3 : 4));
    }
}

TEST_CASE("halves of two devices that lie beside each other are no pair", "[cli][triage]") {
    const auto rows_of = [](const std::string& first, const std::string& second) {
        const Fleet fleet;
        fleet.put("d/" + first, core_of_two_files().file);
        fleet.put("d/" + second, core_of_two_files().external);
        const auto table = run({"triage", fleet.in("d"), "--format", "csv"}).out;
        return std::count(table.begin(), table.end(), '\n') - 1;
    };
    for (const auto& [first, second] : {std::pair("core1.bin", "core2-ext.bin"), {"kitchen.bin", "porch-external.bin"}, {"a.bin", "b.bin"}})
        CHECK(rows_of(first, second) == 2);
    for (const auto& [first, second] :
         {std::pair("core1.bin", "core1-ext.bin"), {"Internal.bin", "external.bin"}, {"kitchen.dump.bin", "kitchen_SPI flash.bin"}})
        CHECK(rows_of(first, second) == 1);
}

TEST_CASE("an archive in a gzip holds its dumps, not one of them", "[cli][triage]") {
    const Fleet fleet;
    const auto inside = zip_of({{"a.bin", dump_of("erased-key")}, {"b.bin", dump_of("healthy-1.5.2")}});
    fleet.put("in.zip.gz", archive_of({{"in.zip", inside}}, archive_write_set_format_raw, archive_write_add_filter_gzip));
    fleet.put("out.zip", zip_of({{"in.zip.xz", archive_of({{"in.zip", inside}}, archive_write_set_format_raw, archive_write_add_filter_xz)}}));
    for (const char* name : {"in.zip.gz", "out.zip"}) {
        INFO(name);
        const auto table = run({"triage", fleet.in(name), "--format", "csv"}).out;
        CHECK(table.find(":a.bin") != std::string::npos);
        CHECK(table.find(":b.bin") != std::string::npos);
        CHECK(run({"handshake", fleet.in(name)}).err.find("holds several dumps") != std::string::npos);
    }
}

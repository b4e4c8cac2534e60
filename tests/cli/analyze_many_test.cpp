// Several dumps in one call of `analyze`.
#include "handshake/public_key.h"
#include "support/fleet_folder.h"
#include "support/keys.h"

#include "catch.h"

#include <nlohmann/json.hpp>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

TEST_CASE("several inputs of analyze are one stream in their order, whatever fails", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    const std::vector<std::string> files = {fleet.in("dumps/0/1.bin"), fleet.in("missing.bin"), fleet.in("dumps/1/2.bin")};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), files.begin(), files.end());
        more.insert(more.begin(), "analyze");
        return run(more);
    };
    const auto list = json::parse(with({"--format", "json"}).out, nullptr, false);
    REQUIRE(list.is_array());
    CHECK(list.size() == 2);
    CHECK(json::parse(run({"analyze", fleet.in("no.bin"), fleet.in("neither.bin"), "--format", "json"}).out, nullptr, false) == json::array());
    const auto lines = with({"--format", "ndjson"});
    CHECK(lines.status == 2);
    CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 3);
    CHECK(lines.out.find("photopsy-failure/1") != std::string::npos);
    const auto quiet = with({"-q"});
    CHECK(quiet.out.find(files[2] + ": cloud-fails: ") != std::string::npos);
    CHECK(quiet.out.find("private-key-erased; old key recoverable; first: ") != std::string::npos);
    const auto csv = with({"--format", "csv"});
    CHECK(csv.out.find(",old_key,first_step\r\n") != std::string::npos);
    CHECK(csv.out.find(files[0]) != std::string::npos);
    CHECK(with({}).out.find("2 dumps") != std::string::npos);
    CHECK(with({"-o", fleet.in("file.csv"), "--format", "csv"}).out.empty());
    CHECK(contents(fleet.in("file.csv")) == csv.out);
    CHECK(with({"--jobs", "1"}).out == with({"--jobs", "8"}).out);
}

TEST_CASE("keys that were given to many dumps may be theirs, or are refused for each of them", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    const auto first = fleet.in("dumps/0/1.bin"), second = fleet.in("dumps/1/2.bin");
    fleet.put("keys/one.der", device_spki(second_key().n.bytes(128)));
    fleet.put("keys/fit.der", Bytes(published_server_key().begin(), published_server_key().end()));
    const auto one = fleet.in("keys/one.der");
    const auto many = run({"analyze", first, second, "--registered-public-key", one});
    CHECK(many.status == 2);
    CHECK(many.out.empty());
    CHECK(many.err.find("--registered-public-key is the key of one device") != std::string::npos);
    CHECK(run({"analyze", fleet.in("dumps"), "--registered-public-key", one}).status == 2);
    const auto unfit = run({"analyze", first, second, "--server-public-key", one, "--format", "ndjson"});
    CHECK(unfit.status == 2);
    CHECK(std::count(unfit.out.begin(), unfit.out.end(), '\n') == 2);
    CHECK(unfit.out.find("\"verdict\"") == std::string::npos);
    CHECK(unfit.err.find(second + ": " + one + " holds ") != std::string::npos);
    CHECK(run({"analyze", first, second, "--server-public-key", fleet.in("keys/fit.der"), "--format", "ndjson"}).out.find("photopsy-failure") ==
          std::string::npos);
}

TEST_CASE("JSON of several inputs is an array, whatever they are and whatever fails", "[triage]") {
    const Fleet fleet;
    fs::create_directories(fleet.in("empty"));
    fleet.put("one/a.bin", dump_of("erased-key"));
    fleet.put("one/note.txt", std::string("no dump\n"));
    fleet.put("broken/a.bin", dump_of("erased-key"));
    fs::create_symlink(fleet.in("nowhere"), fleet.in("broken/b.bin"));
    const auto json_of = [&](std::vector<std::string> names) {
        for (auto& name : names) name = fleet.in(name);
        names.insert(names.begin(), "analyze");
        names.insert(names.end(), {"--format", "json"});
        return json::parse(run(names).out, nullptr, false);
    };
    for (const auto& inputs : std::vector<std::vector<std::string>>{{"one", "nosuch"}, {"empty", "one/a.bin"}, {"one", "empty"}, {"broken"}}) {
        const auto list = json_of(inputs);
        REQUIRE(list.is_array());
        CHECK(list.size() == 1);
    }
    for (const auto& inputs : std::vector<std::vector<std::string>>{{"empty", "nosuch"}, {"empty", "empty"}, {"empty"}, {"nosuch", "neither"}})
        CHECK(json_of(inputs) == json::array());
    CHECK(json_of({"one"}).is_object());
    CHECK(json_of({"one/a.bin"}).is_object());
    CHECK(json_of({"one", "broken"}).size() == 2);
}

TEST_CASE("the lines of a list are what triage makes of the folder", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    fleet.put("dumps/many.zip", archive_of({{"a.bin", dump_of("mixed-key")}, {"b.bin", dump_of("erased-key")}}, archive_write_set_format_zip, nullptr));
    fleet.put("dumps/0/1.bin.json", std::string("{}"));
    fleet.put("dumps/.DS_Store", std::string("x"));
    fleet.put("dumps/empty.bin", Bytes());
    fleet.put("earlier.ndjson", run({"analyze", fleet.in("dumps/1/2.bin"), "--format", "ndjson"}).out + "nonsense\n");
    fs::rename(fleet.in("dumps/1/2.bin"), fleet.in("2.bin"));
    fs::rename(fleet.in("earlier.ndjson"), fleet.in("dumps/earlier.ndjson"));
    REQUIRE(run({"triage", fleet.in("dumps"), "-o", fleet.in("dumps/out")}).status == 2);
    std::string list, single;
    for (const auto& file : fs::recursive_directory_iterator(fleet.in("dumps"))) {
        if (!file.is_regular_file()) continue;
        list += file.path().string() + "\n";
        fleet.put("name", file.path().string() + "\n");
        single += run({"analyze", "--format", "ndjson", "--files-from", fleet.in("name")}).out;
    }
    fleet.put("list", list);
    fleet.put("r.ndjson", run({"analyze", "--format", "ndjson", "--files-from", fleet.in("list")}).out);
    fleet.put("s.ndjson", single);
    for (const char* format : {"csv", "text", "json"}) {
        const auto whole = run({"triage", fleet.in("dumps"), "--format", format});
        for (const char* reports : {"r.ndjson", "s.ndjson"}) {
            const auto reduced = run({"triage", fleet.in(reports), "--format", format});
            CHECK(reduced.out == whole.out);
            CHECK(reduced.status == whole.status);
        }
    }
}

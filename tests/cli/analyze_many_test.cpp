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

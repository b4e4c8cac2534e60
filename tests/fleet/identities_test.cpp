#include "fleet/fleet.h"
#include "report/fleet.h"

#include "catch.h"

using namespace photopsy;
using fleet::Row;
using fleet::Rows;

static Row dump(const std::string& path, const std::string& device, const std::string& key, std::uint32_t sequence = 0) {
    Row row{.path = path, .device = device, .key = key};
    row.sequence = sequence;
    return row;
}

static std::vector<std::string> names(const Rows& rows, const std::vector<std::size_t>& which) {
    std::vector<std::string> list;
    for (const auto row : which) list.push_back(rows[row].path);
    return list;
}

TEST_CASE("dumps of one device stand in the order of its table, across the turn of the count", "[fleet]") {
    Rows rows = {dump("a", "one", "k1", 1), dump("b", "one", "k1", 254), dump("c", "one", "k2", 2), dump("d", "two", "k3", 1), dump("e", "one", "k1", 255)};
    rows[2].outcome = Outcome::CloudFails;
    const auto devices = fleet::same_devices(rows);
    REQUIRE(devices.size() == 1);
    CHECK(names(rows, devices[0].rows) == std::vector<std::string>{"b", "e", "a", "c"});
    REQUIRE(devices[0].changes.size() == 3);
    CHECK(devices[0].changes[0].says.empty());
    CHECK(devices[0].changes[2].says == std::vector<std::string>{"outcome healthy -> cloud-fails", "private key k1 -> k2"});
    for (auto& row : rows) row.sequence.reset();
    CHECK(names(rows, fleet::same_devices(rows)[0].rows) == std::vector<std::string>{"a", "b", "c", "e"});
}

TEST_CASE("dumps of one device are called oldest first only as far as the tables tell", "[fleet]") {
    const auto words = [](std::vector<std::uint32_t> sequences) {
        Rows rows;
        for (const auto sequence : sequences) rows.push_back(dump(std::to_string(rows.size()), "one", "k", sequence));
        const auto all = fleet::look_together(std::move(rows));
        return device_in_words(all, all.devices.at(0)).front();
    };
    const std::string begins = " dumps with one device id, of one device or of devices with a copied table";
    CHECK(words({4, 5}) == "2" + begins + ", likely oldest first: 0, 1");
    CHECK(words({4, 4}) == "2" + begins + ": 0, 1");
    CHECK(words({4, 5, 5}) == "3" + begins + ", likely oldest first as far as their configuration tables tell: 0, 1, 2");
    // A byte that begins anew: 200 writes one way, 56 the other.
    const std::string anew = " (the table's count of writes begins anew after 255, so that another order is possible as well)";
    CHECK(words({1, 201}) == "2" + begins + ", possibly oldest first" + anew + ": 1, 0");
    CHECK(words({1, 101}) == "2" + begins + ", possibly oldest first" + anew + ": 0, 1");
    CHECK(words({255, 1}) == "2" + begins + ", possibly oldest first" + anew + ": 0, 1");
}

TEST_CASE("dumps are said to be of one device only where the chip says so", "[fleet]") {
    const auto words = [](const std::string& chip) {
        Rows rows = {dump("a", "one", "k"), dump("b", "one", "k")};
        for (auto& row : rows) row.chip = chip;
        const auto all = fleet::look_together(std::move(rows));
        return device_in_words(all, all.devices.at(0)).front();
    };
    CHECK(words("one") == "2 dumps of one device: a, b");
    CHECK(words("") == "2 dumps with one device id, of one device or of devices with a copied table: a, b");
}

TEST_CASE("one file that lies in several places is no further dump", "[fleet]") {
    const auto words = [](const std::vector<std::string>& digests) {
        Rows rows;
        for (const auto& digest : digests) {
            rows.push_back(dump(std::string(1, static_cast<char>('a' + rows.size())), "one", "k"));
            rows.back().sha256 = digest;
        }
        const auto all = fleet::look_together(std::move(rows));
        return device_in_words(all, all.devices.at(0));
    };
    CHECK(words({"1", "1"}) == std::vector<std::string>{"one file 2 times, byte for byte the same: a, b"});
    CHECK(words({"1", "2"}) == std::vector<std::string>{"2 dumps with one device id, of one device or of devices with a copied table: a, b"});
    CHECK(words({"1", "2", "1"}).at(1) == "a, c are the same file, byte for byte");
    CHECK(words({"", ""}).size() == 1);
    CHECK(words({"", ""}).front().find("one device id") != std::string::npos);
}

TEST_CASE("one key in two devices is told, in one device not", "[fleet]") {
    Rows rows = {dump("a", "one", "k"), dump("b", "one", "k"), dump("c", "", "k"), dump("d", "three", "other")};
    CHECK(fleet::same_private_keys(rows).empty());
    rows.push_back(dump("e", "two", "k"));
    REQUIRE(fleet::same_private_keys(rows).size() == 1);
    CHECK(names(rows, fleet::same_private_keys(rows)[0]) == std::vector<std::string>{"a", "b", "c", "e"});
    rows[4].old_key = "lost";  // only its public half is known
    CHECK(fleet::same_private_keys(rows).empty());
    rows[4].old_key = "recoverable";
    CHECK(fleet::same_private_keys(rows).size() == 1);
    for (auto& row : rows) row.key.clear();
    CHECK(fleet::same_private_keys(rows).empty());
}

TEST_CASE("the chip's own word decides which device it is", "[fleet]") {
    Rows rows = {dump("a", "one", "k"), dump("b", "one", "k")};
    rows[0].chip = "one";
    CHECK(fleet::copied_tables(rows).empty());
    CHECK(fleet::same_devices(rows).size() == 1);
    rows[1].chip = "two";
    REQUIRE(fleet::copied_tables(rows).size() == 1);
    CHECK(names(rows, fleet::copied_tables(rows)[0]) == std::vector<std::string>{"a", "b"});
    CHECK(fleet::same_devices(rows).empty());
    CHECK(fleet::same_private_keys(rows).size() == 1);
}

TEST_CASE("all healthy sends the search elsewhere, and what is no dump counts nowhere", "[fleet]") {
    auto all = fleet::look_together({dump("a", "one", "k1"), dump("b", "two", "k2"), Row{.path = "c", .standing = Row::Standing::NoDump}});
    REQUIRE(fleet::sentences_of(all).size() == 1);
    CHECK(fleet::sentences_of(all)[0].find("All 2 dumps are healthy: look at the cloud") == 0);
    CHECK(fleet::sentences_of(fleet::look_together({dump("a", "one", "k1")}))[0].find("The one dump is healthy: look at the cloud") == 0);
    CHECK(all.totals.dumps == 2);
    CHECK(all.totals.no_dumps == 1);
    CHECK(fleet::sentences_of(fleet::look_together({})).empty());
}

TEST_CASE("a dump that differs from nearly all of its story is named", "[fleet]") {
    Rows rows;
    for (int i = 0; i < 5; ++i) {
        auto row = dump(std::to_string(i), std::to_string(i), "k" + std::to_string(i));
        row.outcome = Outcome::CloudFails;
        row.causes = {{"private-key-erased", "t", "DCT copy"}};
        row.bootloader = i == 3 ? 7 : 502;
        rows.push_back(row);
    }
    const auto groups = fleet::groups_of(rows);
    REQUIRE(groups.size() == 1);
    REQUIRE(groups[0].outliers.size() == 1);
    CHECK(groups[0].outliers[0].row == 3);
    CHECK(groups[0].outliers[0].others == "502");
}

// `triage` over folders that somebody filled to do harm: each file is one row, and the run comes to its end.
#include "support/fleet_folder.h"
#include "support/keys.h"
#include "support/spoken.h"
#include "support/story.h"

#include "catch.h"

#include <archive.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

Bytes gzipped(const Bytes& bytes) { return archive_of({{"dump.bin", bytes}}, archive_write_set_format_raw, archive_write_add_filter_gzip); }

/// A thousandth of its size: zeros, packed, and packed again.
const Bytes& bomb() {
    static const Bytes made = gzipped(gzipped(Bytes(std::size_t{100} << 20)));
    return made;
}

Bytes noise(Dice& dice, std::size_t size) {
    Bytes bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.next());
    return bytes;
}

/// What is left of a good file: cut, with flipped bits, with a foreign start, or nothing of it at all.
Bytes broken(Dice& dice) {
    static const std::vector<Bytes> whole = {dump_of("healthy-1.5.2"), gzipped(dump_of("mixed-key")), gzipped(gzipped(dump_of("erased-key"))), bomb()};
    auto bytes = whole[dice.below(whole.size())];
    switch (dice.below(5)) {
        case 0:
            bytes.resize(dice.below(bytes.size()));
            break;
        case 1:
            for (int i = 0; i < 20; ++i) bytes[dice.below(bytes.size())] ^= static_cast<std::uint8_t>(1u << dice.below(8));
            break;
        case 2:
            bytes = noise(dice, dice.below(5000));
            break;
        case 3: {
            const auto start = noise(dice, 600);
            std::copy_n(start.begin(), std::min(start.size(), bytes.size()), bytes.begin());
            break;
        }
        default:
            break;
    }
    return bytes;
}

std::string hostile_name(Dice& dice, int number) {
    static const char* const parts[] = {"dump", "-o", "$(id)", "a b", "\n", "\033]0;x\007", "\xff\xfe", "\u202e", "'\"", ";,\t=1+1", "..", "%s%n", ":", "*"};
    std::string name = std::to_string(number);
    for (int i = 0; i < 3; ++i) name += parts[dice.below(std::size(parts))];
    return name + (dice.below(3) == 0 ? ".bin.gz" : ".bin");
}

}  // namespace

TEST_CASE("a folder of broken files gives a row for each", "[triage][hostile]") {
    const Fleet fleet;
    Dice dice(31);
    const int count = full_tests() ? 1000 : 60;
    for (int number = 0; number < count; ++number) fleet.put("in/" + std::to_string(number % 7) + "/" + hostile_name(dice, number), broken(dice));
    fleet.put("in/good.bin", dump_of("erased-key"));
    const auto spoken = run({"triage", fleet.in("in"), "--format", "json"});
    const auto parsed = json::parse(spoken.out, nullptr, false);
    INFO(spoken.err.substr(0, 500));
    REQUIRE(parsed.is_object());
    std::set<std::string> paths;
    std::string good;
    for (const auto& row : parsed.at("rows")) {
        paths.insert(row.at("path").get<std::string>());
        if (row.at("path") == fleet.in("in/good.bin")) good = row.at("outcome");
    }
    CHECK(parsed.at("rows").size() == static_cast<std::size_t>(count) + 1);
    CHECK(paths.size() == parsed.at("rows").size());
    CHECK(good == "cloud-fails");
    const auto csv = run({"triage", fleet.in("in"), "--format", "csv"});
    CHECK(std::count(csv.out.begin(), csv.out.end(), '\n') == count + 2);
    CHECK(csv.out.find('\033') == std::string::npos);
}

TEST_CASE("a file that grows while it is read is one row, and the others stay right", "[triage][hostile]") {
    const Fleet fleet;
    fleet.put("in/a.bin", dump_of("erased-key"));
    fleet.put("in/growing.bin", Bytes(1000, 0xFF));
    fleet.put("in/z.bin", dump_of("healthy-1.5.2"));
    std::atomic<bool> done = false;
    std::thread writer([&] {
        const Bytes more(4096, 0xFF);
        std::ofstream file(fleet.in("in/growing.bin"), std::ios::binary | std::ios::app);
        for (int written = 0; !done && written < 20000; ++written) {
            file.write(reinterpret_cast<const char*>(more.data()), static_cast<std::streamsize>(more.size()));
            file.flush();
        }
    });
    for (int i = 0; i < 5; ++i) {
        const auto spoken = run({"triage", fleet.in("in"), "--format", "json"});
        const auto parsed = json::parse(spoken.out, nullptr, false);
        REQUIRE(parsed.is_object());
        const auto& rows = parsed.at("rows");
        CHECK(rows.size() == 3);
        const auto holds = [&](const char* name, const char* outcome) {
            return std::any_of(rows.begin(), rows.end(), [&](const json& row) { return row.at("path") == fleet.in(name) && row.at("outcome") == outcome; });
        };
        CHECK(holds("in/a.bin", "cloud-fails"));
        CHECK(holds("in/z.bin", "healthy"));
    }
    done = true;
    writer.join();
}

TEST_CASE("archives in archives give their dumps or say that they are too deep", "[triage][hostile]") {
    const Fleet fleet;
    auto nested = archive_of({{"a.bin", dump_of("mixed-key")}, {"b.bin", dump_of("part2-bit-error")}}, archive_write_set_format_zip, nullptr);
    for (int depth = 2; depth <= 6; ++depth) {
        nested = archive_of({{"n.zip", nested}}, archive_write_set_format_zip, nullptr);
        fleet.put("in/" + std::to_string(depth) + ".zip", nested);
    }
    const auto rows = json::parse(run({"triage", fleet.in("in"), "--format", "json"}).out).at("rows");
    CHECK(rows.size() == 2 + 2 + 2 + 1 + 1);
    for (const auto& row : rows) {
        const std::string path = row.at("path"), outcome = row.at("outcome");
        INFO(path);
        if (path.ends_with(".zip"))
            CHECK((outcome == "unread" && row.at("why") == "archives are nested too deep here: unpack it first"));
        else
            CHECK(outcome == (path.ends_with("a.bin") ? "cloud-fails" : "safe-mode"));
    }
}

TEST_CASE("what is too large to be a dump among many is told", "[triage][hostile]") {
    const Fleet fleet;
    const Bytes zeros((std::size_t{20} << 20) + 1);
    fleet.put("in/bomb.gz", gzipped(zeros));
    fleet.put("in/large.bin", zeros);
    fleet.put("in/many.zip",
              archive_of({{"large.bin", zeros}, {"good.bin", dump_of("erased-key")}, {"bomb.gz", gzipped(zeros)}}, archive_write_set_format_zip, nullptr));
    const auto rows = json::parse(run({"triage", fleet.in("in"), "--format", "json"}).out).at("rows");
    REQUIRE(rows.size() == 5);
    for (const auto& row : rows) {
        INFO(row.dump());
        const bool good = row.at("path") == fleet.in("in/many.zip:good.bin");
        CHECK(row.at("outcome") == (good ? "cloud-fails" : "unread"));
        CHECK(good == !row.contains("why"));
        if (!good) CHECK(row.at("why").get<std::string>().find("more than 20 MiB") != std::string::npos);
    }
}

TEST_CASE("an archive of very many files is read up to a number, and that is told", "[triage][hostile]") {
    const Fleet fleet;
    std::vector<std::pair<std::string, Bytes>> members;
    for (int i = 0; i < 1200; ++i) members.emplace_back("dump" + std::to_string(i) + ".bin", Bytes{});
    fleet.put("many.zip", archive_of(members, archive_write_set_format_zip, nullptr));
    const auto spoken = run({"analyze", fleet.in("many.zip")});
    CHECK(spoken.status == 2);
    CHECK(std::count(spoken.err.begin(), spoken.err.end(), '\n') < 1010);
    CHECK(spoken.err.find("it holds more than 1000 files, and only those were read (photopsy triage reads more)") != std::string::npos);
    CHECK(run({"triage", fleet.in("many.zip"), "--format", "csv"}).out.find("dump1199.bin") != std::string::npos);
}

// What there is to analyze, as folders, lists, archives and files of lines hold it.
#include "base/digest.h"
#include "base/hex.h"
#include "cli/found.h"
#include "flash/capture_record.h"
#include "support/fleet_folder.h"

#include "catch.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::vector<Found> found_in(const std::vector<std::string>& names) {
    InputNames given(names, "", '\n');
    InputWalk walk(given, "");
    std::vector<Found> all;
    while (auto found = walk.next()) all.push_back(std::move(*found));
    return all;
}

std::vector<std::string> paths_of(const std::vector<Found>& all) {
    std::vector<std::string> paths;
    for (const auto& found : all) paths.push_back(found.path);
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::string line_about(const std::string& path) { return R"({"schema":"photopsy-failure/1","failure":"x","no_dump":true,"fleet":{"path":")" + path + "\"}}\n"; }

Bytes as_bytes(const std::string& text) { return {text.begin(), text.end()}; }

Bytes record_of_a_stranger(const Bytes& dump) {
    CaptureRecord record;
    static_cast<CapturedFlash&>(record) = {.sha256 = hex(sha256(dump)), .size = dump.size(), .reads = 2, .differed = {}, .unstable = {}};
    record.serial = "3d0024000447343138333038";
    record.serial_is_device_id = true;
    return as_bytes(record_text(record));
}

std::string causes_in(const Fleet& fleet, const std::string& input) { return run({"triage", fleet.in(input), "--format", "csv"}).out; }

long count_of(const std::string& text, const std::string& word) {
    long count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

/// What a command says to a file on its standard input.
Spoken run_with_input(const std::string& path, const std::vector<std::string>& words) {
    const int before = dup(STDIN_FILENO), file = open(path.c_str(), O_RDONLY);
    REQUIRE(dup2(file, STDIN_FILENO) == STDIN_FILENO);
    auto spoken = run(words);
    dup2(before, STDIN_FILENO);
    close(before);
    close(file);
    return spoken;
}

}  // namespace

TEST_CASE("a list of all files of a folder leads to what the folder leads to", "[triage]") {
    const Fleet fleet;
    const auto& dump = dump_of("healthy-1.5.2");
    fleet.put("d/a.bin", dump);
    fleet.put("d/a.bin.json", record_of_a_stranger(dump));
    fleet.put("d/b.bin.gz", archive_of({{"b.bin", dump}}, archive_write_set_format_raw, archive_write_add_filter_gzip));
    fleet.put("d/b.bin.json", record_of_a_stranger(dump));
    fleet.put("d/alone.json", std::string("{}"));
    fleet.put("d/text.bin.json", std::string("no record\n"));
    fleet.put("d/text.bin", std::string("no dump\n"));
    fleet.put("d/.DS_Store", std::string("x"));
    fleet.put("d/sub/._a.bin", std::string("x"));
    fleet.put("d/many.zip", archive_of({{"a.bin", dump}, {"b.bin", dump}}, archive_write_set_format_zip, nullptr));
    REQUIRE(run({"triage", fleet.in("d/a.bin"), "-o", fleet.in("d/out")}).status == 0);
    std::vector<std::string> list;
    for (const auto& entry : fs::recursive_directory_iterator(fleet.in("d")))
        if (entry.is_regular_file() && entry.path().filename() != "reports.ndjson") list.push_back(entry.path().string());
    std::sort(list.begin(), list.end());
    const auto of_folder = found_in({fleet.in("d")}), of_list = found_in(list);
    CHECK(paths_of(of_folder) == paths_of(of_list));
    CHECK(of_folder.size() == 9);
    const auto none = [](const std::vector<Found>& all) {
        return std::count_if(all.begin(), all.end(), [](const Found& one) { return one.kind == Found::Kind::NoDump; });
    };
    CHECK(none(of_folder) == 2);
    CHECK(none(of_list) == 2);
}

TEST_CASE("a folder that triage wrote is passed over inside of another, and given itself it is its reports", "[triage]") {
    const Fleet fleet;
    fleet.put("c/a.bin", dump_of("erased-key"));
    REQUIRE(run({"triage", fleet.in("c"), "-o", fleet.in("c/out")}).status == 1);
    CHECK(found_in({fleet.in("c")}).size() == 1);
    const auto given = found_in({fleet.in("c/out")});
    REQUIRE(given.size() == 1);
    CHECK(given[0].kind == Found::Kind::Line);
    CHECK(causes_in(fleet, "c").find("no-dump") == std::string::npos);
    fleet.put("c/other/index.html", std::string("<html>of somebody else</html>"));
    fleet.put("c/other/b.bin", dump_of("erased-key"));
    CHECK(found_in({fleet.in("c")}).size() == 3);
    fleet.put("c/out/put there.bin", dump_of("erased-key"));  // not photopsy's, so not passed over
    fleet.put("c/out/reports/put there.bin", dump_of("erased-key"));
    CHECK(found_in({fleet.in("c")}).size() == 5);
    CHECK(found_in({fleet.in("c/out")}).size() == 3);
}

TEST_CASE("a record in an archive belongs to its dump, before it or behind it", "[triage]") {
    const Fleet fleet;
    const auto &dump = dump_of("healthy-1.5.2"), &other = dump_of("mixed-key");
    const auto record = record_of_a_stranger(dump);
    const std::vector<std::pair<std::string, Bytes>> files = {{"in/b.bin.json", record}, {"in/a.bin", dump},        {"in/z.bin", other},
                                                              {"in/b.bin", dump},        {"in/a.bin.json", record}, {"in/list.json", as_bytes("{}")}};
    fleet.put("many.zip", archive_of(files, archive_write_set_format_zip, nullptr));
    fleet.put("many.tar.xz", archive_of(files, archive_write_set_format_pax_restricted, archive_write_add_filter_xz));
    fleet.put("outer.zip",
              archive_of({{"inner.7z", archive_of(files, archive_write_set_format_7zip, nullptr)}, {"c.bin", dump}}, archive_write_set_format_zip, nullptr));
    for (const char* archive : {"many.zip", "many.tar.xz", "outer.zip"}) {
        INFO(archive);
        const auto table = causes_in(fleet, archive);
        CHECK(count_of(table, "table-copied-from-other-device") == 2);
        CHECK(count_of(table, "no-dump") == 1);  // list.json is of no file there
        CHECK(count_of(table, "cloud-fails") == 1);
    }
    const auto packed = archive_of({{"p.bin", dump}}, archive_write_set_format_raw, archive_write_add_filter_gzip);
    fleet.put("packed.zip", archive_of({{"p.bin.gz", packed}, {"p.bin.json", record}}, archive_write_set_format_zip, nullptr));
    CHECK(count_of(causes_in(fleet, "packed.zip"), "table-copied-from-other-device") == 1);
    fleet.put("beside/p.bin.zip", archive_of({{"p.bin", dump}}, archive_write_set_format_zip, nullptr));
    fleet.put("beside/p.bin.json", as_bytes(std::string(record.begin(), record.end())));
    CHECK(count_of(causes_in(fleet, "beside"), "table-copied-from-other-device") == 1);
}

TEST_CASE("a line that is too long is one row, and those behind it are read", "[triage]") {
    const Fleet fleet;
    const std::string endless(std::size_t{5} << 20, 'x');
    fleet.put("r.ndjson", line_about("a") + endless + "\n" + line_about("b") + endless);
    const auto all = found_in({fleet.in("r.ndjson")});
    REQUIRE(all.size() == 4);
    CHECK(all[0].kind == Found::Kind::Line);
    CHECK(all[1].kind == Found::Kind::Unread);
    CHECK(all[1].text.find("a line of more than 4096 KiB") != std::string::npos);
    CHECK(all[2].text + "\n" == line_about("b"));
    CHECK(all[3].kind == Found::Kind::Unread);
}

TEST_CASE("reports are known behind a byte order mark and empty lines", "[triage]") {
    const Fleet fleet;
    for (const char* before : {"\xEF\xBB\xBF", "\n", "\xEF\xBB\xBF\r\n\n \n"}) {
        fleet.put("reports", before + line_about("a") + line_about("b"));
        const auto all = found_in({fleet.in("reports")});
        REQUIRE(all.size() == 2);
        CHECK(all[0].text + "\n" == line_about("a"));
    }
    fleet.put("reports", std::string("\n\n"));
    REQUIRE(found_in({fleet.in("reports")}).size() == 1);
    CHECK(found_in({fleet.in("reports")})[0].kind == Found::Kind::File);
}

TEST_CASE("standard input is reports, an archive or a dump, by its first bytes", "[triage]") {
    const Fleet fleet;
    const std::vector<std::string> triage = {"triage", "-", "--format", "csv"};
    for (const char* before : {"", "\xEF\xBB\xBF", "\n", "\xEF\xBB\xBF\r\n"}) {
        fleet.put("reports", before + line_about("told of a"));
        CHECK(run_with_input(fleet.in("reports"), triage).out.find("told of a") != std::string::npos);
    }
    fleet.put("blank", std::string("\n\n"));
    CHECK(run_with_input(fleet.in("blank"), triage).out.find("no-dump") != std::string::npos);
    const auto &dump = dump_of("healthy-1.5.2"), &mixed = dump_of("mixed-key");
    fleet.put("many.zip", archive_of({{"b.bin.json", record_of_a_stranger(dump)}, {"a.bin", mixed}, {"b.bin", dump}}, archive_write_set_format_zip, nullptr));
    const auto table = run_with_input(fleet.in("many.zip"), triage).out;
    CHECK(count_of(table, "\n") == 3);
    CHECK(table.find("table-copied-from-other-device") != std::string::npos);
    fleet.put("dump.bin", mixed);
    const auto line = run_with_input(fleet.in("dump.bin"), {"analyze", "-", "--format", "ndjson"}).out;
    CHECK(line.find("photopsy keys recover your-dump.bin") != std::string::npos);  // it has no name to type
}

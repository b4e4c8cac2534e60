// `triage` over folders as people have them, and as nobody should.
#include "support/fleet_folder.h"
#include "support/keys.h"
#include "support/spoken.h"
#include "support/story.h"

#include "catch.h"

#include <archive.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

json rows_of(const std::vector<std::string>& words) {
    auto all = words;
    all.insert(all.begin(), "triage");
    all.insert(all.end(), {"--format", "json"});
    const auto spoken = run(all);
    INFO(spoken.err);
    const auto parsed = json::parse(spoken.out, nullptr, false);
    REQUIRE(parsed.is_object());
    return parsed.at("rows");
}

std::string outcome_of(const json& rows, const std::string& path) {
    for (const auto& row : rows)
        if (row.at("path") == path) return row.at("outcome");
    return "not there";
}

}  // namespace

TEST_CASE("what an earlier triage told of dumps that are looked at again counts once", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    const auto dumps = [](const json& rows) { return std::count_if(rows.begin(), rows.end(), [](const json& row) { return row.at("outcome") != "no-dump"; }); };
    const auto before = dumps(rows_of({fleet.in("dumps")}));
    const auto written = run({"triage", fleet.in("dumps"), "-o", fleet.in("dumps/out")});
    CHECK(written.err.find("Wrote " + fleet.in("dumps/out") + "/index.html") != std::string::npos);
    CHECK(dumps(rows_of({fleet.in("dumps")})) == before);
    CHECK(dumps(rows_of({fleet.in("dumps/out/reports.ndjson")})) == before);
    fs::rename(fleet.in("dumps/out/reports.ndjson"), fleet.in("dumps/earlier.ndjson"));
    fs::remove_all(fleet.in("dumps/out"));
    CHECK(dumps(rows_of({fleet.in("dumps")})) == before);
    fs::remove(fleet.in("dumps/0/1.bin"));  // told by the report alone now
    CHECK(dumps(rows_of({fleet.in("dumps")})) == before);
    fleet.put("dumps/0/4.bin", dump_of("healthy-2.3.1"));  // another dump under a name that was told of
    CHECK(dumps(rows_of({fleet.in("dumps")})) == before + 1);
}

TEST_CASE("triage says the same with one worker and with eight, and over reports of other machines", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    for (const char* format : {"text", "json", "ndjson", "csv", "html", "markdown"}) {
        INFO(format);
        const auto alone = run({"triage", fleet.in("dumps"), "--format", format, "--jobs", "1"});
        CHECK(alone.status == 1);
        CHECK(run({"triage", fleet.in("dumps"), "--format", format, "--jobs", "8"}).out == alone.out);
        std::vector<std::string> first = {"analyze"}, second = {"analyze"};
        for (const auto& file : fs::recursive_directory_iterator(fleet.in("dumps")))
            if (file.is_regular_file()) (file.path().string().back() % 2 || second.size() < 3 ? second : first).push_back(file.path());
        first.push_back(fleet.in("dumps/0/1.bin"));
        std::set<std::string> seen;
        std::string parts[2];
        int part = 0;
        for (auto* words : {&first, &second}) {
            words->insert(words->end(), {"--format", "ndjson"});
            parts[part++] = run(*words).out;
        }
        for (int i = 0; i < 2; ++i) {
            std::string unique;
            for (std::size_t at = 0; at < parts[i].size();) {
                const auto end = parts[i].find('\n', at);
                const auto line = parts[i].substr(at, end - at);
                if (seen.insert(line).second) unique += line + "\n";
                at = end + 1;
            }
            fleet.put("machine" + std::to_string(i) + ".ndjson", unique);
        }
        CHECK(run({"triage", fleet.in("machine1.ndjson"), fleet.in("machine0.ndjson"), "--format", format}).out == alone.out);
    }
}

TEST_CASE("members of archives are dumps like others", "[triage]") {
    const Fleet fleet;
    const std::vector<std::pair<std::string, Bytes>> files = {
        {"kitchen/dump.bin", dump_of("erased-key")}, {"hall/dump.bin", dump_of("healthy-1.5.2")}, {"../../etc/dump.bin", dump_of("mixed-key")}};
    fleet.put("a/many.zip", archive_of(files, archive_write_set_format_zip, nullptr));
    fleet.put("b/many.tar.gz", archive_of(files, archive_write_set_format_pax_restricted, archive_write_add_filter_gzip));
    fleet.put("c/many.tar.xz", archive_of(files, archive_write_set_format_pax_restricted, archive_write_add_filter_xz));
    fleet.put("d/outer.zip", archive_of({{"inner.7z", archive_of(files, archive_write_set_format_7zip, nullptr)}}, archive_write_set_format_zip, nullptr));
    const auto rows = rows_of({fleet.path.string()});
    CHECK(rows.size() == 12);
    for (const char* archive : {"a/many.zip", "b/many.tar.gz", "c/many.tar.xz", "d/outer.zip:inner.7z"}) {
        INFO(archive);
        CHECK(outcome_of(rows, fleet.in(archive) + ":kitchen/dump.bin") == "cloud-fails");
        CHECK(outcome_of(rows, fleet.in(archive) + ":hall/dump.bin") == "healthy");
        CHECK(outcome_of(rows, fleet.in(archive) + ":../../etc/dump.bin") == "cloud-fails");
    }
}

TEST_CASE("nothing in a hostile folder is lost, and nothing of it steers a terminal", "[triage]") {
    const Fleet fleet;
    fleet.put("in/a/dump.bin", dump_of("erased-key"));
    fleet.put("in/b/dump.bin", dump_of("healthy-1.5.2"));
    fleet.put("in/line\nend\033[2J.bin", dump_of("mixed-key"));
    fleet.put("in/broken.zip", std::string("PK\3\4 this is none"));
    fleet.put("in/text.bin", std::string("no dump at all, only words\n"));
    fleet.put("in/empty.bin", Bytes{});
    fleet.put("in/earlier.ndjson", std::string("{\"schema\":\"photopsy-report/1\"}\nnonsense\n"));
    fleet.put("in/bomb.zip",
              archive_of({{"bomb.bin.gz", archive_of({{"x", Bytes(std::size_t{1} << 16)}}, archive_write_set_format_raw, archive_write_add_filter_gzip)},
                          {"large.bin", Bytes(1000)}},
                         archive_write_set_format_zip, nullptr));
    fs::create_directory_symlink(fleet.in("in"), fleet.in("in/a/loop"));
    fs::create_symlink(fleet.in("nowhere"), fleet.in("in/dangling.bin"));
    fs::create_symlink("self", fleet.in("in/self"));
    REQUIRE(::mkfifo(fleet.in("in/pipe").c_str(), 0600) == 0);
    const auto rows = rows_of({fleet.in("in")});
    CHECK(rows.size() == 14);
    CHECK(outcome_of(rows, fleet.in("in/a/dump.bin")) == "cloud-fails");
    CHECK(outcome_of(rows, fleet.in("in/b/dump.bin")) == "healthy");
    CHECK(outcome_of(rows, fleet.in("in/a/loop")) == "no-dump");
    CHECK(outcome_of(rows, fleet.in("in/self")) == "no-dump");
    CHECK(outcome_of(rows, fleet.in("in/pipe")) == "no-dump");
    CHECK(outcome_of(rows, fleet.in("in/text.bin")) == "no-dump");
    CHECK(outcome_of(rows, fleet.in("in/dangling.bin")) == "unread");
    CHECK(outcome_of(rows, fleet.in("in/broken.zip")) == "unread");
    for (const char* format : {"text", "csv", "html", "markdown", "json", "ndjson"}) {
        const auto spoken = run({"triage", fleet.in("in"), "--format", format});
        CHECK(spoken.status == 2);
        CHECK(spoken.out.find('\033') == std::string::npos);
    }
    // As many rows as there are lines: the name with a line end does not break one.
    const auto csv = run({"triage", fleet.in("in"), "--format", "csv"}).out;
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 15);
}

TEST_CASE("a folder of results goes on where it was left, at whatever moment that was", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    REQUIRE(run({"triage", fleet.in("dumps"), "-o", fleet.in("whole")}).status == 1);
    const std::vector<std::string> names = {"index.html", "summary.csv", "reports.ndjson"};
    const auto lines = contents(fleet.in("whole/reports.ndjson"));
    for (const auto& name : names) {
        struct stat mode {};
        REQUIRE(::stat(fleet.in("whole/" + name).c_str(), &mode) == 0);
        CHECK((mode.st_mode & 0777) == 0600);
    }
    Dice dice(3);
    for (int cut = 0; cut < (full_tests() ? 20 : 5); ++cut) {
        fs::remove_all(fleet.in("cut"));
        fs::copy(fleet.in("whole"), fleet.in("cut"), fs::copy_options::recursive);
        const auto first = dice.below(lines.size()), second = dice.below(lines.size());
        fleet.put("cut/reports.ndjson.part", lines.substr(0, first));
        if (cut % 2)
            fleet.put("cut/reports.ndjson", lines.substr(0, second));
        else
            fs::remove(fleet.in("cut/reports.ndjson"));
        fs::remove(fleet.in("cut/index.html"));
        INFO("cut at " << first << " and " << second);
        CHECK(run({"triage", fleet.in("dumps"), "-o", fleet.in("cut")}).status == 1);
        for (const auto& name : names) CHECK(contents(fleet.in("cut/" + name)) == contents(fleet.in("whole/" + name)));
        CHECK_FALSE(fs::exists(fleet.in("cut/reports.ndjson.part")));
    }
}

TEST_CASE("what is there already is not analyzed again, and what changed is", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    run({"triage", fleet.in("dumps"), "-o", fleet.in("out")});
    // A page that is written anew is another file; one that was written an hour ago is still of that time.
    const auto an_hour_ago = fs::file_time_type::clock::now() - std::chrono::hours(1);
    const auto make_old = [&] {
        for (const auto& page : fs::directory_iterator(fleet.in("out/reports"))) fs::last_write_time(page, an_hour_ago);
    };
    make_old();
    const auto written_anew = [&] {
        const auto pages = fs::directory_iterator(fleet.in("out/reports"));
        return std::count_if(begin(pages), end(pages), [&](const auto& page) { return fs::last_write_time(page) != an_hour_ago; });
    };
    fleet.put("dumps/new.bin", dump_of("broken-dct"));
    const auto again = run({"triage", fleet.in("dumps"), "-o", fleet.in("out"), "--format", "csv"});
    CHECK(again.out.find("new.bin") != std::string::npos);
    CHECK(written_anew() == 2);
    CHECK(again.out == run({"triage", fleet.in("dumps"), "--format", "csv"}).out);
    fleet.put("dumps/0/1.bin", dump_of("mixed-key"));
    const auto changed = run({"triage", fleet.in("dumps"), "-o", fleet.in("out"), "--format", "csv"});
    CHECK(written_anew() == 4);
    CHECK(changed.out == run({"triage", fleet.in("dumps"), "--format", "csv"}).out);
    // A line that does not belong to its page is not believed.
    auto lines = contents(fleet.in("out/reports.ndjson"));
    const std::string word = "handshake fails", other = "was told before";
    REQUIRE(lines.rfind(word) != std::string::npos);
    lines.replace(lines.rfind(word), word.size(), other);
    fleet.put("out/reports.ndjson", lines);
    make_old();
    CHECK(run({"triage", fleet.in("dumps"), "-o", fleet.in("out"), "--format", "csv"}).out == changed.out);
    CHECK(written_anew() == 2);
    const auto page = contents(fleet.in("out/index.html"));
    for (auto at = page.find("href=\"reports/"); at != std::string::npos; at = page.find("href=\"reports/", at + 1))
        CHECK(fs::exists(fleet.in("out/" + page.substr(at + 6, page.find('"', at + 6) - at - 6))));
}

TEST_CASE("filters, orders and exit statuses of triage", "[triage]") {
    const Fleet fleet;
    fill(fleet);
    CHECK(rows_of({fleet.in("dumps"), "--outcome", "healthy"}).size() == 2);
    CHECK(rows_of({fleet.in("dumps"), "--cause", "private-key-erased"}).size() == 3);
    const auto sorted = rows_of({fleet.in("dumps"), "--sort", "outcome"});
    CHECK(sorted.front().at("outcome") == "safe-mode");
    CHECK(sorted.back().at("outcome") == "no-dump");
    CHECK(run({"triage", fleet.in("dumps"), "--fail-on", "boot-fails"}).status == 0);
    CHECK(run({"triage", fleet.in("dumps"), "--fail-on", "safe-mode"}).status == 1);
    CHECK(run({"triage", fleet.in("dumps/0/1.bin")}).status == 0);
    CHECK(run({"triage", fleet.in("nowhere")}).status == 2);
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--sort", "size"}, {"--outcome", "fine"}, {"--cause", "none"}, {"--format", "pdf"}, {"--fail-on", "x"}}) {
        auto all = words;
        all.insert(all.begin(), {"triage", fleet.in("dumps")});
        const auto spoken = run(all);
        CHECK(spoken.status == 2);
        CHECK(spoken.out.empty());
    }
    fleet.put("names", fleet.in("dumps/0/1.bin") + "\n" + fleet.in("dumps/1/2.bin") + "\r\n");
    CHECK(rows_of({"--files-from", fleet.in("names")}).size() == 2);
    fleet.put("names0", fleet.in("dumps/0/1.bin") + std::string(1, '\0') + fleet.in("dumps/1/2.bin"));
    CHECK(rows_of({"-0", "--files-from", fleet.in("names0")}).size() == 2);
}

TEST_CASE("the width of the text is one that the help names", "[triage]") {
    const Fleet fleet;
    fleet.put("a.bin", dump_of("healthy-1.5.2"));
    for (const char* width : {"10", "59", "201"}) CHECK(run({"triage", fleet.in("a.bin"), "--width", width}).status == 2);
    for (const char* width : {"60", "200"}) CHECK(run({"triage", fleet.in("a.bin"), "--width", width}).status == 0);
}

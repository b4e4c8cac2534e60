// The journal as a file, and the command without a device.
#include "cli/repair_journal.h"

#include "catch.h"
#include "cli/file_system.h"
#include "cli/repair_session.h"
#include "support/repair_trial.h"
#include "support/spoken.h"
#include "support/story.h"

#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <fstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const std::string plan_digest(64, '1'), other_digest(64, '2');

void append(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary | std::ios::app) << text; }

unsigned mode_of(const std::string& path) {
    struct stat about {};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 0777u : 0;
}

}  // namespace

TEST_CASE("a journal tells which steps were begun and not done; a torn line does not count; another plan's is refused", "[repair]") {
    const ScratchDirectory folder;
    const auto path = folder.put("x", {}) + ".journal";
    {
        auto journal = FileJournal::begin_new(path, plan_digest);
        REQUIRE(journal);
        CHECK(journal->begin(0));
        CHECK(journal->done(0));
        CHECK(journal->begin(1));
        CHECK_FALSE(journal->left_open(1));  // this very run did it
    }
    CHECK(mode_of(path) == 0600);
    CHECK_FALSE(FileJournal::begin_new(path, plan_digest));
    append(path, R"({"step":2,"event":"beg)");
    const auto again = FileJournal::open_again(path, plan_digest);
    REQUIRE(again);
    CHECK_FALSE(again->left_open(0));
    CHECK(again->left_open(1));
    CHECK_FALSE(again->left_open(2));
    CHECK_FALSE(FileJournal::open_again(path, other_digest));
    append(path, "\n");
    const auto bad = FileJournal::open_again(path, plan_digest);
    REQUIRE_FALSE(bad);
    CHECK(bad.error().message.find("photopsy did not write") != std::string::npos);
    CHECK_FALSE(FileJournal::open_again(path + "-none", plan_digest));
}

TEST_CASE("a journal that is torn at any byte is read as far as it goes, and never stands in the way", "[repair]") {
    JournalText journal(plan_digest);
    journal.add_begin(0);
    journal.add_done(0);
    journal.add_begin(1);
    const auto& text = journal.text();
    const auto lines_in = [&](std::size_t size) { return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '\n'); };
    for (std::size_t size = 0; size <= text.size(); ++size) {
        INFO(size << " of " << text.size());
        const auto again = JournalText::read(text.substr(0, size), plan_digest);
        REQUIRE(again);
        const auto lines = lines_in(size);
        CHECK(again->left_open() == (lines == 2 ? std::set<std::size_t>{0} : lines == 4 ? std::set<std::size_t>{1} : std::set<std::size_t>{}));
        CHECK(again->text().starts_with(JournalText(plan_digest).text()));
    }
    CHECK_FALSE(JournalText::read(text, other_digest));
    CHECK_FALSE(JournalText::read("x", plan_digest));
}

TEST_CASE("where the journal cannot be written, no step is begun", "[repair]") {
    const ScratchDirectory folder;
    const auto path = folder.put("x", {}) + ".journal";
    auto journal = FileJournal::begin_new(path, plan_digest);
    REQUIRE(journal);
    CHECK(remove_file(path) == 0);
    REQUIRE(::mkdir(path.c_str(), 0700) == 0);
    CHECK_FALSE(journal->begin(0));
    CHECK_FALSE(journal->failure().empty());
}

TEST_CASE("repair prints a plan, writes it for the owner alone, and its exit status says whether there is something to do", "[repair]") {
    const ScratchDirectory folder;
    const auto dump = folder.put("part2.bin", sample_called("part2-bit-error").file);
    const auto healthy = folder.put("healthy.bin", sample_called("healthy-1.5.2").file);
    const auto plan = dump + ".json";
    const auto spoken = run({"repair", dump, "-o", plan + ".plan"});
    CHECK(spoken.status == 0);
    CHECK(spoken.out.find("program 4 bytes at 0x08070000") != std::string::npos);
    CHECK(spoken.out.find("If the power fails here: ") != std::string::npos);
    CHECK(spoken.out.find("advice only") != std::string::npos);  // cli/repair_advice_test
    CHECK(mode_of(plan + ".plan") == 0600);
    const auto there = run({"repair", dump, "-o", plan + ".plan"});  // it is there already
    CHECK(there.status == 2);
    CHECK(there.err.find("give another name") != std::string::npos);
    CHECK(there.err.find("--force") == std::string::npos);  // there is no such word here
    const auto no_dump = run({"repair", plan + ".plan"});
    CHECK(no_dump.status == 2);
    CHECK(no_dump.err.find("is a plan and no dump: photopsy repair apply ") != std::string::npos);
    const auto unfound = run({"repair", healthy, "--cause", "module-missing"});
    CHECK(unfound.status == 1);
    CHECK(unfound.out.find("The analysis of this dump does not find it.") != std::string::npos);
    CHECK(run({"repair", healthy}).out.find("nothing was found that asks for a repair") != std::string::npos);
    CHECK(run({"repair", healthy}).status == 1);
    const auto json = run({"repair", dump, "-o", "-"});
    CHECK(nlohmann::json::parse(json.out).at("schema") == "photopsy-repair-plan/1");
    CHECK(run({"repair", dump, "--cause", "no-such-cause"}).status == 2);
    CHECK(run({"repair", dump, "--consent", "everything"}).status == 2);
    CHECK(run({"repair", dump, "--firmware", dump + ".none"}).status == 2);
    CHECK(run({"repair"}).status == 2);
    CHECK(run({"repair", dump, "--apply"}).status == 2);
}

TEST_CASE("where a plan puts the old key back, the cause that speaks of a new key is set right in words, and nowhere else", "[repair]") {
    const ScratchDirectory folder;
    const auto told = [&](const std::string& name) {
        const auto spoken = run({"repair", folder.put(name + ".bin", sample_called(name).file), "--width", "200"});
        REQUIRE(spoken.out.find("private-key-regenerated") != std::string::npos);
        return spoken.out.find("the key in it is the one that this plan puts back from the dump") != std::string::npos;
    };
    CHECK(told("broken-dct"));
    CHECK_FALSE(told("new-key-after-loss"));
}

TEST_CASE("plans that are none, and runs that were never begun, end with one sentence and nothing written", "[repair]") {
    const ScratchDirectory folder;
    const auto text = folder.put("plan.json", {'{', '}'});
    for (const auto* act : {"apply", "resume", "undo", "verify"}) {
        INFO(act);
        const auto spoken = run({"repair", act, text});
        CHECK(spoken.status == 2);
        CHECK(std::count(spoken.err.begin(), spoken.err.end(), '\n') == 1);
        CHECK(run({"repair", act, text + ".none"}).status == 2);
    }
    const auto dump = folder.put("part2.bin", sample_called("part2-bit-error").file);
    REQUIRE(run({"repair", dump, "-o", dump + ".json.plan"}).status == 0);
    for (const auto* act : {"resume", "undo", "verify"}) {
        INFO(act);
        const auto spoken = run({"repair", act, dump + ".json.plan"});
        CHECK(spoken.status == 2);
        CHECK(spoken.err.find("was not begun here: photopsy repair apply begins it") != std::string::npos);
    }
}

TEST_CASE("all ways to carry out a plan lay out their text as the plan itself is laid out", "[repair]") {
    const auto manual = run({"man"}).out;
    for (const std::string name : {"apply", "resume", "undo", "verify"}) {
        const auto help = run({"repair", name, "--help"}).out;
        const auto of_it = manual.find("repair " + name);
        REQUIRE(of_it != std::string::npos);
        for (const std::string option : {"--width", "--color", "--ascii"}) {
            INFO(name << " " << option);
            CHECK(help.find(option) != std::string::npos);
            CHECK(run({"repair", "--help"}).out.find(option) != std::string::npos);
        }
        CHECK(run({"repair", name, "no-plan.json", "--width", "0x"}).status == 2);
    }
}

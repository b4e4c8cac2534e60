// Archives where one dump is asked for: the one in it is read, however it is packed; several are named and refused.
#include "support/fleet_folder.h"
#include "support/output_text.h"

#include "catch.h"

#include <fcntl.h>
#include <nlohmann/json.hpp>

using namespace photopsy;
using namespace photopsy::test;
using nlohmann::json;

namespace {

constexpr auto* zip = archive_write_set_format_zip;
constexpr auto* tar = archive_write_set_format_pax_restricted;

std::vector<std::vector<std::string>> commands_on(const std::string& file, const std::string& plain, const std::string& made) {
    return {{"keys", "show", file}, {"keys", "check", file},        {"keys", "export", file},     {"keys", "recover", file, "-o", made},
            {"handshake", file},    {"diff", file, plain},          {"diff", plain, file},        {"redact", file, "-o", made},
            {"repair", file},       {"disasm", file, "0x08020000"}, {"convert", file, "-o", made}};
}

}  // namespace

TEST_CASE("a tar, a packed tar and an archive in an archive are judged as the one dump in them", "[cli]") {
    const Fleet fleet;
    const std::pair<std::string, Bytes> dump = {"kitchen/dump.bin", dump_of("mixed-key")}, note = {"readme.txt", Bytes(100, 'x')};
    fleet.put("dump.bin", dump.second);
    fleet.put("one.tar", archive_of({dump}, tar, nullptr));
    fleet.put("one.tgz", archive_of({dump}, tar, archive_write_add_filter_gzip));
    fleet.put("noted.tgz", archive_of({note, dump}, tar, archive_write_add_filter_gzip));
    fleet.put("nest.zip", archive_of({{"inner.zip", archive_of({dump}, zip, nullptr)}}, zip, nullptr));
    fleet.put("noted-nest.zip", archive_of({{"inner.tar", archive_of({note, dump}, tar, nullptr)}}, zip, nullptr));
    const auto plain = json::parse(run({"analyze", fleet.in("dump.bin"), "--format", "json"}).out);
    const auto keys = run({"keys", "show", fleet.in("dump.bin"), "--format", "json"});
    for (const auto* name : {"one.tar", "one.tgz", "noted.tgz", "nest.zip", "noted-nest.zip"}) {
        INFO(name);
        const auto judged = json::parse(run({"analyze", fleet.in(name), "--format", "json"}).out, nullptr, false);
        REQUIRE(judged.is_object());
        CHECK(judged["verdict"] == plain["verdict"]);
        CHECK(run({"keys", "show", fleet.in(name), "--format", "json"}).status == keys.status);
        CHECK(run({"diff", fleet.in(name), fleet.in("dump.bin")}).status == 0);
        CHECK(run({"convert", fleet.in(name), "-o", fleet.in(std::string(name) + ".bin")}).status == 0);
        CHECK(contents(fleet.in(std::string(name) + ".bin")) == contents(fleet.in("dump.bin")));
    }
}

TEST_CASE("an archive with several dumps is read by analyze, and refused where one dump is asked for", "[cli]") {
    const Fleet fleet;
    const std::pair<std::string, Bytes> kitchen = {"kitchen.bin", dump_of("mixed-key")}, bath = {"bath.bin", dump_of("erased-key")};
    fleet.put("plain.bin", kitchen.second);
    fleet.put("both.zip", archive_of({kitchen, bath}, zip, nullptr));
    fleet.put("nest.zip", archive_of({{"inner.zip", archive_of({kitchen, bath}, zip, nullptr)}}, zip, nullptr));
    fleet.put("twice.zip", archive_of({kitchen, {"copy.bin", kitchen.second}}, zip, nullptr));
    for (const auto* name : {"both.zip", "nest.zip"}) {
        const auto all = json::parse(run({"analyze", fleet.in(name), "--format", "json"}).out, nullptr, false);
        CHECK(all.size() == 2);
        for (const auto& words : commands_on(fleet.in(name), fleet.in("plain.bin"), fleet.in("made"))) {
            const auto said = run(words);
            INFO(words[0] << " " << words[1] << "\n" << said.err);
            CHECK(said.status == 2);
            CHECK(one_sentence(said.err));
            CHECK(said.err.find("several dumps (kitchen.bin, bath.bin): unpack it and give one of them") != std::string::npos);
            CHECK_FALSE(fs::exists(fleet.in("made")));
        }
    }
    CHECK(run({"diff", fleet.in("twice.zip"), fleet.in("plain.bin")}).status == 0);
    const auto told = run({"analyze", fleet.in("both.zip"), "--full", "--width", "200"}).out;
    for (const auto* name : {"kitchen", "bath"}) {
        CHECK(told.find(std::string("photopsy keys recover ") + name + ".bin --key ") != std::string::npos);
        CHECK(told.find(std::string("Unpack ") + name + ".bin first") != std::string::npos);
    }
}

TEST_CASE("standard input has no name to type", "[cli]") {
    const Fleet fleet;
    fleet.put("dump.bin", dump_of("mixed-key"));
    const int before = dup(STDIN_FILENO), dump = open(fleet.in("dump.bin").c_str(), O_RDONLY);
    REQUIRE(dup2(dump, STDIN_FILENO) == STDIN_FILENO);
    const auto told = run({"analyze", "-", "--full", "--width", "200"}).out;
    dup2(before, STDIN_FILENO);
    close(before);
    close(dump);
    CHECK(told.find("photopsy keys recover your-dump.bin --key ") != std::string::npos);
    CHECK(told.find("In the place of your-dump.bin put the name of your file.") != std::string::npos);
    CHECK(told.find("'standard input'") == std::string::npos);
}

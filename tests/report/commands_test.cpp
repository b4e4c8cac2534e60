// Lines to type: quoted for the shell of the reader, on the reader's own files.
#include "report/commands.h"

#include "base/hex.h"
#include "report/discretion.h"
#include "support/output_text.h"
#include "support/typed.h"
#include "support/written_analysis.h"

#include "catch.h"

#include <fmt/format.h>

using namespace photopsy;
using Shell = CommandStyle::Shell;

TEST_CASE("a word is one argument, whatever stands in it", "[report]") {
    const struct {
        const char *word, *posix, *windows;
    } rows[] = {
        {"dump.bin", "dump.bin", "dump.bin"},
        {"my dump.bin", "'my dump.bin'", "\"my dump.bin\""},
        {"it's.bin", "'it'\\''s.bin'", "\"it's.bin\""},
        {"a$HOME.bin", "'a$HOME.bin'", "'a$HOME.bin'"},
        {"a'$b.bin", "'a'\\''$b.bin'", "'a''$b.bin'"},
        {"50%.bin", "'50%.bin'", "\"50%.bin\""},
        {"k\xC3\xBC"
         "che.bin",
         "'k\xC3\xBC"
         "che.bin'",
         "\"k\xC3\xBC"
         "che.bin\""},
        {"a;b&c|d.bin", "'a;b&c|d.bin'", "\"a;b&c|d.bin\""},
        {"~joe.bin", "'~joe.bin'", "\"~joe.bin\""},
        {"#1.bin", "'#1.bin'", "\"#1.bin\""},
        {"photon-system-part2@1.5.2.bin", "photon-system-part2@1.5.2.bin", "photon-system-part2@1.5.2.bin"},
        {"@list", "'@list'", "\"@list\""},
        {"C:\\dumps\\x.bin", "'C:\\dumps\\x.bin'", "C:\\dumps\\x.bin"},
        {"", "''", "\"\""},
    };
    for (const auto& row : rows) {
        INFO(row.word);
        CHECK(quoted(row.word, Shell::Posix) == row.posix);
        CHECK(quoted(row.word, Shell::Windows) == row.windows);
    }
}

TEST_CASE("a file whose name begins with a dash is no option", "[report]") {
    CHECK(quoted_file("-rf.bin", Shell::Posix) == "./-rf.bin");
    CHECK(quoted_file("-rf x.bin", Shell::Posix) == "'./-rf x.bin'");
    CHECK(quoted_file("-rf.bin", Shell::Windows) == ".\\-rf.bin");
}

static std::string digits_of_healthy() { return hex(test::healthy_device().capture.sha256).substr(0, 6); }

static CommandNames names_of(const char* typed, bool owner, Shell shell = Shell::Posix) {
    auto analysis = test::healthy_device();
    analysis.capture.typed = typed;
    ReportStyle style;
    style.owner_reads = owner;
    style.commands.shell = shell;
    style.commands.taken = {"kitchen-again.bin", "kitchen-again2.bin", "/media/usb stick/kitchen-again.bin"};
    return command_names(analysis, style, Discretion(analysis, style));
}

TEST_CASE("the owner is given his path, strangers the base name, and files are called after the dump and lie beside it", "[report]") {
    const RemedyFile key{.kind = RemedyFile::Kind::DeviceKey}, again{.kind = RemedyFile::Kind::NewDump};
    const auto own = names_of("/media/usb stick/kitchen.bin", true);
    CHECK(own.dump == "/media/usb stick/kitchen.bin");
    CHECK(file_name(key, own) == "/media/usb stick/kitchen-key.der");
    CHECK(file_name(again, own) == "/media/usb stick/kitchen-again2.bin");
    CHECK(where_to_type(own).empty());
    CHECK(file_name(again, names_of("kitchen.bin", true)) == "kitchen-again3.bin");
    const auto shared = names_of("/media/usb stick/kitchen.bin", false);
    CHECK(shared.dump == "kitchen.bin");
    CHECK(file_name(again, shared) == "kitchen-again2.bin");
    CHECK(where_to_type(shared) == "Type the commands of this report in the folder of kitchen.bin.");
    CHECK(file_name(key, names_of("my dump.bin", true)) == fmt::format("my-dump-{}-key.der", digits_of_healthy()));
    CHECK(file_name(key, names_of("dir/-rf.bin.xz", true)) == fmt::format("dir/rf-{}-key.der", digits_of_healthy()));
    CHECK(file_name(key, names_of("k\xC3\xBC"
                                  "che.bin",
                                  true)) ==
          "k\xC3\xBC"
          "che-key.der");
    CHECK(file_name(key, names_of("...", true)) == fmt::format("dump-{}-key.der", digits_of_healthy()));
}

TEST_CASE("a file that is made from a dump with a very long name has one that can be written", "[report]") {
    std::string letters;
    for (int i = 0; i < 120; ++i) letters += "\xC3\xA4";
    const auto name = file_name({.kind = RemedyFile::Kind::NewPublicKey}, names_of((letters + ".bin").c_str(), true));
    CHECK(name.size() < 256);
    CHECK(name.starts_with(letters.substr(0, 180) + "-" + digits_of_healthy()));
    CHECK(file_name({.kind = RemedyFile::Kind::DeviceKey}, names_of((letters.substr(0, 180) + ".bin").c_str(), true)) == letters.substr(0, 180) + "-key.der");
}

TEST_CASE("two dumps of one name in two folders share no file that is made from them", "[report]") {
    for (const auto kind : {RemedyFile::Kind::DeviceKey, RemedyFile::Kind::NewKey, RemedyFile::Kind::NewPublicKey, RemedyFile::Kind::NewDump}) {
        CHECK(file_name({.kind = kind}, names_of("kitchen/dump.bin", true)).starts_with("kitchen/dump-"));
        CHECK(file_name({.kind = kind}, names_of("bath/dump.bin", true)).starts_with("bath/dump-"));
    }
}

TEST_CASE("a backslash parts folders on Windows, and is a letter of a name elsewhere", "[report]") {
    const RemedyFile key{.kind = RemedyFile::Kind::DeviceKey};
    CHECK(names_of("in\\kitchen.bin", false).dump == "in\\kitchen.bin");
    CHECK(names_of("in\\kitchen.bin", false, Shell::Windows).dump == "kitchen.bin");
    CHECK(file_name(key, names_of("in\\kitchen.bin", true)) == fmt::format("in-kitchen-{}-key.der", digits_of_healthy()));
    CHECK(file_name(key, names_of("in\\kitchen.bin", true, Shell::Windows)) == "in\\kitchen-key.der");
}

TEST_CASE("key files that were given stand in the lines by their own names", "[report]") {
    const auto analysis = test::healthy_device();
    const RemedyStep slot{
        .kind = RemedyStep::Kind::MakeOwnServerKey, .file = {.kind = RemedyFile::Kind::ServerKey}, .from = {.kind = RemedyFile::Kind::OwnServerKey}};
    const RemedyStep plan{.kind = RemedyStep::Kind::PlanRepair, .from = {.kind = RemedyFile::Kind::RegisteredKey}};
    const auto lines = [&](const std::string& server, const std::string& registered, bool owner) {
        ReportStyle style;
        style.owner_reads = owner;
        style.commands.server_public_key = server;
        style.commands.registered_public_key = registered;
        const auto names = command_names(analysis, style, Discretion(analysis, style));
        return command_line(slot, names) + "\n" + command_line(plan, names);
    };
    CHECK(test::has(lines("keys/my server.pem", "record.der", true), " --key 'keys/my server.pem' "));
    CHECK(test::has(lines("keys/my server.pem", "record.der", false), " --key 'my server.pem' "));  // a folder is the owner's own affair
    CHECK(lines("", "keys/record.der", true).ends_with("photopsy repair --device --registered-public-key keys/record.der"));
    CHECK(test::has(lines("", "", true), " --key my-server.pub.pem "));
    CHECK(lines("", "", true).ends_with("--registered-public-key registered-key.pub.pem"));
    CHECK(test::has(lines("bad\nname", "", true), " --key my-server.pub.pem "));  // no line can name it
    CHECK(command_line({.kind = RemedyStep::Kind::PlanRepair}, {}) == "photopsy repair --device");
}

TEST_CASE("of a key file that lies in another folder than the dump, a line without its folder says so", "[report]") {
    const auto apart = [](const std::string& typed, const std::string& registered, bool owner = false) {
        auto analysis = test::healthy_device();
        analysis.capture.typed = typed;
        ReportStyle style;
        style.owner_reads = owner;
        style.commands.registered_public_key = registered;
        return command_names(analysis, style, Discretion(analysis, style)).lie_apart;
    };
    CHECK(apart("kitchen.bin", "keys/record.der") == std::vector<std::string>{"record.der"});
    CHECK(apart("kitchen.bin", "keys/record.der", true).empty());  // the line names the folder
    CHECK(apart("kitchen.bin", "record.der").empty());
    CHECK(apart("keys/kitchen.bin", "keys/record.der").empty());
    CHECK(apart("kitchen.bin", "").empty());
}

TEST_CASE("what is no file of its own is not named as one", "[report]") {
    auto analysis = test::healthy_device();
    const auto names = [&] { return command_names(analysis, {}, Discretion(analysis, {})); };
    analysis.capture.name = "standard input";
    analysis.capture.typed = no_file;
    CHECK(names().dump == unnamed_dump);
    CHECK(where_to_type(names()).empty());  // said already: what stands for the name
    analysis.capture.name = "kitchen.bin";
    analysis.capture.typed.clear();
    analysis.capture.container = "zip";
    CHECK(names().dump == "kitchen.bin");
    CHECK(where_to_type(names()) == "Unpack kitchen.bin first, and type the commands of this report in its folder.");
    analysis.capture.typed = "kitchen.zip";  // alone in it: the commands take the archive
    CHECK(names().dump == "kitchen.zip");
    CHECK(where_to_type(names()) == "Type the commands of this report in the folder of kitchen.zip.");
}

TEST_CASE("a name that tells an id or cannot be typed does not stand in a command", "[report]") {
    CHECK(names_of("3e003d000e47363433353735.bin", false).dump == "your-dump.bin");
    CHECK(names_of("3e003d000e47363433353735.bin", true).dump == unnamed_dump);  // people paste from their terminals
    CHECK(names_of("a\nb.bin", true).dump == "your-dump.bin");
    CHECK(names_of("\033[2J.bin", true).dump == "your-dump.bin");
}

TEST_CASE("firmware is written through the alternate setting of the flash in which it is to lie", "[report]") {
    const CommandNames names{.layout = builtin_layout("core")};
    const auto line = [&](Address at) {
        return command_line({.kind = RemedyStep::Kind::WriteFlash, .file = {.kind = RemedyFile::Kind::Module, .slot = "monolithic"}, .at = at}, names);
    };
    CHECK(line(0x08005000) == "dfu-util -d 1d50:607f -a 0 -s 0x08005000 -D firmware.bin");
    CHECK(line(0x00060000) == "dfu-util -d 1d50:607f -a 1 -s 0x00060000 -D firmware.bin");
}

TEST_CASE("a device that the owner is to name stands in the line", "[report]") {
    const RemedyStep step{.kind = RemedyStep::Kind::Analyze, .from = {.kind = RemedyFile::Kind::Dump}, .device = "photon"};
    CHECK(command_line(step, {.layout = builtin_layout("p1")}).ends_with(" --kind photon"));
    CHECK(command_line({.kind = step.kind, .from = step.from}, {.layout = builtin_layout("p1")}).find("--kind") == std::string::npos);
}

TEST_CASE("of a device that keeps its keys in a second flash, the lines about keys name that flash's file", "[report]") {
    auto analysis = test::healthy_device();
    analysis.layout = builtin_layout("core");
    analysis.capture.typed = "my core.bin";
    const auto line = [&](RemedyStep::Kind kind) {
        ReportStyle style;
        style.owner_reads = true;
        const auto names = command_names(analysis, style, Discretion(analysis, style));
        return command_line(
            {.kind = kind, .file = {.kind = RemedyFile::Kind::DeviceKey}, .from = {.kind = RemedyFile::Kind::Dump}, .key = std::string(64, 'a')}, names);
    };
    analysis.capture.external = CaptureFile{.name = "serial.bin", .typed = "../serial.bin"};
    CHECK(line(RemedyStep::Kind::RecoverKey).starts_with("photopsy keys recover ../serial.bin --key"));
    CHECK(line(RemedyStep::Kind::ShowKeys) == "photopsy keys show ../serial.bin");
    CHECK(line(RemedyStep::Kind::Analyze) == "photopsy analyze 'my core.bin'");
    analysis.capture.external = CaptureFile{.name = analysis.capture.name};  // the one file is the second flash
    CHECK(line(RemedyStep::Kind::ShowKeys) == "photopsy keys show 'my core.bin'");
    analysis.layout = builtin_layout("p1");  // its second flash holds no keys
    analysis.capture.external = CaptureFile{.name = "serial.bin", .typed = "serial.bin"};
    CHECK(line(RemedyStep::Kind::ShowKeys) == "photopsy keys show 'my core.bin'");
}

TEST_CASE("the closing step compares pairs where pairs were given, and like with like", "[report]") {
    auto analysis = test::healthy_device();
    const auto lines = [&](const char* layout, const char* typed, std::optional<CaptureFile> external, std::vector<std::string> taken = {}) {
        analysis.layout = builtin_layout(layout);
        analysis.capture.name = analysis.capture.typed = typed;
        analysis.capture.external = std::move(external);
        ReportStyle style;
        style.owner_reads = true;
        style.commands.taken = std::move(taken);
        const auto names = command_names(analysis, style, Discretion(analysis, style));
        const RemedyFile given{.kind = RemedyFile::Kind::Dump}, after{.kind = RemedyFile::Kind::DumpAfterwards};
        return command_line({.kind = RemedyStep::Kind::Capture, .file = after}, names) + "\n" +
               command_line({.kind = RemedyStep::Kind::Compare, .file = after, .from = given}, names);
    };
    const CaptureFile second{.name = "serial.bin", .typed = "serial.bin"};
    CHECK(lines("photon", "a.bin", {}) == "photopsy capture -o a-afterwards.bin\nphotopsy diff a.bin a-afterwards.bin");
    CHECK(lines("core", "core.bin", second) ==
          "photopsy capture -o core-afterwards.bin\n"
          "photopsy diff core.bin core-afterwards.bin --external-before serial.bin --external-after core-afterwards-external.bin");
    CHECK(lines("p1", "p1.bin", second) ==
          "photopsy capture -o p1-afterwards.bin --external p1-afterwards-external.bin\n"
          "photopsy diff p1.bin p1-afterwards.bin --external-before serial.bin --external-after p1-afterwards-external.bin");
    CHECK(lines("core", "core-external.bin", CaptureFile{.name = "core-external.bin"}) ==
          "photopsy capture -o core-afterwards.bin\nphotopsy diff core-external.bin core-afterwards-external.bin");
    CHECK(lines("p1", "p1.bin", {}) == "photopsy capture -o p1-afterwards.bin\nphotopsy diff p1.bin p1-afterwards.bin");
    // A name is free only where all files of the capture find room.
    CHECK(lines("core", "core.bin", {}, {"core-afterwards-external.bin"}) ==
          "photopsy capture -o core-afterwards2.bin\nphotopsy diff core.bin core-afterwards2.bin");
}

TEST_CASE("what npm holds is fetched and unpacked before the line that names it, and a plan is given the package as it is", "[report]") {
    const auto* photon = builtin_layout("photon");
    REQUIRE(photon);
    const CommandNames names{.layout = photon, .style = {}, .dump = "dump.bin", .stem = "dump"};
    const auto part2 = [](std::string release) { return RemedyFile{.kind = RemedyFile::Kind::Module, .slot = "system-part2", .release = std::move(release)}; };
    const Remedy by_hand{.steps = {{.kind = RemedyStep::Kind::WriteFlash, .file = part2("1.5.2"), .at = 0x08060000}}};
    CHECK(command_lines(by_hand, names) ==
          std::vector<std::string>{"npm pack particle-cli@2.8.0",
                                   "tar xzf particle-cli-2.8.0.tgz --strip-components=3 package/assets/updates/photon-system-part2@1.5.2.bin",
                                   "dfu-util -d 2b04:d006 -a 0 -s 0x08060000 -D photon-system-part2@1.5.2.bin"});
    const Remedy plan{.steps = {{.kind = RemedyStep::Kind::PlanRepair, .firmware = {part2("1.5.2")}}}};
    CHECK(command_lines(plan, names) == std::vector<std::string>{"npm pack particle-cli@2.8.0", "photopsy repair --device --firmware particle-cli-2.8.0.tgz"});
    CHECK(firmware_files(plan, names).size() == 1);
    // Older packages keep them in another folder.
    const Remedy old{.steps = {{.kind = RemedyStep::Kind::WriteFlash, .file = part2("0.5.2"), .at = 0x08060000}}};
    CHECK(command_lines(old, names).at(1) == "tar xzf particle-cli-1.16.0.tgz --strip-components=2 package/updates/system-part2-0.5.2-photon.bin");
    // What is published elsewhere is given by its own name.
    const Remedy elsewhere{.steps = {{.kind = RemedyStep::Kind::PlanRepair, .firmware = {part2("0.7.0")}}}};
    const auto lines = command_lines(elsewhere, names);
    REQUIRE(lines.size() == 1);
    CHECK(lines.front().starts_with("photopsy repair --device --firmware "));
}

TEST_CASE("no place is told for a module of which no file is known to be published", "[report]") {
    const CommandNames names{.layout = builtin_layout("photon"), .style = {}, .dump = "dump.bin", .stem = "dump"};
    const auto told = [&](std::string release) {
        const RemedyStep step{.kind = RemedyStep::Kind::WriteBySerial,
                              .file = {.kind = RemedyFile::Kind::Module, .slot = "bootloader", .release = std::move(release)}};
        const auto files = firmware_files({.steps = {step}}, names);
        return files.empty() ? std::string() : files.front().source;
    };
    CHECK(told("0.5.2").find("not known to be published") != std::string::npos);
    CHECK(told("1.5.2").find("in the npm package particle-cli@2.8.0") != std::string::npos);
    CHECK(told("1.2.1").find("github.com/particle-iot/device-os") != std::string::npos);
}

TEST_CASE("a debugger unlocks the bootloader's sector and leaves the device halted; a plain RESET has no line", "[report]") {
    const RemedyStep step{
        .kind = RemedyStep::Kind::WriteByDebugger, .file = {.kind = RemedyFile::Kind::Module, .slot = "bootloader", .release = "1.5.2"}, .at = 0x08000000};
    const auto line = command_line(step, {.layout = builtin_layout("photon"), .style = {}, .dump = "dump.bin", .stem = "dump"});
    const auto unlock = line.find("; flash protect 0 0 0 off; "), write = line.find("flash write_image erase photon-bootloader@1.5.2+lto.bin 0x08000000; ");
    REQUIRE(unlock < line.size());
    REQUIRE(write < line.size());
    CHECK(unlock < write);
    CHECK(line.ends_with("; reset halt; shutdown\""));
    CHECK(line.find("; reset;") == std::string::npos);
    CHECK(command_lines({.steps = {{.kind = RemedyStep::Kind::Restart}}}, {}).empty());
}

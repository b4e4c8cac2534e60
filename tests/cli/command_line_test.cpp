#include "support/output_text.h"
#include "support/spoken.h"

#include "cli/nearest.h"
#include "cli/output_file.h"

#include "catch.h"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("photopsy-cli-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("what is not understood is one sentence and exit status 2", "[cli]") {
    for (const auto& words : std::vector<std::vector<std::string>>{{"analyse"},
                                                                   {"frobnicate"},
                                                                   {"no-such-file.bin"},
                                                                   {"analyze", "/dev/null/x"},
                                                                   {"analyze"},
                                                                   {"analyze", "--fromat", "json", "x.bin"},
                                                                   {"--colour"},
                                                                   {"x.bin", "--format", "json", "--format", "html"},
                                                                   {"x.bin", "--format", "pdf"},
                                                                   {"x.bin", "--led", "ultraviolet"},
                                                                   {"x.bin", "--device", "toaster"},
                                                                   {"x.bin", "--kind", "toaster"},
                                                                   {"x.bin", "--kind", "photon", "--layout", "y.toml"},
                                                                   {"x.bin", "--kind", "photon", "--device", "photon"},
                                                                   {"x.bin", "--device", "photon", "--layout", "y.toml"},
                                                                   {"x.bin", "--layout", "no-such-layout.toml"},
                                                                   {"x.bin", "--registered-public-key", "no-such-key.pem"},
                                                                   {"x.bin", "--color", "blue"},
                                                                   {"x.bin", "--width", "wide"},
                                                                   {"layouts", "--show", "toaster"},
                                                                   {"explain", "no-such-id"},
                                                                   {"schema", "too", "much"},
                                                                   {"-", "-"},
                                                                   {"x.bin", "-o"}}) {
        const auto spoken = run(words);
        INFO(words.front() << " ... " << words.back() << " -> " << spoken.err);
        CHECK(spoken.status == 2);
        CHECK(spoken.out.empty());
        CHECK(one_sentence(spoken.err));
    }
}

TEST_CASE("an option whose value is empty is told of, not passed over", "[cli]") {
    const Folder folder;
    const auto dump = folder.file("dump.bin");
    std::ofstream(dump, std::ios::binary) << std::string(1 << 20, '\xFF');
    for (const auto& words : std::vector<std::vector<std::string>>{{dump, "--registered-public-key", ""},
                                                                   {dump, "--external", ""},
                                                                   {dump, "--layout", ""},
                                                                   {dump, "--led", ""},
                                                                   {"keys", "recover", dump, "--key", ""},
                                                                   {"keys", "server-slot", dump, "--host", "", "-o", folder.file("slot.bin")}}) {
        const auto spoken = run(words);
        INFO(words.back() << " -> " << spoken.err);
        CHECK(spoken.status == 2);
        CHECK(spoken.err.find("value is empty") != std::string::npos);
        CHECK(one_sentence(spoken.err));
    }
    CHECK(run({dump, "--led", "3 orange"}).err.find("empty") == std::string::npos);
}

TEST_CASE("the option --kind names the kind of device, and its old name says the same without being told of", "[cli]") {
    const Folder folder;
    const auto dump = folder.file("blank.bin");
    std::ofstream(dump, std::ios::binary) << std::string(1 << 20, '\xFF');
    for (const auto* name : {"photon", "electron"}) {
        const auto asked = run({"analyze", dump, "--format", "json", "--kind", name}), old = run({"analyze", dump, "--format", "json", "--device", name});
        CHECK(asked.out.find("\"layout\": \"" + std::string(name) + "\"") != std::string::npos);
        CHECK(asked.out == old.out);
    }
    const auto keys = run({"keys", "show", "--help"}).out, analyze = run({"analyze", "--help"}).out;
    CHECK(keys.find("--kind") != std::string::npos);
    CHECK(keys.find("--device") == std::string::npos);
    CHECK(analyze.find("--device  ") != std::string::npos);
    CHECK(analyze.find("--device[") == std::string::npos);
}

TEST_CASE("a slip of the finger is recognized", "[cli]") {
    CHECK(run({"analyse"}).err.find("did you mean analyze?") != std::string::npos);
    CHECK(run({"analyze", "x.bin", "--fromat=json"}).err.find("did you mean --format?") != std::string::npos);
    CHECK(run({"zzzzzz"}).err.find("did you mean") == std::string::npos);
    const auto unknown_of_keys = run({"keys", "recvoer"});
    CHECK(unknown_of_keys.status == 2);
    CHECK(unknown_of_keys.err.find("\"keys recvoer\" is no command") != std::string::npos);
    CHECK(unknown_of_keys.err.find("did you mean recover?") != std::string::npos);
    CHECK(run({"keys", "nonsense"}).err.find("show, check, export") != std::string::npos);
    CHECK(nearest("shcema", {"schema", "layouts"}) == "schema");
    CHECK(nearest("", {"schema"}).empty());
}

TEST_CASE("help and version are answers, not errors", "[cli]") {
    const auto help = run({"--help"});
    CHECK(help.status == 0);
    CHECK(help.err.empty());
    for (const auto* word : {"analyze", "explain", "layouts", "schema", "Examples", "Exit status"}) CHECK(help.out.find(word) != std::string::npos);
    CHECK(run({"analyze", "--help"}).out.find("--led") != std::string::npos);
    CHECK(run({"--version"}).out.rfind("photopsy ", 0) == 0);
}

TEST_CASE("an output file appears whole or not at all", "[cli]") {
    const Folder folder;
    const auto path = folder.file("report.txt");
    CHECK_FALSE(write_output(path, "first", Overwrite::No));
    CHECK(text_of(path) == "first");
    CHECK(write_output(path, "second", Overwrite::No)->find("--force") != std::string::npos);
    CHECK(text_of(path) == "first");
    CHECK_FALSE(write_output(path, "second", Overwrite::Yes));
    CHECK(text_of(path) == "second");

    const auto secret = folder.file("key.der");
    CHECK_FALSE(write_output(secret, "k", Overwrite::No, mode_private));
    struct stat mode {};
    REQUIRE(::stat(secret.c_str(), &mode) == 0);
    CHECK((mode.st_mode & 0777) == 0600);

    const auto link = folder.file("link");
    std::filesystem::create_symlink(path, link);
    CHECK(write_output(link, "third", Overwrite::Yes)->find("symbolic link") != std::string::npos);
    CHECK(text_of(path) == "second");
    const auto dangling = folder.file("dangling");
    std::filesystem::create_symlink(folder.file("nowhere"), dangling);
    CHECK(write_output(dangling, "third", Overwrite::Yes));
    CHECK_FALSE(std::filesystem::exists(folder.file("nowhere")));

    CHECK(write_output(folder.path.string(), "x", Overwrite::Yes)->find("directory") != std::string::npos);
    CHECK(write_output(folder.file("no/such/folder"), "x", Overwrite::Yes));
    CHECK(write_output("/dev/full", "x", Overwrite::No)->find("No space left") != std::string::npos);
    CHECK_FALSE(write_output("/dev/null", "x", Overwrite::No));

    std::size_t left = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path)) ++left;
    CHECK(left == 4);  // report.txt, key.der, link, dangling: no temporary file
}

TEST_CASE("a full disk behind standard output is told once", "[cli]") {
    std::string said;
    const auto full = [](std::string_view) {
        errno = ENOSPC;
        return false;
    };
    const auto hear = [&](std::string_view text) {
        said += text;
        return true;
    };
    Session session(full, hear, {});
    run_command_line({"--version"}, session);
    session.print("more");
    CHECK(session.exit_status() == 2);
    CHECK(one_sentence(said));
}

TEST_CASE("the program itself reports a full disk", "[cli]") {
    CHECK(std::system("\"" PHOTOPSY_BINARY "\" --help > /dev/full 2> /dev/null") == 2 << 8);
    CHECK(std::system("\"" PHOTOPSY_BINARY "\" --help > /dev/null") == 0);
}

TEST_CASE("an error sentence cannot steer the terminal", "[cli]") {
    const auto spoken = run({"analyze", "no\033[2Jfile\n.bin"});
    CHECK(spoken.status == 2);
    CHECK(one_sentence(spoken.err));
    CHECK(spoken.err.find('\033') == std::string::npos);
}

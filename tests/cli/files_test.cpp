// Files in and out: sizes before memory, things that are no files, outputs that would destroy an input, and a process that is killed on the way.
#include "cli/input_file.h"
#include "cli/output_file.h"
#include "cli/terminal.h"
#include "support/key_folder.h"
#include "support/killed.h"
#include "support/story.h"

#include "catch.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <new>
#include <thread>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const Bytes& some_dump() { return stories().front().sample.file; }

std::string sparse(const KeyFolder& folder, const std::string& name, off_t size) {
    const auto path = folder.put(name, Bytes{});
    REQUIRE(::truncate(path.c_str(), size) == 0);
    return path;
}

/// Most memory this process ever held, in MiB.
long peak_mib() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss / 1024;
}

void check_sentence(const Spoken& said, const std::string& reason) {
    INFO(said.err << said.out);
    CHECK(said.status == 2);
    CHECK(one_sentence(said.err));
    CHECK(has(said.err, reason));
}

Bytes bytes_of(const std::string& path) { return read_file(path, 64u << 20) ? *read_file(path, 64u << 20) : Bytes{}; }

}  // namespace

TEST_CASE("a file that is larger than its limit is refused before memory is taken", "[cli][files]") {
    const KeyFolder folder("files-size");
    const auto dump = folder.put("dump.bin", some_dump());
    const long before = peak_mib();
    for (const off_t size : {off_t{10} << 30, off_t{1} << 40}) {
        const auto huge = sparse(folder, "huge", size);
        check_sentence(run({huge, "--format", "json"}), "too large");
        check_sentence(run({"analyze", dump, "--layout", huge}), "too large");
        check_sentence(run({"analyze", dump, "--registered-public-key", huge}), "too large");
        check_sentence(run({"analyze", dump, "--server-public-key", huge}), "too large");
        for (const char* command : {"recover", "show", "check", "export", "convert"}) check_sentence(run({"keys", command, huge}), "too large");
        check_sentence(run({"handshake", "--device-slot", huge, "--server-slot", huge, "--device-os", "1.5.2"}), "too large");
        check_sentence(run({"redact", huge, "-o", folder.file("x")}), "too large");
        check_sentence(run({"report", huge, "-o", folder.file("x")}), "too large");
        check_sentence(run({"diff", dump, huge}), "too large");
        check_sentence(run({"disasm", huge, "reset"}), "too large");
        // As the record beside a dump: the dump is analyzed, and that the record was not used is said.
        sparse(folder, "dump.bin.json", size);
        const auto said = run({dump});
        CHECK(said.status < 2);
        CHECK(has(said.out, "too large for one"));
        std::filesystem::remove(folder.file("dump.bin.json"));
    }
    CHECK(peak_mib() < before + 200);
    CHECK(folder.count() == 2);
}

TEST_CASE("what has no size is read so far and no farther", "[cli][files]") {
    const KeyFolder folder("files-pipe");
    const auto pipe = folder.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const auto written = [&](std::size_t size) {
        std::thread writer([&] {
            const int end = ::open(pipe.c_str(), O_WRONLY);
            const Bytes bytes(size, 0x5A);
            std::size_t done = 0;
            while (done < size) {
                const auto got = ::write(end, bytes.data() + done, size - done);
                if (got <= 0) break;
                done += static_cast<std::size_t>(got);
            }
            ::close(end);
        });
        auto read = read_file(pipe, 100000);
        writer.join();
        return read;
    };
    ::signal(SIGPIPE, SIG_IGN);
    CHECK(written(100000)->size() == 100000);
    CHECK(has(written(5000000).error().message, "too large"));
    CHECK(written(0)->empty());
    ::signal(SIGPIPE, SIG_DFL);
}

TEST_CASE("devices, pipes that nobody writes to, sockets and directories are refused by a sentence", "[cli][files]") {
    const KeyFolder folder("files-kinds");
    const auto pipe = folder.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    check_sentence(run({pipe}), "nothing writes to it");
    check_sentence(run({"/dev/zero"}), "it is a device");
    check_sentence(run({"keys", "show", "/dev/urandom"}), "it is a device");
    check_sentence(run({"keys", "show", folder.file(".")}), "it is a directory");
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const auto name = folder.file("s");
    REQUIRE(name.size() < sizeof address.sun_path);
    std::copy(name.begin(), name.end(), address.sun_path);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    check_sentence(run({name}), "it is a device");
    ::close(socket);
}

TEST_CASE("an output to a pipe that nobody reads is refused by a sentence, and one that is read gets all of it", "[cli][files]") {
    const KeyFolder folder("files-out");
    const auto pipe = folder.file("pipe");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(write_output(pipe, std::string_view("report"), Overwrite::No, 0600) == "cannot write " + pipe + ": it is a pipe, and nobody reads from it");
    std::thread reader([&] { CHECK(read_file(pipe, 1u << 20)->size() == 500000); });
    CHECK_FALSE(write_output(pipe, std::string(500000, 'x'), Overwrite::No, 0600));
    reader.join();
}

TEST_CASE("an output never takes the place of an input, forced or not, under whatever name", "[cli][files]") {
    const KeyFolder folder("files-same");
    const auto& original = some_dump();
    const auto dump = folder.put("dump.bin", original);
    const auto hard = folder.file("hard.bin"), soft = folder.file("soft.bin");
    std::filesystem::create_hard_link(dump, hard);
    std::filesystem::create_symlink(dump, soft);
    std::filesystem::create_directory_symlink(folder.file("."), folder.file("way"));
    const std::vector<std::vector<std::string>> commands = {{"analyze", dump},
                                                            {"analyze", dump, "--format", "json"},
                                                            {"redact", dump},
                                                            {"report", dump},
                                                            {"keys", "recover", dump},
                                                            {"keys", "export", dump},
                                                            {"handshake", dump},
                                                            {"diff", dump, dump},
                                                            {"keys", "export", dump, "--private", "--form", "device"}};
    for (auto command : commands)
        for (const auto& target : {dump, hard, soft, folder.file("way/dump.bin"), folder.file("./dump.bin")}) {
            auto words = command;
            words.insert(words.end(), {"-o", target, "--force"});
            CAPTURE(words);
            const auto said = run(words);
            if (command[0] == "diff" && has(said.err, "-o")) continue;  // prints only
            INFO(said.err);
            CHECK(has(said.err, target == soft ? "symbolic link" : "was read for this"));
            CHECK(said.status == 2);
            CHECK(bytes_of(dump) == original);
            CHECK(std::filesystem::is_symlink(soft));
        }
    // Key files, layouts, public keys and records that were read are inputs too; a manifest is an output.
    const auto key = folder.put("key.der", encode_for_device(first_key()));
    check_sentence(run({"keys", "convert", key, "-o", key, "--force"}), "was read for this");
    CHECK(bytes_of(key) == encode_for_device(first_key()));
    const auto manifest = folder.put("copy.bin.manifest.json", original);
    check_sentence(run({"redact", manifest, "-o", folder.file("copy.bin"), "--force"}), "was read for this");
    CHECK(bytes_of(manifest) == original);
    CHECK_FALSE(std::filesystem::exists(folder.file("copy.bin")));
}

TEST_CASE("two outputs of one command are two files", "[cli][files]") {
    const KeyFolder folder("files-two");
    auto slot = device_slot_of(first_key());
    slot[300] ^= 0x10;
    const auto broken = folder.put("slot.bin", slot);
    check_sentence(run({"keys", "recover", broken, "-o", folder.file("key"), "--slot", folder.file("./key"), "--force"}), "are one file");
    folder.put("a", Bytes{1});
    std::filesystem::create_hard_link(folder.file("a"), folder.file("b"));
    check_sentence(run({"keys", "recover", broken, "-o", folder.file("a"), "--slot", folder.file("b"), "--force"}), "are one file");
    CHECK(folder.get("a") == Bytes{1});
    CHECK(run({"keys", "recover", broken, "-o", folder.file("c"), "--slot", folder.file("d")}).status == 0);
    CHECK(folder.get("c") == encode_for_device(first_key()));
    CHECK(folder.get("d").size() == 612);
    CHECK(folder.count() == 5);
}

TEST_CASE("what a dead process left under our temporary names is no obstacle, and is left alone", "[cli][files]") {
    const KeyFolder folder("files-stale");
    forget_what_was_read();
    const auto name = "out.photopsy-" + std::to_string(::getpid());
    folder.put(name, Bytes{7});
    folder.put(name + "-1", Bytes{8});
    CHECK_FALSE(write_output(folder.file("out"), "new", Overwrite::No));
    CHECK(folder.get("out") == Bytes{'n', 'e', 'w'});
    CHECK(folder.get(name) == Bytes{7});
    CHECK(folder.get(name + "-1") == Bytes{8});
    CHECK(folder.count() == 3);
}

TEST_CASE("a failure on the way puts every file of the set back", "[cli][files]") {
    const KeyFolder folder("files-back");
    forget_what_was_read();
    folder.put("a", Bytes{1});
    folder.put("b", Bytes{2});
    const std::vector<OutputFile> set = {{folder.file("a"), "A"}, {folder.file("b"), "B"}, {folder.file("no/such/c"), "C"}};
    CHECK(write_together(set, Overwrite::Yes));
    CHECK(folder.get("a") == Bytes{1});
    CHECK(folder.get("b") == Bytes{2});
    CHECK(folder.count() == 2);
    CHECK_FALSE(write_together({set[0], set[1]}, Overwrite::Yes));
    CHECK(folder.get("a") == Bytes{'A'});
    CHECK(folder.get("b") == Bytes{'B'});
    CHECK(folder.count() == 2);
    CHECK(has(*write_together({{folder.file("z"), "Z"}, set[1]}, Overwrite::No), "exists already"));
    CHECK(folder.count() == 2);
}

TEST_CASE("a pair of keys is renewed as one, wherever the process is killed", "[cli][files]") {
    const auto old_key = encode_for_device(first_key());
    const Bytes old_public = {'o', 'l', 'd'};
    int points = 0;
    for (int at = 1;; ++at) {
        const KeyFolder folder("files-kill");
        folder.put("k.der", old_key);
        folder.put("k.pub.pem", old_public);
        const bool killed = killed_at(at, [&] { run({"keys", "new", "-o", folder.file("k.der"), "--force"}); });
        CAPTURE(at);
        const auto key = folder.get("k.der"), pem = folder.get("k.pub.pem");
        const bool pair_is_new = key != old_key && key.size() == old_key.size() && pem != old_public && pem.size() > 200;
        // The old private key is there until the pair is new, and no half of the one stands beside a half of the other.
        if (!pair_is_new) CHECK((key == old_key || folder.get("k.der.before") == old_key));
        if (key != old_key) CHECK(pem != old_public);
        if (pem.size() > 200) CHECK(key != old_key);
        // The next run goes through, and what it finds it keeps.
        if (killed && !pair_is_new) {
            CHECK(run({"keys", "new", "-o", folder.file("k.der"), "--force"}).status == 0);
            CHECK((folder.get("k.der.before") == old_key || !std::filesystem::exists(folder.file("k.der.before"))));
        }
        if (!killed) {
            CHECK(pair_is_new);
            CHECK(folder.count() == 2);
            break;
        }
        ++points;
    }
    CHECK(points >= 8);
}

TEST_CASE("a report or a shareable copy is the old one or the new one, wherever the process is killed", "[cli][files]") {
    const KeyFolder folder("files-kill-report");
    const auto dump = folder.put("dump.bin", some_dump());
    int points = 0;
    for (bool killed = true; killed; ++points) {
        folder.put("report.txt", Bytes{'o', 'l', 'd'});
        killed = killed_at(points + 1, [&] { run({dump, "-o", folder.file("report.txt"), "--force"}); });
        const auto report = folder.get("report.txt");
        CAPTURE(points, killed);
        CHECK((report == Bytes{'o', 'l', 'd'} || report.size() > 1000));
        CHECK((killed || report.size() > 1000));
    }
    CHECK(points >= 4);
    CHECK(folder.get("dump.bin") == some_dump());
}

TEST_CASE("copies that keep what may be personal are readable for their owner only", "[cli][files]") {
    const KeyFolder folder("files-personal");
    const auto dump = folder.put("dump.bin", some_dump());
    REQUIRE(run({"redact", dump, "-o", folder.file("shared.bin")}).status == 0);
    CHECK((folder.mode("shared.bin") & 0044) != 0);
    const auto kept = run({"redact", dump, "-o", folder.file("kept.bin"), "--keep-eeprom"});
    REQUIRE(kept.status == 0);
    CHECK(has(kept.err, "readable for you only"));
    CHECK(folder.mode("kept.bin") == 0600);
    CHECK(folder.mode("kept.bin.manifest.json") == 0600);
    REQUIRE(run({dump, "-o", folder.file("ids.txt"), "--show-ids"}).status < 2);
    CHECK(folder.mode("ids.txt") == 0600);
}

TEST_CASE("without memory the program ends with one sentence and status 2", "[cli][files]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        end_in_order_without_memory();
        std::get_new_handler()();
        ::_exit(99);
    }
    ::close(ends[1]);
    char text[200] = {};
    const auto got = ::read(ends[0], text, sizeof text - 1);
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 2);
    CHECK(one_sentence(std::string(text, static_cast<std::size_t>(std::max<ssize_t>(got, 0)))));
}

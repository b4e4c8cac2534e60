#include "support/ota_fixture.h"
#include "support/output_text.h"
#include "support/spoken.h"

#include "catch.h"

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace photopsy;
using namespace photopsy::test;

namespace {

struct DumpFolder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("photopsy-diff-" + std::to_string(::getpid()));
    DumpFolder() { std::filesystem::create_directories(path); }
    ~DumpFolder() { std::filesystem::remove_all(path); }
    std::string write(const std::string& name, const OtaDevice& device) const {
        const auto bytes = device.image.bytes(device.layout.flash);
        std::ofstream(path / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        return (path / name).string();
    }
};

}  // namespace

TEST_CASE("diff: 0 the same, 1 different, 2 unable", "[cli][diff]") {
    const DumpFolder folder;
    OtaDevice device;
    const auto first = folder.write("first.bin", device);
    device.flip(0x08030000);
    const auto second = folder.write("second.bin", device);
    CHECK(run({"diff", first, first}).status == 0);
    CHECK(run({"diff", first, second}).status == 1);
    const auto quiet = run({"diff", "-q", first, second});
    CHECK(quiet.status == 1);
    CHECK(quiet.out.empty());
    const auto json = run({"diff", "--format", "json", first, second});
    CHECK(json.status == 1);
    CHECK(json.err.empty());
    CHECK(json.out.starts_with("{"));
    CHECK(json.out.ends_with("}\n"));
    CHECK(run({"diff", "--format", "json", first, first}).status == 0);
    const auto other_format = run({"diff", "--format", "yaml", first, second});
    CHECK(other_format.status == 2);
    CHECK(other_format.out.empty());
    CHECK(one_sentence(other_format.err));
    const auto missing = run({"diff", first, "no-such-file.bin"});
    CHECK(missing.status == 2);
    CHECK(one_sentence(missing.err));
    CHECK(run({"diff", "-", "-"}).status == 2);
    CHECK(run({"diff", first}).status == 2);
}

TEST_CASE("disasm: lines, and one sentence for what cannot be shown", "[cli][disasm]") {
    const DumpFolder folder;
    const auto file = folder.write("dump.bin", OtaDevice());
    const auto shown = run({"disasm", file, "0x080A0000", "-n", "5"});
    CHECK(shown.status == 0);
    CHECK(std::count(shown.out.begin(), shown.out.end(), '\n') == 5);
    for (const auto& words : std::vector<std::vector<std::string>>{{"disasm", file, "nowhere"},
                                                                   {"disasm", file, "0x08005D9E"},
                                                                   {"disasm", "no-such-file.bin", "reset"},
                                                                   {"disasm", file},
                                                                   {"disasm", file, "reset", "-n", "0"}}) {
        const auto refused = run(words);
        CHECK(refused.status == 2);
        CHECK(refused.out.empty());
        CHECK(one_sentence(refused.err));
    }
}

// photopsy convert: the same flash comes out of every form of the file, and no byte that was not in it; keys recover --key.
#include "base/digest.h"
#include "base/hex.h"
#include "support/key_folder.h"
#include "support/sample/sample.h"
#include "support/story.h"

#include "catch.h"

#include <fmt/format.h>

using namespace photopsy;
using namespace photopsy::test;

namespace {

const Story& story_named(std::string_view name) {
    const auto found = std::find_if(stories().begin(), stories().end(), [&](const Story& story) { return story.name == name; });
    REQUIRE(found != stories().end());
    return *found;
}

Bytes read_back(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Bytes swapped(Bytes bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
    return bytes;
}

/// As xxd writes it.
Bytes listing(const Bytes& bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i % 16 == 0) text += fmt::format("{}{:08x}:", i ? "\n" : "", i);
        if (i % 2 == 0) text += ' ';
        text += fmt::format("{:02x}", bytes[i]);
    }
    text += "\n";
    return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("swapped bytes, listings and files that are too long become the flash", "[cli]") {
    const KeyFolder folder("convert");
    const auto& flash = story_named("erased-key").sample.file;
    auto longer = flash;
    longer.insert(longer.end(), 4096, 0xFF);
    int number = 0;
    for (const auto& form : {flash, swapped(flash), listing(flash), longer}) {
        const auto in = folder.put(fmt::format("in {}.bin", number), form), out = folder.file(fmt::format("out{}.bin", number));
        const auto spoken = run({"convert", in, "-o", out});
        INFO("form " << number++ << ": " << spoken.err);
        CHECK(spoken.status == exit_good);
        CHECK(read_back(out) == flash);
    }
}

TEST_CASE("no byte is made up: a missing beginning is refused, a missing end is said", "[cli]") {
    const KeyFolder folder("convert-part");
    const auto& flash = story_named("erased-key").sample.file;
    const auto late = folder.put("late.bin", Bytes(flash.begin() + 0x20000, flash.end())), out = folder.file("out.bin");
    CHECK(run({"convert", late, "-o", out}).status == exit_unable);
    CHECK_FALSE(std::filesystem::exists(out));
    const Bytes part(flash.begin(), flash.begin() + 0x90000);
    CHECK(run({"convert", folder.put("short.bin", part), "-o", out}).status == exit_problem);
    CHECK(read_back(out) == part);
    const std::string text = "this is no dump\n";
    CHECK(run({"convert", folder.put("text.bin", Bytes(text.begin(), text.end())), "-o", folder.file("x.bin")}).status == exit_unable);
}

TEST_CASE("keys recover writes the very key that is named, and none for a name that fits none", "[keys][cli]") {
    const KeyFolder folder("recover-by-name");
    const auto dump = folder.put("my dump.bin", story_named("erased-key").sample.file);
    const auto report = run({"analyze", dump, "--format", "json"}).out;
    const std::string marker = " --key ";
    const auto at = report.find(marker);
    REQUIRE(at != std::string::npos);
    const auto name = report.substr(at + marker.size(), 12);
    const auto key_file = fmt::format("my-dump-{}-key.der", hex(sha256(story_named("erased-key").sample.file)).substr(0, 6));
    CHECK(report.find("photopsy keys recover 'my dump.bin' --key " + name + " -o " + key_file) != std::string::npos);
    const auto key = folder.file(key_file);
    REQUIRE(run({"keys", "recover", dump, "--key", name, "-o", key}).status == exit_good);
    CHECK(run({"keys", "show", key}).out.find(name) != std::string::npos);
    CHECK(run({"keys", "recover", dump, "--key", "zzzz", "-o", folder.file("none.der")}).status == exit_unable);
    CHECK_FALSE(std::filesystem::exists(folder.file("none.der")));
}

TEST_CASE("keys recover says what an older key costs where the present one is whole", "[keys][cli]") {
    const KeyFolder folder("recover-beside-whole");
    const auto recovered = [&](const std::string& then, const char* choice) {
        const auto made = sample::make_sample(
            "title = \"x\"\ndevice = \"photon\"\nseed = 7\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
            "{ act = \"factory-table\", release = \"1.4.0\" }, { act = \"provision\" }" +
                then + "]\ndamage = [{ act = \"put\", at = \"ota+0x1004\", key = 2 }]\n",
            "x");
        REQUIRE(made);
        const auto dump = folder.put("dump.bin", made->file);
        return run({"keys", "recover", dump, "--choose", choice, "-o", folder.file("key.der"), "--force"}).out;
    };
    CHECK(recovered("", "2").find("another key cuts it off") != std::string::npos);
    const auto lost = recovered(R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 })", "1");
    CHECK(lost.find("To write it back") != std::string::npos);
    CHECK(lost.find("cuts it off") == std::string::npos);
}

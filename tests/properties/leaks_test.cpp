// No output of any command holds six bytes in a row of anything secret: not for any story, and not where every secret place of a dump
// (docs/formats/dct.md) holds something distinctive.
#include "catch.h"
#include "flash/layout.h"
#include "support/leak.h"
#include "support/planted.h"
#include "support/spoken.h"
#include "support/story.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// The ways to make the program speak about a dump: each report, and of the other commands (some are given what they do not take: errors are
/// searched as well) every twelfth, others for each `turn`; all of them in the full run.
std::vector<std::vector<std::string>> speeches(const std::string& dump, unsigned turn) {
    std::vector<std::vector<std::string>> all;
    for (const auto* format : {"text", "json", "markdown", "html", "ndjson", "csv", "junit"}) all.push_back({"analyze", dump, "--format", format});
    const std::vector<std::vector<std::string>> others = {{"analyze", dump, "--led", "1 orange"},
                                                          {"analyze", dump, "--quiet"},
                                                          {"analyze", dump, dump},
                                                          {"analyze", dump, "--device", "p1"},
                                                          {"analyze", dump, "--layout", dump},
                                                          {"analyze", dump, "--registered-public-key", dump},
                                                          {"keys", "show", dump},
                                                          {"keys", "check", dump},
                                                          {"keys", "recover", dump},
                                                          {"keys", "export", dump},
                                                          {"keys", "convert", dump},
                                                          {"handshake", dump},
                                                          {"handshake", dump, "--format", "json"},
                                                          {"handshake", "--device-slot", dump, "--server-slot", dump, "--device-os", "1.5.2"},
                                                          {"diff", dump, dump},
                                                          {"disasm", dump, "reset"},
                                                          {"disasm", dump, "0x08005d9e"},
                                                          {"explain", dump},
                                                          {"layouts", "--show", dump},
                                                          {dump, dump + ".missing"}};
    for (std::size_t i = 0; i < others.size(); ++i)
        if (full_tests() || i % 12 == turn % 12) all.push_back(others[i]);
    return all;
}

/// The copy for strangers, where one is made, is searched like any other output. Returns whether one was made.
bool check_redacted_copy(const LeakFinder& finder, const ScratchDirectory& directory, const std::string& dump) {
    const auto copy = directory.put("copy.bin", Bytes{}), manifest = directory.put("copy.bin.manifest.json", Bytes{});
    const auto spoken = run({"redact", dump, "--force", "-o", copy});
    CHECK(finder.leak_in(spoken.err).value_or("no leak") == "no leak");
    for (const auto& written : {copy, manifest}) {
        std::ifstream stream(written, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
        CHECK(bytes.empty() == (spoken.status != 0));
        INFO("copy or manifest: " << spoken.err);
        CHECK(finder.leak_in(bytes).value_or("no leak") == "no leak");
    }
    if (spoken.status != 0) UNSCOPED_INFO(spoken.err);
    return spoken.status == 0;
}

void check_no_leak(const LeakFinder& finder, const Bytes& file, const std::string& name, unsigned turn) {
    const ScratchDirectory directory;
    INFO(name);
    const bool redacted = check_redacted_copy(finder, directory, directory.put("original.bin", file));
    if (!redacted) WARN(name << ": no redacted copy");
    for (const auto& words : speeches(directory.put("dump.bin", file), turn)) {
        const auto spoken = run(words);
        INFO(name << ": " << fmt::format("{}", fmt::join(words, " ")));
        if (words[0] == "analyze" && words.size() <= 2) CHECK(spoken.out.size() > 200);
        CHECK(finder.leak_in(spoken.out).value_or("no leak") == "no leak");
        CHECK(finder.leak_in(spoken.err).value_or("no leak") == "no leak");
    }
}

}  // namespace

TEST_CASE("no output about any story holds a secret of its device", "[properties][leaks]") {
    unsigned turn = 0;
    for (const auto& story : stories()) {
        const auto finder = secrets_of(story.sample);
        const bool no_secrets = story.name == "never-provisioned" || story.name == "reinitialised" || story.name == "core-blank-serial-flash";
        INFO(story.name << ": " << finder.size() << " places");
        // A Core's flash holds the keys alone: no Wi-Fi list, no second copy. An EC key is short, and its device has no networks.
        const bool ec = layout_of(story.sample).keys.front().kind == KeyKind::EcSlot;
        const std::size_t least = ec ? 60 : story.sample.external.empty() ? 500 : 300;
        CHECK((finder.size() > least) != no_secrets);
        check_no_leak(finder, story.sample.file, story.name, turn++);
        if (!story.sample.external.empty()) check_no_leak(finder, story.sample.external, story.name + ", serial flash", turn++);
    }
}

TEST_CASE("distinctive secrets in every secret place of a dump stay there", "[properties][leaks]") {
    const std::vector<std::pair<std::string, std::string>> variants{
        {"sealed", "{ act = \"reseal\", copy = 1 }, { act = \"reseal\", copy = 2 }"},
        {"checksums bad", ""},
        {"key damaged", "{ act = \"flip\", at = \"dct.device_private_key+400\" }, { act = \"flip\", at = \"dct-other.device_private_key+20\" }"},
        {"key replaced by noise", "{ act = \"put\", at = \"dct.device_private_key\", random = 612 }"},
        {"key in the server's place", "{ act = \"put\", at = \"dct.server_public_key\", key = 2 }"},
        {"key over a system part", "{ act = \"put\", at = \"system-part2+0x7000\", key = 1 }"},
        {"table over a system part", "{ act = \"copy\", at = \"system-part1+0x10000\", from = \"dct1\", length = 0x8000 }"},
        {"headers gone", "{ act = \"fill\", at = \"dct1\", length = 388, value = 0 }, { act = \"fill\", at = \"dct2\", length = 388, value = 0 }"},
        {"address is noise", "{ act = \"put\", at = \"dct.server_address\", random = 128 }"}};
    unsigned turn = 0;
    for (const auto& [name, damage] : variants) {
        const auto sample = sample::make_sample(planted_recipe(damage), "planted");
        if (!sample) FAIL(sample.error().message);
        auto finder = secrets_of(*sample);
        for (const auto* slot : {"user", "ota", "factory"})
            finder.add_secret(at(*sample, range_of(layout_of(*sample).slot(slot)->at.begin + 0x900, 128)), slot);
        CHECK(finder.size() > 15000);
        check_no_leak(finder, sample->file, name, turn++);
    }
}

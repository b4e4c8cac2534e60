#include "support/sample/sample.h"

#include "base/digest.h"
#include "catch.h"

#include <fmt/format.h>
#include "flash/layout.h"
#include "support/sample/acts.h"

#include <algorithm>
#include <filesystem>

#include "support/shared.h"

using namespace photopsy;
using namespace photopsy::sample;

namespace {

std::string complaint(const std::string& text) {
    const auto sample = make_sample(text, "recipe.toml");
    return sample ? "" : sample.error().message;
}

const std::string head = "title = \"t\"\ndevice = \"photon\"\n";

}  // namespace

TEST_CASE("a hostile recipe gives one clear sentence that names the line", "[samples]") {
    const std::string life = head + "[[life]]\n";
    CHECK(complaint("title = ").starts_with("recipe.toml, line 1: "));
    CHECK(complaint("device = \"photon\"") == "recipe.toml, line 1: `title` is missing.");
    CHECK(complaint(head + "colour = 1") == "recipe.toml, line 3: a recipe has no `colour` of this kind.");
    CHECK(complaint("title = \"t\"\ndevice = \"toaster\"").find("samples can be made of photon, p1, electron and core") != std::string::npos);
    CHECK(complaint("title = \"t\"\ndevice = \"argon\"").find("samples can be made of photon, p1, electron and core") != std::string::npos);
    CHECK(complaint(life + "act = \"dance\"").find("line 3: there is no act `dance` in `life`.") != std::string::npos);
    CHECK(complaint(life + "act = \"erase\"\nslot = \"moon\"").find("`slot` is no slot") != std::string::npos);
    CHECK(complaint(life + "act = \"erase\"\nspeed = 9").find("`erase` takes no `speed`") != std::string::npos);
    CHECK(complaint(life + "act = \"install\"").find("`install` needs `module`") != std::string::npos);
    CHECK(complaint(life + "act = \"install-release\"\nrelease = \"9.9.9\"").find("no release this generator knows") != std::string::npos);
    CHECK(complaint(life + "act = \"write\"\nfield = \"nothing\"\nhex = \"00\"").find("does not have") != std::string::npos);
    CHECK(complaint(life + "act = \"write\"\nsector_offset = 0x3FFF\nhex = \"0000\"").find("past the end") != std::string::npos);
    CHECK(complaint(life + "act = \"write\"\nfield = \"claimed\"\nhex = \"0\"").find("hexadecimal") != std::string::npos);
    CHECK(complaint(life + "act = \"apply\"").find("no update is pending") != std::string::npos);
    CHECK(complaint(life + "act = \"reinitialize\"\npower_lost_in = \"lunch\"").find("no step \"lunch\"") != std::string::npos);
    for (const auto* act : {"reinitialize", "factory-table"})
        CHECK(complaint(fmt::format("title = \"t\"\ndevice = \"core\"\n[[life]]\nact = \"{}\"\n", act) +
                        (std::string_view(act) == "reinitialize" ? "" : "release = \"0.7.0\"\n"))
                  .find("two copies, which a core does not have") != std::string::npos);
    for (const auto* where : {"0x07FFFFFF", "\"0x09000000\"", "\"user+0xFFFFFFFF\"", "\"dct3\"", "\"dct1.nothing\"", "\"+\"", "-1", "true", "[1]"})
        CHECK_FALSE(complaint(head + "[[damage]]\nact = \"flip\"\nat = " + where).empty());
    CHECK(complaint(head + "[[damage]]\nact = \"flip\"\nat = 0x08000000\nbit = 8").find("not between 0 and 7") != std::string::npos);
    CHECK(complaint(head + "[[file]]\nact = \"pack\"\nas = \"rar\"").find("zip, 7z, gz, xz or zst") != std::string::npos);
    CHECK(complaint(head + "[[file]]\nact = \"insert\"\nat = 0\nlength = 99999999\nvalue = 0").find("not between") != std::string::npos);
    CHECK(complaint(head) == "");
}

TEST_CASE("every act refuses every particular of the wrong kind without harm", "[samples]") {
    for (const auto& act : all_acts()) {
        std::string keys(act.keys);
        for (std::size_t from = 0, to = 0; (from = keys.find_first_not_of(' ', to)) != keys.npos;) {
            to = std::min(keys.find(' ', from), keys.size());
            for (const auto* value : {"-9223372036854775808", "9223372036854775807", "\"\"", "\"\\u0000\"", "true", "[]", "[-1, 99999999999]"}) {
                const auto text =
                    head + "[[" + std::string(act.chapter) + "]]\nact = \"" + std::string(act.name) + "\"\n" + keys.substr(from, to - from) + " = " + value;
                const auto sentence = complaint(text);
                INFO(text << "\n" << sentence);
                CHECK(sentence.find('\n') == sentence.npos);
            }
        }
    }
}

TEST_CASE("every recipe of samples/ builds, and builds the same bytes again", "[samples]") {
    std::size_t stories = 0;
    for (const auto& folder : std::filesystem::directory_iterator(test::source_path("samples"))) {
        if (!folder.is_directory()) continue;
        const auto path = folder.path() / "recipe.toml";
        const auto text = test::read_file(path.string());
        const std::string_view recipe(reinterpret_cast<const char*>(text.data()), text.size());
        const auto one = make_sample(recipe, path.filename().string()), two = make_sample(recipe, path.filename().string());
        INFO(path);
        if (!one) FAIL(one.error().message);
        CHECK(one->flash.size() == builtin_layout(one->recipe.device)->flash.size());
        CHECK(one->file == two->file);
        ++stories;
    }
    CHECK(stories >= 2);
}

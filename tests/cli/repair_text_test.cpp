// What `photopsy repair FILE` says of a plan to people.
#include "support/keys.h"
#include "support/output_text.h"
#include "support/repair_trial.h"
#include "support/sample/sample.h"
#include "support/spoken.h"
#include "support/story.h"

#include "catch.h"

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a plan says what no write does: to tell the cloud a key that was made after a reset", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto reset = sample::make_sample(
        "title = \"A reset\"\ndevice = \"photon\"\nseed = 79\nlife = [{ act = \"install-release\", release = \"0.6.3\" }, "
        "{ act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, { act = \"provision\" }, "
        "{ act = \"write\", field = \"claimed\", hex = \"30\" }, { act = \"reinitialize\" }, { act = \"write\", field = \"device_private_key\", key = 1, form "
        "= \"device\" }, "
        "{ act = \"write\", field = \"device_configured\", hex = \"00\" }]\n",
        "reset");
    REQUIRE(reset);
    const auto said = run({"repair", folder.put("reset.bin", reset->file)});
    INFO(said.out << said.err);
    CHECK(has(said.out, "\nThen\n  - Tell the cloud the key that the device has now"));
    CHECK_FALSE(has(run({"repair", folder.put("part2.bin", sample_called("part2-bit-error").file)}).out, "\nThen\n"));
}

TEST_CASE("a key that is put back where its slot was erased is not called a new one", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto said = run({"repair", folder.put("erased.bin", sample_called("erased-key").file)});
    INFO(said.out << said.err);
    CHECK(has(said.out, "The verdict afterwards: healthy"));
    CHECK_FALSE(has(said.out, "private-key-regenerated"));
}

TEST_CASE("of an old key that the cache does not name the plan says that it may have to be registered", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto said_of = [&](const std::string& more) {
        const auto made = sample::make_sample(
            "title = \"Two keys\"\ndevice = \"photon\"\nseed = 86\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
            "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"2019-11-05\" }, { act = \"provision\" }" +
                more + ", { act = \"write\", field = \"device_private_key\", fill = 0 }]\n",
            "two-keys");
        REQUIRE(made);
        return run({"repair", folder.put("two-keys.bin", made->file), "--consent", "new-key"}).out;
    };
    const auto other = said_of(", { act = \"write\", field = \"device_public_key\", key = 2, form = \"public\" }");
    INFO(other);
    CHECK(has(other, "Cured by this plan"));
    CHECK(has(other, "\nThen\n  - The device's public-key cache names another key"));
    CHECK(has(other, "The verdict afterwards: not known (attention by the flash alone)"));
    CHECK_FALSE(has(said_of(""), "\nThen\n"));
}

TEST_CASE("before a device that has no key to lose is started, the plan is to be carried through", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto reset = in_one_line(run({"repair", folder.put("reset.bin", sample_called("reinitialised").file)}).out);
    CHECK(has(reset, "Do not let it start before the plan is through"));
    CHECK_FALSE(has(reset, "or the firmware makes a new device key"));
    const auto erased = in_one_line(run({"repair", folder.put("erased.bin", sample_called("erased-key").file)}).out);
    CHECK(has(erased, "or the firmware makes a new device key"));  // the old key still lies in the flash
}

TEST_CASE("behind a plan that writes a key which was given stands that the cloud must be told", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto& blank = sample_called("core-blank-serial-flash");
    const auto key = folder.put("new.der", encode_for_device(second_key()));
    const auto internal = folder.put("core.bin", blank.file), serial = folder.put("serial.bin", blank.external);
    const std::vector<std::string> plan = {"repair", internal, "--external", serial};
    const auto with = [&](std::vector<std::string> words, const std::vector<std::string>& more) {
        words.insert(words.end(), more.begin(), more.end());
        return in_one_line(run(words).out);
    };
    CHECK(has(with(plan, {"--key", key, "--consent", "new-key"}), "Tell the cloud the public half of the key that was given with --key"));
    CHECK_FALSE(has(with(plan, {}), "that was given with --key (particle keys send)"));
}

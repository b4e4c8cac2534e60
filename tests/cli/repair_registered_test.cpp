// The key on record, as the owner gives it to `photopsy repair`: it is put back from wherever it lies, and never replaced.
#include "base/hex.h"
#include "handshake/public_key.h"
#include "mend/keys.h"
#include "mend/repair_json.h"
#include "repair/binding.h"
#include "support/keys.h"
#include "support/output_text.h"
#include "support/repair_trial.h"
#include "support/spoken.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// A device that made itself a key after a reset; its first one still lies in the OTA area, in a table of this device.
Bytes with_older_key_left() {
    const auto made = sample::make_sample(
        "title = \"A key of its own making\"\ndevice = \"photon\"\nseed = 124\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"2019-11-05\" }, { act = \"provision\" }, { act = \"reinitialize\" }, "
        "{ act = \"provision\", key = 2 }, { act = \"write\", field = \"server_public_key\", server = \"published\" }, "
        "{ act = \"write\", field = \"server_address\", domain = \"device.spark.io\" }]\ndamage = [{ act = \"copy\", at = \"ota\", from = \"dct1\", "
        "length = 16384 }, { act = \"put\", at = \"ota+0x1d9e\", key = 1, pad = 612 }]\n",
        "older-key");
    REQUIRE(made);
    return made->file;
}

Analysis judged_with(const Bytes& file, const Bytes& registered = {}) {
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(file, "dump.bin", "", layout), layout, {.registered_spki = registered});
}

bool still_has(const Analysis& analysis, std::string_view id) {
    return std::ranges::any_of(analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == id; });
}

/// Fingerprints of the keys that a plan puts back.
std::vector<std::string> keys_written_by(const RepairPlan& plan) {
    std::vector<std::string> list;
    for (const auto& step : plan.steps)
        for (const auto& source : step.sources)
            if (source.kind == "recovered-key" || source.kind == "given-key") list.push_back(source.sha256);
    return list;
}

/// The public half of the key that lies elsewhere.
Bytes spki_of_older_key(const Analysis& analysis) {
    for (const auto& found : recover_keys(analysis.capture.image, analysis.facts))
        if (!found.is_present_key) return found.public_spki;
    return {};
}

}  // namespace

TEST_CASE("the key on record is put back from the copy that still has it, and the device connects", "[repair]") {
    const auto& sample = sample_called("cloud-holds-another-key");
    CHECK_FALSE(still_has(judged_with(sample.file), "cloud-holds-another-key"));  // without the word of its owner nobody knows
    const auto analysis = judged_with(sample.file, sample.registered_spki);
    const auto one = repair_case("record", analysis);
    CHECK(keys_written_by(one.repair.plan) == std::vector<std::string>{hex(sha256(sample.registered_spki))});
    CHECK(one.repair.plan.registered_key == hex(sample.registered_spki));
    CHECK(std::ranges::find(one.repair.plan.cures, "cloud-holds-another-key") != one.repair.plan.cures.end());
    auto device = device_with(analysis);
    MemoryJournal journal;
    CHECK(carry_out_on(device, one.repair, *analysis.layout, journal).how == RepairEnd::How::Done);
    const auto after = judged_with(device.flash.bytes, sample.registered_spki);
    CHECK_FALSE(still_has(after, "cloud-holds-another-key"));
    CHECK(after.handshake.cloud_holds_slots_key);
    CHECK(name_of(after.diagnosis.outcome) == one.repair.plan.expect.outcome);
}

TEST_CASE("a plan made with the key on record holds it, and is made again with it alone", "[repair]") {
    const auto& sample = sample_called("cloud-holds-another-key");
    const auto now = judged_with(sample.file, sample.registered_spki);
    const auto wish = with_bootloader_agreed(now, {});
    const auto read = read_repair_plan(repair_plan_json(plan_repair(now, wish).plan));
    REQUIRE(read);
    CHECK(judging_of(*read).registered_spki == sample.registered_spki);
    CHECK(made_again(*read, judged_with(sample.file, judging_of(*read).registered_spki), wish));
    CHECK(judging_of(plan_repair(judged_with(sample.file), {}).plan).registered_spki.empty());
    auto text = repair_plan_json(plan_repair(now, wish).plan);
    text.replace(text.find("\"registered_key\": \"") + 19, 2, "XY");
    CHECK_FALSE(read_repair_plan(text));
}

TEST_CASE("the key on record is never replaced by another one", "[repair]") {
    const auto file = with_older_key_left();
    const auto plain = judged_with(file);
    REQUIRE(still_has(plain, "private-key-regenerated"));
    const auto present = plain.keys.device.public_spki;
    CHECK(keys_written_by(plan_repair(plain, {}).plan).empty());  // without the word the whole key in the device stays
    const auto older = plan_repair(plain, {.consents = {std::string(repair_consent::new_key)}}).plan;
    REQUIRE(keys_written_by(older).size() == 1);
    CHECK(keys_written_by(older).front() != hex(sha256(present)));
    CHECK(plan_repair(judged_with(file, present), {}).plan.steps.empty());
    const auto back = repair_case("back", judged_with(file, spki_of_older_key(plain)));
    CHECK(keys_written_by(back.repair.plan) == keys_written_by(older));
    // A new key that is given changes nothing of that: the cause that would ask for one is another device's table.
    CHECK(plan_repair(judged_with(file, present), {.consents = {std::string(repair_consent::new_key)}, .new_key = device_slot_of(second_key(), 611)})
              .plan.steps.empty());
}

TEST_CASE("the key of a device that was seen online is not replaced, and that of another only with a warning", "[cli][repair]") {
    const auto file = with_older_key_left();
    const auto& layout = *builtin_layout("photon");
    const auto seen = [&](const char* light) { return analyze(recognize(file, "dump.bin", "", layout), layout, {.led = *parse_led(light)}); };
    const auto online = seen("breathing cyan");
    CHECK(online.handshake.cloud_witness == CloudWitness::Light);
    CHECK_FALSE(still_has(online, "private-key-regenerated"));
    CHECK(plan_repair(online, {}).plan.steps.empty());
    for (const auto* other : {"breathing magenta", "breathing green", "fast cyan", "1 red"}) CHECK(still_has(seen(other), "private-key-regenerated"));
    const ScratchDirectory folder;
    const auto dump = folder.put("dump.bin", file);
    CHECK(has(in_one_line(run({"repair", dump}).out), "cuts the device off from the cloud"));
    CHECK(has(in_one_line(run({"analyze", dump, "--full"}).out), "Not where the device gets online as it is"));
    CHECK_FALSE(has(in_one_line(run({"analyze", dump, "--full", "--led", "breathing cyan"}).out), "Write the old key back"));
    // A key that does not serve is no loss.
    const auto lost = folder.put("lost.bin", sample_called("private-key-erased").file);
    CHECK_FALSE(has(in_one_line(run({"repair", lost}).out), "cuts the device off"));
}

TEST_CASE("`repair` takes the key on record as `analyze` does", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto& sample = sample_called("cloud-holds-another-key");
    const auto dump = folder.put("dump.bin", sample.file), key = folder.put("record.der", sample.registered_spki);
    CHECK_FALSE(has(run({"repair", dump}).out, "cloud-holds-another-key"));
    const auto said = run({"repair", dump, "--registered-public-key", key});
    INFO(said.out << said.err);
    CHECK(said.status == 0);
    CHECK(has(said.out, "cloud-holds-another-key"));
    const auto none = run({"repair", dump, "--registered-public-key", dump + ".none"});
    CHECK(none.status == 2);
    CHECK(one_sentence(none.err));
    const auto server = folder.put("server.der", Bytes(published_server_key().begin(), published_server_key().end()));
    const auto refused = run({"repair", dump, "--registered-public-key", server});
    CHECK(refused.status == 2);
    CHECK(one_sentence(refused.err));
    CHECK(refused.out.empty());
    const auto beside = run({"analyze", dump, "--registered-public-key", key});
    CHECK(has(beside.out, "photopsy repair --device --registered-public-key record.der"));
    CHECK_FALSE(has(in_one_line(beside.out), "another folder than the dump"));
    const ScratchDirectory other_folder;
    const auto apart = other_folder.put("record.der", sample.registered_spki);
    CHECK(has(in_one_line(run({"analyze", dump, "--registered-public-key", apart}).out), "which lies in another folder than the dump"));
}

TEST_CASE("a plan that has a step ends with 0, also where the flash does not tell whether it helps; one without ends with 1", "[cli][repair]") {
    const ScratchDirectory folder;
    const auto old_key = run({"repair", folder.put("older.bin", with_older_key_left()), "--consent", "new-key"});
    INFO(old_key.out << old_key.err);
    CHECK(old_key.status == 0);
    CHECK(run({"repair", folder.put("new.bin", sample_called("new-key-after-loss").file)}).status == 1);
}

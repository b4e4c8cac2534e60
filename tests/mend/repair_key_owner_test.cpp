// A plan puts back what is proved to be this device's key; any other one that lies about only on its owner's word.
#include "catch.h"
#include "mend/repair.h"
#include "mend/repair_doubt.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr auto erased_key = R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 }, { act = "write", field = "claimed", hex = "31" })";
constexpr auto erased_cache = R"(, { act = "write", field = "device_public_key", fill = 255, length = 384 })";

Bytes photon_of_keys(const std::string& then, const std::string& damage) {
    const auto made = sample::make_sample(
        "title = \"x\"\ndevice = \"photon\"\nseed = 183\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"x\" }, { act = \"provision\" }" +
            then + "]\ndamage = [" + damage + "]\n",
        "owner");
    REQUIRE(made);
    return made->file;
}

Analysis with_keys(const std::string& then, const std::string& damage, const std::string& chip = "") {
    const auto& layout = *builtin_layout("photon");
    auto capture = recognize(photon_of_keys(then, damage), "dump.bin", "", layout);
    if (!chip.empty()) {
        capture.record.emplace();
        capture.record->serial = chip;
        capture.record->serial_is_device_id = true;
    }
    return analyze(std::move(capture), layout);
}

Analysis with_key_in_ota(const std::string& then, int key) {
    return with_keys(then, "{ act = \"put\", at = \"ota+0x1004\", key = " + std::to_string(key) + " }");
}

bool puts_key_back(const RepairPlan& plan) {
    return std::ranges::any_of(plan.steps, [](const RepairStep& step) {
        return std::ranges::any_of(step.sources, [](const RepairSource& source) { return source.kind == "recovered-key"; });
    });
}

bool asks_for_new_key(const RepairPlan& plan) {
    return std::ranges::any_of(plan.consents, [](const auto& consent) { return consent.word == repair_consent::new_key && !consent.given; });
}

}  // namespace

TEST_CASE("the key that the cache names is put back without a word", "[repair]") {
    const auto plan = plan_repair(with_key_in_ota(erased_key, 1), {}).plan;
    CHECK(puts_key_back(plan));
    CHECK_FALSE(asks_for_new_key(plan));
}

TEST_CASE("a key of which nothing says whose it is needs the word, and one that is another's is never written", "[repair]") {
    const std::vector<std::string> word = {std::string(repair_consent::new_key)};
    const auto unknown = with_key_in_ota(std::string(erased_cache) + erased_key, 2), another = with_key_in_ota(erased_key, 2);
    const auto asks = plan_repair(unknown, {}).plan;
    CHECK_FALSE(puts_key_back(asks));
    CHECK(asks_for_new_key(asks));
    CHECK(puts_key_back(plan_repair(unknown, {.consents = word}).plan));
    for (const auto& consents : {std::vector<std::string>(), word}) CHECK_FALSE(puts_key_back(plan_repair(another, {.consents = consents}).plan));
}

TEST_CASE("an older key needs the word where what is left of the slot is another's, and that one comes first", "[repair]") {
    const std::string loaded =
                          std::string(erased_cache) +
                          R"(, { act = "write", field = "device_private_key", key = 2, form = "device" }, { act = "write", field = "claimed", hex = "31" })",
                      cut = R"({ act = "put", at = "dct-other.device_private_key", key = 1, pad = 612 }, )"
                            R"({ act = "fill", at = "dct.device_private_key+200", value = 255, length = 412 })";
    const auto older = with_keys(loaded, cut), both = with_keys(loaded, cut + R"(, { act = "put", at = "ota+0x1004", key = 2 })");
    const auto asks = plan_repair(older, {}).plan;
    CHECK_FALSE(puts_key_back(asks));
    CHECK(asks_for_new_key(asks));
    const auto said = plan_repair(older, {.consents = {std::string(repair_consent::new_key)}}).plan;
    CHECK(puts_key_back(said));
    CHECK(doubt_of_written_key(said, older) == KeyDoubt::AnotherInSlot);
    const auto plan = plan_repair(both, {}).plan;
    CHECK(puts_key_back(plan));
    CHECK_FALSE(asks_for_new_key(plan));
    CHECK(doubt_of_written_key(plan, both) == KeyDoubt::None);
}

TEST_CASE("the key of a table that was copied from another device is not written back", "[repair]") {
    const std::string named = R"(, { act = "write", field = "device_id", hex = "500033000d47343334363138" }, { act = "write", field = "claimed", hex = "31" })",
                      flipped = R"({ act = "flip", at = "dct.device_private_key+60", bit = 1 })";
    const std::vector<std::string> word = {std::string(repair_consent::new_key)};
    CHECK(puts_key_back(plan_repair(with_keys(named, flipped, "500033000d47343334363138"), {}).plan));
    for (const auto& copied : {with_keys(named, flipped, "410033000f47353138383138"), with_keys(named + erased_key, "", "410033000f47353138383138")})
        for (const auto& consents : {std::vector<std::string>(), word}) {
            const auto plan = plan_repair(copied, {.consents = consents}).plan;
            CHECK_FALSE(puts_key_back(plan));
            CHECK_FALSE(plan.cannot.empty());
            CHECK(copied.diagnosis.causes.front().cause->id == "table-copied-from-other-device");
        }
}

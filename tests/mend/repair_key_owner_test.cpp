// A plan puts back what is proved to be this device's key; any other one that lies about only on its owner's word.
#include "catch.h"
#include "mend/repair.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr auto erased_key = R"(, { act = "write", field = "device_private_key", fill = 255, length = 612 }, { act = "write", field = "claimed", hex = "31" })";
constexpr auto erased_cache = R"(, { act = "write", field = "device_public_key", fill = 255, length = 384 })";

Analysis with_key_in_ota(const std::string& then, int key) {
    const auto made = sample::make_sample(
        "title = \"x\"\ndevice = \"photon\"\nseed = 183\nlife = [{ act = \"install-release\", release = \"1.5.2\" }, "
        "{ act = \"factory-table\", release = \"1.4.0\", version_string = \"x\" }, { act = \"provision\" }" +
            then + "]\ndamage = [{ act = \"put\", at = \"ota+0x1004\", key = " + std::to_string(key) + " }]\n",
        "owner");
    REQUIRE(made);
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(made->file, "dump.bin", "", layout), layout);
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

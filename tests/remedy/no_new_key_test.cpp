// What cannot work is not advised: a key that the firmware cannot make, a record that names another key.
#include "catch.h"
#include "handshake/public_key.h"
#include "mend/repair.h"
#include "support/keys.h"
#include "support/sample/sample.h"
#include "support/shared.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

Analysis life_of(const std::string& release, const std::string& more, const AnalyzeOptions& options = {}) {
    const auto sample = sample::make_sample("title = \"A life\"\ndevice = \"photon\"\nseed = 79\nlife = [{ act = \"install-release\", release = \"" + release +
                                                "\" }, { act = \"factory-table\", release = \"0.4.5\", version_string = \"2015-06-26\" }, " + more + "]\n",
                                            "life");
    REQUIRE(sample);
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(sample->file, "life.bin", "", layout), layout, options);
}

bool has_step_of(const Analysis& analysis, RemedyStep::Kind kind) {
    const auto has = [&](const Remedy& remedy) { return std::ranges::any_of(remedy.steps, [&](const RemedyStep& step) { return step.kind == kind; }); };
    return std::ranges::any_of(analysis.remedies, [&](const auto& list) { return std::ranges::any_of(list, has); });
}

bool explains_with(const Analysis& analysis, std::string_view words) {
    for (const auto& list : analysis.remedies)
        for (const auto& remedy : list)
            if (remedy.explain.find(words) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_CASE("after a reset of the table Device OS 0.7.0 gets a key, and a later one makes its own", "[remedy]") {
    const std::string reset = "{ act = \"provision\" }, { act = \"write\", field = \"claimed\", hex = \"30\" }, { act = \"reinitialize\" }";
    const auto old = life_of("0.7.0", reset), later = life_of("1.5.2", reset);
    CHECK(has_step_of(old, RemedyStep::Kind::MakeKey));
    CHECK_FALSE(explains_with(old, "makes a key of its own"));
    CHECK_FALSE(has_step_of(later, RemedyStep::Kind::MakeKey));
    CHECK(explains_with(later, "makes a key of its own"));
}

TEST_CASE("Wi-Fi that was stored again after a reset is not set up once more", "[remedy]") {
    const std::string reset =
        "{ act = \"provision\" }, { act = \"write\", field = \"claimed\", hex = \"30\" }, { act = \"reinitialize\" }, "
        "{ act = \"write\", field = \"device_private_key\", key = 1, form = \"device\" }";
    const std::string network = "04686f6d65" + std::string(82, '0') + "04004000" + std::string(12, '0') + "08" + std::string(16, '5') + std::string(112, '0');
    const auto without = life_of("0.6.3", reset + ", { act = \"write\", field = \"device_configured\", hex = \"00\" }");
    const auto with = life_of("0.6.3", reset +
                                           ", { act = \"write\", field = \"device_configured\", hex = \"01\" }, "
                                           "{ act = \"write\", field = \"wifi_entry_1\", hex = \"" +
                                           network + "\" }");
    CHECK(has_step_of(without, RemedyStep::Kind::SetUpWifi));
    CHECK_FALSE(has_step_of(with, RemedyStep::Kind::SetUpWifi));
    REQUIRE(with.facts.wifi.configured == 1);
    for (const auto* analysis : {&with, &without}) {
        REQUIRE(analysis->diagnosis.causes.size() == 1);
        CHECK(analysis->diagnosis.causes[0].cause->id == "dct-reset-to-default");
        const bool told = std::ranges::any_of(analysis->diagnosis.causes[0].story.chain,
                                              [](const auto& link) { return link.says == "1 Wi-Fi network was stored again since."; });
        CHECK(told == (analysis == &with));
    }
}

TEST_CASE("an old key that is known not to be on record is registered when it is written back", "[remedy]") {
    const std::string damaged = "{ act = \"provision\" }, { act = \"write\", field = \"device_private_key\", key = 1, form = \"pkcs8\" }";
    const AnalyzeOptions another{.registered_spki = device_spki(second_key().n.bytes(128))};
    const auto known = life_of("2.3.1", damaged, another), unknown = life_of("2.3.1", damaged);
    CHECK(explains_with(unknown, "nothing must be registered anew"));
    CHECK_FALSE(explains_with(known, "nothing must be registered anew"));
    CHECK(explains_with(known, "must still be told its public half"));
    // A plan for the connected device is told of the record.
    const auto told = [](const Analysis& analysis) {
        for (const auto& ways : analysis.remedies)
            for (const auto& way : ways)
                for (const auto& step : way.steps)
                    if (step.kind == RemedyStep::Kind::PlanRepair) return step.from.kind == RemedyFile::Kind::RegisteredKey;
        FAIL("no plan is offered");
        return false;
    };
    CHECK_FALSE(told(unknown));
    CHECK(told(known));
    const auto plan = plan_repair(known, {}).plan;
    CHECK_FALSE(plan.steps.empty());
    CHECK(std::ranges::any_of(plan.cannot, [](const auto& left) { return left.instead.find("tell the cloud") != std::string::npos; }));
}

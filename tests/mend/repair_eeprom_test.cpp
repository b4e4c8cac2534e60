// A plan that brings a system from the other side of 0.5.0 names what it costs: the values of the emulated EEPROM.
#include "catch.h"
#include "support/repair_trial.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

/// A Photon of this release with an application of another; page 2 of its EEPROM is being received (what up to 0.4.9 carries on with).
RepairCase receiving(const char* release, const char* user_of) {
    const auto text = fmt::format(R"(title = "a"
device = "photon"
seed = 6
life = [{{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }},
  {{ act = "install", module = "user", release = "{1}" }}]
)",
                                  release, user_of);
    auto made = sample::make_sample(text, "a");
    if (!made) FAIL(made.error().message);
    constexpr std::ptrdiff_t second_page = 0x10000;
    std::ranges::copy(Bytes{0xEE, 0xEE, 0xFF, 0xFF, 7, 0, 0, 0, 8, 0, 1, 0}, made->file.begin() + second_page);
    return repair_case(release, made->file);
}

const RepairPlan::Left* told_of_eeprom(const RepairPlan& plan) {
    const auto found = std::ranges::find_if(plan.leaves, [](const RepairPlan::Left& left) { return left.cause.starts_with("eeprom-"); });
    return found == plan.leaves.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("a plan names the loss of the EEPROM's values where it brings the system that erases them", "[repair][eeprom]") {
    const auto newer = receiving("0.4.7", "1.5.0");  // the application asks for a newer system
    REQUIRE_FALSE(newer.repair.plan.steps.empty());
    const auto* told = told_of_eeprom(newer.repair.plan);
    REQUIRE(told);
    CHECK(told->why.find("erases both") != std::string::npos);
    CHECK(told->instead.find("Nothing needs repair") == std::string::npos);
    // The remedy says so too, before it is taken.
    bool warned = false;
    for (const auto& list : newer.analysis.remedies)
        for (const auto& remedy : list) warned = warned || remedy.warning.find("erases both pages") != std::string::npos;
    CHECK(warned);

    const auto as_it_is = receiving("0.4.7", "0.4.7");
    const auto* left = told_of_eeprom(as_it_is.repair.plan);
    REQUIRE(left);
    CHECK(left->instead.find("Nothing needs repair") != std::string::npos);
}

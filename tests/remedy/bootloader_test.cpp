// A bootloader that is gone, damaged or too old for the table: what comes before it, and what no start may come before.
#include "photopsy.h"
#include "remedy/order.h"
#include "remedy/ways.h"

#include "catch.h"
#include "support/sample/sample.h"

#include <fmt/format.h>

#include <algorithm>

using namespace photopsy;

namespace {

constexpr auto key_gone = R"({ act = "fill", at = "dct.device_private_key", length = 612, value = 255 })";
constexpr auto bootloader_gone = R"({ act = "fill", at = "bootloader", length = 16384, value = 255 })";
constexpr auto bootloader_hole = R"({ act = "fill", at = "bootloader+0x200", length = 4096, value = 255 })";
constexpr auto part_broken = R"({ act = "fill", at = "system-part2+0x8000", length = 64, value = 0 })";

/// A Photon of this release whose bootloader came with that one.
Analysis photon_with_bootloader(std::string_view release, std::string_view bootloader_of, std::string_view damage) {
    const auto sample = sample::make_sample(fmt::format(R"(title = "a"
device = "photon"
seed = 9
life = [ {{ act = "install-release", release = "{0}" }}, {{ act = "factory-table", release = "{0}", version_string = "x" }}, {{ act = "provision" }},
{{ act = "install", module = "bootloader", release = "{1}" }} ]
damage = [ {2} ]
)",
                                                        release, bootloader_of, damage),
                                            "a");
    if (!sample) FAIL(sample.error().message);
    const auto& layout = layout_for(sample->file);
    return analyze(recognize(sample->file, "kitchen.bin", "", layout), layout);
}

Analysis damaged_photon(const std::string& damage) { return photon_with_bootloader("1.5.2", "1.5.2", damage); }

std::vector<const Remedy*> all_in_order(const Analysis& analysis) {
    std::vector<const Remedy*> list;
    for (const auto& step : in_one_order(analysis.remedies, analysis.observations())) list.push_back(&analysis.remedies[step.cause][step.remedy]);
    return list;
}

bool does(const Remedy& remedy, RemedyStep::Kind kind) {
    return std::ranges::any_of(remedy.steps, [&](const RemedyStep& step) { return step.kind == kind; });
}

std::size_t first_that(const std::vector<const Remedy*>& list, RemedyStep::Kind kind) {
    return static_cast<std::size_t>(std::ranges::find_if(list, [&](const Remedy* remedy) { return does(*remedy, kind); }) - list.begin());
}

}  // namespace

TEST_CASE("without a bootloader nothing asks for DFU mode before it is written", "[remedy]") {
    for (const auto* bootloader : {bootloader_gone, bootloader_hole})
        for (const auto& rest : {std::string(key_gone), std::string(part_broken), fmt::format("{}, {}", key_gone, part_broken)}) {
            if (bootloader == bootloader_hole && rest == part_broken) continue;  // safe mode is foreseen, where the cloud sends it
            INFO(bootloader << " " << rest);
            const auto analysis = damaged_photon(fmt::format("{}, {}", bootloader, rest));
            const auto list = all_in_order(analysis);
            // Where a start is foreseen all the same, the running system may write it.
            const auto first = std::min(first_that(list, RemedyStep::Kind::WriteByDebugger), first_that(list, RemedyStep::Kind::WriteBySerial));
            REQUIRE(first < list.size());
            if (bootloader == bootloader_gone) CHECK(does(*list[first], RemedyStep::Kind::WriteByDebugger));
            for (std::size_t i = 0; i < first; ++i) {
                CHECK(list[i]->before == Remedy::Before::Any);
                CHECK(list[i]->steps.empty());
            }
            CHECK(first + 1 < list.size());  // the rest is told as well
            const auto table = first_that(list, RemedyStep::Kind::WriteTable), part = first_that(list, RemedyStep::Kind::WriteFlash);
            if (table < list.size() && part < list.size()) CHECK(part < table);  // the new bootloader writes the table with code of the parts
        }
}

TEST_CASE("a whole bootloader is replaced after what it can write itself", "[remedy]") {
    const auto analysis = photon_with_bootloader("1.5.2", "1.2.1", key_gone);
    const auto list = all_in_order(analysis);
    const auto serial = first_that(list, RemedyStep::Kind::WriteBySerial), table = first_that(list, RemedyStep::Kind::WriteTable);
    REQUIRE(serial < list.size());
    REQUIRE(table < list.size());
    CHECK(table < serial);
    CHECK_FALSE(breaks_newer_table(analysis.facts));
    CHECK(first_that(list, RemedyStep::Kind::PlanRepair) < list.size());
}

TEST_CASE("a bootloader that would break the table is replaced first, and without a start where that costs the old key", "[remedy]") {
    const auto analysis = photon_with_bootloader("1.5.2", "0.6.3", key_gone);
    REQUIRE(breaks_newer_table(analysis.facts));
    const auto list = all_in_order(analysis);
    CHECK(first_that(list, RemedyStep::Kind::PlanRepair) == list.size());  // it would only say no
    const auto table = first_that(list, RemedyStep::Kind::WriteTable);
    REQUIRE(table < list.size());
    CHECK(list[table]->explain.find("would break the table's checksum") != std::string::npos);
    const bool at_stake = start_costs_old_key(analysis.observations());
    CHECK(at_stake);
    const auto bootloader = first_that(list, at_stake ? RemedyStep::Kind::WriteByDebugger : RemedyStep::Kind::WriteBySerial);
    CHECK(bootloader < table);
    for (const auto& remedies : analysis.remedies)
        for (const auto& remedy : remedies)
            if (does(remedy, RemedyStep::Kind::WriteBySerial)) {
                CHECK(remedy.role == Remedy::Role::OtherWay);
                CHECK(remedy.warning.find("needs a normal start") != std::string::npos);
            }
    // Nothing is to be written to the table: the running system replaces it, as ever.
    const auto sound = photon_with_bootloader("1.5.2", "0.6.3", "");
    const auto ways = all_in_order(sound);
    CHECK(first_that(ways, RemedyStep::Kind::WriteByDebugger) == ways.size());
    CHECK_FALSE(ways.empty());  // online in safe mode, the cloud sends it
    // The old system beside it writes the older form.
    CHECK_FALSE(breaks_newer_table(photon_with_bootloader("0.6.3", "0.4.7", key_gone).facts));
}

TEST_CASE("what a debugger writes leaves the device halted, and the owner is told how it gets into DFU mode", "[remedy]") {
    const auto analysis = damaged_photon(bootloader_gone);
    const auto list = all_in_order(analysis);
    const auto at = first_that(list, RemedyStep::Kind::WriteByDebugger);
    REQUIRE(at < list.size());
    CHECK(list[at]->explain.find("leaves the device halted") != std::string::npos);
    CHECK(list[at]->explain.find("hold SETUP") != std::string::npos);
}

TEST_CASE("a normal start is the owner's to make", "[remedy]") {
    const auto start = start_normally("The bootloader copies the update.");
    CHECK(start.explain == "Tap RESET. The bootloader copies the update.");
}

// A fixed IP address that leads nowhere goes back to the router's (DHCP) by one byte of the table; one that leads somewhere is never touched.
#include "catch.h"
#include "report/commands.h"
#include "support/repair_damages.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

constexpr std::uint32_t mode_at = 1634, settings_size = 24;
constexpr const char* unreachable_address = "static-address-unreachable";

/// A device of this kind whose table holds these 24 bytes; behind them more acts of its life, and damage.
std::optional<Analysis> with_address(const RepairColumn& column, const std::string& hex_of_settings, const std::string& more = "",
                                     const std::string& damage = "") {
    const auto life = R"({ act = "write", field = "ip_config", hex = ")" + hex_of_settings + R"(" })" + more;
    return damaged({"", life.c_str(), damage.c_str()}, column);
}

// Address, mask, gateway and two servers for names, each little-endian.
const std::string gateway_elsewhere = "01ffffff6401a8c000ffffff010ba8c0010ba8c0ffffffff";
const std::string all_zeros = "01ffffff0000000000000000000000000000000000000000";
const std::string no_gateway = "01ffffff6401a8c000ffffff00000000ffffffffffffffff";
const std::string leads_out = "01ffffff6401a8c000ffffff0101a8c00101a8c0ffffffff";

bool is_unreachable(const Analysis& analysis) {
    return std::ranges::any_of(analysis.diagnosis.causes, [](const NamedCause& named) { return named.cause->id == unreachable_address; });
}

Bytes settings_of(const Analysis& analysis) {
    const auto at = analysis.facts.dct.field_at(*analysis.layout, "ip_config");
    const auto bytes = analysis.capture.image.bytes(at);
    return {bytes.begin(), bytes.end()};
}

bool reaches_server(const Analysis& analysis) { return analysis.handshake.predictions.front().step != Step::Connect; }

/// Titles of its remedies, in their order.
std::vector<std::string> ways_of(const Analysis& analysis) {
    std::vector<std::string> titles;
    for (std::size_t i = 0; i < analysis.diagnosis.causes.size(); ++i)
        if (analysis.diagnosis.causes[i].cause->id == unreachable_address)
            for (const auto& remedy : analysis.remedies[i]) titles.push_back(remedy.title);
    return titles;
}

std::ptrdiff_t place_of(const std::vector<std::string>& titles, std::string_view title) {
    const auto found = std::ranges::find(titles, title);
    return found == titles.end() ? -1 : found - titles.begin();
}

constexpr std::string_view by_router = "Let the router give the address", by_application = "Let an application ask the router for an address";

}  // namespace

TEST_CASE("a fixed address that leads nowhere goes back to the router's by one byte, and the device connects", "[repair]") {
    for (const RepairColumn column : {RepairColumn{"photon", "0.4.5"},
                                      {"photon", "0.6.3"},
                                      {"photon", "0.7.0-rc.1"},
                                      {"photon", "1.2.1"},
                                      {"photon", "2.3.1"},
                                      {"p1", "0.6.3"},
                                      {"p1", "1.5.2"}})
        for (const auto& settings : {gateway_elsewhere, all_zeros, no_gateway}) {
            INFO(column.device << " " << column.release << " " << settings);
            auto analysis = with_address(column, settings);
            REQUIRE(analysis);
            CHECK(is_unreachable(*analysis));
            CHECK_FALSE(reaches_server(*analysis));
            CHECK(place_of(ways_of(*analysis), by_router) > 0);
            const auto one = repair_case("address", std::move(*analysis));
            const auto& plan = one.repair.plan;
            REQUIRE(plan.steps.size() == 1);
            CHECK(plan.steps[0].operation == RepairOperation::WriteTable);
            CHECK(plan.steps[0].where == range_of(mode_at, 1));
            CHECK(one.repair.contents[0] == Bytes{0});
            CHECK(std::ranges::find(plan.cures, unreachable_address) != plan.cures.end());
            auto device = device_with(one.analysis);
            MemoryJournal journal;
            CHECK(carry_out_on(device, one.repair, *one.analysis.layout, journal).how == RepairEnd::How::Done);
            const auto after = analysis_of(device, *one.analysis.layout);
            CHECK_FALSE(is_unreachable(after));
            CHECK(reaches_server(after));
            CHECK(name_of(after.diagnosis.outcome) == plan.expect.outcome);
            auto expected = settings_of(one.analysis);
            expected[0] = 0;
            CHECK(settings_of(after) == expected);  // the address stays for a later WiFi.useStaticIP()
        }
}

TEST_CASE("a fixed address that leads somewhere, and one that nothing reads, is not touched", "[repair]") {
    const auto zeros = "00" + gateway_elsewhere.substr(2), erased = std::string(settings_size * 2, 'f');
    for (const auto& settings : {leads_out, zeros, erased}) {
        const auto analysis = with_address({"photon", "1.5.2"}, settings);
        REQUIRE(analysis);
        CHECK_FALSE(is_unreachable(*analysis));
        CHECK(reaches_server(*analysis));
        CHECK(plan_repair(*analysis, {}).plan.steps.empty());
    }
    const auto server =
        R"(, { act = "write", field = "server_public_key", server = "other" }, { act = "write", field = "server_address", ip = [192, 168, 1, 9] })";
    const auto named =
        R"(, { act = "write", field = "server_public_key", server = "other" }, { act = "write", field = "server_address", domain = "server.example" })";
    const auto with_names = "01ffffff6401a8c000ffffff000000000101a8c0ffffffff";
    for (const auto& neighbour : {with_address({"photon", "1.5.2"}, no_gateway, server), with_address({"photon", "1.5.2"}, with_names, named)}) {
        REQUIRE(neighbour);
        CHECK(reaches_server(*neighbour));
        CHECK(plan_repair(*neighbour, {}).plan.steps.empty());
    }
    const auto no_names = with_address({"photon", "1.5.2"}, no_gateway, named);
    REQUIRE(no_names);
    CHECK(plan_repair(*no_names, {}).plan.steps.size() == 1);
    const auto old = with_address({"photon", "0.4.4"}, gateway_elsewhere);
    REQUIRE(old);
    CHECK_FALSE(is_unreachable(*old));
    CHECK(reaches_server(*old));
    const auto modem = with_address({"electron", "1.5.2"}, gateway_elsewhere);
    REQUIRE(modem);
    CHECK_FALSE(is_unreachable(*modem));
}

TEST_CASE("the write is offered where the bootloader takes it, behind what makes it possible, or not at all", "[repair]") {
    const RepairColumn column{"photon", "1.5.2"};
    const auto broken = with_address(column, gateway_elsewhere, "", R"({ act = "flip", at = "system-part2+0x9000" })");
    REQUIRE(broken);
    const auto behind_parts = ways_of(*broken);
    REQUIRE(place_of(behind_parts, by_router) > 0);
    CHECK(place_of(behind_parts, by_router) == place_of(behind_parts, "Repair the system parts first") + 1);
    RepairWish only{.causes = {unreachable_address}};
    const auto both = plan_repair(*broken, only).plan;  // the part's one bit is known, and set right first
    REQUIRE(both.steps.size() > 1);
    CHECK(both.steps.back().operation == RepairOperation::WriteTable);
    CHECK(std::ranges::find(both.cures, unreachable_address) != both.cures.end());
    const auto older_bootloader = with_address(column, gateway_elsewhere, R"(, { act = "install", module = "bootloader", release = "0.6.3" })");
    const auto older_system = with_address({"photon", "0.6.3"}, gateway_elsewhere, R"(, { act = "install", module = "bootloader", release = "1.5.2" })");
    for (const auto& analysis : {older_bootloader, older_system}) {
        REQUIRE(analysis);
        CHECK(is_unreachable(*analysis));
        const auto ways = ways_of(*analysis);
        CHECK(place_of(ways, by_router) == -1);
        CHECK(place_of(ways, by_application) > 0);
        CHECK(plan_repair(*analysis, only).plan.steps.empty());
    }
}

TEST_CASE("the remedy is one line that plans this write alone, and the other way names the application", "[repair]") {
    const auto analysis = with_address({"photon", "2.3.1"}, gateway_elsewhere);
    REQUIRE(analysis);
    const auto& remedies = analysis->remedies.front();
    REQUIRE(remedies.size() == 3);
    CHECK(command_lines(remedies[1], {}) == std::vector<std::string>{std::string("photopsy repair --device --cause ") + unreachable_address});
    CHECK(remedies[2].role == Remedy::Role::OtherWay);
    CHECK(remedies[2].steps.empty());
}

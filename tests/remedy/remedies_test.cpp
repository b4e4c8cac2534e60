// Every cause has remedies, and they are values: no text of a command stands in this room.
#include "remedy/order.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;

TEST_CASE("every cause of the vocabulary has a row of remedies, and every row names a cause", "[remedy]") {
    std::vector<std::string_view> named;
    for (auto subject : {capture_remedies(), module_remedies(), combination_remedies(), dct_remedies(), key_remedies(), server_remedies(), ota_remedies(),
                         eeprom_remedies(), wifi_remedies()})
        for (const auto& row : subject) named.push_back(row.cause);
    for (const auto* cause : all_causes()) {
        INFO(cause->id);
        CHECK(std::count(named.begin(), named.end(), cause->id) == 1);
    }
    for (const auto id : named) {
        INFO(id);
        CHECK(find_cause(id));
    }
}

namespace {

Remedy of(const char* title, Remedy::Turn turn, RemedyStep::Kind kind, Address at = 0) {
    const auto cost = turn == Remedy::Turn::KeepDump ? Remedy::Cost::Nothing : Remedy::Cost::WritesOneSetting;
    return {.title = title, .steps = {{.kind = kind, .at = at}}, .cost = cost, .turn = turn};
}

std::string titles(const std::vector<Remedy>& list) {
    std::string text;
    for (const auto& remedy : list) text += remedy.title + "|";
    return text;
}

struct Device {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot;
    explicit Device(std::uint16_t bootloader, TableAccess access = TableAccess::BySystem) {
        facts.layout = builtin_layout("photon");
        facts.system.bootloader_version = bootloader;
        facts.ota.access = access;
        boot.dct_reachable_by_bootloader = is_reached(access);
    }
    Observations seen() const { return {facts, keys, handshake, boot}; }
};

using Turn = Remedy::Turn;
using Kind = RemedyStep::Kind;
const Remedy part = of("part", Turn::SystemParts, Kind::WriteFlash, 0x08060000);
const Remedy key = of("key", Turn::Table, Kind::WriteTable, 34);

}  // namespace

TEST_CASE("the table is written before the system parts where it can be, behind what makes it possible where not", "[remedy]") {
    const Remedies all = {{part}, {key}, {of("bootloader", Turn::Bootloader, Kind::WriteBySerial)}};
    CHECK(titles(in_one_order(all, Device(311).seen())) == "key|part|bootloader|");
    CHECK(titles(in_one_order(all, Device(311, TableAccess::PartsUnusable).seen())) == "part|key|bootloader|");
    CHECK(titles(in_one_order(all, Device(101, TableAccess::SystemTooOld).seen())) == "part|bootloader|key|");
}

TEST_CASE("between a system part and the table stands RESET with SETUP held, from bootloader 100 on", "[remedy]") {
    for (const auto& [bootloader, asked] : {std::pair{11, false}, {100, true}, {311, true}, {502, true}}) {
        Remedies all = {{part}, {key}};
        ask_for_reset(all, Device(static_cast<std::uint16_t>(bootloader)).seen());
        INFO(bootloader);
        CHECK((all[1][0].before == Remedy::Before::ResetIntoDfu) == asked);
    }
    Remedies alone = {{key}};
    ask_for_reset(alone, Device(311).seen());
    CHECK(alone[0][0].before != Remedy::Before::ResetIntoDfu);
}

TEST_CASE("a write to the table that would fail is not the first", "[remedy]") {
    std::vector<Remedy> list = {of("keep", Turn::KeepDump, Kind::Analyze), key};
    put_system_parts_first(list, Device(502).seen());
    CHECK(titles(list) == "keep|key|");
    put_system_parts_first(list, Device(502, TableAccess::PartsUnusable).seen());
    CHECK(titles(list) == "keep|Repair the system parts first|key|");
}

TEST_CASE("a bad capture is no ground for a write, and what lies in it can still be taken out", "[remedy]") {
    auto back = of("back", Turn::Table, Kind::RecoverKey);
    back.steps.push_back({.kind = Kind::WriteTable, .at = 34});
    std::vector<Remedy> list = {of("keep", Turn::KeepDump, Kind::Analyze), part, key, back};
    drop_writes(list);
    CHECK(titles(list) == "keep|Take the old key out of this file|");
    REQUIRE(list[1].steps.size() == 1);
    CHECK(list[1].steps[0].kind == Kind::RecoverKey);
}

// A light that tells of a key which is not on record: the key of the device is registered, or one that lies elsewhere is offered.
#include "remedy/remedy.h"
#include "rules/keys_world.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

TEST_CASE("a copy of a key in the EEPROM is offered where the light speaks against the one in the slot", "[remedy][keys]") {
    KeysWorld world;
    world.keys.device.public_fingerprint = Sha256{1};
    const auto titles = [&] {
        std::vector<std::string> list;
        for (const auto& remedy : remedies_of_unknown_key({world.facts, world.keys, world.handshake, world.boot})) list.push_back(remedy.title);
        return list;
    };
    CHECK(titles().size() == 1);
    KeyElsewhere copy{.at = range_of(0x0800C000, 4), .where = "EEPROM page 1", .usable = true, .public_fingerprint = Sha256{2}, .eeprom = EepromCells{1, 0}};
    world.keys.elsewhere = {copy};
    REQUIRE(titles().size() == 2);
    CHECK(titles().back() == "Write the key back that an application keeps in the EEPROM");
    const auto offered = remedies_of_unknown_key({world.facts, world.keys, world.handshake, world.boot}).back();
    CHECK(offered.role == Remedy::Role::OtherWay);
    CHECK(offered.steps.front().kind == RemedyStep::Kind::RecoverKey);
    world.keys.elsewhere.front().public_fingerprint = Sha256{1};  // the key in use
    CHECK(titles().size() == 1);
    world.keys.elsewhere = {copy};
    world.keys.elsewhere.front().usable = false;
    CHECK(titles().size() == 1);
}

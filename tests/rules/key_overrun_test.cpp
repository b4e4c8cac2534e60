// Settings behind a key slot that a longer text ran over: told by name, never by value.
#include "rules/rule.h"

#include "rules/keys_world.h"

using namespace photopsy;
using namespace photopsy::test;

static KeysWorld with_fields() {
    KeysWorld world;
    for (const auto& field : world.facts.layout->dct.fields)
        world.facts.dct.fields.push_back({.field = &field, .at = range_of(0x08005D7C + field.offset, field.size), .state = DctFieldFact::State::Set});
    return world;
}

TEST_CASE("a key as text names the settings that it ran over", "[keys][rules]") {
    auto world = with_fields();
    CHECK_FALSE(world.fires("settings-overwritten-by-key"));
    world.keys.device.reach = 1216;  // as far as the slot's own field
    CHECK_FALSE(world.fires("settings-overwritten-by-key"));
    world.keys.device.reach = 1762 - 34 + 1;
    const auto found = world.run("settings-overwritten-by-key");
    REQUIRE(found.all().size() == 1);
    const auto& explain = found.all().front().explain;
    CHECK(explain.find("static IP settings") != std::string::npos);
    CHECK(explain.find("claim code") != std::string::npos);
    CHECK(explain.find("claimed flag") == std::string::npos);
    CHECK(explain.find("unused") == std::string::npos);
    CHECK(found.all().front().where.at == range_of(0x08005D7C + 1250, 1762 - 1250 + 1));
    world.keys.device.reach = 0;
    world.keys.server.reach = 1764;
    REQUIRE(world.run("settings-overwritten-by-key").all().size() == 1);
    CHECK(world.run("settings-overwritten-by-key").all().front().explain.find("device id") != std::string::npos);
}

// Settings behind a key slot that a longer text ran over: told by name, never by value.
#include "rules/rule.h"

#include "handshake/key_forms.h"
#include "photopsy.h"
#include "rules/keys_world.h"
#include "support/named_cause.h"
#include "support/story.h"

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

namespace {

/// The sound flash of a story, with so many bytes from the key on that hold the key again and again.
Analysis repeated_key(std::size_t bytes) {
    for (const auto& story : stories()) {
        if (story.name != "healthy-1.5.2") continue;
        const auto& layout = *builtin_layout(story.sample.recipe.device);
        auto file = story.sample.file;
        const auto sound = analyze(recognize(file, "dump.bin", "", layout), layout);
        const std::size_t key = sound.keys.device.at.begin - layout.flash.begin, extent = sound.keys.device.extent;
        for (std::size_t i = extent; i < bytes; ++i) file[key + i] = file[key + i - extent];
        return analyze(recognize(std::move(file), "dump.bin", "", layout), layout);
    }
    FAIL("no such story");
    return {};
}

bool overruns(const Analysis& analysis) { return analysis.findings.has("settings-overwritten-by-key"); }

}  // namespace

TEST_CASE("a file that holds the key again and again is longer than the slot, though the key in front is whole", "[keys][rules]") {
    CHECK_FALSE(overruns(repeated_key(0)));
    CHECK_FALSE(overruns(repeated_key(1216)));
    const auto thrice = repeated_key(1833);
    CHECK(thrice.keys.device.what == DeviceKeyClass::Good);
    CHECK(thrice.keys.device.reach == 1833);
    CHECK(overruns(thrice));
    const auto four = repeated_key(2444);
    CHECK(overruns(four));
    const auto* cause = cause_called(four, "server-key-corrupted");
    REQUIRE(cause);
    bool names_the_file = false;
    for (const auto& link : cause->story.chain) names_the_file = names_the_file || link.says.find("longer than that slot") != std::string::npos;
    CHECK(names_the_file);
    CHECK(four.diagnosis.unexplained.empty());
}

TEST_CASE("what begins as the key does is not the key again", "[keys][rules]") {
    std::vector<std::uint8_t> field(2000, 0xFF);
    for (std::size_t i = 0; i < 600; ++i) field[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    CHECK(repeats_to(field, 600) == 0);
    std::copy_n(field.begin(), 12, field.begin() + 600);
    CHECK(repeats_to(field, 600) == 0);
    std::copy_n(field.begin(), 300, field.begin() + 600);
    CHECK(repeats_to(field, 600) == 900);
    CHECK(repeats_to(ByteView(field).first(600), 600) == 0);
}

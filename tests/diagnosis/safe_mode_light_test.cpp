// What the light shows of a device that reaches the cloud in safe mode.
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

static Analysis seen_of_story(std::string_view name) {
    const auto story = std::find_if(stories().begin(), stories().end(), [&](const test::Story& each) { return each.name == name; });
    REQUIRE(story != stories().end());
    const auto& layout = *builtin_layout("photon");
    return analyze(recognize(story->sample.flash, "dump.bin", "", layout), layout);
}

TEST_CASE("online in safe mode the light breathes magenta, and cyan only where the application runs", "[led]") {
    const auto refused = seen_of_story("user-needs-newer-system"), runs = seen_of_story("healthy-1.5.2");
    REQUIRE(refused.boot.result == BootResult::SafeMode);
    REQUIRE(runs.boot.result == BootResult::Runs);
    REQUIRE(!refused.handshake.predictions.empty());
    for (const auto& prediction : refused.handshake.predictions) {
        CHECK(prediction.step == Step::Done);
        CHECK(prediction.led == "breathing magenta");
    }
    for (const auto& prediction : runs.handshake.predictions) CHECK(prediction.led == "breathing cyan");
}

// The owner's light fits only where the flash makes one expect just that light.
#include "diagnosis/led.h"
#include "photopsy.h"
#include "support/output_text.h"
#include "support/story.h"

#include "catch.h"

#include <algorithm>

using namespace photopsy;
using namespace photopsy::test;

namespace {

std::string remark_on(const test::Story& story, const char* light) {
    const auto& layout = *builtin_layout(story.sample.recipe.device);
    return analyze(recognize(story.sample.file, "dump.bin", "", layout), layout, {.led = *parse_led(light)}).diagnosis.led_remark;
}

}  // namespace

TEST_CASE("no light is said to fit that the prediction does not show", "[diagnosis]") {
    static constexpr std::pair<const char*, const char*> bursts[] = {
        {"1 red", "red burst"}, {"1 orange", "orange burst"}, {"1 magenta", "magenta burst"}, {"3 orange", "3 orange"}};
    std::size_t fits = 0, other = 0;
    for (const auto& story : stories()) {
        const auto& layout = *builtin_layout(story.sample.recipe.device);
        const auto analysis = analyze(recognize(story.sample.file, "dump.bin", "", layout), layout);
        std::string predicted;
        for (const auto& row : analysis.handshake.predictions) predicted += row.led + "; ";
        for (const auto& [light, shown] : bursts) {
            const auto remark = remark_on(story, light);
            INFO(story.name << ": " << light << ": " << remark << " / " << predicted);
            CHECK_FALSE(remark.empty());
            if (has(remark, "This fits")) CHECK((has(predicted, shown) || has(predicted, "red flash") || has(predicted, "red blinks")));
            fits += has(remark, "This fits");
            other += has(remark, "another light");
        }
        const auto safe = remark_on(story, "breathing magenta");
        CHECK((has(safe, "This fits") == (analysis.boot.result == BootResult::SafeMode && !analysis.facts.untrustworthy_capture)));
    }
    CHECK(fits > 10);
    CHECK(other > 10);
}

TEST_CASE("where the owner's own colours are stored, a colour is not held against the flash", "[diagnosis]") {
    Facts facts;
    const KeyFacts keys;
    const HandshakeOutcome handshake;
    const BootOutcome boot;
    const Observations seen{facts, keys, handshake, boot};
    const auto own = [&](const char* light) { return has(led_remark(seen, *parse_led(light)), "colours of the owner's own"); };
    constexpr const char *signals[] = {"breathing magenta", "blinking green", "fast cyan"},
                         *others[] = {"1 red", "3 orange", "SOS 10", "no light", "solid blue"};
    for (const auto* light : signals) CHECK_FALSE(own(light));
    facts.settings.led_theme = range_of(0x08006C2B, 64);
    for (const auto* light : signals) CHECK(own(light));
    for (const auto* light : others) CHECK_FALSE(own(light));
}

TEST_CASE("a light that this flash cannot show sends nobody to the cloud with its key", "[diagnosis]") {
    const auto judged = [](const char* name, const char* light) {
        const auto& story = *std::ranges::find_if(stories(), [&](const test::Story& each) { return each.name == name; });
        const auto& layout = *builtin_layout(story.sample.recipe.device);
        return analyze(recognize(story.sample.file, "dump.bin", "", layout), layout, {.led = *parse_led(light)});
    };
    const auto registers = [](const Analysis& analysis) {
        auto all = analysis.remedies;
        all.push_back(analysis.for_the_light);
        for (const auto& ways : all)
            for (const auto& way : ways)
                if (way.role == Remedy::Role::Way &&
                    std::ranges::any_of(way.steps, [](const auto& step) { return step.kind == RemedyStep::Kind::RegisterKey; }))
                    return true;
        return false;
    };
    CHECK(registers(judged("healthy-1.5.2", "1 orange")));
    // White is a device without a key that makes one: not with this flash.
    const auto white = judged("healthy-1.5.2", "blinking white");
    CHECK(has(white.diagnosis.led_remark, "contradicts the dump"));
    REQUIRE(white.for_the_light.size() == 1);
    CHECK(has(white.for_the_light.front().explain, "it may hold the key that the cloud knows"));
    CHECK_FALSE(registers(white));
    CHECK_FALSE(has(judged("erased-key", "blinking white").diagnosis.led_remark, "contradicts"));
    for (const auto& story : stories()) {
        const auto burst = judged(story.name.c_str(), "1 red");
        if (burst.boot.result == BootResult::Runs || burst.boot.result == BootResult::SafeMode || burst.facts.untrustworthy_capture) continue;
        INFO(story.name);
        CHECK_FALSE(has(burst.diagnosis.led_remark, "The flash gives no reason"));
        if (burst.boot.result == BootResult::Dfu) CHECK(has(burst.diagnosis.led_remark, "contradicts the dump"));
    }
}

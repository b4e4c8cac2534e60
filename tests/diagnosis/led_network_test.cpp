// Which light is said to fit where no network is stored, where nothing starts, and where something is known of the key on record.
#include "diagnosis/led.h"
#include "handshake/public_key.h"
#include "photopsy.h"

#include "catch.h"
#include "support/output_text.h"
#include "support/story.h"

using namespace photopsy;
using namespace photopsy::test;

namespace {

const test::Story& told_by(std::string_view name) {
    for (const auto& story : stories())
        if (story.name == name) return story;
    return stories().front();
}

Analysis seen_with(const test::Story& story, const char* light, AnalyzeOptions options = {}) {
    const auto& layout = *builtin_layout(story.sample.recipe.device);
    options.led = *parse_led(light);
    return analyze(recognize(story.sample.file, "dump.bin", "", layout), layout, options);
}

std::string remark_of(const char* story, const char* light, AnalyzeOptions options = {}) {
    return seen_with(told_by(story), light, std::move(options)).diagnosis.led_remark;
}

/// Of a device on which everything is right but what the test changes.
struct Working {
    Facts facts;
    KeyFacts keys;
    HandshakeOutcome handshake;
    BootOutcome boot{.result = BootResult::Runs};
    explicit Working(std::uint16_t version) {
        facts.layout = builtin_layout("photon");
        facts.system.system_version = version;
        facts.wifi.state = WifiFacts::State::Configured;
        handshake.predictions = {{.step = Step::Done}};
    }
    std::string remark(const char* light) const { return led_remark({facts, keys, handshake, boot}, *parse_led(light)); }
};

}  // namespace

TEST_CASE("without a stored network the device listens, or crashes over what it takes for one", "[diagnosis]") {
    for (const std::uint16_t version : {std::uint16_t{8}, std::uint16_t{109}, std::uint16_t{1405}, std::uint16_t{1512}}) {
        INFO(version);
        Working device(version);
        CHECK(has(device.remark("breathing cyan"), "This fits"));
        CHECK(has(device.remark("blinking blue"), "another light"));
        device.facts.wifi.state = WifiFacts::State::ListErased;
        device.facts.wifi.device_configured.value = 0xFF;
        const bool crashes = version == 109 || version == 1405;
        CHECK(has(device.remark("blinking blue"), "This fits") == !crashes);
        CHECK(has(device.remark("SOS 1"), "This fits") == crashes);
        CHECK(has(device.remark("breathing cyan"), "another light"));
        CHECK(has(device.remark("breathing cyan"), "Once one is set up"));
        device.facts.wifi.device_configured.value = 0;  // then every release clears the list
        CHECK(has(device.remark("blinking blue"), "This fits"));
        device.facts.wifi.state = WifiFacts::State::NotInFile;
        CHECK(has(device.remark("breathing cyan"), "This fits"));
        device.facts.dct.would_reinitialize = true;
        CHECK(has(device.remark("blinking blue"), "This fits") == !crashes);
    }
}

TEST_CASE("a light of a running system contradicts a flash that runs none", "[diagnosis]") {
    Working device(1512);
    for (const auto result : {BootResult::Undefined, BootResult::ResetLoop}) {
        device.boot.result = result;
        for (const auto* light : {"breathing cyan", "breathing magenta", "1 orange", "blinking green"})
            CHECK(has(device.remark(light), "contradicts the dump"));
        for (const auto* light : {"no light", "SOS 1", "solid cyan", "blinking yellow"}) CHECK_FALSE(has(device.remark(light), "contradicts the dump"));
    }
    device.boot.result = BootResult::FactoryReset;
    CHECK(has(device.remark("breathing cyan"), "factory reset"));
    device.boot.result = BootResult::Unknown;
    CHECK(has(device.remark("breathing cyan"), "does not tell"));
}

TEST_CASE("a key that is known to be on record is not to be registered again", "[diagnosis]") {
    const auto alone = seen_with(told_by("healthy-1.5.2"), "1 red");
    CHECK(has(alone.diagnosis.led_remark, "is its public key the one in this report?"));
    CHECK_FALSE(alone.for_the_light.empty());
    const auto known = seen_with(told_by("healthy-1.5.2"), "1 red", {.registered_spki = alone.keys.device.public_spki});
    CHECK(has(known.diagnosis.led_remark, "known to be the one on record"));
    CHECK(known.for_the_light.empty());
}

TEST_CASE("a device that is online belies the key that was given as the one on record", "[diagnosis]") {
    const auto other = seen_with(told_by("healthy-2.3.1"), "1 red").keys.device.public_spki;
    CHECK(has(remark_of("healthy-1.5.2", "breathing cyan", {.registered_spki = other}), "not the one that the cloud uses"));
    CHECK_FALSE(has(remark_of("healthy-1.5.2", "breathing cyan", {.registered_spki = other}), "whatever key is on record"));
    CHECK_FALSE(has(remark_of("healthy-1.5.2", "breathing cyan"), "not the one that the cloud uses"));
}

TEST_CASE("from 2.0.0 on one orange blink may follow a handshake that failed", "[diagnosis]") {
    for (const auto* light : {"1 orange", "2 orange", "3 orange"}) {
        const auto meaning = meaning_of(*parse_led(light), LedGeneration::AllRed);
        CHECK(std::ranges::find(meaning.steps, Step::Recv384) != meaning.steps.end());
        CHECK_FALSE(meaning.handshake_only);
    }
    CHECK(meaning_of(*parse_led("1 magenta"), LedGeneration::AllRed).steps.empty());
}

TEST_CASE("without a way out of its network the device blinks twice, not three times", "[diagnosis]") {
    CHECK(has(remark_of("static-address", "2 orange"), "This fits"));
    CHECK(has(remark_of("static-address", "3 orange"), "another light"));
}

// Which light the flash makes one expect, and whether the owner's is that one.
#include "diagnosis/led.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Colour = LedSymptom::Colour;
using Rhythm = LedSymptom::Rhythm;

constexpr LedSymptom listening{.colour = Colour::Blue, .rhythm = Rhythm::Blinking}, safe_mode{.colour = Colour::Magenta, .rhythm = Rhythm::Breathing},
    dfu_mode{.colour = Colour::Yellow, .rhythm = Rhythm::Blinking}, online{.colour = Colour::Cyan, .rhythm = Rhythm::Breathing},
    makes_key{.colour = Colour::White, .rhythm = Rhythm::Blinking};

/// The colours of handshake/ladder.cpp and handshake/dtls.cpp, as values.
void add_lights(const Prediction& row, LedGeneration generation, std::vector<LedSymptom>& lights) {
    const auto add = [&](Colour colour, int count) { lights.push_back({.colour = colour, .count = count}); };
    const auto blinks = generation == LedGeneration::RedBlinks ? Colour::Red : Colour::Orange;
    if (row.regenerates_key) lights.push_back(makes_key);
    if (row.step == Step::Done) return lights.push_back(online);
    if (row.step == Step::DtlsDeviceKey) lights.push_back({.colour = Colour::Red, .count = 1, .rhythm = Rhythm::Sos});
    const bool connects = row.step != Step::Connect, all_red = generation == LedGeneration::AllRed;
    if (connects)
        add(!all_red && row.step == Step::RsaDecrypt ? Colour::Orange : !all_red && row.step == Step::VerifySignature ? Colour::Magenta : Colour::Red, 1);
    if (connects && !all_red) return;
    if (generation != LedGeneration::BeforeBurst)
        for (const int count : {2, 3}) add(blinks, count);
}

bool same_light(const LedSymptom& seen, const LedSymptom& expected) {
    if (seen.rhythm != expected.rhythm || (seen.colour != expected.colour && seen.colour != Colour::Untold)) return false;
    const bool counted = seen.rhythm == Rhythm::Burst || (seen.rhythm == Rhythm::Sos && seen.count != 0);
    return !counted || seen.count == expected.count;
}

bool only_connects(const LedMeaning& meaning) { return meaning.steps == std::vector<Step>{Step::Connect}; }

std::string without_reason(const LedMeaning& meaning, const LedScene& scene) {
    const std::string none = " The flash gives no reason for it: ";
    const auto port = scene.transport == Transport::Dtls ? "UDP port 5684" : "TCP port 5683";
    if (only_connects(meaning))
        return none + (scene.has_wifi ? fmt::format("look at the network (firewall, {}, DNS), or try a phone's hotspot.", port)
                                      : fmt::format("look at the mobile network (SIM, data plan, reception, {}, DNS).", port));
    if (meaning.steps == std::vector<Step>{Step::VerifySignature})
        return none + "look for what else answers under the server's name (DNS, a proxy in the network).";
    return none + "look at the cloud's record of this device (is its public key the one below?), at the account, or at the network.";
}

/// Bit 1 of the feature flags, inverted (dct.h@v2.3.1:69-72): the light is the application's.
std::string whose_light(const Facts& facts) {
    constexpr std::uint32_t led_overridden = 2;
    if (facts.settings.feature_flags.empty() || (facts.settings.feature_flags_value & led_overridden)) return "";
    return " The feature flags of the table take the light away from the system (LED_OVERRIDDEN): what it shows, and that it stays dark, may be the "
           "application's doing.";
}

/// Colours of the owner's own (system_led_signal.cpp@v0.7.0:35-85) are those of the signals; bursts, crashes and no light at all keep what they mean.
std::string whose_colours(const Facts& facts, const LedSymptom& led) {
    const bool is_a_signal = led.rhythm == Rhythm::Breathing || led.rhythm == Rhythm::Blinking || led.rhythm == Rhythm::FastBlinking;
    if (facts.settings.led_theme.empty() || !is_a_signal) return "";
    return " But the table stores colours of the owner's own (LED theme): on this device the same colour may stand for another signal.";
}

}  // namespace

bool waits_for_wifi(const Facts& facts) {
    const bool has_wifi = facts.layout && facts.layout->dct.store == StoreKind::WicedTable;
    return has_wifi && (facts.wifi.state == WifiFacts::State::NotConfigured || facts.table_flags.forgets_networks());
}

std::vector<LedSymptom> lights_expected(const Observations& seen) {
    if (seen.facts.untrustworthy_capture) return {};
    if (seen.boot.result == BootResult::Dfu) return {dfu_mode};
    const bool in_safe_mode = seen.boot.result == BootResult::SafeMode;
    if (!in_safe_mode && (seen.boot.result != BootResult::Runs || !seen.handshake.unknown.empty())) return {};
    if (!in_safe_mode && waits_for_wifi(seen.facts)) return {listening};
    std::vector<LedSymptom> lights;
    if (in_safe_mode) lights.push_back(safe_mode);  // the system connects all the same, and a handshake that fails shows
    if (in_safe_mode && !seen.handshake.fails()) return lights;
    for (const auto& row : seen.handshake.predictions) add_lights(row, seen.facts.system.led, lights);
    return lights;
}

std::string expected_in_words(const Observations& seen) {
    const auto lights = lights_expected(seen);
    if (lights.empty()) return "";
    if (lights.size() == 1) return name_of(lights.front());
    std::vector<std::string> told;
    for (const auto& row : seen.handshake.predictions)
        if (std::find(told.begin(), told.end(), row.led) == told.end()) told.push_back(row.led);
    return fmt::format("{}", fmt::join(told, "; or "));
}

std::string led_remark(const Observations& seen, const LedSymptom& led) {
    const auto meaning = meaning_of(led, led_scene(seen.facts));
    const auto expected = lights_expected(seen);
    const auto text = meaning.says + whose_colours(seen.facts, led) + whose_light(seen.facts);
    if (expected.empty()) return text + " Which light to expect, this file does not tell.";
    if (std::any_of(expected.begin(), expected.end(), [&](const LedSymptom& light) { return same_light(led, light); }))
        return text + " This fits what the flash shows.";
    if (!meaning.steps.empty() && !seen.handshake.fails()) return text + without_reason(meaning, led_scene(seen.facts));
    const auto instead = fmt::format(" After an ordinary start this flash makes one expect another light: {}.", expected_in_words(seen));
    const bool may_be_misread = led.rhythm == Rhythm::Burst;
    return text + instead + (may_be_misread ? " Look again at count and colour (red and orange are easily mistaken), or there is a second fault." : "");
}

}  // namespace photopsy

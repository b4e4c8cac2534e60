// Which light the flash makes one expect, and whether the owner's is that one.
#include "boot/checks.h"
#include "diagnosis/led.h"
#include "handshake/key_owner.h"
#include "rules/key_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Colour = LedSymptom::Colour;
using Rhythm = LedSymptom::Rhythm;

constexpr LedSymptom listening{.colour = Colour::Blue, .rhythm = Rhythm::Blinking}, safe_mode{.colour = Colour::Magenta, .rhythm = Rhythm::Breathing},
    dfu_mode{.colour = Colour::Yellow, .rhythm = Rhythm::Blinking}, online{.colour = Colour::Cyan, .rhythm = Rhythm::Breathing},
    makes_key{.colour = Colour::White, .rhythm = Rhythm::Blinking}, crash{.colour = Colour::Red, .count = 0, .rhythm = Rhythm::Sos};

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
    const bool counted = seen.rhythm == Rhythm::Burst || (seen.rhythm == Rhythm::Sos && seen.count != 0 && expected.count != 0);
    return !counted || seen.count == expected.count;
}

bool only_connects(const LedMeaning& meaning) { return meaning.steps == std::vector<Step>{Step::Connect}; }

std::string without_reason(const LedMeaning& meaning, const LedScene& scene, bool is_on_record) {
    const std::string none = " The flash gives no reason for it: ";
    const auto port = scene.transport == Transport::Dtls ? "UDP port 5684" : "TCP port 5683";
    if (only_connects(meaning))
        return none + (scene.has_wifi ? fmt::format("look at the network (firewall, {}, DNS), or try a phone's hotspot.", port)
                                      : fmt::format("look at the mobile network (SIM, data plan, reception, {}, DNS).", port));
    if (meaning.steps == std::vector<Step>{Step::VerifySignature})
        return none + "look for what else answers under the server's name (DNS, a proxy in the network).";
    if (is_on_record)
        return none + "the device's key is known to be the one on record, so look at the server (its key, its state), at the account, or at the network.";
    return none + "look at the cloud's record of this device (is its public key the one in this report?), at the account, or at the network.";
}

/// The light needs a system that runs: none of them comes from the bootloader, from a crash or from a device that is dark.
bool is_of_running_system(const LedSymptom& led) {
    if (led.rhythm == Rhythm::Solid || led.rhythm == Rhythm::Off || led.rhythm == Rhythm::Sos) return false;
    if (led.rhythm == Rhythm::Burst || led.rhythm == Rhythm::Breathing) return true;
    return led.colour == Colour::Cyan || led.colour == Colour::Green || led.colour == Colour::Blue;
}

constexpr std::string_view where_from =
    " The light and this file are not of one device at one moment: another file, another device, or a dump from before a repair.";

/// A device is online only with the key on record.
constexpr std::string_view against_given_key =
    " That contradicts the dump and the key that was given as the one on record, taken together: either that key is not the one that the cloud uses for this "
    "device, or the dump is of another device or from before its key was changed.";

/// A light that this flash cannot make, as far as its start is known; else that nothing is known.
std::string beside_start(const Observations& seen, const LedSymptom& led) {
    const bool runs_then = is_of_running_system(led) && !seen.facts.untrustworthy_capture;
    if (runs_then && seen.boot.result == BootResult::FactoryReset)
        return " But the next start of this flash is a factory reset, and none has been made since it was read: what the light shows is from before that, or "
               "of "
               "another file or device.";
    return " Which light to expect, this file does not tell.";
}

bool runs_its_system(const Observations& seen) { return seen.boot.result == BootResult::Runs || seen.boot.result == BootResult::SafeMode; }

/// A device whose slot holds a key makes itself none.
bool contradicts_whole_key(const Observations& seen, const LedSymptom& led) {
    return shows_key_being_made(led) && runs_its_system(seen) && seen.keys.device.usable && makes_keys(seen.facts) && seen.facts.settings.led_theme.empty();
}

/// Keys and server fit each other: what ends the handshake is that the owner gave another key as the one on record.
bool fails_by_given_key_alone(const Observations& seen) {
    const auto& handshake = seen.handshake;
    return handshake.cloud_witness == CloudWitness::Owner && !handshake.cloud_holds_slots_key && handshake.server_has_key && seen.keys.device.usable;
}

/// Online, where each handshake ends on the way, whatever key is on record, or because of the one that was given as that.
bool contradicts_handshake(const Observations& seen, const LedSymptom& led) {
    const auto ends = [](const Prediction& row) { return row.step != Step::Done && !row.chance; };
    const auto& rows = seen.handshake.predictions;
    return shows_online(led, seen.facts) && runs_its_system(seen) && seen.handshake.unknown.empty() && !rows.empty() && std::ranges::all_of(rows, ends);
}

bool contradicts_start(const Observations& seen, const LedSymptom& led) {
    const auto result = seen.boot.result;
    return is_of_running_system(led) && (result == BootResult::Undefined || result == BootResult::ResetLoop || result == BootResult::Dfu);
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

namespace {

bool keeps_networks(const Facts& facts) { return facts.layout && facts.layout->dct.store == StoreKind::WicedTable; }

/// As in the table that the firmware writes where it finds none (dct-keys 2.3).
bool has_erased_list(const Facts& facts) { return facts.wifi.state == WifiFacts::State::ListErased || facts.dct.would_reinitialize; }

bool crashes_over_list(const Facts& facts) {
    const bool flag_is_clear = !facts.dct.would_reinitialize && facts.wifi.device_configured.value == 0;
    return keeps_networks(facts) && has_erased_list(facts) && !flag_is_clear && takes_erased_for_networks(facts.system.system_version);
}

}  // namespace

bool waits_for_wifi(const Facts& facts) {
    if (!keeps_networks(facts) || crashes_over_list(facts)) return false;
    return facts.wifi.state == WifiFacts::State::NotConfigured || has_erased_list(facts) || facts.table_flags.forgets_networks();
}

namespace {

/// What shows once the device is in a network.
std::vector<LedSymptom> lights_of_handshake(const Observations& seen) {
    std::vector<LedSymptom> lights;
    for (const auto& row : seen.handshake.predictions) add_lights(row, seen.facts.system.led, lights);
    const auto& ip = seen.facts.settings.ip;
    if (ip.leads_nowhere() && !is_neighbour(seen.keys.address, ip))  // the test of the internet fails too: two blinks
        std::erase_if(lights, [](const LedSymptom& light) { return light.rhythm == Rhythm::Burst && light.count > 2; });
    return lights;
}

/// No network is stored: the device asks for one before it connects, or crashes over what it takes for one.
std::vector<LedSymptom> lights_before_network(const Facts& facts) {
    if (waits_for_wifi(facts)) return {listening};
    return crashes_over_list(facts) ? std::vector{crash} : std::vector<LedSymptom>{};
}

}  // namespace

/// What of the dump the light cannot be beside, one sentence; "" where it can.
static std::string contradiction(const Observations& seen, const LedSymptom& led) {
    if (seen.facts.untrustworthy_capture) return "";
    if (contradicts_start(seen, led))
        return end_is_likely(seen.facts, seen.boot) ? " That contradicts the dump: with this flash most likely no system runs that could show it."
                                                    : " That contradicts the dump: with this flash no system runs that could show it.";
    if (contradicts_whole_key(seen, led)) return " That contradicts the dump, in which the slot holds a key.";
    if (contradicts_handshake(seen, led)) return " That contradicts the dump: with this flash no handshake succeeds, whatever key is on record.";
    return "";
}

bool light_contradicts(const Observations& seen, const LedSymptom& led) { return !contradiction(seen, led).empty(); }

std::vector<LedSymptom> lights_expected(const Observations& seen) {
    if (seen.facts.untrustworthy_capture) return {};
    if (seen.boot.result == BootResult::Dfu) return {dfu_mode};
    const bool in_safe_mode = seen.boot.result == BootResult::SafeMode;
    if (!in_safe_mode && seen.boot.result != BootResult::Runs) return {};
    if (!in_safe_mode)
        if (auto first = lights_before_network(seen.facts); !first.empty()) return first;
    if (!in_safe_mode && !seen.handshake.unknown.empty()) return {};
    std::vector<LedSymptom> lights;
    if (in_safe_mode) lights.push_back(safe_mode);  // the system connects all the same, and a handshake that fails shows
    if (in_safe_mode && !seen.handshake.fails()) return lights;
    const auto later = lights_of_handshake(seen);
    lights.insert(lights.end(), later.begin(), later.end());
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
    if (contradicts_handshake(seen, led) && fails_by_given_key_alone(seen)) return text + std::string(against_given_key);
    if (const auto against = contradiction(seen, led); !against.empty()) return text + against + std::string(where_from);
    if (expected.empty()) return text + beside_start(seen, led);
    if (std::any_of(expected.begin(), expected.end(), [&](const LedSymptom& light) { return same_light(led, light); }))
        return text + " This fits what the flash shows.";
    const bool in_no_network = seen.boot.result == BootResult::Runs && !lights_before_network(seen.facts).empty();
    const bool of_copied_key = table_is_copied(seen.facts) && fit("table-copied-from-other-device", meaning) == LedFit::Fits;
    if (of_copied_key && !seen.handshake.fails() && !in_no_network && !seen.handshake.has_registered_key())
        return text + " It fits a table that was copied from another device: the cloud knows this chip, if at all, by another key.";
    if (!meaning.steps.empty() && !seen.handshake.fails() && !in_no_network)
        return text + without_reason(meaning, led_scene(seen.facts), seen.handshake.has_registered_key());
    auto instead = fmt::format(" After an ordinary start this flash makes one expect another light: {}.", expected_in_words(seen));
    if (in_no_network) {
        const auto later = lights_of_handshake(seen);
        const bool fits_later = std::any_of(later.begin(), later.end(), [&](const LedSymptom& light) { return same_light(led, light); });
        return text + instead + " No network is stored." + (fits_later ? " Once one is set up, the light that was seen is the one to expect." : "");
    }
    const bool may_be_misread = led.rhythm == Rhythm::Burst;
    return text + instead + (may_be_misread ? " Look again at count and colour (red and orange are easily mistaken), or there is a second fault." : "");
}

}  // namespace photopsy

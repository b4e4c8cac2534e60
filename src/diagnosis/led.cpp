#include "diagnosis/led.h"

#include "rules/key_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace photopsy {

using Colour = LedSymptom::Colour;

using Rhythm = LedSymptom::Rhythm;

static constexpr std::array<std::pair<std::string_view, Colour>, 8> colours = {{{"red", Colour::Red},
                                                                                {"orange", Colour::Orange},
                                                                                {"magenta", Colour::Magenta},
                                                                                {"yellow", Colour::Yellow},
                                                                                {"white", Colour::White},
                                                                                {"blue", Colour::Blue},
                                                                                {"green", Colour::Green},
                                                                                {"cyan", Colour::Cyan}}};

static std::string_view name_of(Colour colour) {
    for (const auto& [name, value] : colours)
        if (value == colour) return name;
    return "";
}

std::string name_of(const LedSymptom& symptom) {
    static constexpr std::array<std::string_view, 5> rhythms = {"", "breathing", "blinking", "fast blinking", "solid"};
    if (symptom.rhythm == Rhythm::Off) return "no light";
    if (symptom.rhythm == Rhythm::Sos) return symptom.count == 0 ? "SOS" : fmt::format("SOS {}", symptom.count);
    if (symptom.colour == Colour::Untold) return fmt::format("{} {}", symptom.count, symptom.count == 1 ? "blink" : "blinks");
    if (symptom.rhythm == Rhythm::Burst) return fmt::format("{} {}", symptom.count, name_of(symptom.colour));
    return fmt::format("{} {}", rhythms[static_cast<std::size_t>(symptom.rhythm)], name_of(symptom.colour));
}

static const std::vector<Step> any_but_decrypt_and_verify = {Step::RecvNonce, Step::RsaEncrypt, Step::Send256, Step::Recv384, Step::SendHello, Step::RecvHello};
static const std::vector<Step> every_step = {Step::RecvNonce,  Step::RsaEncrypt,      Step::Send256,   Step::Recv384,
                                             Step::RsaDecrypt, Step::VerifySignature, Step::SendHello, Step::RecvHello};

static LedMeaning burst(Colour colour, LedGeneration generation) {
    if (generation == LedGeneration::AllRed) {
        if (colour == Colour::Red)
            return {every_step, "From Device OS 2.0.0 on, one red burst stands for every kind of failed handshake: the colour does not tell which.", true};
        const auto says = fmt::format(
            "From Device OS 2.0.0 on, a failed handshake never shows {}: it may have been one of the orange connectivity blinks that follow.", name_of(colour));
        if (colour != Colour::Orange) return {{}, says, false};
        auto steps = every_step;
        steps.push_back(Step::Connect);
        return {steps, says, false};
    }
    if (colour == Colour::Orange)
        return {{Step::RsaDecrypt},
                "One orange burst is a decryption error: the server answered, and the private key in this flash does not fit the answer.",
                true};
    if (colour == Colour::Magenta)
        return {{Step::VerifySignature},
                "One magenta burst is an authentication error: the server's signature does not verify. A damaged server key in flash fails earlier, so look "
                "for another server behind the same address.",
                true};
    return {any_but_decrypt_and_verify,
            "One red burst is a handshake that ended before or after the key exchange: mostly the server hung up, because of a wrong server key or a public "
            "key that it does not accept.",
            true};
}

static LedMeaning connectivity(int count, Colour colour, const LedScene& scene) {
    const auto generation = scene.generation;
    const std::string what = count == 2 ? "the internet was not reached" : "the internet was reached, but not the cloud";
    if (!scene.version_known && (colour == Colour::Red || colour == Colour::Orange))
        return {{Step::Connect},
                fmt::format("{} blinks, red up to Device OS 0.4.5 and orange later, say that {}; from 2.0.0 on they also follow every failed handshake.", count,
                            what),
                false};
    if (generation == LedGeneration::BeforeBurst) return {{}, fmt::format("Device OS up to 0.4.4 does not blink {} times between cyan.", count), false};
    const auto expected = generation == LedGeneration::RedBlinks ? Colour::Red : Colour::Orange;
    if (colour != expected) return {{}, fmt::format("This Device OS blinks {} for a failed connection, not {}.", name_of(expected), name_of(colour)), false};
    if (generation == LedGeneration::AllRed) {
        auto steps = every_step;
        steps.push_back(Step::Connect);
        return {steps, fmt::format("{} orange blinks say that {}; from Device OS 2.0.0 on they also follow every failed handshake.", count, what), false};
    }
    return {{Step::Connect}, fmt::format("{} {} blinks say that {}: the connection failed before the handshake began.", count, name_of(colour), what), false};
}

/// Over UDP no key fault has the codes that would be shown in orange or magenta (communication/inc/protocol_defs.h@v2.3.1:42; docs/formats/dtls.md).
static LedMeaning dtls_burst(Colour colour, LedGeneration generation) {
    if (colour == Colour::Red)
        return {{Step::DtlsServerKey, Step::DtlsNoAnswer, Step::DtlsVerifyServer, Step::DtlsFinish},
                "One red burst is a failed handshake. At once after the fast cyan: the server key in flash is damaged or another server's. After 9 seconds (45 "
                "from Device OS 1.4.1 on): nobody answered, or the cloud did not accept this device's key.",
                true};
    if (generation == LedGeneration::AllRed) return burst(colour, generation);
    return {{}, fmt::format("Over UDP this device never shows one {} burst: look again at colour and count.", name_of(colour)), false};
}

/// Only the count is known: what any of the colours could mean.
static LedMeaning untold(int count, const LedScene& scene) {
    if (count > 1) return connectivity(count, scene.generation == LedGeneration::RedBlinks ? Colour::Red : Colour::Orange, scene);
    auto meaning = scene.transport == Transport::Dtls ? dtls_burst(Colour::Red, scene.generation) : LedMeaning{.steps = every_step};
    meaning.says = "One burst between fast cyan is a failed handshake; which step it was, its colour would tell.";
    return meaning;
}

/// The last two counts are not of all releases (services/inc/panic_codes.h).
static std::string_view late_reason(int count, const LedScene& scene) {
    constexpr std::uint16_t first_stack_check = 12, first_semaphore_check = 1000, first_heap_check = 1213;  // 0.5.0, 1.0.0, 1.2.1
    const auto version = scene.system_version;
    if (count == 13) return version && *version < first_stack_check ? "" : "stack overflow";
    if (!version) return "heap error, or a lock that was waited for too long";
    if (*version < first_semaphore_check) return "";
    return *version < first_heap_check ? "a lock that was waited for too long" : "heap error";
}

/// The crashes that are counted: services/inc/panic_codes.h@v2.3.1.
static LedMeaning crash(int count, const LedScene& scene) {
    static constexpr std::array<std::string_view, 13> reasons = {
        "not counted", "hard fault",         "NMI fault",   "memory fault",     "bus fault",    "usage fault",      "invalid length",
        "exit",        "out of heap memory", "SPI overrun", "failed assertion", "invalid case", "pure virtual call"};
    if (count <= 0)
        return {{}, "SOS in red is a crash of the firmware; the blinks after the three short, three long and three short tell which: count them.", false};
    const auto index = static_cast<std::size_t>(count);
    const auto reason = index < reasons.size() ? reasons[index] : count <= 14 ? late_reason(count, scene) : std::string_view();
    if (reason.empty())
        return {{}, fmt::format("SOS in red is a crash of the firmware; {} blinks stand for no reason that is known of this Device OS.", count), false};
    return {
        {},
        fmt::format("SOS in red with {} blink{} after it is a crash of the firmware: {}. It is no answer of the cloud.", count, count == 1 ? "" : "s", reason),
        false};
}

static LedMeaning other_than_burst(const LedSymptom& symptom, const LedScene& scene) {
    const bool breathes = symptom.rhythm == Rhythm::Breathing;
    if (symptom.rhythm == Rhythm::Solid)
        return {{},
                fmt::format("Solid {} is no signal of the system: the firmware hung while the light had this colour, the application holds it, or the power "
                            "sagged.",
                            name_of(symptom.colour)),
                false};
    switch (symptom.colour) {
        case Colour::White:
            if (breathes) return {{}, "Breathing white is a device whose Wi-Fi (or modem) is switched off.", false};
            if (!scene.makes_keys) return {{}, "Blinking white is no signal of this device's system, which makes no keys.", false};
            return {{Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}, "Blinking white is the making of a new device key: the slot was empty.", false};
        case Colour::Yellow:
            return {{}, "Blinking yellow is DFU mode: chosen with the buttons, or nothing to start.", false};
        case Colour::Blue:
            if (breathes)
                return {{}, "Breathing blue is a device whose network is switched on and not connected: the application asks for no connection.", false};
            return {{},
                    scene.has_wifi ? "Blinking blue is listening mode: no Wi-Fi credentials are stored, or it was chosen with the button."
                                   : "Blinking blue is listening mode: it was chosen with the button, or the application asked for it.",
                    false};
        case Colour::Green:
            return {{},
                    breathes ? "Breathing green is the network without the cloud: the application asked for no cloud."
                             : "Blinking green is the search for the network (Wi-Fi or mobile): the device is not in it yet.",
                    false};
        case Colour::Cyan:
            if (breathes) return {{}, "Breathing cyan is online: the handshake succeeded.", false};
            return {{}, "Cyan alone is the attempt itself; the burst between tells how it ends.", false};
        case Colour::Magenta:
            return {{},
                    breathes ? "Breathing magenta is safe mode: the system runs and keeps the application from running."
                             : "Blinking magenta is an update being received or written.",
                    false};
        case Colour::Red:
            return {{}, "Red that blinks without cyan is a crash (SOS) or a bootloader that brings firmware back.", false};
        case Colour::Orange:
        case Colour::Untold:
            break;
    }
    return {{}, name_of(symptom) + " is no signal of the system.", false};
}

LedScene led_scene(const Facts& facts) {
    LedScene scene(facts.system.led, transport_of(facts));
    scene.has_wifi = !facts.layout || facts.layout->dct.store != StoreKind::Dcd;
    scene.makes_keys = makes_keys(facts);
    scene.system_version = facts.system.system_version;
    scene.version_known = facts.system.system_version.has_value();
    return scene;
}

LedMeaning meaning_of(const LedSymptom& symptom, const LedScene& scene) {
    if (symptom.rhythm == Rhythm::Off)
        return {{}, "No light is no power, or nothing that starts: a device without a bootloader stays dark (D7 may glow faintly).", false};
    if (symptom.rhythm == Rhythm::Sos) return crash(symptom.count, scene);
    if (symptom.rhythm != Rhythm::Burst) return other_than_burst(symptom, scene);
    static constexpr int most_counted = 3;
    const bool of_handshake = symptom.colour == Colour::Red || symptom.colour == Colour::Orange || symptom.colour == Colour::Magenta;
    if (symptom.colour == Colour::Untold && symptom.count <= most_counted) return untold(symptom.count, scene);
    if (!of_handshake) return other_than_burst({.colour = symptom.colour, .count = symptom.count, .rhythm = Rhythm::Blinking}, scene);
    if (symptom.count > most_counted)
        return {{},
                fmt::format("{} is no signal of the handshake; after three short and three long red flashes it counts a crash (SOS).", name_of(symptom)),
                false};
    if (symptom.count > 1) return connectivity(symptom.count, symptom.colour, scene);
    return scene.transport == Transport::Dtls ? dtls_burst(symptom.colour, scene.generation) : burst(symptom.colour, scene.generation);
}

std::vector<Step> steps_shown_by(std::string_view cause_id) {
    struct Row {
        std::string_view prefix;
        std::vector<Step> steps;
    };
    static const std::vector<Row> rows = {
        {"private-key-and-server-key-swapped", {Step::RsaEncrypt, Step::Recv384, Step::DtlsDeviceKey, Step::DtlsServerKey}},
        {"private-key-", {Step::Recv384, Step::RsaDecrypt, Step::DtlsDeviceKey, Step::DtlsFinish}},
        {"public-key-does-not-match-private-key", {Step::DtlsFinish}},
        {"table-copied-from-other-device", {Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}},
        {"cloud-holds-another-key", {Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}},
        {"server-key-", {Step::RsaEncrypt, Step::Recv384, Step::DtlsServerKey, Step::DtlsVerifyServer}},
        {"server-address-invalid", {Step::Connect, Step::DtlsNoAnswer}},
        {"static-address-unreachable", {Step::Connect}},
        {"dct-both-copies-invalid", {Step::Connect, Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}},
        {"dct-reset-to-default", {Step::Connect, Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}},
    };
    for (const auto& row : rows)
        if (cause_id.starts_with(row.prefix)) return row.steps;
    return {};
}

LedFit fit(std::string_view cause_id, const LedMeaning& meaning) {
    const auto steps = steps_shown_by(cause_id);
    if (steps.empty() || meaning.steps.empty()) return LedFit::Unrelated;
    const bool shared =
        std::any_of(steps.begin(), steps.end(), [&](Step step) { return std::find(meaning.steps.begin(), meaning.steps.end(), step) != meaning.steps.end(); });
    return shared ? LedFit::Fits : LedFit::Contradicts;
}

bool shows_online(const LedSymptom& led, const Facts& facts) {
    return led.rhythm == Rhythm::Breathing && led.colour == Colour::Cyan && facts.settings.led_theme.empty();
}

bool shows_key_being_made(const LedSymptom& led) { return led.rhythm == Rhythm::Blinking && led.colour == Colour::White; }

bool tells_of_unknown_key(const Observations& seen, const LedSymptom& led, const Diagnosis& diagnosis) {
    const auto meaning = meaning_of(led, led_scene(seen.facts));
    const auto& steps = meaning.steps;
    const bool of_the_key =
        std::any_of(steps.begin(), steps.end(), [](Step step) { return step == Step::Recv384 || step == Step::RsaDecrypt || step == Step::DtlsFinish; });
    const bool explained =
        std::any_of(diagnosis.causes.begin(), diagnosis.causes.end(), [&](const NamedCause& named) { return fit(named.cause->id, meaning) == LedFit::Fits; });
    if (seen.handshake.has_registered_key()) return false;  // the key is known to be on record: another registration changes nothing
    if (light_contradicts(seen, led)) return false;
    return of_the_key && !explained && seen.keys.device.usable && !seen.facts.untrustworthy_capture && !seen.handshake.fails();
}

}  // namespace photopsy

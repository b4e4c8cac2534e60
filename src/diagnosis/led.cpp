#include "diagnosis/led.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace photopsy {

using Colour = LedSymptom::Colour;

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

std::string name_of(const LedSymptom& symptom) { return fmt::format("{} {}", symptom.count, name_of(symptom.colour)); }

static std::string_view next_word(std::string_view& text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    const auto end = std::min(text.find_first_of(" \t", begin), text.size());
    const auto word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    return word;
}

Result<LedSymptom> parse_led(std::string_view text) {
    const Error unclear{"--led takes how often and in which colour the light blinks between the fast cyan, such as \"1 red\", \"3 orange\" or \"1 magenta\""};
    LedSymptom symptom;
    auto rest = text;
    auto word = next_word(rest);
    if (!word.empty() && std::isdigit(static_cast<unsigned char>(word[0]))) {
        if (word.size() > 1 || word[0] == '0') return unclear;
        symptom.count = word[0] - '0';
        word = next_word(rest);
    }
    const auto known = std::find_if(colours.begin(), colours.end(), [&](const auto& row) { return row.first == word; });
    if (known == colours.end() || !next_word(rest).empty()) return unclear;
    symptom.colour = known->second;
    return symptom;
}

static const std::vector<Step> any_but_decrypt_and_verify = {Step::RecvNonce, Step::RsaEncrypt, Step::Send256, Step::Recv384, Step::SendHello, Step::RecvHello};
static const std::vector<Step> every_step = {Step::RecvNonce,  Step::RsaEncrypt,      Step::Send256,   Step::Recv384,
                                             Step::RsaDecrypt, Step::VerifySignature, Step::SendHello, Step::RecvHello};

static LedMeaning burst(Colour colour, LedGeneration generation) {
    if (generation == LedGeneration::AllRed) {
        if (colour == Colour::Red)
            return {every_step, "From Device OS 2.0.0 on, one red burst stands for every kind of failed handshake: the colour does not tell which.", true};
        return {{},
                fmt::format("From Device OS 2.0.0 on, a failed handshake never shows {}: it may have been one of the orange connectivity blinks that follow.",
                            name_of(colour)),
                false};
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

static LedMeaning connectivity(int count, Colour colour, LedGeneration generation) {
    const std::string what = count == 2 ? "the internet was not reached" : "the internet was reached, but not the cloud";
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

LedMeaning meaning_of(const LedSymptom& symptom, LedGeneration generation, Transport transport) {
    const bool burst_of_handshake = symptom.colour == Colour::Red || symptom.colour == Colour::Orange || symptom.colour == Colour::Magenta;
    if (transport == Transport::Dtls && burst_of_handshake && symptom.count == 1) return dtls_burst(symptom.colour, generation);
    switch (symptom.colour) {
        case Colour::Red:
        case Colour::Orange:
        case Colour::Magenta:
            if (symptom.count == 1) return burst(symptom.colour, generation);
            if (symptom.count <= 3) return connectivity(symptom.count, symptom.colour, generation);
            return {{},
                    fmt::format("{} is no signal of the handshake; after three short and three long red flashes it counts a crash (SOS).", name_of(symptom)),
                    false};
        case Colour::White:
            return {{Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}, "Blinking white is the making of a new device key: the slot was empty.", false};
        case Colour::Yellow:
            return {{}, "Blinking yellow is DFU mode: chosen with the buttons, or nothing to start.", false};
        case Colour::Blue:
            return {{}, "Blinking blue is listening mode: no Wi-Fi credentials are stored.", false};
        case Colour::Green:
            return {{}, "Green is Wi-Fi without the cloud.", false};
        case Colour::Cyan:
            return {{}, "Cyan alone is the attempt itself; the burst between tells how it ends.", false};
    }
    return {};
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
        {"cloud-holds-another-key", {Step::Recv384, Step::RsaDecrypt, Step::DtlsFinish}},
        {"server-key-", {Step::RsaEncrypt, Step::Recv384, Step::DtlsServerKey, Step::DtlsVerifyServer}},
        {"server-address-invalid", {Step::Connect}},
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

bool tells_of_unknown_key(const Observations& seen, const LedSymptom& led, const Diagnosis& diagnosis) {
    const auto meaning = meaning_of(led, seen.facts.system.led);
    const auto& steps = meaning.steps;
    const bool of_the_key =
        std::find(steps.begin(), steps.end(), Step::Recv384) != steps.end() || std::find(steps.begin(), steps.end(), Step::RsaDecrypt) != steps.end();
    const bool explained =
        std::any_of(diagnosis.causes.begin(), diagnosis.causes.end(), [&](const NamedCause& named) { return fit(named.cause->id, meaning) == LedFit::Fits; });
    return of_the_key && !explained && seen.keys.device.usable && !seen.facts.untrustworthy_capture && !seen.handshake.fails();
}

}  // namespace photopsy

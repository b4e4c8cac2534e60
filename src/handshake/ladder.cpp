#include "handshake/handshake.h"

#include <array>

namespace photopsy {

std::string_view name_of(ServerPolicy policy) { return policy == ServerPolicy::ComparesPresentedKey ? "compares-presented-key" : "uses-stored-key"; }

std::string_view name_of(Step step) {
    constexpr std::array<std::string_view, 10> names = {"connect",     "recv_nonce",       "rsa_encrypt", "send_256",   "recv_384",
                                                        "rsa_decrypt", "verify_signature", "send_hello",  "recv_hello", "done"};
    return names[static_cast<std::size_t>(step)];
}

std::string_view name_of(LiveEnd end) {
    switch (end) {
        case LiveEnd::Accepted:
            return "accepted";
        case LiveEnd::NameNotFound:
            return "name-not-found";
        case LiveEnd::NoRoute:
            return "no-route";
        case LiveEnd::Refused:
            return "refused";
        case LiveEnd::TimedOut:
            return "timed-out";
        case LiveEnd::Closed:
            return "closed";
        case LiveEnd::Broken:
            return "broken";
        case LiveEnd::OtherProtocol:
            return "other-protocol";
        case LiveEnd::CannotEncrypt:
            return "cannot-encrypt";
        case LiveEnd::CannotDecrypt:
            return "cannot-decrypt";
        case LiveEnd::BadSignature:
            return "bad-signature";
    }
    return "";
}

std::string_view name_of(ServerKeySource source) {
    constexpr std::array<std::string_view, 4> names = {"published", "built-in", "given", "assumed"};
    return names[static_cast<std::size_t>(source)];
}

bool HandshakeOutcome::fails() const {
    for (const auto& prediction : predictions)
        if (prediction.step != Step::Done) return true;
    return false;
}

namespace {

std::string connect_led(LedGeneration led) {
    switch (led) {
        case LedGeneration::BeforeBurst:
            return "blinking cyan, no error blink";
        case LedGeneration::RedBlinks:
            return "blinking cyan, then 2 or 3 red blinks (0.4.5) or none (0.4.4)";
        default:
            return "blinking cyan, then 2 or 3 orange blinks";
    }
}

std::string_view colour_of(Step step, LedGeneration led) {
    if (led == LedGeneration::AllRed) return "red";  // the code is mapped to a system error before the colour is chosen: system_cloud_internal.cpp@v2.3.1:1134
    return step == Step::RsaDecrypt ? "orange" : step == Step::VerifySignature ? "magenta" : "red";
}

}  // namespace

std::string led_of(Step step, LedGeneration led) {
    if (step == Step::Done) return "breathing cyan";
    if (step == Step::Connect) return connect_led(led);
    const std::string colour(colour_of(step, led));
    if (led == LedGeneration::AllRed) return "fast blinking cyan, one red burst, then 2 or 3 orange blinks";
    if (led == LedGeneration::BeforeBurst) return "fast blinking cyan with a very short " + colour + " flash (may be too short to see)";
    return "fast blinking cyan, one " + colour + " burst";
}

namespace {

std::string_view deed_of(Step step) {
    constexpr std::array<std::string_view, 10> deeds = {"the device connects to the server",
                                                        "the server sends 40 random bytes",
                                                        "the device encrypts them, its id and its public key to the server key in its flash",
                                                        "it sends the 256 bytes",
                                                        "the server decrypts them, finds the device and answers with 384 bytes",
                                                        "the device decrypts the session key with its private key",
                                                        "it checks the server's signature with the server key",
                                                        "it says hello over the encrypted session",
                                                        "the server says hello",
                                                        "connected"};
    return deeds[static_cast<std::size_t>(step)];
}

}  // namespace

std::vector<LadderStep> handshake_ladder(const Prediction& prediction) {
    std::vector<LadderStep> ladder;
    for (int i = 0; i <= static_cast<int>(Step::Done); ++i) {
        const auto step = static_cast<Step>(i);
        LadderStep rung{.step = step, .explain = std::string(deed_of(step))};
        if (step < prediction.step || prediction.step == Step::Done)
            rung.state = LadderStep::State::Passed;
        else if (step == prediction.step)
            rung.state = LadderStep::State::Failed;
        // Whether a network and a server are there, no dump shows.
        const bool outside = step == Step::Connect || step == Step::RecvNonce || step == Step::RecvHello;
        if (outside && rung.state == LadderStep::State::Passed) rung.state = LadderStep::State::Unknown;
        if (rung.state == LadderStep::State::Failed) rung.explain += ": " + prediction.explain;
        ladder.push_back(std::move(rung));
    }
    return ladder;
}

}  // namespace photopsy

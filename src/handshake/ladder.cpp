#include "handshake/handshake.h"

#include <array>

namespace photopsy {

std::string_view name_of(ServerPolicy policy) { return policy == ServerPolicy::ComparesPresentedKey ? "compares-presented-key" : "uses-stored-key"; }

std::string_view name_of(Step step) {
    constexpr std::array<std::string_view, 15> names = {"connect",         "recv_nonce",       "rsa_encrypt",    "send_256",           "recv_384",
                                                        "rsa_decrypt",     "verify_signature", "send_hello",     "recv_hello",         "done",
                                                        "dtls_device_key", "dtls_server_key",  "dtls_no_answer", "dtls_verify_server", "dtls_finish"};
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
    constexpr std::array<std::string_view, 15> deeds = {"the device connects to the server",
                                                        "the server sends 40 random bytes",
                                                        "the device encrypts them, its id and its public key to the server key in its flash",
                                                        "it sends the 256 bytes",
                                                        "the server decrypts them, finds the device and answers with 384 bytes",
                                                        "the device decrypts the session key with its private key",
                                                        "it checks the server's signature with the server key",
                                                        "it says hello over the encrypted session",
                                                        "the server says hello",
                                                        "connected",
                                                        "the device reads its own private key",
                                                        "it reads the server key in its flash",
                                                        "a server answers its first packets",
                                                        "it checks the server's signature with the server key",
                                                        "it presents its public key and signs; the server accepts both"};
    return deeds[static_cast<std::size_t>(step)];
}

}  // namespace

std::span<const Step> steps_of(Transport transport) {
    static constexpr std::array<Step, 10> tcp = {Step::Connect,    Step::RecvNonce,       Step::RsaEncrypt, Step::Send256,   Step::Recv384,
                                                 Step::RsaDecrypt, Step::VerifySignature, Step::SendHello,  Step::RecvHello, Step::Done};
    static constexpr std::array<Step, 8> dtls = {Step::Connect,          Step::DtlsDeviceKey, Step::DtlsServerKey, Step::DtlsNoAnswer,
                                                 Step::DtlsVerifyServer, Step::DtlsFinish,    Step::SendHello,     Step::Done};
    if (transport == Transport::Dtls) return dtls;
    return tcp;
}

std::vector<LadderStep> handshake_ladder(const Prediction& prediction) {
    std::vector<LadderStep> ladder;
    auto state = LadderStep::State::Passed;
    for (const auto step : steps_of(prediction.transport)) {
        LadderStep rung{.step = step, .explain = std::string(deed_of(step))};
        if (step == prediction.step && step != Step::Done) state = LadderStep::State::Failed;
        rung.state = state;
        if (state == LadderStep::State::Failed) state = LadderStep::State::NotReached;
        // Whether a network and a server are there, no dump shows.
        const bool outside = step == Step::Connect || step == Step::RecvNonce || step == Step::RecvHello || step == Step::DtlsNoAnswer;
        if (outside && rung.state == LadderStep::State::Passed) rung.state = LadderStep::State::Unknown;
        if (rung.state == LadderStep::State::Failed) rung.explain += ": " + prediction.explain;
        ladder.push_back(std::move(rung));
    }
    return ladder;
}

}  // namespace photopsy

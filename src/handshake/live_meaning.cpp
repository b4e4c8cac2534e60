#include "handshake/live.h"

#include <algorithm>

namespace photopsy {

namespace {

LiveMeaning unreached(LiveEnd end) {
    switch (end) {
        case LiveEnd::NameNotFound:
            return {
                "The server's name could not be looked up from this computer.",
                "This says nothing about the keys. Is this computer online, and is the name right? A device behind the same DNS server meets the same wall."};
        case LiveEnd::NoRoute:
            return {"There is no way from this computer to the server.", "This says nothing about the keys. Is this computer online?"};
        case LiveEnd::Refused:
            return {"The server's computer refuses connections on this port.",
                    "No device server runs there now, or the port is wrong. If it is the server of this device, the device cannot connect there either. The "
                    "keys were not tried."};
        case LiveEnd::TimedOut:
            return {"No answer came from the server's port.",
                    "Mostly a firewall on the way: many networks let the web through and block port 5683. Try again from another network (a telephone's "
                    "hotspot). If it works there, the first network blocks the device as well. The keys were not tried."};
        default:
            return {"The connection broke before it stood.", "This says nothing about the keys. Try again."};
    }
}

LiveMeaning no_nonce(const LiveAnswer& answer) {
    if (answer.end == LiveEnd::OtherProtocol)
        return {"Something answers there, but it speaks another protocol.",
                "It is no server for devices: the address or the port is wrong, or a proxy stands in between. The keys were not tried."};
    if (answer.end == LiveEnd::TimedOut)
        return {"The connection stood, and the server stayed silent: a server for devices begins by sending 40 bytes.",
                "Another service listens there (a web server waits to be spoken to), or a firewall answers in its place. The keys were not tried."};
    return {"The server hung up before it sent its first 40 bytes.",
            "It is overloaded, guarded, or no server for devices. The keys were not tried; try again later."};
}

LiveMeaning no_answer(const LiveAnswer& answer) {
    if (answer.end == LiveEnd::TimedOut)
        return {
            "The server took the device's message and stayed silent.",
            "A server that cannot read the message, or refuses the device, hangs up; silence is more often a busy server or a proxy in its place. Try again."};
    std::string seen = "The server took the device's message and hung up.";
    if (answer.known.server_key_is_published && !answer.known.asked_particle)
        return {std::move(seen),
                "The device encrypts to Particle's key, which no other server has the private half of: this server cannot read what the device sends."};
    if (answer.known.server_key_is_given || (answer.known.asked_particle && answer.known.server_key_is_published))
        return {std::move(seen),
                "It could read the message, since the server key is right. So it refuses what the message holds: it knows another public key for this device "
                "id, or does not know the id."};
    return {std::move(seen),
            "Either it refuses what the message holds: it knows another public key for this device id, or does not know the id. Or it cannot read the message, "
            "because the server key on the device is not this server's."};
}

LiveMeaning unreadable(const LiveAnswer& answer) {
    if (!answer.signed_by_server)
        return {"An answer came that the server key on the device did not sign.",
                "Whoever answered is not the server whose key the device has. It proves nothing about the device's own key."};
    if (!answer.known.device_key_usable)
        return {"The server answered, and the device's damaged key cannot read the answer.",
                "The server knows this device. The damage of the key is what keeps the device out."};
    return {"The server answered, signed by its own key, and the device's key cannot read the answer.",
            "The key on the device is whole, so the server wrote to another key: it has another public key on record for this device."};
}

LiveProof proof_of_hanging_up(const LiveCircumstances& known) {
    if (known.server_key_is_published && !known.asked_particle) return LiveProof::CannotRead;
    const bool right_key = known.server_key_is_given || (known.asked_particle && known.server_key_is_published);
    return right_key ? LiveProof::Refuses : LiveProof::RefusesOrCannotRead;
}

LiveProof proof_of_unreadable(const LiveAnswer& answer) {
    if (!answer.signed_by_server) return LiveProof::AnotherServer;
    return answer.known.device_key_usable ? LiveProof::AnotherKeyOnRecord : LiveProof::DamagedKey;
}

}  // namespace

LiveProof proof_of(const LiveAnswer& answer) {
    switch (answer.step) {
        case Step::Connect:
            return LiveProof::NotReached;
        case Step::RecvNonce:
            return answer.end == LiveEnd::Broken ? LiveProof::NotReached : LiveProof::OtherService;
        case Step::RsaEncrypt:
            return LiveProof::NothingSent;
        case Step::Send256:
        case Step::Recv384:
            if (answer.end == LiveEnd::OtherProtocol) return LiveProof::OtherService;
            return answer.end == LiveEnd::Closed || answer.end == LiveEnd::Broken ? proof_of_hanging_up(answer.known) : LiveProof::NotReached;
        case Step::RsaDecrypt:
            return proof_of_unreadable(answer);
        case Step::VerifySignature:
            return LiveProof::AnotherServer;
        default:
            return LiveProof::Accepted;
    }
}

LiveMeaning meaning_of(const LiveAnswer& answer) {
    switch (answer.step) {
        case Step::Connect:
            return unreached(answer.end);
        case Step::RecvNonce:
            return no_nonce(answer);
        case Step::RsaEncrypt:
            return {"The server key on the device cannot encrypt anything; nothing was sent.",
                    "The device fails at the same place: its server key is damaged."};
        case Step::Send256:
        case Step::Recv384:
            return answer.end == LiveEnd::OtherProtocol ? LiveMeaning{"The server sent more than the handshake has room for.",
                                                                      "It is no server for devices, or something in between speaks in its place."}
                                                        : no_answer(answer);
        case Step::RsaDecrypt:
            return unreadable(answer);
        case Step::VerifySignature:
            return {"The answer can be read with the device's key, but the signature is not the server's whose key the device has.",
                    "The server that answered knows this device, and is another than the device expects: the server key on the device is wrong for it."};
        default:
            return {"The server sent an answer that only this device's key can read, and signed it.",
                    "The cloud accepts this device: what fails is not a key. Look at Wi-Fi, power and the application. (The handshake was ended here; no "
                    "session was opened.)"};
    }
}

std::optional<bool> agrees(const LiveAnswer& answer, const HandshakeOutcome& outcome) {
    const auto proof = proof_of(answer);
    const bool network = proof == LiveProof::NotReached || proof == LiveProof::OtherService;
    const auto stays_offline = [](const Prediction& row) { return row.step == Step::Connect; };
    if (network || answer.known.asked_another || !outcome.unknown.empty() || outcome.predictions.empty()) return {};
    if (std::any_of(outcome.predictions.begin(), outcome.predictions.end(), stays_offline)) return {};
    return std::any_of(outcome.predictions.begin(), outcome.predictions.end(), [&](const Prediction& row) { return row.step == answer.step; });
}

}  // namespace photopsy

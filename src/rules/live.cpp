// What a real server did, where one was asked with the keys of this dump (`--live`). Never fires without an answer. Ends: docs/formats/handshake.md.
#include "handshake/live.h"
#include "rules/rule.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// What was seen and what it proves stand in the ladder and in the cause; a finding says where it ended.
std::string where_it_ended(const LiveAnswer& answer) { return fmt::format("A live handshake ended at {} ({})", name_of(answer.step), name_of(answer.end)); }

void not_as_predicted(const Observations& seen, Findings& found) {
    const auto& handshake = seen.handshake;
    if (!handshake.live || agrees(*handshake.live, handshake) != false) return;
    found.add({"cloud handshake", {}},
              fmt::format("By the dump the handshake ends at {}; with the real server it ended at {} ({}). Either the cloud does something "
                          "that is not known yet, or photopsy is wrong: please report it.",
                          name_of(handshake.predictions.front().step), name_of(handshake.live->step), name_of(handshake.live->end)));
}

void not_reached(const Observations& seen, Findings& found) {
    const auto& live = seen.handshake.live;
    if (live && (proof_of(*live) == LiveProof::NotReached || proof_of(*live) == LiveProof::OtherService))
        found.add({"cloud handshake", {}}, where_it_ended(*live) + ", before any key was tried.");
}

void another_server(const Observations& seen, Findings& found) {
    const auto& live = seen.handshake.live;
    if (!live) return;
    const auto proof = proof_of(*live);
    if (proof != LiveProof::CannotRead && proof != LiveProof::AnotherServer) return;
    found.add({"server public key", seen.keys.server.at}, where_it_ended(*live) + ".").confidence =
        proof == LiveProof::CannotRead ? Confidence::Likely : Confidence::Certain;
}

const Rule rules[] = {
    {"live-not-as-predicted", Severity::Warning, "The real server did otherwise than predicted",
     "Prediction and proof differ: that is news about the cloud, or an error of photopsy.", "docs/formats/handshake.md", not_as_predicted},
    {"live-server-not-reached", Severity::Warning, "The server could not be asked", "Nothing was learnt about the keys.", "docs/formats/handshake.md",
     not_reached},
    {"live-another-server", Severity::Problem, "The server that answered is not the one whose key the device has",
     "The device encrypts to the key in its slot and expects that key's signature: another server can do nothing with it.", "docs/formats/handshake.md",
     another_server},
};

}  // namespace

std::span<const Rule> live_rules() { return rules; }

}  // namespace photopsy

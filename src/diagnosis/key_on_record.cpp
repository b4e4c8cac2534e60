#include "diagnosis/key_on_record.h"
#include "base/hex.h"
#include "diagnosis/handshake_links.h"
#include "handshake/live.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

Confidence findings_confidence(const Findings& findings, std::string_view rule) {
    auto lowest = Confidence::Certain;
    for (const auto& finding : findings.all())
        if (finding.rule->id == rule) lowest = std::min(lowest, finding.confidence);
    return lowest;
}

/// Else it is only known of: by the public-key cache, or from what is left.
static bool is_in_slot(const DeviceKey& key) { return key.what != DeviceKeyClass::Erased && key.what != DeviceKeyClass::Zeroed; }

static std::vector<ChainLink> refusal_of(const LiveAnswer& answer) {
    const auto meaning = meaning_of(answer);
    return {{.says = meaning.seen}, {.says = meaning.proves, .seen = false}};
}

void tell_another_on_record(const Observations& seen, const Findings& findings, Story& story) {
    const auto& handshake = seen.handshake;
    const auto& key = seen.keys.device;
    story.confidence = findings_confidence(findings, "cloud-key-differs");
    if (handshake.cloud_witness == CloudWitness::Server && !handshake.witness_is_sure)
        story.chain = refusal_of(*handshake.live);
    else if (handshake.cloud_witness == CloudWitness::Owner && handshake.registered_fingerprint && key.public_fingerprint)
        story.chain.push_back(
            {.says = fmt::format("The key on record, as it was given, has the fingerprint {}..., the one {} {}...",
                                 hex(*handshake.registered_fingerprint).substr(0, 16), is_in_slot(key) ? "of this device" : "that this device had last",
                                 hex(*key.public_fingerprint).substr(0, 16))});
    else
        story.chain.push_back({.says = "A real server answered, and what it sent cannot be decrypted with the whole key of this device."});
    story.chain.push_back({.says =
                               "The device got another key after it had been registered (it makes one itself after a loss, or a tool wrote one), or the key on "
                               "record was replaced.",
                           .seen = false});
    for (auto& link : handshake_links(seen, HandshakeEnd::OfDeviceKey)) story.chain.push_back(std::move(link));
    for (const auto& recovery : seen.keys.recoveries) {
        if (recovery.matches_registered) story.chain.push_back({.says = fmt::format("The key on record is not lost: it lies in {}.", recovery.source)});
    }
}

}  // namespace photopsy

// What is known only because a real server was asked.
#include "handshake/live.h"
#include "diagnosis/cause.h"

namespace photopsy {

namespace {

void tell_not_reached(const Observations& seen, const Findings&, Story& story) {
    const auto meaning = meaning_of(*seen.handshake.live);
    story.chain = {{.says = meaning.seen},
                   {.says = meaning.proves, .seen = false},
                   {.says = "Whether the device meets the same wall depends on its own network: it was this computer that asked.", .seen = false}};
    story.confidence = Confidence::Possible;
}

const Cause causes[] = {
    {"server-not-reached",
     "The server could not be reached from this computer",
     "A live handshake was asked for, and it ended before any key was tried: name, route, port, firewall, or another service at the address.",
     {"live-server-not-reached"},
     {},
     tell_not_reached},
};

}  // namespace

std::span<const Cause> live_causes() { return causes; }

}  // namespace photopsy

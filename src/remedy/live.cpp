// What to try where a real server could not be asked. Nothing is written for it.
#include "remedy/ways.h"

namespace photopsy {

namespace {

std::vector<Remedy> ways_of_unreached(const Situation&) {
    return {
        keep_dump("It can be asked about again at any time."),
        {.title = "Ask again from another network",
         .explain = "A telephone's hotspot will do: many networks let the web through and block port 5683. What works there and not here is blocked by this "
                    "network, for the device as well. If it fails everywhere, look at the server's address and port.",
         .turn = Remedy::Turn::ReadAgain}};
}

const RemedyRow rows[] = {{"server-not-reached", ways_of_unreached}};

}  // namespace

std::span<const RemedyRow> live_remedies() { return rows; }

}  // namespace photopsy

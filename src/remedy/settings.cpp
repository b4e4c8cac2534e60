// Settings that keep a device offline.
#include "remedy/ways.h"

namespace photopsy {

namespace {

std::vector<Remedy> ways_of_unreachable(const Situation&) {
    return {keep_dump("It holds the fixed address, should it be needed again."),
            {.title = "Let the router give the address",
             .explain =
                 "An application does it with one line, WiFi.useDynamicIP(), run once, with WiFi.connect() behind it: flash such an application over USB. The "
                 "stored address stays stored for a later WiFi.useStaticIP().",
             .cost = Remedy::Cost::WritesFirmware,
             .turn = Remedy::Turn::Application}};
}

/// Its own key again is best; where there is no dump of it, a new one is made its own.
std::vector<Remedy> ways_of_copied(const Situation& situation) {
    auto key = make_new_key(situation.seen);
    key.title = "Give this device a key of its own";
    key.explain =
        "Best is its own table or key from an older dump of this very device. Without one, make a new key, write it, and register it for the id that "
        "the chip tells (photopsy devices shows it): two devices with one key exclude each other.";
    key.warning = "Do not register the key that is there now for this device if the other one is still in use.";
    return {keep_dump("It holds the other device's key and settings."), key};
}

constexpr RemedyRow rows[] = {
    {"table-copied-from-other-device", ways_of_copied},
    {"static-address-unreachable", ways_of_unreachable},
};

}  // namespace

std::span<const RemedyRow> setting_remedies() { return rows; }

}  // namespace photopsy

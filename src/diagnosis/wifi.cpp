// Why the Wi-Fi list is as it is, and what to do.
#include "diagnosis/cause.h"

namespace photopsy {

namespace {

void tell_list_erased(const Observations& seen, const Findings&, Story& story) {
    const bool crashes = seen.facts.system.system_version && *seen.facts.system.system_version >= 14 && *seen.facts.system.system_version <= 1405;
    story.chain = {{.says = "Every entry of the Wi-Fi list is erased (FF), while the rest of the table shows that the device was in use."},
                   {.says = "This comes from a reset of the table, or from credentials that were erased in flash instead of cleared.", .seen = false}};
    story.chain.push_back(
        crashes
            ? ChainLink{.says =
                            "Device OS 0.5.1 to 1.4.3 take such entries for networks with names of 255 characters and crash (red SOS) when they try to join.",
                        .seen = false}
            : ChainLink{.says = "This Device OS starts an empty list: the device waits for Wi-Fi setup (blinking dark blue).", .seen = false});
    story.remedies = {{.title = "Keep this dump",
                       .explain = "Networks that were stored before may still stand in the other copy of the table.",
                       .commands = {},
                       .warning = "",
                       .cost = Remedy::Cost::Nothing},
                      {.title = "Clear the Wi-Fi list and set it up again",
                       .explain = "Hold SETUP until the light blinks dark blue quickly (about 10 seconds): this clears the list. Then set up the network.",
                       .commands = {"particle serial wifi"},
                       .warning = "",
                       .cost = Remedy::Cost::WritesOneSetting}};
    if (crashes)
        story.remedies.push_back({.title = "Update Device OS to 1.4.4 or later",
                                  .explain = "It clears such a list by itself.",
                                  .commands = {"particle update"},
                                  .warning = "",
                                  .cost = Remedy::Cost::WritesFirmware});
}

const Cause causes[] = {
    {"wifi-list-erased",
     "The Wi-Fi list is erased",
     "The list of Wi-Fi networks is FF instead of zeros; some Device OS versions crash over it.",
     {"wifi-list-unset"},
     {},
     tell_list_erased},
};

}  // namespace

std::span<const Cause> wifi_causes() { return causes; }

}  // namespace photopsy

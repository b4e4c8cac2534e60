// Why the Wi-Fi list is as it is.
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

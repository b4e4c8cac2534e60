// Why the Wi-Fi list is as it is.
#include "diagnosis/cause.h"

namespace photopsy {

namespace {

void tell_flag_unset(Story& story) {
    story.title = "The device takes its Wi-Fi list for unset";
    story.chain = {{.says = "Networks are stored, and the flag in front of them says that none was ever set up."},
                   {.says = "The flag was written apart from the list: by a tool, by a setup that was cut off, or by a damaged cell.", .seen = false},
                   {.says = "The device clears the list at its next start and waits for Wi-Fi setup (blinking dark blue).", .seen = false}};
}

void tell_list_erased(const Observations& seen, const Findings& findings, Story& story) {
    if (findings.has("wifi-networks-not-used")) return tell_flag_unset(story);
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
     "The list of Wi-Fi networks is FF instead of zeros, over which some Device OS versions crash; or the flag in front of it says that none was set up.",
     {"wifi-list-unset|wifi-networks-not-used"},
     {},
     tell_list_erased},
};

}  // namespace

std::span<const Cause> wifi_causes() { return causes; }

}  // namespace photopsy

// What is wrong with the Wi-Fi list.
//
// finding id            says                                                               covered by cause
// wifi-list-unset       the list is erased instead of empty on a device that was in use    wifi-list-erased
// wifi-list-never-set   the same on a device that never was                                (note)
// wifi-networks-not-used networks are stored and the flag in front of them is not set      wifi-list-erased
// wifi-entry-damaged    an entry has impossible lengths or an unknown security type        (none)
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

bool takes_erased_for_configured(const Observations& seen) { return takes_erased_for_networks(seen.facts.system.system_version); }

/// A device that has a key or a claim was in use, and then its list was once initialised.
bool was_in_use(const Observations& seen) {
    for (const auto& fact : seen.facts.dct.fields)
        if ((fact.field->name == "device_private_key" || fact.field->name == "claimed") && fact.state == DctFieldFact::State::Set) return true;
    return false;
}

/// A fresh default table is erased as a whole, which is another finding.
bool list_erased(const Observations& seen) {
    const auto* copy = seen.facts.dct.current();
    return copy && !copy->fresh_default && seen.facts.wifi.state == WifiFacts::State::ListErased;
}

void list_unset(const Observations& seen, Findings& found) {
    const auto& wifi = seen.facts.wifi;
    if (!list_erased(seen) || !was_in_use(seen)) return;
    const bool crash = takes_erased_for_configured(seen) && wifi.device_configured.value != 0;
    auto& finding = found.add({fmt::format("DCT copy {}, Wi-Fi networks", *seen.facts.dct.selected), wifi.at},
                              crash ? "All Wi-Fi entries are erased (FF) instead of empty (00). This Device OS takes them for networks with names of 255 "
                                      "characters and crashes (red SOS) or hangs while connecting."
                                    : "All Wi-Fi entries are erased. This Device OS starts an empty list and waits for Wi-Fi setup (blinking dark blue).");
    if (seen.facts.dct.may_be_unread(wifi.at)) finding.confidence = Confidence::Likely;
    finding.expected = "stored networks, or zeros";
    finding.actual = "erased";
}

/// The flag in front of the entries as the installed code reads it: up to 0.5.0 and from 1.4.4 on only 1 counts, between them anything but 0.
bool flag_counts_as_unset(const Observations& seen) {
    const auto flag = seen.facts.wifi.device_configured.value;
    return flag == 0 || (flag != 1 && seen.facts.system.system_version && !takes_erased_for_configured(seen));
}

void networks_not_used(const Observations& seen, Findings& found) {
    const auto& wifi = seen.facts.wifi;
    const auto is_set = [](const WifiEntry& entry) { return entry.state == WifiEntry::State::Set; };
    if (std::none_of(wifi.entries.begin(), wifi.entries.end(), is_set) || !flag_counts_as_unset(seen)) return;
    auto& finding =
        found.add({fmt::format("DCT copy {}, Wi-Fi configured flag", *seen.facts.dct.selected), wifi.device_configured.at},
                  "Wi-Fi networks are stored, but the flag in front of them says that none was set up. This Device OS then clears the list and waits "
                  "for Wi-Fi setup (blinking dark blue).");
    finding.expected = "01";
    finding.actual = fmt::format("{:02x}", wifi.device_configured.value);
}

void list_never_set(const Observations& seen, Findings& found) {
    if (!list_erased(seen) || was_in_use(seen)) return;
    found.add({fmt::format("DCT copy {}, Wi-Fi networks", *seen.facts.dct.selected), seen.facts.wifi.at},
              takes_erased_for_configured(seen) ? "The Wi-Fi list is erased, as on a device that was never set up. Device OS 0.5.1 to 1.4.3 may crash over it; "
                                                  "set up Wi-Fi by USB or clear the credentials first."
                                                : "The Wi-Fi list is erased, as on a device that was never set up: it knows no network.");
}

/// What such an entry means for the device where it has no other.
std::string_view where_none_is_left(const Observations& seen, const WifiEntry& entry) {
    return entry.ssid_length_wrong && takes_erased_for_configured(seen)
               ? " No other network is stored: until Wi-Fi is set up again (`particle serial wifi`) the device joins none, and this Device OS may crash over "
                 "it "
                 "(red SOS)."
               : " No other network is stored: until Wi-Fi is set up again (`particle serial wifi`) the device joins none.";
}

void entry_damaged(const Observations& seen, Findings& found) {
    const auto& entries = seen.facts.wifi.entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].state != WifiEntry::State::Damaged) continue;
        const auto& entry = entries[i];
        const std::string what = entry.ssid_length_wrong  ? "its name is longer than 32 characters"
                                 : entry.key_length_wrong ? "its key is longer than 64 characters"
                                                          : "its security type is unknown";
        const bool none_left = seen.facts.wifi.configured == 0;
        auto& finding = found.add({fmt::format("DCT copy {}, Wi-Fi network {}", *seen.facts.dct.selected, i + 1), entry.at},
                                  fmt::format("This stored network cannot be right: {}.{}", what, none_left ? where_none_is_left(seen, entry) : ""));
        if (none_left) finding.severity = Severity::Warning;
    }
}

constexpr Rule rules[] = {
    {"wifi-list-unset", Severity::Warning, "The Wi-Fi list is erased",
     "Older Device OS take erased entries for stored networks and crash over them; newer ones ask for Wi-Fi setup.", "hal/src/photon/wlan_hal.cpp@v0.7.0:181",
     list_unset},
    {"wifi-list-never-set", Severity::Note, "The Wi-Fi list was never initialised", "The device has no network to join.",
     "hal/src/photon/wlan_hal.cpp@v1.4.4:190", list_never_set},
    {"wifi-networks-not-used", Severity::Warning, "The flag in front of the Wi-Fi list keeps the device in listening mode",
     "The firmware takes the list for unset, clears it, and joins no network.", "hal/src/photon/wlan_hal.cpp@v0.7.0:181", networks_not_used},
    {"wifi-entry-damaged", Severity::Note, "A stored Wi-Fi network is damaged", "The device cannot join that network.",
     "hal/src/photon/wlan_hal.cpp@v0.7.0:1013", entry_damaged},
};

}  // namespace

std::span<const Rule> wifi_rules() { return rules; }

}  // namespace photopsy

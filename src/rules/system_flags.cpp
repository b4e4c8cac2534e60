// What the system flags ask for at the next start: those of the configuration table, and those in the page of firmware in one piece.
//
// finding id            says                                                               covered by cause
// factory-reset-waits   the factory image will be copied over what is installed            factory-reset-asked
// watchdog-waits        the next start is watched                                          (none)
// wifi-reset-waits      the stored networks will be forgotten                              (none)
#include "rules/rule.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

std::string in_hex(const Field<std::uint16_t>& flag) { return fmt::format("{:04x}", flag.value); }

std::string_view what_lies_in_factory_area(const Facts& facts) {
    const auto* slot = facts.layout ? facts.layout->slot("factory") : nullptr;
    const auto* image = facts.module("factory");
    if (!slot || !image || image->presence == Presence::Absent) return "";
    return image->good() ? "" : " No whole image lies there: what the reset would leave behind is not known.";
}

void factory_reset_waits(const Observations& seen, Findings& found) {
    const auto& page = seen.facts.ota.by_flag;
    if (page && page->job == FlagJob::FactoryReset) {
        found
            .add({"system flags", page->flags.factory_reset.at},
                 "The system flags ask for a factory reset: at the next start the bootloader copies the factory image over the installed firmware.")
            .actual = in_hex(page->flags.factory_reset);
        return;
    }
    const auto& flags = seen.facts.table_flags;
    if (!flags.copies_factory_image()) return;
    auto& finding =
        found.add({"system flags, factory reset", flags.factory_reset->at},
                  fmt::format("The system flags ask for a factory reset: at the next start that is not in DFU mode the bootloader copies the factory "
                              "image over the installed application.{}",
                              what_lies_in_factory_area(seen.facts)));
    finding.expected = "ffff";
    finding.actual = in_hex(*flags.factory_reset);
}

void watchdog_waits(const Observations& seen, Findings& found) {
    if (!seen.facts.table_flags.arms_watchdog()) return;
    const auto& flag = *seen.facts.table_flags.watchdog;
    found
        .add({"system flags, watchdog", flag.at},
             "The flag that arms the watchdog is set, as leaving DFU mode (dfu-util's `:leave`) or a factory reset leaves it: the next start is watched. Where "
             "the firmware comes up the flag is cleared, and nothing is wrong. Where it does not come up within five seconds, the second reset by the watchdog "
             "is a factory reset, which puts the factory image over the installed application, and the third one ends in DFU mode.")
        .actual = in_hex(flag);
}

void wifi_reset_waits(const Observations& seen, Findings& found) {
    const auto& page = seen.facts.ota.by_flag;
    const bool in_page = page && page->flags.in_file && page->flags.wifi_reset.value == TableFlags::forget_networks;
    const bool has_wifi = seen.facts.layout && seen.facts.layout->dct.store == StoreKind::WicedTable;
    if (!in_page && (!has_wifi || !seen.facts.table_flags.forgets_networks())) return;
    const auto& flag = in_page ? page->flags.wifi_reset : *seen.facts.table_flags.wifi_reset;
    auto& finding = found.add({"system flags, Wi-Fi reset", flag.at},
                              "The system flags ask to forget the Wi-Fi networks: at its next start the firmware clears the list and waits for Wi-Fi setup "
                              "(blinking dark blue). Set up Wi-Fi again then: `particle serial wifi`.");
    finding.actual = in_hex(flag);
    // What networks a device in one piece has lies in its radio, not in the file: without any nothing is lost.
    if (!in_page && seen.facts.wifi.configured == 0) finding.severity = Severity::Note;
}

constexpr Rule rules[] = {
    {"factory-reset-waits", Severity::Warning, "A factory reset waits for the next start", "What is installed is replaced by the factory image.",
     "bootloader/src/main.c@v0.6.4:200; bootloader/src/main.c@v2.3.1:393", factory_reset_waits},
    {"watchdog-waits", Severity::Note, "The next start is watched", "Where the firmware does not come up, the factory image replaces the application.",
     "hw_config.c@v2.3.1:257-280,946-960; bootloader/src/main.c@v2.3.1:237-303", watchdog_waits},
    {"wifi-reset-waits", Severity::Warning, "The Wi-Fi networks are forgotten at the next start", "Until Wi-Fi is set up again the device joins no network.",
     "hal/src/photon/wlan_hal.cpp@v0.6.0:325; hal/src/core/wlan_hal.c", wifi_reset_waits},
};

}  // namespace

std::span<const Rule> system_flag_rules() { return rules; }

}  // namespace photopsy

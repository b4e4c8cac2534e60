// A key that was written as text, one of another kind, or a file that holds a key more than once is longer than its slot: the settings behind it are gone.
#include "rules/rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::size_t most_named = 12;

/// Nothing of the device's is kept there.
bool is_unused(const DctField& field) {
    constexpr std::string_view words[] = {"unused", "padding", "reserved"};
    return std::ranges::any_of(words, [&](std::string_view word) { return field.title.starts_with(word); });
}

struct Overrun {
    Range at;  ///< behind the slot's own field
    std::string names;
};

Overrun overrun_of(const Facts& facts, Address slot, std::uint32_t reach) {
    Overrun found;
    const auto written = range_of(slot, reach);
    std::size_t more = 0, named = 0;
    for (const auto& setting : facts.dct.fields) {
        if (setting.at.contains(slot)) found.at = {setting.at.end, std::max(setting.at.end, written.end)};
        if (!setting.field || setting.at.contains(slot) || !setting.at.overlaps(written) || is_unused(*setting.field)) continue;
        if (++named > most_named)
            ++more;
        else
            found.names += (found.names.empty() ? "" : ", ") + setting.field->title;
    }
    if (more > 0) found.names += fmt::format(" and {} more", more);
    return found;
}

void report(const Observations& seen, std::string_view whose, Address slot, std::uint32_t reach, Findings& found) {
    if (reach == 0) return;
    const auto overrun = overrun_of(seen.facts, slot, reach);
    if (overrun.at.empty() || overrun.names.empty()) return;
    found.add(
        {"behind the key slot", overrun.at},
        fmt::format("What was written to the slot of the {} key is {} bytes long and runs on over the settings behind it: {}. What they held is overwritten.",
                    whose, reach, overrun.names));
}

void overwritten(const Observations& seen, Findings& found) {
    report(seen, "device's", seen.keys.device.at.begin, seen.keys.device.reach, found);
    report(seen, "server's", seen.keys.server.at.begin, seen.keys.server.reach, found);
}

const Rule rules[] = {
    {"settings-overwritten-by-key", Severity::Warning, "Settings behind a key slot are overwritten",
     "Each write over DFU goes on for as long as its file is, whatever field it runs into.",
     "platform/MCU/STM32F2xx/STM32_USB_Device_Driver/src/usbd_dct_if.c@v0.7.0:52-75; docs/formats/dct.md", overwritten},
};

}  // namespace

std::span<const Rule> key_overrun_rules() { return rules; }

}  // namespace photopsy

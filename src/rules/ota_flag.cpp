// The flag in the configuration table that asks the system to apply what lies in the OTA area. Format: docs/formats/ota.md.
#include "facts/ota_flag.h"
#include "rules/module_faults.h"
#include "rules/ota_image.h"
#include "rules/rule.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// Why the system refuses a whole image.
std::string refusal(const Facts& facts) {
    const auto [need, by] = refused_for(facts);
    const auto part = in_text(facts, slot_for(*facts.layout, need->function.value, need->index.value)->name);
    if (by == "ota") return fmt::format("it needs {} of version {} or newer", part, need->version.value);
    return fmt::format("{} needs {} of version {} or newer", in_text(facts, by), part, need->version.value);
}

std::string what_the_flag_does(const Facts& facts) {
    const std::string set = "The flag that asks the system to apply the image in the OTA area is set";
    switch (effect_of_update_flag(facts)) {
        case FlagEffect::NoReader:
            return set + ", but this Device OS does not know the flag (1.2.1 was the first).";
        case FlagEffect::Unseen:
            return set + "; what lies there is not in the file.";
        case FlagEffect::NoImage:
            return set + ", but no image lies there that the system accepts. It clears the flag at its next start and goes on.";
        case FlagEffect::Refused:
            return fmt::format("{}; {} lies there whole, but {}. The system clears the flag at its next start and refuses the image.", set, image_name(facts),
                               refusal(facts));
        case FlagEffect::OldBootloader:
            return fmt::format(
                "{}; {} lies there whole. The system clears the flag at its next start and applies it, although the installed system needs a newer "
                "bootloader: the device is then in safe mode.",
                set, image_name(facts));
        case FlagEffect::None:
        case FlagEffect::Applied:
            break;
    }
    return fmt::format("{}; {} lies there whole. The system clears the flag at its next start and applies it.", set, image_name(facts));
}

void flag_set(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (!ota.update_flag || ota.update_flag->value != 0xA5) return;
    auto& finding = found.add({"OTA update flag", ota.update_flag->at}, what_the_flag_does(seen.facts));
    if (flag_installs_old_bootloader(seen.facts)) finding.severity = Severity::Problem;
    finding.expected = "ff";
    finding.actual = "a5";
}

/// `echo` and editors end what they write with a line feed; the write then reaches into the feature flags behind.
void flag_with_line_feed(const Observations& seen, Findings& found) {
    const auto& behind = seen.facts.ota.behind_flag;
    if (!behind || (behind->value != '\n' && behind->value != '\r')) return;
    auto& finding =
        found.add({"feature flags, first byte", behind->at},
                  "The byte behind the OTA flag holds a line end, as where the flag is written from a text file that ends with one. It belongs to the feature "
                  "flags, of which it switches some on or off; ff is what stands there on a new device.");
    finding.expected = "ff";
    finding.actual = fmt::format("{:02x}", behind->value);
    finding.confidence = Confidence::Likely;
}

void flag_odd(const Observations& seen, Findings& found) {
    const auto& flag = seen.facts.ota.update_flag;
    if (!flag || flag->value == 0xA5 || flag->value == 0xFF || flag->value == 0) return;
    auto& finding =
        found.add({"OTA update flag", flag->at}, "The OTA update flag holds neither of its two values. The system takes anything but a5 for not set.");
    finding.expected = "ff";
    finding.actual = fmt::format("{:02x}", flag->value);
}

constexpr Rule rules[] = {
    {"ota-flag-asks", Severity::Warning, "The OTA flag is set",
     "At its next start the system applies what lies in the OTA area; particle-cli uses this to replace the bootloader.",
     "ota_flash_hal_stm32f2xx.cpp@v2.3.1:377", flag_set},
    {"ota-flag-line-feed", Severity::Warning, "A line end was written behind the OTA flag", "It changes the feature flags that stand there.", "dct.h@v2.3.1:69",
     flag_with_line_feed},
    {"ota-flag-odd", Severity::Note, "The OTA flag holds an unknown value", "It counts as not set.", "dct.h@v2.3.1:237", flag_odd},
};

}  // namespace

std::span<const Rule> ota_flag_rules() { return rules; }

}  // namespace photopsy

// The flag in the configuration table that asks the system to apply what lies in the OTA area. Format: docs/formats/ota.md.
#include "rules/module_faults.h"
#include "rules/ota_image.h"
#include "rules/rule.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// What the system asks for before it takes an image (ota_flash_hal_stm32f2xx.cpp@v2.3.1:350): the first dependency on a system part that is not met. A
/// bootloader that is too old for a part does not keep it out.
const Dependency* unmet_by(const Facts& facts, const Module& image) {
    for (const auto* dependency : {&image.dependency, &image.dependency2})
        if (!dependency->none() && dependency->function.value == FunctionSystemPart && slot_for(*facts.layout, FunctionSystemPart, dependency->index.value) &&
            dependency_met(facts.modules, *facts.layout, *dependency) == false)
            return dependency;
    return nullptr;
}

/// A bootloader of before 0.7.0 under a system that asks for a later one.
bool too_old_for_system(const Facts& facts, const Module& image) {
    if (image.function.value != FunctionBootloader) return false;
    for (const auto& module : facts.modules)
        for (const auto* dependency : {&module.dependency, &module.dependency2})
            if (module.present() && module.function.value == FunctionSystemPart && module.slot != "ota" && dependency->function.value == FunctionBootloader &&
                image.version.value < dependency->version.value)
                return true;
    return false;
}

std::string what_the_flag_does(const Facts& facts) {
    const auto* module = facts.module("ota");
    const auto version = facts.system.system_version;
    if (version && *version < 1213)
        return "The flag that asks the system to apply the image in the OTA area is set, but this Device OS does not know the flag (1.2.1 was the first).";
    const std::string set = "The flag that asks the system to apply the image in the OTA area is set";
    if (!module || module->presence == Presence::Absent || (module->present() && module->integrity == Integrity::NotChecked))
        return set + "; what lies there is not in the file.";
    if (!module->good() || facts.ota.image_for_other_platform)
        return set + ", but no image lies there that the system accepts. It clears the flag at its next start and goes on.";
    if (const auto* needed = unmet_by(facts, *module))
        return fmt::format(
            "{}; {} lies there whole, but it needs {} of version {} or newer. The system clears the flag at its next start and refuses the image.", set,
            image_name(facts), in_text(facts, slot_for(*facts.layout, needed->function.value, needed->index.value)->name), needed->version.value);
    if (too_old_for_system(facts, *module))
        return fmt::format(
            "{}; {} lies there whole. The system clears the flag at its next start and applies it, although the installed system needs a newer "
            "bootloader: the device is then in safe mode.",
            set, image_name(facts));
    return fmt::format("{}; {} lies there whole. The system clears the flag at its next start and applies it.", set, image_name(facts));
}

void flag_set(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (!ota.update_flag || ota.update_flag->value != 0xA5) return;
    auto& finding = found.add({"OTA update flag", ota.update_flag->at}, what_the_flag_does(seen.facts));
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

// Each module by itself: there, whole, in its place, for this device.
#include "rules/module_faults.h"

#include "base/hex.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

/// How much a fault matters is what the start makes of it.
Severity severity_of(const Observations& seen, const Module& module) {
    switch (seen.boot.result) {
        case BootResult::Undefined:
        case BootResult::Dfu:
        case BootResult::ResetLoop:
            return module.slot == "user" ? Severity::Problem : Severity::Fatal;
        case BootResult::SafeMode:
            return Severity::Problem;
        case BootResult::FactoryReset:
            return module.slot == "user" ? Severity::Warning : Severity::Problem;
        case BootResult::Runs:
        case BootResult::Unknown:
            break;
    }
    if (seen.boot.resumes_update || (module.slot == "bootloader" && seen.boot.result == BootResult::Runs)) return Severity::Warning;
    return Severity::Problem;
}

template <FaultKind kind>
void report(const Observations& seen, Findings& found) {
    for (const auto* module : running_modules(seen.facts)) {
        for (const auto& fault : faults_of(seen.facts, *module)) {
            if (fault.kind != kind) continue;
            auto& finding = found.add({module->slot, fault.at}, fault.explain);
            finding.severity = severity_of(seen, *module);
            finding.confidence = fault.confidence;
            if (kind == FaultKind::ChecksumWrong && module->integrity == Integrity::Bad) {
                // A checksum over what nobody else has would confirm a guess at it.
                finding.expected = module->known_as.empty() ? "the checksum at its end" : "crc32 " + hex_word(module->stored_crc.value);
                const bool content_known = !module->known_as.empty() && module->damage.flipped_bit;
                finding.actual = content_known ? "crc32 " + hex_word(module->computed_crc) : "another";
            }
        }
    }
}

/// A user part for this device lies in the factory slot, but not whole: the reset to factory application will be refused.
void factory_damaged(const Observations& seen, Findings& found) {
    const auto *factory = seen.facts.module("factory"), *ota = seen.facts.module("ota");
    const auto* slot = seen.facts.layout ? seen.facts.layout->slot("factory") : nullptr;
    if (!factory || !slot || factory->present() || !factory->header_in_file || !capture_allows_judgement(seen.facts)) return;
    const bool header =
        factory->start.value == slot->linked_at && factory->function.value == FunctionUserPart && factory->platform_id.value == seen.facts.layout->platform_id;
    if (!header || (ota && ota->present() && ota->at.overlaps(factory->slot_at))) return;
    found.add({"factory", range_of(factory->slot_at.begin, 24)},
              seen.boot.result == BootResult::ResetLoop
                  ? "The factory application is damaged, and the device is to be started with it."
                  : "The factory application is damaged. The device does not need it, but a factory reset will not work.");
}

void wifi_firmware_damaged(const Observations& seen, Findings& found) {
    const auto& radio = seen.facts.radio;
    const auto* part1 = seen.facts.system_part(1);
    if (radio_use(seen.facts) != RadioUse::Damaged || !seen.facts.layout || !part1) return;
    auto& finding = found.add(
        {part1->slot, radio.at},
        radio.compressed
            ? "The firmware of the Wi-Fi chip inside system part 1 does not unpack to its full length any more: the radio does not start, and the device "
              "reaches no network."
            : "A piece of the Wi-Fi chip's firmware inside system part 1 is gone: the radio does not start, and the device reaches no network.");
    if (radio.compressed) finding.expected = fmt::format("{} bytes unpacked", radio.size);
    if (radio.compressed) finding.actual = radio.unpacked ? fmt::format("{} bytes", radio.unpacked) : "a broken stream";
    if (!radio.compressed) finding.confidence = Confidence::Likely;
    if (!is_healed_by_waiting_copy(seen, part1->slot)) return;
    finding.severity = Severity::Warning;
    finding.explain += " The update that waits puts a whole part 1 in its place at the next normal start, before the radio is needed.";
}

/// What the linker leaves in the place of the checksum, in a module that the system tests at start. The bootloader that went out so is known by its bytes.
void checksum_missing(const Observations& seen, Findings& found) {
    const std::string_view reason = seen.boot.safe_mode_reason;
    if (!reason.ends_with("-crc")) return;
    for (const auto* module : running_modules(seen.facts)) {
        if (module->integrity != Integrity::Placeholder || !module->known_as.empty() || !module->slot.ends_with(reason.substr(0, reason.size() - 4))) continue;
        auto& finding =
            found.add({module->slot, range_of(module->at.end, 4)},
                      fmt::format("{} was built without its checksum: in its place stands what the linker leaves there.", title_of(seen.facts, module->slot)));
        finding.expected = "the CRC-32 of the module";
        finding.actual = "78563412";
    }
}

constexpr Rule rules[] = {
    {"slot-empty", Severity::Fatal, "A module is missing", "Without it the device starts into erased flash, stays in DFU mode, or has no application to run.",
     "docs/formats/boot.md", report<FaultKind::Missing>},
    {"slot-foreign", Severity::Fatal, "What lies in a module's place is no firmware",
     "The device runs whatever lies there, or finds no valid header and does not start it.", "docs/formats/module.md", report<FaultKind::NotFirmware>},
    {"module-misplaced", Severity::Fatal, "A module was written to a wrong address", "A module runs only at the address that it is linked for.",
     "module_info.h@v2.3.1:50", report<FaultKind::Misplaced>},
    {"module-other-platform", Severity::Fatal, "A module is built for another device",
     "Bootloader and system compare the platform of a module with their own and refuse it.", "flash_mal.c@v2.3.1:723", report<FaultKind::OtherPlatform>},
    {"module-mixed", Severity::Fatal, "A module is put together from two",
     "A half of one release does not fit the other half: addresses inside point to the wrong code.", "docs/formats/module.md",
     report<FaultKind::PartlyOverwritten>},
    {"module-cut-short", Severity::Fatal, "The end of a module is missing", "What was to stand there is called all the same.", "docs/formats/module.md",
     report<FaultKind::CutShort>},
    {"module-run-erased", Severity::Fatal, "A stretch inside a module is erased", "The code that stood there is gone; calling it crashes the device.",
     "docs/formats/module.md", report<FaultKind::RunErased>},
    {"module-run-zeroed", Severity::Fatal, "A stretch inside a module is zero",
     "The code that stood there is gone. Zeros can also come from a failed read: capture again and compare.", "usbd_dfu_mal.c@v2.3.1:261",
     report<FaultKind::RunZeroed>},
    {"module-checksum-missing", Severity::Problem, "A module was built without its checksum",
     "The system computes the checksum of the module, finds another one, and refuses to run the application.", "build/module.mk@v2.3.1:211", checksum_missing},
    {"module-checksum-wrong", Severity::Problem, "The checksum of a module is wrong",
     "From 0.7.0 on the system refuses to run the application if the bootloader, system part 2 or the application fails its checksum.",
     "ota_module.cpp@v2.3.1:65", report<FaultKind::ChecksumWrong>},
    {"wifi-firmware-damaged", Severity::Problem, "The firmware of the Wi-Fi chip is damaged",
     "Part 1 sends it to the chip at each start, and nothing tests it before: the chip then does not run.", "docs/formats/module.md", wifi_firmware_damaged},
    {"factory-application-damaged", Severity::Note, "The factory application is damaged", "Only a factory reset needs it.", "flash_mal.c@v2.3.1:264",
     factory_damaged},
};

}  // namespace

std::span<const Rule> module_rules() { return rules; }

}  // namespace photopsy

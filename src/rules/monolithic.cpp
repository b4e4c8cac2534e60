// Firmware in one piece: what its system flags ask for, and the three images that the bootloader copies without a test. Format: docs/formats/core.md.
#include "base/hex.h"
#include "facts/copied_firmware.h"
#include "facts/headerless.h"
#include "rules/module_faults.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

const MonolithicUpdate& update(const Observations& seen) {
    static const MonolithicUpdate none;
    return seen.facts.ota.by_flag ? *seen.facts.ota.by_flag : none;
}

Place flag_place(const Field<std::uint16_t>& flag) { return {"system flags", flag.at}; }

std::string word(const Field<std::uint16_t>& flag) { return fmt::format("{:04x}", flag.value); }

constexpr std::string_view nothing_proves = "may be firmware of before 0.4, which has neither header nor checksum: nothing tells whether it is whole";

/// An image was received and waits: not so where it is damaged, which is the next rule's.
void update_waits(const Observations& seen, Findings& found) {
    const auto& job = update(seen);
    if (job.job != FlagJob::Update || is_damaged(job.ota, seen.facts.modules)) return;
    const std::string waits = "The system flags say that an update lies in the OTA area";
    auto& finding = found.add(
        flag_place(job.flags.update),
        job.ota.whole ? waits + ", and it is whole: at the next start the bootloader copies the installed firmware to the backup and the update in its place."
        : is_unproved(job.ota, seen.facts.modules)
            ? fmt::format("{}. What lies there {}; at the next start the bootloader copies it over the installed firmware.", waits, nothing_proves)
            : waits + ". The serial flash is not in the file, so whether the update is whole cannot be told; the bootloader copies it without a test.");
    finding.actual = word(job.flags.update);
    if (!job.ota.whole) finding.confidence = Confidence::Likely;
}

/// The image that an update or a factory reset will copy. A backup has its own rule: there the installed firmware is damaged already.
void update_damaged(const Observations& seen, Findings& found) {
    const auto& job = update(seen);
    const auto* image = job.job == FlagJob::Restore ? nullptr : job.source();
    if (!image || !is_damaged(*image, seen.facts.modules)) return;
    const bool reset = job.job == FlagJob::FactoryReset;
    found.add(
        {reset ? "factory image" : "OTA area", image->at},
        fmt::format("The system flags {}, but what lies there is not whole, or no firmware for this device. This bootloader tests no checksum: at the next "
                    "start it copies it over the installed firmware all the same.",
                    reset ? "ask for the factory image" : "say that an update lies in the OTA area"));
}

std::string what_comes_back(const StoredImage& backup, const std::vector<Module>& modules) {
    if (backup.whole) return " The backup is whole: at the next start the bootloader brings it back (red light), and the device runs what it ran before.";
    if (backup.start == FirstWord::NotInFile)
        return " At the next start the bootloader brings the backup back; it lies in the serial flash, which is not in the file.";
    if (is_unproved(backup, modules)) return fmt::format(" At the next start the bootloader brings the backup back. What lies there {}.", nothing_proves);
    return " At the next start the bootloader brings the backup back, but the backup is not whole.";
}

void copy_interrupted(const Observations& seen, Findings& found) {
    const auto& job = update(seen);
    if (job.job != FlagJob::Restore) return;
    std::string text = "The system flags say that the bootloader was copying an update when it was stopped.";
    Place where{"monolithic", {}};
    const auto& progress = seen.facts.ota.progress;
    if (progress) text += fmt::format(" {} of {} bytes of the update stand in place.", progress->copied, progress->total);
    where.at = progress && progress->boundary < progress->destination.end ? Range{progress->boundary, progress->destination.end} : job.flags.update.at;
    auto& finding = found.add(std::move(where), text + what_comes_back(job.backup, seen.facts.modules));
    finding.actual = word(job.flags.update);
    if (is_damaged(job.backup, seen.facts.modules)) return;
    finding.severity = Severity::Warning;
    if (!job.backup.whole) finding.confidence = Confidence::Likely;
}

/// Which of the stored images carry a header and fail their checksum. The one that a job needs has its own finding.
void stored_image_damaged(const Observations& seen, Findings& found) {
    const auto& job = update(seen);
    for (const auto* stored : {&job.factory, &job.backup, &job.ota}) {
        const auto* module = stored->at.empty() ? nullptr : seen.facts.module(stored->slot);
        const bool takes_over = stored == fallback_of(job) && is_damaged(*stored, seen.facts.modules);
        if (stored == job.source() || !module || (!takes_over && (!module->present() || module->integrity != Integrity::Bad))) continue;
        if (stored == &job.ota && seen.facts.ota.kind == OtaCase::Receiving) continue;
        const auto title = in_text(seen.facts, stored->slot);
        found.add({stored->slot, whole_module(*module)},
                  takes_over
                      ? fmt::format("What will lie in the firmware's place does not begin as firmware does, so at the next start the bootloader copies {} "
                                    "there. That is not whole either, and is copied as it is.",
                                    title)
                      : fmt::format("The checksum of {} in the serial flash is wrong. The device does not need it now; if it is ever copied, it is copied "
                                    "as it is.",
                                    title));
    }
}

/// The firmware that is installed, where nothing in it can be tested.
void firmware_unproved(const Observations& seen, Findings& found) {
    const auto* firmware = seen.facts.module("monolithic");
    if (!firmware || !may_lack_header(*firmware)) return;
    found
        .add({"monolithic", range_of(firmware->slot_at.begin, seen.facts.layout->vector_size)},
             fmt::format("The firmware has no module header. It begins as firmware does, and {}.", nothing_proves))
        .confidence = Confidence::Likely;
}

void flags_cut_off(const Observations& seen, Findings& found) {
    const auto& job = update(seen);
    if (!job.save_cut_off) return;
    found
        .add({"system flags", job.flags.at},
             "Only the first fields of the system flags are set. They are erased and written one after the other, so the power may have failed while they were "
             "saved; what was asked for before is forgotten.")
        .confidence = Confidence::Possible;
}

/// This bootloader carries neither header nor checksum: only that nothing of the kind lies there can be seen.
void bootloader_gone(const Observations& seen, Findings& found) {
    const auto first = update(seen).bootloader;
    if (!seen.facts.layout || seen.facts.layout->boot != BootKind::Monolithic || (first != FirstWord::Erased && first != FirstWord::Other)) return;
    found.add({"bootloader", range_of(seen.facts.layout->flash.begin, 4)},
              first == FirstWord::Erased ? "The place of the bootloader is erased."
                                         : "What lies in the place of the bootloader does not begin with a stack pointer.");
}

constexpr Rule rules[] = {
    {"bootloader-gone", Severity::Fatal, "The bootloader is gone", "The processor starts with it; without it nothing runs and USB shows no device.",
     "docs/formats/core.md", bootloader_gone},
    {"firmware-update-waits", Severity::Warning, "An update waits for the next start", "The bootloader copies what lies in the OTA area over the firmware.",
     "bootloader/src/main.c@v0.6.4:179", update_waits},
    {"firmware-update-damaged", Severity::Problem, "A damaged image will be copied at the next start",
     "Nothing on this device tests the checksum of an image before it is copied or run.", "hw_config.c@v0.6.4:1130", update_damaged},
    {"firmware-copy-interrupted", Severity::Fatal, "The bootloader was stopped while it copied an update",
     "The firmware is part new, part erased; the backup of the old one is all that is whole.", "bootloader/src/main.c@v0.6.4:190", copy_interrupted},
    {"stored-image-damaged", Severity::Note, "A stored firmware image is damaged", "It is copied without a test if it is ever needed.",
     "hw_config.c@v0.6.4:1130", stored_image_damaged},
    {"firmware-unproved", Severity::Note, "Nothing tells whether the firmware is whole", "Only firmware from 0.4 on carries a module header and a checksum.",
     "docs/formats/core.md", firmware_unproved},
    {"system-flags-cut-off", Severity::Note, "The system flags are half written", "They tell the bootloader whether a copy was under way.",
     "hw_config.c@v0.6.4:904", flags_cut_off},
};

}  // namespace

std::span<const Rule> monolithic_rules() { return rules; }

}  // namespace photopsy

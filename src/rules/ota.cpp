// Updates: what the slots, the OTA area and a half-copied destination mean. The case table is docs/formats/ota.md.
#include "base/counted.h"
#include "base/hex.h"
#include "facts/update_record.h"
#include "rules/harmful_copy.h"
#include "rules/module_faults.h"
#include "rules/ota_image.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using Resumes = OtaFacts::Resumes;

std::string named(const Facts& facts, std::string_view slot_name, std::string_view release) {
    const auto title = in_text(facts, slot_name);
    return release.empty() ? title : fmt::format("{} {}", title, release);
}

Range slot_range(const OtaFacts& ota, int number) {
    for (const auto& slot : ota.slots)
        if (slot.number == number) return slot.at;
    return {};
}

Range ota_area(const Facts& facts) {
    const auto* slot = facts.layout ? facts.layout->slot("ota") : nullptr;
    return slot ? slot->at : Range{};
}

void image_incomplete(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind != OtaCase::Receiving) return;
    auto text = ota.expected ? fmt::format("{} of {} bytes ({} %) of {} have arrived in the OTA area", ota.received, ota.expected,
                                           std::uint64_t{ota.received} * 100 / ota.expected, image_name(seen.facts))
                             : fmt::format("{} of an update {} arrived in the OTA area; the part with its header has not", counted(ota.received, "byte"),
                                           ota.received == 1 ? "has" : "have");
    if (!ota.holes.empty())
        text += fmt::format("; {} {} of chunks in between {} still missing", ota.holes.size(), ota.holes.size() == 1 ? "run" : "runs",
                            ota.holes.size() == 1 ? "is" : "are");
    if (!ota.holes.empty()) text += fmt::format(" (the first at {})", hex_address(ota.holes.front().begin));
    auto& finding = found.add({"OTA area", ota.image}, text + ". What has not arrived whole replaces nothing of the installed firmware.");
    finding.confidence = ota.holes.empty() ? Confidence::Certain : Confidence::Likely;
}

void image_damaged(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind != OtaCase::ReceivedRejected || ota.image_for_other_platform) return;
    found.add({"OTA area", ota.image},
              "The image in the OTA area has its full length, but its checksum fails. The device refuses such an image and nothing uses it any more.");
}

void wrong_platform(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    const auto* module = seen.facts.module("ota");
    if (!ota.image_for_other_platform || !module) return;
    // What obeys a page of flags refuses nothing: that it is copied as it is has its own finding (rules/monolithic.cpp).
    if (ota.by_flag && ota.by_flag->source() == &ota.by_flag->ota) return;
    const bool waits = ota.pending_slot.has_value();
    auto& finding = found.add({"OTA area", module->platform_id.at},
                              waits ? "An update is marked as pending, but its image is made for another device. The bootloader refuses it: it clears the mark "
                                      "and leaves the installed firmware as it is."
                                    : "The OTA area holds an image that is made for another device. A device refuses such an image once it has arrived.");
    finding.expected = std::to_string(seen.facts.layout->platform_id);
    finding.actual = std::to_string(module->platform_id.value);
}

void update_pending(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.resumes == Resumes::Harms) return add_harmful_copy(seen.facts, found);
    if (ota.kind != OtaCase::Pending || ota.refusal != CopyRefusal::None || !ota.pending_slot || image_is_unseen(ota, seen.facts.modules)) return;
    const auto where = ota.source_elsewhere ? "at " + hex_address(ota.source_elsewhere->at.begin) : "in the OTA area";
    const auto* image = waiting_image(seen.facts);
    std::string text = fmt::format("{}slot {} is marked as pending: {}",
                                   image && image->good() ? fmt::format("{} lies whole {} and ", image_name(seen.facts), where) : "", *ota.pending_slot,
                                   ota.resumes == Resumes::Unknown ? "whether the installed bootloader can read that, this file does not show."
                                                                   : "the bootloader copies it at the next normal start.");
    text[0] = static_cast<char>(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0]);
    const bool taken_back = is_to_be_taken_back(seen);
    if (leaves_out_checks(ota))
        text += " Its flags ask for fewer checks than every system asks for, so what lies there by then is copied: it is to be taken back before any start.";
    else if (taken_back)
        text += " With it the device is worse off than it is now.";
    else if (ota.resumes == Resumes::MakesItWorse)
        text += seen.boot.result == BootResult::SafeMode
                    ? " It needs another system part in a newer version than the installed one: the device will then start in safe mode."
                    : " It needs another system part in a newer version than the installed one.";
    auto& finding = found.add({"OTA area", ota.image}, std::move(text));
    if (taken_back) finding.severity = Severity::Problem;
}

/// Three different things keep a bootloader from 100 on from its slots.
std::string_view why_out_of_reach(TableAccess access) {
    switch (access) {
        case TableAccess::SystemTooOld:
            return "but this bootloader reads the slots with code that system part 2 has only from 0.7.0 on, and the installed part is older. Both are whole, "
                   "but "
                   "no update is ever applied.";
        case TableAccess::PartsDoNotFit:
            return "but this bootloader reads the slots with code of system parts 1 and 2, and part 1 is older than part 2 asks for. The update waits until it "
                   "is "
                   "replaced.";
        default:
            return "but this bootloader reads the slots with code of system parts 1 and 2, and uses it only if both are whole. The update waits until they "
                   "are.";
    }
}

void update_unreachable(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind == OtaCase::PendingUnreachable && ota.resumes != Resumes::Harms)
        found.add({"OTA area", ota.image}, fmt::format("An update is pending, {}", why_out_of_reach(ota.access)));
}

/// The image a slot waits for is damaged, and not merely replaced by another whole one.
bool pending_image_is_bad(const Facts& facts) {
    if (facts.ota.kind != OtaCase::Pending || facts.ota.refusal == CopyRefusal::None || facts.ota.image_for_other_platform) return false;
    const auto* module = facts.module("ota");
    return facts.ota.refusal == CopyRefusal::Range || !module || !module->good();
}

void pending_image_bad(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (!pending_image_is_bad(seen.facts)) return;
    const auto* module = seen.facts.module("ota");
    const auto where = module && module->present() && module->integrity == Integrity::Bad ? Range{module->at.begin, module->at.end + 4} : ota_area(seen.facts);
    found.add({"OTA area", where}, fmt::format("Slot {} is marked as pending, but the image in the OTA area fails the bootloader's check. At the next normal "
                                               "start the mark is cleared and nothing is copied: "
                                               "the installed firmware stays as it is.",
                                               *ota.pending_slot));
}

void slot_stale(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (pending_image_is_bad(seen.facts)) return;
    for (const int number : ota.stale_slots)
        found.add({"pending update, slot " + std::to_string(number), slot_range(ota, number)},
                  fmt::format("Slot {} is marked as pending for an image that the OTA area no longer holds. The bootloader clears it at the next normal start "
                              "without copying anything.",
                              number));
}

/// The record that belongs to the case: shown beside it, because the case is judged by it.
void slot_record(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    const auto number = ota.pending_slot ? ota.pending_slot : ota.descriptor_only_in_history ? std::nullopt : ota.descriptor_slot;
    const bool stale = number && std::find(ota.stale_slots.begin(), ota.stale_slots.end(), *number) != ota.stale_slots.end();
    if (!number || stale || slot_range(ota, *number).empty()) return;
    if (image_is_unseen(ota, seen.facts.modules)) {
        found.add({"update record, slot " + std::to_string(*number), slot_range(ota, *number)},
                  fmt::format("Slot {} of the configuration table marks an update as pending; its image is not, or not all of it, in the file.", *number));
        return;
    }
    if (ota.kind == OtaCase::None) return;
    found.add({"update record, slot " + std::to_string(*number), slot_range(ota, *number)},
              ota.pending_slot ? fmt::format("Slot {} of the configuration table marks the update as pending.", *number)
                               : fmt::format("Slot {} of the configuration table still describes this update; its mark is cleared.", *number));
}

std::string where_it_stopped(const Facts& facts) {
    const auto& progress = *facts.ota.progress;
    const auto percent = progress.total ? std::uint64_t{progress.copied} * 100 / progress.total : 0;
    const auto behind = progress.erased.empty() ? fmt::format("from {} on stands what was there before", hex_address(progress.boundary))
                                                : fmt::format("{} to {} is erased", hex_address(progress.erased.begin), hex_address(progress.erased.end));
    std::string text = fmt::format("{} of {} bytes ({} %) of {} stand in place; {}", progress.copied, progress.total, percent,
                                   named(facts, progress.slot, facts.ota.to_release), behind);
    if (!facts.ota.from_release.empty()) text += fmt::format(" (the old content is {})", facts.ota.from_release);
    return text + ".";
}

std::string what_follows(const OtaFacts& ota) {
    switch (ota.resumes) {
        case Resumes::Yes:
            return " The slot still says pending and this bootloader begins the copy anew at the next normal start.";
        case Resumes::AfterRepair:
            return " The slot still says pending, but this bootloader needs both system parts whole to read it: it goes on by itself only after they were "
                   "written again.";
        case Resumes::Harms:
            return " Another record, which destroys, waits beside it: that one is to be taken back first.";
        case Resumes::Unknown:
            return " Whether the bootloader goes on with the copy, this file does not show.";
        default:
            break;
    }
    if (ota.code == CopyCode::ClearedBeforeCopy)
        return " This bootloader clears the slot before it copies: the update is forgotten and will not go on by itself.";
    return " No slot says pending any more: the update will not go on by itself.";
}

void copy_interrupted(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind != OtaCase::CopyInterrupted || !ota.progress || ota.by_flag) return;
    const auto& progress = *ota.progress;
    const auto at = progress.erased.empty() ? Range{progress.boundary, progress.destination.end} : progress.erased;
    auto& finding = found.add({progress.slot, at}, "The bootloader was stopped while it copied an update: " + where_it_stopped(seen.facts) + what_follows(ota));
    if (ota.resumes == Resumes::Yes)
        finding.severity = Severity::Warning;
    else if (progress.slot == "user")
        finding.severity = Severity::Problem;
    // A place of which nothing is written may have been erased otherwise.
    if (!ota.descriptor_slot || progress.copied == 0) finding.confidence = Confidence::Likely;
}

void bootloader_copy_interrupted(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind != OtaCase::BootloaderCopyInterrupted || !ota.progress) return;
    const auto& progress = *ota.progress;
    found.add(
        {progress.slot, {progress.boundary, std::max(progress.boundary, progress.destination.end)}},
        "The system was stopped while it replaced the bootloader: " + where_it_stopped(seen.facts) + " Without a bootloader there is no DFU mode either.");
}

/// Bootloaders 100 to 1002 clear the slot first: power lost before the first erase leaves the old module, whole. So does an owner who wrote it back
/// over USB, and a copy that the bootloader refused. Either way nothing is damaged and nothing is under way: a note.
void cleared_not_copied(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind != OtaCase::ClearedNotCopied || !ota.descriptor_slot) return;
    const auto number = *ota.descriptor_slot;
    const bool was_last_write = !ota.descriptor_only_in_history && std::any_of(ota.history.begin(), ota.history.end(), [&](const OtaSlot& slot) {
        return slot.number == number && slot.state == OtaSlot::State::Pending;
    });
    auto& finding = found.add({"OTA area", ota.image},
                              fmt::format("{} lies whole in the OTA area and its slot was cleared for the copy{}, yet the destination holds another version, "
                                          "whole: either the copy never began and is forgotten, or the other version was written over USB afterwards. "
                                          "Nothing is pending; to have the update after all, send it again.",
                                          image_name(seen.facts), was_last_write ? " in the table's last write" : ""));
    finding.confidence = was_last_write ? Confidence::Likely : Confidence::Possible;
}

void copied_not_cleared(const Observations& seen, Findings& found) {
    const auto& ota = seen.facts.ota;
    if (ota.kind != OtaCase::CopiedNotCleared || !ota.pending_slot) return;
    auto& finding =
        found.add({"OTA area", ota.image},
                  fmt::format("The update is already in place, only its slot still says pending. The bootloader copies it once more at the next "
                              "normal start{}",
                              leaves_out_checks(ota) ? ", and its flags ask for fewer checks than every system asks for: it is to be taken back before "
                                                       "any start."
                                                     : ", which does no harm."));
    if (leaves_out_checks(ota)) finding.severity = Severity::Problem;
}

constexpr Rule rules[] = {
    {"ota-image-incomplete", Severity::Warning, "An update was received in part",
     "The image is not whole, so the device will not use it; the transfer must begin anew.", "flash_mal.c@v2.3.1:915", image_incomplete},
    {"ota-image-damaged", Severity::Note, "A whole but damaged image lies in the OTA area",
     "The device checks an image before it uses it; this one stays unused.", "ota_flash_hal_stm32f2xx.cpp@v2.3.1:350", image_damaged},
    {"ota-image-for-other-device", Severity::Warning, "The update image is made for another device",
     "System and bootloader compare the image's platform_id with their own and refuse it.", "flash_mal.c@v2.3.1:264", wrong_platform},
    {"ota-update-waits", Severity::Warning, "An update waits for the next start",
     "The bootloader copies it over the installed module when the device starts normally; in DFU mode it does not.", "flash_mal.c@v2.3.1:623", update_pending},
    {"ota-update-unreachable", Severity::Warning, "An update waits and cannot be applied",
     "From version 100 on the bootloader reads the slots with code of the system parts.", "bootloader_dct.c@v2.3.1:27", update_unreachable},
    {"ota-pending-image-bad", Severity::Warning, "An update is marked as pending but its image is not whole",
     "The bootloader checks the image before it erases anything, so the installed firmware stays.", "flash_mal.c@v2.3.1:264", pending_image_bad},
    {"ota-slot-stale", Severity::Note, "An old update record still says pending",
     "Systems before 2.2.0 leave the record of an earlier update standing when the next one arrives.", "flash_mal.c@v2.3.1:881", slot_stale},
    {"ota-slot-record", Severity::Note, "The record of an update under way", "The bootloader works by this record.", "platform_flash_modules.h@v2.3.1:34",
     slot_record},
    {"ota-copy-interrupted", Severity::Fatal, "The bootloader was stopped while it copied an update",
     "The destination is part new, part erased, part old: it cannot run.", "flash_mal.c@v2.3.1:306", copy_interrupted},
    {"bootloader-copy-interrupted", Severity::Fatal, "The replacement of the bootloader was interrupted",
     "The device starts with the bootloader; without it nothing runs and USB shows no device.", "ota_flash_hal_stm32f2xx.cpp@v2.3.1:265",
     bootloader_copy_interrupted},
    {"ota-cleared-not-copied", Severity::Note, "An update was taken up and is not installed",
     "The device runs other firmware, which is whole; if the update is still wanted it must be sent again.", "flash_mal.c@v0.7.0:615", cleared_not_copied},
    {"ota-copied-not-cleared", Severity::Note, "An applied update still says pending", "The bootloader applies it once more, with the same result.",
     "flash_mal.c@v2.0.0:623", copied_not_cleared},
};

}  // namespace

std::string image_name(const Facts& facts) {
    const auto& ota = facts.ota;
    const auto* module = ota.source_elsewhere ? &*ota.source_elsewhere : facts.module("ota");
    if (!ota.source_elsewhere && !ota.image_slot.empty()) return named(facts, ota.image_slot, ota.to_release);
    const auto* slot = module && module->present() ? slot_for(*facts.layout, module->function.value, module->index.value) : nullptr;
    return slot ? named(facts, slot->name, ota.to_release) : ota.to_release.empty() ? "an image" : "an image of " + ota.to_release;
}

std::span<const Rule> ota_rules() { return rules; }

}  // namespace photopsy

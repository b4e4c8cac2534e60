// Why an update is where it is. Case table and resume table: docs/formats/ota.md.
#include "base/hex.h"
#include "diagnosis/cause.h"
#include "diagnosis/harmful_copy.h"
#include "diagnosis/ota_flagged.h"
#include "facts/ota_flag.h"
#include "facts/update_record.h"
#include "rules/module_faults.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using Resumes = OtaFacts::Resumes;

void tell_receiving(const Observations& seen, const Findings&, Story& story) {
    const auto& ota = seen.facts.ota;
    story.chain = {
        {.says = ota.expected
                     ? fmt::format("The OTA area holds {} of the {} bytes of an image; the rest of their places is erased.", ota.received, ota.expected)
                     : "The OTA area holds firmware whose first chunk, with the header, is erased."},
        {.says = "An update began to arrive over the air (or over USB), and the transfer or the power ended before the image was whole.", .seen = false},
        {.says = "The installed firmware was not touched: it runs as before. The update must be sent again from its beginning.", .seen = false}};
}

/// What the device is with a copy that is to be taken back.
void tell_worse_off(const Observations& seen, Story& story) {
    story.title = "An update waits that leaves the device worse off than it is";
    const auto add = [&](std::string says) { story.chain.push_back({.says = std::move(says), .seen = false}); };
    const auto result = seen.boot.result;
    if (result == BootResult::Undefined || result == BootResult::Dfu || result == BootResult::ResetLoop)
        add("With it in its place the device does not start its firmware any more.");
    else if (seen.handshake.fails())
        add("With it in its place the device starts and does not get into the cloud any more, so the cloud cannot mend it either.");
    else if (result == BootResult::SafeMode)
        add("With it in its place the system refuses to run the application.");
    const auto* image = waiting_image(seen.facts);
    const bool is_part2 = image && image->function.value == FunctionSystemPart && image->index.value == 2;
    if (seen.facts.system.bootloader_uses_system_dct() &&
        ((is_part2 && image->version.value < first_checking_system_version) || seen.boot.safe_mode_reason == "part1-too-old"))
        add("This bootloader reads the configuration table with code of system parts that fit each other and are of 0.7.0 or later: with these it reads no "
            "further update.");
    add("In DFU mode nothing is copied: until the copy is taken back, the device must not be started in any other way.");
}

/// The pending part needs a newer neighbour than the one installed: that one goes first.
void tell_neighbour_first(const Facts& facts, Story& story) {
    const auto* image = waiting_image(facts);
    const auto* slot = image ? slot_for(*facts.layout, image->dependency.function.value, image->dependency.index.value) : nullptr;
    if (!slot) return;
    story.chain.push_back(
        {.says = fmt::format(
             "It needs {} of version {} or newer, and an older one is installed: until the cloud has sent the new one, the application does not run.",
             slot->title, image->dependency.version.value),
         .seen = false});
}

ChainLink undone_then(const Facts& facts) {
    return {.says = undoes_repair(facts) ? "Repaired, the next normal start would carry that copy out and put a part in place that does not fit the others: it "
                                           "is to be taken back first."
                                         : "Repaired, the next normal start would carry that copy out, and its record asks for fewer checks than every system "
                                           "asks for: it is to be taken back first.",
            .seen = false};
}

void tell_unchecked(Story& story) {
    story.title = "An update waits whose record asks for fewer checks than every system asks for";
    story.chain.push_back({.says = "Nothing refuses what lies there when it is copied, and a reception that begins anew erases it: until the record is taken "
                                   "back, the device must not be started normally.",
                           .seen = false});
}

/// What is copied, as far as it can be told; the record alone where no whole image is there.
void begin_pending(const Facts& facts, Story& story) {
    const auto& ota = facts.ota;
    const auto* image = waiting_image(facts);
    if (!image || !image->good()) {
        story.chain = {told_of_slot(*pending_record(ota))};
    } else {
        story.chain = {
            {.says = ota.source_elsewhere ? fmt::format("A module lies whole at {}, where no update is received.", hex_address(ota.source_elsewhere->at.begin))
                                          : "An update was received whole and its checksum is good."},
            {.says = "A slot of the configuration table tells the bootloader to copy it."}};
    }
}

void tell_pending(const Observations& seen, const Findings&, Story& story) {
    if (seen.facts.ota.by_flag) {
        story.chain = flagged_update_pending(seen);
        return;
    }
    const auto& ota = seen.facts.ota;
    if (ota.resumes == Resumes::Harms) return tell_harmful(seen.facts, story);
    begin_pending(seen.facts, story);
    if (ota.resumes == Resumes::Unknown)
        return story.chain.push_back({.says = "Whether the installed bootloader can read that slot, this file does not show.", .seen = false});
    if (ota.kind == OtaCase::PendingUnreachable || ota.resumes == Resumes::AfterRepair) {
        story.chain.push_back(
            {.says = "The bootloader can read that slot only with the help of two whole system parts, so it does nothing until they are repaired.",
             .seen = false});
        if (is_taken_back_after_repair(seen.facts)) story.chain.push_back(undone_then(seen.facts));
        return;
    }
    if (ota.kind == OtaCase::CopiedNotCleared) story.chain.push_back({.says = "The copy is already in place; only the mark was not cleared."});
    story.chain.push_back({.says = "At the next normal start the bootloader copies it. While the device is kept in DFU mode it does not.", .seen = false});
    if (leaves_out_checks(ota)) return tell_unchecked(story);
    if (is_to_be_taken_back(seen)) return tell_worse_off(seen, story);
    if (ota.resumes == Resumes::MakesItWorse) return tell_neighbour_first(seen.facts, story);
}

void tell_pending_corrupt(const Observations& seen, const Findings&, Story& story) {
    if (seen.facts.ota.by_flag) {
        if (seen.facts.ota.by_flag->job == FlagJob::FactoryReset) story.title = "A factory reset is asked for, but the factory image is damaged";
        story.chain = flagged_update_corrupt(seen);
        return;
    }
    story.chain = {{.says = "A slot of the configuration table says that an update waits in the OTA area."},
                   {.says = "The image there is not whole: its checksum fails, or nothing with a header lies there."},
                   {.says = "The bootloader checks the image before it erases anything. It clears the slot, copies nothing, and starts the installed firmware.",
                    .seen = false}};
}

bool asks_by_flag(const Facts& facts) { return facts.ota.update_flag && facts.ota.update_flag->value == 0xA5; }

void tell_wrong_platform(const Observations& seen, const Findings&, Story& story) {
    const auto* module = seen.facts.module("ota");
    story.chain = {
        {.says = fmt::format("The image in the OTA area is made for platform {}, this device is platform {}.", module ? module->platform_id.value : 0,
                             seen.facts.layout->platform_id)},
        {.says = seen.facts.ota.pending_slot
                     ? "A slot says that it waits to be copied. The bootloader compares the platform, clears the slot and copies nothing."
                 : asks_by_flag(seen.facts)
                     ? "The OTA flag asks the system to apply it. At its next start the system clears the flag, compares the platform and refuses the image."
                     : "The system refused it when it had arrived; nothing else in the flash was changed.",
         .seen = false}};
}

std::string what_the_flag_does(const Facts& facts) {
    switch (effect_of_update_flag(facts)) {
        case FlagEffect::NoReader:
            return "This Device OS does not read the flag; a later one will at its first start.";
        case FlagEffect::NoImage:
            return "At its next start the system clears the flag. No image that it accepts lies in the OTA area, so nothing else happens.";
        case FlagEffect::Refused:
            return "At its next start the system clears the flag and refuses the image: it does not fit the installed parts.";
        case FlagEffect::OldBootloader:
            return "At its next start the system clears the flag and puts this bootloader in place, for which it then refuses to run the application.";
        default:
            return "At its next start the system clears the flag and applies the image in the OTA area if it is whole.";
    }
}

void tell_flag(const Observations& seen, const Findings&, Story& story) {
    story.chain = {
        {.says = "The OTA flag of the configuration table is set (a5)."},
        {.says = "`particle update` sets it over USB after it has put a bootloader into the OTA area; then it writes the system parts.", .seen = false},
        {.says = what_the_flag_does(seen.facts), .seen = false}};
    if (flag_installs_old_bootloader(seen.facts)) {
        story.title = "The OTA flag asks for a bootloader that is too old for the installed system";
        story.chain.push_back(
            {.says = "In DFU mode nothing is applied: until the flag is taken back, the device must not be started in any other way.", .seen = false});
    }
    if (seen.facts.ota.behind_flag && (seen.facts.ota.behind_flag->value == '\n' || seen.facts.ota.behind_flag->value == '\r'))
        story.chain.push_back({.says = "It was written from a text file: the line end behind it stands in the first byte of the feature flags."});
}

std::string what_reset_does(const Facts& facts) {
    const auto* image = facts.module("factory");
    if (facts.ota.by_flag) return "At the next start that is not in DFU mode the bootloader copies the factory image over the installed firmware.";
    if (!image || !image->good()) return "The file holds no whole factory image: what the next start that is not in DFU mode makes of that is not known.";
    return "At the next start that is not in DFU mode the bootloader copies the factory image over the installed application, which then is lost but for this "
           "dump.";
}

void tell_factory_reset(const Observations& seen, const Findings&, Story& story) {
    const bool in_table = !seen.facts.ota.by_flag;
    story.chain = {
        {.says = fmt::format("The system flags {} ask for a factory reset (aaaa).", in_table ? "of the configuration table" : "in their page")},
        {.says = "Someone asked for it with the button, or a system that found no application; the bootloader has not carried it out yet.", .seen = false},
        {.says = what_reset_does(seen.facts), .seen = false}};
}

/// What each bootloader generation does with the rest of the job.
std::string resume_rule(const Observations& seen) {
    const auto& ota = seen.facts.ota;
    const bool starts = seen.boot.result == BootResult::Runs || seen.boot.result == BootResult::SafeMode;
    if (ota.kind == OtaCase::BootloaderCopyInterrupted && starts)
        return "This copy was the running system's own work. The piece that is missing is off the way that each start takes, so the device starts, but the "
               "copy "
               "does not go on by itself.";
    if (ota.kind == OtaCase::BootloaderCopyInterrupted)
        return "Nothing can go on with this copy: it was the running system's own work, and the device does not start any more.";
    switch (ota.resumes) {
        case Resumes::Yes:
            return "The slot is still pending and this bootloader needs nothing from the broken part: at the next normal start it copies the module again from "
                   "the beginning.";
        case Resumes::AfterRepair:
            return "The slot is still pending, but this bootloader reads it with code of the two system parts and one of them is broken: it cannot go on "
                   "before that part is written again.";
        case Resumes::Harms:
            return "Beside it waits a record that makes the bootloader destroy what the device needs: whether the copy would go on does not count.";
        case Resumes::Unknown:
            return "Whether the bootloader goes on with the copy at the next start, this file does not show.";
        default:
            break;
    }
    return ota.code == CopyCode::ClearedBeforeCopy ? "This bootloader (100 to 1002) clears the slot before it copies, so nothing tells it to go on."
                                                   : "No slot is pending any more, so nothing tells the bootloader to go on.";
}

std::string what_was_copied(const Facts& facts) {
    const auto& ota = facts.ota;
    const auto what = ota.image_slot.empty() ? "a module" : in_text(facts, ota.image_slot);
    for (const int index : {2, 3})
        if (const auto* part = facts.system_part(index); part && !ota.image.empty() && part->at.contains(ota.image))
            return fmt::format("System part {} carries {} whole, and puts it in its place where an older one is installed.", index, what);
    return fmt::format("An update of {}{} was received whole: it still lies in the OTA area and its checksum is good.", what,
                       ota.to_release.empty() ? "" : " to " + ota.to_release);
}

void tell_interrupted(const Observations& seen, const Findings&, Story& story) {
    if (seen.facts.ota.by_flag) {
        story.chain = flagged_copy_interrupted(seen);
        return;
    }
    const auto& ota = seen.facts.ota;
    story.chain = {{.says = what_was_copied(seen.facts)}};
    if (ota.progress)
        story.chain.push_back(
            {.says = fmt::format("The copy stopped at {}: {} of {} bytes.", hex_address(ota.progress->boundary), ota.progress->copied, ota.progress->total)});
    const bool nothing_copied = ota.kind == OtaCase::CopyInterrupted && ota.progress && ota.progress->copied == 0;
    story.chain.push_back({.says = nothing_copied
                                       ? "The power was lost (or the device was reset) between erasing and writing, or the place was erased otherwise."
                                       : "The power was lost (or the device was reset) at that moment.",
                           .seen = false});
    story.chain.push_back({.says = resume_rule(seen), .seen = false});
    if (is_taken_back_after_repair(seen.facts)) story.chain.push_back(undone_then(seen.facts));
}

const Cause causes[] = {
    {"ota-interrupted-while-applying",
     "An update was interrupted while it was being copied over the installed firmware",
     "The copying of a received module over the installed one, by the bootloader or the system, did not come to its end.",
     {"ota-copy-interrupted|bootloader-copy-interrupted|firmware-copy-interrupted", "module-checksum-wrong@slot", "module-mixed@slot", "module-cut-short@slot",
      "module-run-erased@slot", "slot-empty@slot", "slot-foreign@slot", "dependency-unmet", "system-parts-differ", "ota-slot-stale", "ota-slot-record"},
     {},
     tell_interrupted},
    {"ota-pending-image-corrupt",
     "An update is marked as pending, but its image is damaged",
     "A slot or a flag asks for an image to be copied, and that image fails its checksum.",
     {"ota-pending-image-bad|firmware-update-damaged", "factory-reset-waits", "ota-slot-stale", "ota-slot-record", "ota-image-damaged"},
     {},
     tell_pending_corrupt},
    {"ota-image-wrong-platform",
     "The received update is made for another device",
     "The image in the OTA area carries another platform_id than this device.",
     {"ota-image-for-other-device", "ota-slot-stale", "ota-slot-record", "ota-flag-asks"},
     {},
     tell_wrong_platform},
    {"ota-flag-set",
     "The OTA flag asks the system to apply what lies in the OTA area",
     "ota_update_flag of the configuration table is a5.",
     {"ota-flag-asks", "ota-flag-line-feed"},
     {},
     tell_flag},
    {"factory-reset-asked",
     "A factory reset waits for the next start",
     "The system flags ask the bootloader to put the factory image in place.",
     {"factory-reset-waits"},
     {},
     tell_factory_reset},
    {"ota-pending",
     "A received update waits to be applied at the next start",
     "A slot marks a whole image in the OTA area as pending.",
     {"ota-update-waits|firmware-update-waits|ota-update-unreachable|ota-copied-not-cleared", "ota-slot-stale", "ota-slot-record"},
     {},
     tell_pending},
    {"ota-receiving",
     "An update was being received",
     "The OTA area holds part of an image; the installed firmware is untouched.",
     {"ota-image-incomplete", "ota-slot-stale", "ota-slot-record"},
     {},
     tell_receiving},
};

}  // namespace

std::span<const Cause> ota_causes() { return causes; }

}  // namespace photopsy

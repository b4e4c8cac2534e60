// Updates: most go on by themselves at the next start; what cannot is written over USB.
#include "remedy/ways.h"

#include "facts/copied_firmware.h"
#include "facts/ota_flag.h"
#include "rules/harmful_copy.h"
#include "rules/module_faults.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

namespace photopsy {

namespace {

using List = std::vector<Remedy>;
using Resumes = OtaFacts::Resumes;

Remedy keep_firmware() { return keep_dump("It is the only copy of what the device holds now, keys included. Store it before anything is written."); }

/// A system part must match the others; what else was on its way is of the new release.
std::string release_to_write(const Facts& facts, std::string_view slot) {
    return slot == "user" || slot == "bootloader" ? facts.ota.to_release : release_for(facts, slot);
}

List ways_of_receiving(const Situation&) {
    return {keep_firmware(),
            {.title = "Let the device go online again",
             .explain = "A cloud that has an update for it sends it again from its beginning. Nothing must be repaired.",
             .turn = Remedy::Turn::Nothing}};
}

/// The pending module needs a newer neighbour than the one installed: that one goes first, and with system part 2 the parts that it asks for itself; else the
/// slots are out of the bootloader's reach, and the update is never applied.
List neighbour_first(const Observations& seen) {
    const Facts& facts = seen.facts;
    const auto* image = waiting_image(facts);
    const auto* slot = image ? slot_for(*facts.layout, image->dependency.function.value, image->dependency.index.value) : nullptr;
    if (!slot) return {keep_firmware()};
    const auto releases = releases_with_system_version(image->dependency.version.value);
    const auto release = !facts.ota.to_release.empty() || releases.empty() ? facts.ota.to_release : std::string(releases.front());
    List list = {keep_firmware()};
    for (const auto& place : facts.layout->slots) {
        const auto* installed = facts.module(place.name);
        const bool is_older = installed && installed->present() && installed->version.value < image->dependency.version.value;
        const bool comes_with_it = image->function.value == FunctionUserPart && is_system_part(place) && is_system_part(*slot) && is_older;
        if (place.name == slot->name || comes_with_it)
            list.push_back(write_module(place, release, "The part that the waiting update needs, before the device is started: then the update finds it."));
    }
    add_bootloader_for(list, facts, release, Remedy::Role::Way);
    list.push_back(start_normally(
        may_go_online(seen) ? "The bootloader copies the update. In safe mode (breathing magenta) the device is online, and the cloud sends the missing part."
                            : "The bootloader copies the update."));
    return list;
}

/// What only a plan does: it clears a place of the configuration table and reads it back.
Remedy take_back(std::string title, std::string explain) {
    return {.title = std::move(title),
            .explain = std::move(explain),
            .steps = {{.kind = StepKind::PlanRepair}},
            .warning = std::string(plan_alone_changes_nothing),
            .cost = Remedy::Cost::WritesOneSetting,
            .before = Remedy::Before::DfuMode,
            .turn = Remedy::Turn::Table};
}

Remedy take_back_before_any_start(const std::string& what, std::string explain) {
    auto remedy = take_back("Take " + what + " back, before any start", std::move(explain));
    remedy.warning += " Do not start the device normally before that.";
    return remedy;
}

Remedy take_copy_back(const Facts& facts) {
    return take_back_before_any_start(
        "the waiting copy", fmt::format("Hold {} while the device gets power or is reset, so that it goes into DFU mode and not to the copy. The plan clears "
                                        "the record in the configuration table and reads it back.",
                                        facts.layout->button));
}

List parts_first(const Facts& facts) {
    List list = {keep_firmware()};
    for (const auto& slot : facts.layout->slots) {
        const auto* module = facts.module(slot.name);
        if (is_system_part(slot) && (!module || !module->good()))
            list.push_back(write_module(slot, release_to_write(facts, slot.name),
                                        is_taken_back_after_repair(facts) ? "" : "Afterwards the pending update is applied at the next normal start."));
    }
    if (is_taken_back_after_repair(facts)) list.push_back(take_copy_back(facts));
    return list;
}

/// The record is taken back before anything is mended that lets the bootloader reach it. Where that is what keeps it from the table too, only a plan does both.
List ways_of_harm(const Facts& facts) {
    auto keep = keep_firmware();
    keep.warning = "Do not start the device normally before the update record that destroys is taken back.";
    auto back = take_copy_back(facts);
    if (!harm_waits_for_repair(facts)) return {keep, back};
    back.explain = fmt::format(
        "Hold {} while the device gets power or is reset, so that it goes into DFU mode. The bootloader does not reach the record now. Where its checks would "
        "then refuse the copy, the plan first erases the image that would be copied; it writes the parts that it can have, and clears the record as soon as "
        "the bootloader reaches the table, all without a normal start in between.",
        facts.layout->button);
    back.warning = std::string(plan_alone_changes_nothing) +
                   " Do not start the device normally before that, and least of all with whole system parts or another bootloader.";
    back.turn = Remedy::Turn::ReadAgain;
    return {keep, back};
}

List ways_of_pending(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    if (facts.ota.resumes == Resumes::Unknown) return {keep_firmware()};
    if (facts.ota.resumes == Resumes::Harms) return ways_of_harm(facts);
    if (is_to_be_taken_back(situation.seen)) return {keep_firmware(), take_copy_back(facts)};
    if (facts.ota.kind == OtaCase::PendingUnreachable || facts.ota.resumes == Resumes::AfterRepair) return parts_first(facts);
    if (facts.ota.resumes == Resumes::MakesItWorse) return neighbour_first(situation.seen);
    return {keep_firmware(), start_normally("The bootloader copies the update within a few seconds and then starts the firmware.")};
}

List ways_of_wrong_platform(const Situation& situation) {
    return {keep_firmware(),
            {.title = "Build or download the file for this device",
             .explain = fmt::format("Compile for the {} and send that file instead.", situation.seen.facts.layout->title),
             .steps = {{.kind = StepKind::Compile, .file = {.kind = FileKind::OwnApplication}}},
             .turn = Remedy::Turn::Cloud}};
}

List ways_of_flag(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    switch (effect_of_update_flag(facts)) {
        case FlagEffect::NoReader:
            return {keep_firmware(), take_back("Take the OTA flag back",
                                               "Nothing reads it now; a Device OS from 1.2.1 on would at its first start apply whatever lies in the OTA "
                                               "area then. The plan clears the flag and reads it back.")};
        case FlagEffect::OldBootloader:
            return {keep_firmware(),
                    take_back_before_any_start(
                        "the OTA flag", fmt::format("Hold {} while the device gets power or is reset, so that it goes into DFU mode and the system does not "
                                                    "start. The plan clears the flag in the configuration table and reads it back.",
                                                    facts.layout->button))};
        case FlagEffect::NoImage:
        case FlagEffect::Refused:
            return {keep_firmware(), start_normally("The system clears the flag and leaves the image in the OTA area where it is.")};
        default:
            return {keep_firmware(), start_normally("The system clears the flag and applies the image if it is whole.")};
    }
}

List ways_of_factory_reset(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    auto start = start_normally("If the reset is wanted: the bootloader copies the factory image and starts it.");
    if (const auto& flagged = facts.ota.by_flag) return flagged->source() && flagged->source()->whole ? List{keep_firmware(), start} : List{keep_firmware()};
    start.role = Remedy::Role::OtherWay;
    return {
        keep_dump("It holds the application that the reset replaces."),
        take_back_before_any_start("the factory reset",
                                   fmt::format("If it is not wanted. Hold {} while the device gets power or is reset, so that it goes into DFU mode. The plan "
                                               "clears the flag in the configuration table and reads it back.",
                                               facts.layout->button)),
        start};
}

/// The update was on its way to a release that wants a newer bootloader; the order is part 1, part 2, bootloader.
std::string bootloader_follows(const Facts& facts) {
    const auto *image = facts.module("ota"), *part1 = facts.system_part(1), *bootloader = facts.module("bootloader");
    if (!image || !image->good() || !part1 || part1->version.value != image->version.value || image->dependency2.function.value != FunctionBootloader)
        return "";
    if (!bootloader || !bootloader->good() || bootloader->version.value >= image->dependency2.version.value) return "";
    return fmt::format(
        " This release also needs bootloader {} or newer, and {} is installed: the device then starts in safe mode (breathing magenta), goes online, and the "
        "cloud sends the bootloader by itself.",
        image->dependency2.version.value, bootloader->version.value);
}

Remedy write_instead(const Facts& facts, const ModuleSlot& slot) {
    if (slot.name == "user") return write_module(slot, "", "Your application, as you built it last.");
    const auto* own = facts.module(slot.name);
    const auto* other = facts.system_part(own && own->part == 1 ? 2 : 1);
    const bool other_is_whole = other && other->good();
    return write_module(slot, release_to_write(facts, slot.name),
                        std::string(other_is_whole ? "The file must be of the same Device OS release as the other system part, which is whole."
                                                   : "The file must be of the same Device OS release as the other system part, which is to be written too.") +
                            bootloader_follows(facts));
}

/// A whole image in place of the one that will be copied: a start before that would put what lies there now over the installed firmware.
Remedy write_stored_image(const StoredImage& source, const ModuleSlot& stored, const ModuleSlot& firmware) {
    auto remedy = write_module(firmware, "",
                               "Any whole firmware for this device will do. What lies there now is copied over the installed firmware at the next start; with "
                               "a whole image in its place that start is harmless, and the device runs what was written.");
    remedy.title = fmt::format("Write a whole image over the {}, before any start", stored.title);
    remedy.steps.front().at = source.at.begin;
    remedy.warning = "Do not start the device normally before that, and do not unplug it before dfu-util has finished.";
    return remedy;
}

/// A bootloader that obeys a page of flags copies the image it names at the next start, whole or not, over whatever was written there before.
List ways_of_flagged_copy(const StoredImage& source, FlagJob job, const Facts& facts) {
    const bool restores = job == FlagJob::Restore;
    if (source.whole)
        return {keep_firmware(),
                start_normally(restores ? "The bootloader puts back the firmware that ran before, from the backup that it made. Then send the update again."
                                        : "The bootloader repeats the copy from the image in the OTA area.")};
    const auto *stored = facts.layout->slot(source.slot), *firmware = facts.layout->slot("monolithic");
    if (!is_damaged(source, facts.modules) || !stored || !firmware) return {keep_firmware()};
    return {keep_firmware(), write_stored_image(source, *stored, *firmware)};
}

/// Bootloaders that read slots test the image first; those that obey a page of flags copy it as it is.
List ways_of_corrupt_image(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    const auto* source = facts.ota.by_flag ? facts.ota.by_flag->source() : nullptr;
    if (source) return ways_of_flagged_copy(*source, facts.ota.by_flag->job, facts);
    return {keep_firmware(), start_normally("The bootloader clears the mark. The cloud (or you) can then send the update again.")};
}

bool starts(const Observations& seen) {
    const auto result = seen.boot.result;
    return result == BootResult::Runs || result == BootResult::SafeMode || result == BootResult::FactoryReset;
}

/// The image of the interrupted copy is whole, and a file of it may be published nowhere.
std::string bootloader_in_this_dump(const Facts& facts) {
    const auto& image = facts.ota.image;
    if (facts.ota.kind != OtaCase::BootloaderCopyInterrupted || image.size() == 0 || !facts.layout->flash.contains(image)) return "";
    return fmt::format(
        " The whole bootloader stands in this dump too: the {} bytes from byte {} of the flash on (as plain bytes: photopsy convert) are such a file.",
        image.size(), image.begin - facts.layout->flash.begin);
}

List ways_of_interrupted_copy(const Situation& situation) {
    const auto& facts = situation.seen.facts;
    const auto* source = facts.ota.by_flag ? facts.ota.by_flag->source() : nullptr;
    if (source) return ways_of_flagged_copy(*source, facts.ota.by_flag->job, facts);
    const auto& ota = facts.ota;
    List list = {keep_firmware()};
    const auto* slot = facts.layout->slot(ota.progress ? ota.progress->slot : ota.image_slot);
    if (!slot) return list;
    if (ota.resumes == Resumes::Yes) list.push_back(start_normally("The bootloader repeats the copy from the image in the OTA area."));
    if (slot->name == "bootloader") {
        const auto release = ota.to_release.empty() ? release_for(facts, slot->name) : ota.to_release;
        auto ways = starts(situation.seen) ? replace_bootloader(situation.seen, release) : List{write_bootloader_by_debugger(facts, release)};
        for (auto& way : ways)
            if (way.turn == Remedy::Turn::Bootloader) way.explain += bootloader_in_this_dump(facts);
        list.insert(list.end(), ways.begin(), ways.end());
        return list;
    }
    list.push_back(write_instead(facts, *slot));
    if (ota.resumes == Resumes::Yes) list.back().role = Remedy::Role::OtherWay;
    if (is_taken_back_after_repair(facts)) list.push_back(take_copy_back(facts));
    return list;
}

const RemedyRow rows[] = {
    {"ota-interrupted-while-applying", ways_of_interrupted_copy},
    {"ota-pending-image-corrupt", ways_of_corrupt_image},
    {"ota-image-wrong-platform", ways_of_wrong_platform},
    {"ota-flag-set", ways_of_flag},
    {"factory-reset-asked", ways_of_factory_reset},
    {"ota-pending", ways_of_pending},
    {"ota-receiving", ways_of_receiving},
};

}  // namespace

std::span<const RemedyRow> ota_remedies() { return rows; }

}  // namespace photopsy

// The case table of docs/formats/ota.md: which of them do the slots, the OTA area and the destination show together?
#include "facts/ota.h"

#include "facts/ota_parts.h"
#include "facts/update_record.h"

#include <algorithm>

namespace photopsy {

using namespace ota;
using Resumes = OtaFacts::Resumes;

CopyCode copy_code(std::optional<std::uint16_t> version) {
    if (!version || *version == 0xFFFF) return CopyCode::Unknown;
    if (*version <= 6) return CopyCode::EraseAllThenCopy;
    if (*version <= 99) return CopyCode::SectorBySector;
    return *version <= 1002 ? CopyCode::ClearedBeforeCopy : CopyCode::ClearedAfterCopy;
}

namespace {

void find_descriptor(const Scene& scene, OtaFacts& facts) {
    const auto find = [&](const std::vector<OtaSlot>& slots) -> std::optional<int> {
        for (const auto& slot : slots)
            if (slot.number > 0 && describes(slot, scene.area.begin, *scene.in_area)) return slot.number;
        return {};
    };
    facts.descriptor_slot = find(facts.slots);
    if (facts.descriptor_slot) return;
    facts.descriptor_slot = find(facts.history);
    facts.descriptor_only_in_history = facts.descriptor_slot.has_value();
}

std::string letter_of(CopyCode code) {
    switch (code) {
        case CopyCode::EraseAllThenCopy:
            return "c1";
        case CopyCode::SectorBySector:
            return "c2";
        case CopyCode::ClearedBeforeCopy:
            return "c3";
        case CopyCode::ClearedAfterCopy:
            return "c4";
        case CopyCode::Unknown:
            break;
    }
    return "c";
}

Resumes if_reached(TableAccess access) {
    if (access == TableAccess::Unknown) return Resumes::Unknown;
    return is_reached(access) ? Resumes::Yes : Resumes::AfterRepair;
}

/// The table of section "Can it resume" in docs/formats/ota.md.
Resumes resumes_after_cut(const OtaFacts& facts) {
    if (facts.slots.empty() && !facts.table_is_new) return Resumes::Unknown;
    const bool still_pending = facts.pending_slot && facts.refusal == CopyRefusal::None;
    if (!still_pending) return Resumes::No;
    return if_reached(facts.access);
}

/// The dependency of a pending system part on another part is checked at reception only; here it tells whether the device
/// will run its application after the copy. An unmet bootloader version heals by itself: the cloud sends the bootloader next.
bool met_after_copy(const Scene& scene, const Dependency& dependency) {
    if (dependency.none() || dependency.function.value == FunctionBootloader) return true;
    for (const auto& module : scene.modules)
        if (module.present() && module.slot != "ota" && module.slot != "factory" && module.function.value == dependency.function.value &&
            module.index.value == dependency.index.value)
            return module.version.value >= dependency.version.value;
    return true;
}

/// A table that was made anew says nothing of updates any more. Without a record, the beginning of the image in its place and erased flash behind it are
/// damage as well as a copy; beside a whole neighbour of another release they are a copy that was on its way.
bool unrecorded_copy(const Scene& scene, const OtaFacts& facts, const CopyProgress& progress) {
    const bool stopped = std::find(progress.sectors.begin(), progress.sectors.end(), CopySector::InProgress) != progress.sectors.end();
    const bool recorded =
        std::any_of(facts.slots.begin(), facts.slots.end(), [](const OtaSlot& slot) { return slot.number > 0 && slot.state != OtaSlot::State::Unused; });
    if (!stopped || (recorded && facts.code != CopyCode::ClearedBeforeCopy) || scene.in_area->function.value != FunctionSystemPart) return false;
    return std::any_of(scene.modules.begin(), scene.modules.end(), [&](const Module& module) {
        return module.slot != "ota" && module.slot != progress.slot && module.good() && module.function.value == FunctionSystemPart &&
               module.version.value != scene.in_area->version.value;
    });
}

/// Bootloaders 100 to 1002 clear the record before they erase anything (FM@v0.7.0:615-657): where it waits, this copy has not begun.
bool has_not_begun(const OtaFacts& facts, bool waits) { return waits && facts.code == CopyCode::ClearedBeforeCopy; }

/// The image in the OTA area is what the pending slot copies, to where it belongs.
bool waits_for_its_place(const Scene& scene, const OtaFacts& facts) {
    if (!facts.pending_slot || facts.refusal != CopyRefusal::None || facts.source_elsewhere || facts.harmful_slot) return false;
    return pending_record(facts)->destination.value == scene.in_area->start.value;
}

void judge_whole_image(const Scene& scene, OtaFacts& facts) {
    const auto& module = *scene.in_area;
    const auto* destination = destination_of(scene.layout, module);
    facts.image = range_of(module.at.begin, module.length() + 4);
    facts.image_slot = destination ? destination->name : "";
    facts.to_release = module.releases.empty() ? "" : module.releases.front();
    facts.image_for_other_platform = module.platform_id.value != scene.layout.platform_id;
    find_descriptor(scene, facts);
    const bool waits = waits_for_its_place(scene, facts);
    if (facts.image_for_other_platform || !destination || module.function.value == FunctionBootloader) {
        if (facts.image_for_other_platform && !facts.pending_slot) facts.kind = OtaCase::ReceivedRejected, facts.case_letter = "a'";
        return;
    }
    const auto* installed = scene.module(destination->name);
    const bool whole = installed && installed->good();
    const auto progress = compare_copy(scene.image, scene.layout, *destination, scene.image.bytes(facts.image));
    // Without a slot that names the job, only old content behind the new speaks for a copy: damage erases too.
    const bool old_behind_new = progress && progress->copied && progress->sectors.back() == CopySector::Old;
    if (progress && !whole && !has_not_begun(facts, waits) && looks_interrupted(*progress) &&
        (facts.descriptor_slot || waits || old_behind_new || unrecorded_copy(scene, facts, *progress))) {
        facts.kind = OtaCase::CopyInterrupted;
        facts.case_letter = letter_of(facts.code);
        facts.progress = progress;
        facts.half_written_slot = destination->name;
        facts.resumes = resumes_after_cut(facts);
    } else if (waits && progress && complete(*progress)) {
        facts.kind = OtaCase::CopiedNotCleared;
        facts.case_letter = "d";
        facts.resumes = if_reached(facts.access);
    } else if (!waits && whole && progress && !complete(*progress) && facts.descriptor_slot && !facts.descriptor_only_in_history &&
               facts.code == CopyCode::ClearedBeforeCopy) {
        facts.kind = OtaCase::ClearedNotCopied;
        facts.case_letter = "c5";
        facts.resumes = Resumes::No;
    }
}

void judge_pending(const Scene& scene, OtaFacts& facts) {
    const bool half_copied = facts.kind == OtaCase::CopyInterrupted || facts.kind == OtaCase::BootloaderCopyInterrupted;
    if (facts.harmful_slot && half_copied) facts.resumes = Resumes::Harms;
    const bool outranks = facts.harmful_slot || (leaves_out_checks(facts) && facts.kind != OtaCase::CopiedNotCleared);
    if ((facts.kind != OtaCase::None && !outranks) || half_copied || !facts.pending_slot) return;
    facts.kind = is_out_of_reach(facts.access) && facts.refusal == CopyRefusal::None ? OtaCase::PendingUnreachable : OtaCase::Pending;
    facts.case_letter = facts.kind == OtaCase::Pending ? "b" : "b'";
    if (facts.refusal != CopyRefusal::None)
        facts.resumes = Resumes::No;
    else if (facts.harmful_slot)
        facts.resumes = Resumes::Harms;
    else if (!is_reached(facts.access))
        facts.resumes = if_reached(facts.access);
    else if (image_is_unseen(facts, scene.modules))
        facts.resumes = Resumes::Unknown;
    else if (const auto* image = facts.source_elsewhere ? &*facts.source_elsewhere : scene.in_area; image)
        facts.resumes = met_after_copy(scene, image->dependency) ? Resumes::Yes : Resumes::MakesItWorse;
}

/// A pending slot that names this image says the image was whole once; another slot is only older than this reception. The slot also names it
/// where only the header is wrong and as much was written as the slot says.
bool image_was_whole(const OtaFacts& facts) {
    if (!facts.pending_slot || (facts.kind != OtaCase::Receiving && facts.kind != OtaCase::ReceivedRejected)) return false;
    if (facts.refusal == CopyRefusal::Checksum) return true;
    const auto length = pending_record(facts)->length.value;
    return facts.refusal != CopyRefusal::Range && facts.holes.empty() && length <= facts.image.size() && facts.image.size() - length < chunk;
}

/// Which releases are the new and the old one, as far as header, trailer and blocks tell.
void name_releases(const Scene& scene, OtaFacts& facts) {
    if (facts.kind == OtaCase::Receiving && scene.area_slot) {
        if (const auto& blocks = scene.area_slot->damage.blocks) {
            if (!blocks->releases.empty()) facts.to_release = blocks->releases.front();
            if (!facts.expected) facts.expected = blocks->length;
        }
        return;
    }
    const auto* destination = scene.module(facts.progress ? facts.progress->slot : facts.image_slot);
    if (!destination || facts.kind == OtaCase::None) return;
    const auto& damage = destination->damage;
    if (destination->good() && !destination->releases.empty()) facts.from_release = destination->releases.front();
    if (!destination->good() && !damage.foreign_release.empty())
        facts.from_release = damage.foreign_release;
    else if (!destination->good() && damage.other_trailer && !damage.other_trailer->releases.empty())
        facts.from_release = damage.other_trailer->releases.front();
    if (facts.kind == OtaCase::DfuWriteInterrupted && damage.blocks && !damage.blocks->releases.empty()) facts.to_release = damage.blocks->releases.front();
}

}  // namespace

OtaFacts read_ota(const Image& image, const Layout& layout, const std::vector<Module>& modules, const Dct& dct,
                  std::optional<std::uint16_t> bootloader_version) {
    if (layout.boot == BootKind::Monolithic) return read_flagged_update(image, layout, modules);
    OtaFacts facts;
    facts.code = copy_code(bootloader_version);
    facts.access = table_access(modules, layout, bootloader_version);
    facts.table_is_new = dct.would_reinitialize;
    if (dct.selected) {
        facts.slots = read_slots(image, layout, dct, *dct.selected);
        facts.history = read_slots(image, layout, dct, 3 - *dct.selected);
        const auto flag = dct.field_at(layout, "ota_update_flag");
        if (!flag.empty() && image.has(flag)) facts.update_flag = image.reader(flag).read<std::uint8_t>();
        if (const auto behind = range_of(flag.end, flag.size()); facts.update_flag && image.has(behind))
            facts.behind_flag = image.reader(behind).read<std::uint8_t>();
    }
    const auto* area = layout.slot("ota");
    if (!area) return facts;
    const auto* in_area = find_module(modules, "ota");
    const Scene scene{image, layout, modules, area->at, in_area && in_area->present() ? in_area : nullptr, in_area};
    // What a slot does, its own bytes and those of its image tell. What did not arrive shows by what is erased, and so only where the area is in the file.
    const bool area_in_file = image.has(area->at);
    read_pending(scene, facts);
    if (area_in_file) judge_bootloader_copy(scene, facts);
    if (facts.kind == OtaCase::None && scene.in_area && scene.in_area->good())
        judge_whole_image(scene, facts);
    else if (facts.kind == OtaCase::None && area_in_file)
        judge_reception(scene, facts);
    if (image_was_whole(facts)) facts.kind = OtaCase::None, facts.case_letter.clear();
    judge_pending(scene, facts);
    if (facts.kind == OtaCase::None && area_in_file) judge_dfu_write(scene, facts);
    name_releases(scene, facts);
    facts.cleared_in_place = find_cleared_in_place(scene, dct, facts.slots);
    return facts;
}

}  // namespace photopsy

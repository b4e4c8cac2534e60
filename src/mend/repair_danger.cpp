#include "mend/repair_danger.h"

#include "base/bytes.h"
#include "facts/ota_flag.h"
#include "facts/update_record.h"
#include "mend/repair_draft.h"
#include "mend/repair_table.h"
#include "rules/harmful_copy.h"
#include "rules/waiting_copy.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t slot_size = 20, destination_at = 8, flags_at = 16, factory_reset_at = 12;
constexpr std::uint16_t waits = 0xABCD;
constexpr std::uint8_t flag_set = 0xA5, erased_byte = 0xFF;

Address first_writable(const Layout& layout) {
    const auto found = std::find_if(layout.sectors.begin(), layout.sectors.end(), [](const Sector& sector) { return sector.writable_by_dfu; });
    return found == layout.sectors.end() ? 0xFFFFFFFF : found->at.begin;
}

bool is_forbidden(ByteView slot, Address first) {
    if (little_endian<std::uint16_t>(slot) != waits) return false;
    return little_endian<std::uint32_t>(slot.subspan(destination_at)) < first || slot[flags_at] != verify_any;
}

/// The image that waits in the OTA area is the very module that is written: carried out, it writes the same once more.
bool is_what_is_written(const RepairDraft& draft) {
    const auto& ota = draft.facts().ota;
    const auto* image = draft.facts().module("ota");
    return std::any_of(draft.places.begin(), draft.places.end(), [&](const PlaceGoal& goal) {
        return goal.slot && goal.slot->name == ota.image_slot && image && image->good() && goal.source.kind == "dump";
    });
}

bool waits_for_system(const RepairDraft& draft) {
    const auto* target = draft.analysis.layout->slot(draft.facts().ota.image_slot);
    return target && is_system_part(*target);
}

/// Carried out, what waits would end in a place that is written, or one that it lies in, or would be one part of a system of which another is written. An
/// application that waits for its own place does neither.
bool would_undo(const RepairDraft& draft) {
    const auto& ota = draft.facts().ota;
    if (draft.places.empty() || is_what_is_written(draft)) return false;
    const auto* record = pending_record(ota);
    const auto* target = draft.analysis.layout->slot(ota.image_slot);
    if (!record && !target) return true;  // where it would end is not known
    const std::uint64_t begin = record ? record->destination.value : target->at.begin, end = record ? begin + record->length.value : target->at.end;
    return std::any_of(draft.places.begin(), draft.places.end(), [&](const PlaceGoal& goal) {
        const bool is_target = goal.range().begin < end && goal.range().end > begin;
        return is_target || goal.range().overlaps(ota.image) || (waits_for_system(draft) && goal.slot && is_system_part(*goal.slot));
    });
}

void take_back(RepairDraft& draft, std::uint32_t offset, std::vector<std::uint8_t> bytes, std::string what) {
    draft.table.push_back({offset, std::move(bytes), {"constant", "", ""}, std::move(what)});
}

}  // namespace

std::vector<std::uint32_t> forbidden_copies(const Layout& layout, ByteView application_data) {
    std::vector<std::uint32_t> list;
    const auto* field = layout.dct.field("flash_modules");
    if (!field) return list;
    const auto end = std::min<std::size_t>(field->offset + field->size, application_data.size());
    for (std::uint32_t at = field->offset; at + slot_size <= end; at += slot_size)
        if (is_forbidden(application_data.subspan(at, slot_size), first_writable(layout))) list.push_back(at);
    return list;
}

bool sets_update_flag(const Layout& layout, ByteView application_data, Range written) {
    const auto* field = layout.dct.field("ota_update_flag");
    return field && written.contains(field->offset) && field->offset < application_data.size() && application_data[field->offset] == flag_set;
}

std::vector<std::uint8_t> without_danger(const Layout& layout, std::vector<std::uint8_t> application_data) {
    for (const auto at : forbidden_copies(layout, application_data)) std::fill_n(application_data.begin() + at, 2, erased_byte);
    const auto whole = range_of(0, static_cast<std::uint32_t>(application_data.size()));
    if (sets_update_flag(layout, application_data, whole)) application_data[layout.dct.field("ota_update_flag")->offset] = erased_byte;
    return application_data;
}

void disarm_updates(RepairDraft& draft) {
    const auto& ota = draft.facts().ota;
    const auto& dct = draft.analysis.layout->dct;
    const auto *slots = dct.field("flash_modules"), *flag = dct.field("ota_update_flag");
    const std::uint8_t cleared = draft.facts().system.bootloader_version.value_or(100) < 100 ? 0x00 : erased_byte;
    const auto pending_at = slots && ota.pending_slot ? slots->offset + slot_size * static_cast<std::uint32_t>(*ota.pending_slot) : 0;
    std::vector<std::uint32_t> forbidden;
    if (slots && draft.facts().dct.selected)
        forbidden = forbidden_copies(*draft.analysis.layout, application_data(draft.image(), *draft.analysis.layout, *draft.facts().dct.selected));
    for (const auto at : forbidden)
        take_back(draft, at, {cleared, cleared}, "a waiting copy that would cost the device its bootloader, or that nothing checks, is taken back");
    const bool undoes = would_undo(draft);
    const bool is_worse = is_asked_for(draft.wish, "ota-pending") && is_to_be_taken_back(draft.analysis.observations());
    const bool destroys = ota.resumes == OtaFacts::Resumes::Harms;
    if ((undoes || is_worse || destroys) && pending_at != 0 && std::find(forbidden.begin(), forbidden.end(), pending_at) == forbidden.end())
        take_back(draft, pending_at, {cleared, cleared},
                  destroys                  ? "a waiting copy that would destroy what the device needs is taken back"
                  : is_worse                ? "the pending copy of an update, which would leave the device worse off, is taken back"
                  : waits_for_system(draft) ? "the pending copy of an update of the system, which would undo the repair, is taken back: that update is given up"
                                            : "the pending copy of an update, which would undo the repair, is taken back");
    if (const auto* flags = dct.field("system_flags");
        flags && draft.facts().table_flags.copies_factory_image() && is_asked_for(draft.wish, "factory-reset-asked"))
        take_back(draft, flags->offset + factory_reset_at, {erased_byte, erased_byte}, "the request for a factory reset is taken back");
    const auto* image = draft.facts().module("ota");
    const bool is_bad = !draft.table.empty() && (!image || !image->good());
    const auto effect = effect_of_update_flag(draft.facts());
    const bool is_unwanted = is_asked_for(draft.wish, "ota-flag-set") && (effect == FlagEffect::OldBootloader || effect == FlagEffect::NoReader);
    if (flag && ota.update_flag && ota.update_flag->value == flag_set && (undoes || is_bad || is_unwanted))
        take_back(draft, flag->offset, {erased_byte}, "the flag that has the system apply what lies in the OTA area is taken back");
}

std::optional<PlaceGoal> disarmed_image(const RepairDraft& draft) {
    const auto& facts = draft.facts();
    const auto& layout = *draft.analysis.layout;
    if (!harm_waits_for_repair(facts)) return {};
    const auto& slot = *harmful_record(facts.ota);
    const auto *area = layout.slot("ota"), *other = layout.slot("factory");
    const auto* sector = layout.sector_at(slot.source.value);
    if (!(slot.flags.value & verify_any) || !area || !area->at.contains(slot.source.value) || !sector || !sector->writable_by_dfu) return {};
    const auto* factory = facts.module("factory");
    if (other && factory && factory->good() && other->at.overlaps(sector->at)) return {};
    return PlaceGoal{.slot = nullptr,
                     .at = sector->at.begin,
                     .title = "the image of a waiting copy that destroys, which is refused without it",
                     .bytes = std::vector<std::uint8_t>(sector->at.size(), erased_byte),
                     .source = {"constant", "", ""},
                     .file = {}};
}

std::string harm_that_stays(const Facts& afterwards) {
    if (afterwards.ota.resumes != OtaFacts::Resumes::Harms) return "";
    return fmt::format(
        "The record stays, and destroys what it names at the first normal start at which the bootloader reaches it, also where an update over the air has made "
        "that possible. Until it is taken back, start the device with {} held only.",
        afterwards.layout->button);
}

}  // namespace photopsy

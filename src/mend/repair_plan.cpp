#include "mend/repair.h"

#include "base/hex.h"
#include "facts/whose_device.h"
#include "mend/repair_danger.h"
#include "mend/repair_draft.h"
#include "mend/repair_table.h"
#include "remedy/ways.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint16_t new_lookup_from = 400;
constexpr std::string_view no_witness =
    "What can be written is written; whether it helps, the flash does not tell afterwards: that shows when the device goes online.";

RepairPlan::Device device_of(const Analysis& analysis) {
    const auto& layout = *analysis.layout;
    const auto& record = analysis.capture.record;
    const auto code = table_code(analysis.facts);
    RepairPlan::Device device{.layout = layout.name, .platform_id = layout.platform_id};
    if (record && record->serial_is_device_id) device.serial = record->serial;
    device.flash_sha256 = flash_digest(analysis.capture.image, layout);
    device.bootloader_version = analysis.facts.system.bootloader_version.value_or(0);
    if (code) device.table_code = name_of(*code);
    device.table_reachable = code.has_value();
    device.table_looked_up_anew = device.bootloader_version >= new_lookup_from || layout.dct.store != StoreKind::WicedTable;
    return device;
}

bool is_written_to(const Layout& layout) { return layout.dct.copies.size() == (layout.dct.store == StoreKind::SerialFlash ? 1u : 2u); }

/// Why nothing may be written on the word of this analysis; "" where something may.
std::string no_ground(const Analysis& analysis) {
    const auto& facts = analysis.facts;
    if (facts.untrustworthy_capture) return "The dump is no ground for writing: capture the whole flash again.";
    if (facts.of_other_device) return "The dump is not of a device that photopsy judges.";
    if (device_as_well_possible(facts))
        return "Bootloader and modules are of two devices: what is printed on this one decides, and its parts are written by hand.";
    if (!facts.whole_flash_in_file) return "The dump does not hold the whole flash: capture it again.";
    if (analysis.capture.is_redacted) return "The dump is a redacted copy: the original is needed.";
    if (!is_written_to(*analysis.layout))
        return fmt::format("What a cut leaves on a {} is not known well enough: photopsy does not write to it.", analysis.layout->title);
    if (analysis.layout->dct.store == StoreKind::SerialFlash && !analysis.capture.image.has(analysis.layout->dct.copies.front()))
        return fmt::format("The keys of a {} lie in its {}: its file is needed too (--external).", analysis.layout->title, analysis.layout->external->title);
    if (!knows_bootloader(facts)) return "The bootloader is damaged, of another device or of no known release, so it is not known what it would write.";
    return "";
}

bool has(const std::vector<std::string>& list, std::string_view word) { return std::find(list.begin(), list.end(), word) != list.end(); }

bool is_worse(std::string_view outcome, std::string_view than) {
    constexpr std::string_view order[] = {"healthy", "attention", "cloud-fails", "safe-mode", "boot-fails", "bad-capture"};
    return std::find(std::begin(order), std::end(order), outcome) > std::find(std::begin(order), std::end(order), than);
}

void give_up(RepairDraft& draft, const std::string& why) {
    auto& plan = draft.repair.plan;
    const bool bootloader = draft.wish.purpose == RepairPurpose::Bootloader;
    if (bootloader) plan.cannot.push_back({std::string(name_of(draft.wish.purpose)), why, ""});
    for (const auto& named : draft.analysis.diagnosis.causes)
        if (!bootloader && is_asked_for(draft.wish, named.cause->id)) plan.cannot.push_back({std::string(named.cause->id), why, ""});
    plan.steps.clear();
    plan.files.clear();
    draft.repair.contents.clear();
    draft.repair.codes.clear();
    draft.repair.target = draft.image();
    plan.expect = {std::string(name_of(draft.analysis.diagnosis.outcome)), {}};
    for (const auto& named : draft.analysis.diagnosis.causes) plan.expect.causes.emplace_back(named.cause->id);
}

/// What was meant to be cured and is not, is said; what cannot be told apart is not promised.
void compare_causes(RepairDraft& draft) {
    auto& plan = draft.repair.plan;
    const auto is_told = [&](std::string_view id) {
        const auto same = [&](const RepairPlan::Left& left) { return left.cause == id; };
        return std::any_of(plan.leaves.begin(), plan.leaves.end(), same) || std::any_of(plan.cannot.begin(), plan.cannot.end(), same);
    };
    for (std::size_t i = 0; i < draft.analysis.diagnosis.causes.size(); ++i) {
        const auto id = std::string(draft.analysis.diagnosis.causes[i].cause->id);
        const auto afterwards = plan.steps.empty() ? "" : help_afterwards(draft.analysis.remedies[i]);
        if (id == "cloud-holds-another-key" && !afterwards.empty()) {
            if (is_asked_for(draft.wish, id) && !is_told(id)) plan.cannot.push_back({id, std::string(no_witness), afterwards});
        } else if (!has(plan.expect.causes, id)) {
            plan.cures.push_back(id);
            for (auto* list : {&plan.cannot, &plan.leaves}) std::erase_if(*list, [&](const RepairPlan::Left& left) { return left.cause == id; });
            if (!has(draft.second_best, id)) std::erase_if(plan.missing, [&](const RepairPlan::Missing& missing) { return missing.cause == id; });
        } else if (id == "ota-pending" && !draft.harm_left.empty()) {
            for (auto* list : {&plan.cannot, &plan.leaves}) std::erase_if(*list, [&](const RepairPlan::Left& left) { return left.cause == id; });
            plan.cannot.push_back({id, draft.table_refused + (draft.table_refused.empty() ? "" : " ") + draft.harm_left, afterwards});
        } else if (id == "ota-pending" && draft.update_goes_on && !plan.steps.empty()) {
            if (is_asked_for(draft.wish, id) && !is_told(id))
                plan.leaves.push_back(
                    {id, "The update that waits is left as it is.", "Start the device normally: the first start behind the repair applies it."});
        } else if (draft.wish.purpose == RepairPurpose::Cure && is_asked_for(draft.wish, id) && !is_told(id))
            plan.cannot.push_back({id, draft.table_refused.empty() ? std::string(no_witness) : draft.table_refused, afterwards});
    }
}

void finish(RepairDraft& draft) {
    lay_out_steps(draft);
    predict_repair(draft);
    const auto before = name_of(draft.analysis.diagnosis.outcome);
    if (!draft.repair.plan.steps.empty() && is_worse(draft.repair.plan.expect.outcome, before) && !draft.restores)
        return give_up(draft, "What could be written would leave the device worse than it is.");
    compare_causes(draft);
    tell_eeprom_loss(draft);
    if (draft.wish.purpose == RepairPurpose::Bootloader && !draft.places.empty() && draft.repair.plan.cures.empty())
        give_up(draft, draft.table_refused.empty() ? "This bootloader would not cure it either." : draft.table_refused);
}

RepairDraft begin_draft(const Analysis& analysis, const RepairWish& wish) {
    RepairDraft draft{.analysis = analysis, .wish = wish};
    auto& plan = draft.repair.plan;
    plan.dump_name = analysis.capture.name;
    plan.dump_sha256 = hex(analysis.capture.sha256);
    plan.dump_size = analysis.capture.size;
    plan.device = device_of(analysis);
    plan.purpose = wish.purpose;
    plan.only_causes = wish.causes;
    plan.registered_key = hex(analysis.registered_spki);
    draft.repair.original = draft.repair.target = analysis.capture.image;
    draft.repair.backup_sha256 = backup_digest(analysis.capture.image, *analysis.layout);
    return draft;
}

/// One that is whole and bears the version of a release may still be another file: then only the version says what it does with a write.
void ask_for_unknown_bootloader(RepairDraft& draft) {
    const auto* bootloader = draft.facts().module("bootloader");
    if (draft.repair.plan.steps.empty() || !bootloader || !bootloader->known_as.empty()) return;
    const auto image = draft.image().bytes({bootloader->at.begin, bootloader->at.end + 4});
    (void)ask_consent(draft, std::string(repair_consent::unknown_bootloader) + hex(sha256(image)),
                      fmt::format("The bootloader of this device says that it is version {}, but it is no released file. What it does with a write is foreseen "
                                  "from that number alone; if it does something else, settings and firmware can be lost. The backup has them.",
                                  draft.repair.plan.device.bootloader_version));
}

void want_cures(RepairDraft& draft) {
    const auto& causes = draft.analysis.diagnosis.causes;
    for (std::size_t cause = 0; cause < causes.size(); ++cause)
        if (is_asked_for(draft.wish, causes[cause].cause->id)) add_goals(draft, cause);
    disarm_updates(draft);
}

/// A cause that was asked for and that the dump does not show.
void tell_unfound(RepairDraft& draft) {
    for (const auto& id : draft.wish.causes)
        if (std::ranges::none_of(draft.analysis.diagnosis.causes, [&](const NamedCause& named) { return named.cause->id == id; }))
            draft.repair.plan.cannot.push_back({id, "The analysis of this dump does not find it.", ""});
}

bool is_written_by(const std::vector<RepairStep>& done, Range at) {
    return std::any_of(done.begin(), done.end(), [&](const RepairStep& step) {
        return (step.operation == RepairOperation::Erase || step.operation == RepairOperation::Program) && step.where.overlaps(at);
    });
}

/// A place from which something runs, which a start meanwhile may have changed as well, or one that was written: the OTA area, the factory image.
bool is_to_be_restored(const Layout& layout, const ModuleSlot& slot, const std::vector<RepairStep>& done) {
    const auto* sector = layout.sector_at(slot.at.begin);
    const bool in_one_piece = slot.function == FunctionMonolithic && layout.boot != BootKind::Monolithic;
    if (in_one_piece || !sector || !sector->writable_by_dfu) return false;
    return slot.linked_at == slot.at.begin || is_written_by(done, slot.at);
}

/// Each module's place that no longer holds what `backup` holds.
void restore_modules(RepairDraft& draft, const Image& backup, const std::vector<RepairStep>& done) {
    for (const auto& slot : draft.analysis.layout->slots) {
        if (!is_to_be_restored(*draft.analysis.layout, slot, done)) continue;
        const auto bytes = backup.bytes(slot.at), there = draft.image().bytes(slot.at);
        if (!bytes.empty() && !std::equal(bytes.begin(), bytes.end(), there.begin(), there.end()))
            draft.places.push_back(goal_for(slot, {bytes.begin(), bytes.end()}, {"backup", hex(sha256(bytes)), "the backup"}));
    }
}

/// The same of the sectors that hold the keys, where they lie in a second flash.
void restore_key_sectors(RepairDraft& draft, const Image& backup) {
    const auto& layout = *draft.analysis.layout;
    if (layout.dct.store != StoreKind::SerialFlash) return;
    for (const Range sector : writable_sectors(layout, layout.dct.copies.front())) {
        const auto bytes = backup.bytes(sector), there = draft.image().bytes(sector);
        if (bytes.empty() || std::equal(bytes.begin(), bytes.end(), there.begin(), there.end())) continue;
        draft.places.push_back(
            {.at = sector.begin, .title = "the settings", .bytes = {bytes.begin(), bytes.end()}, .source = {"backup", "", "the backup"}, .file = {}});
    }
}

/// Of a draft that puts old content back.
Repair finished(RepairDraft& draft) {
    if (const auto why = no_ground(draft.analysis); !why.empty())
        give_up(draft, why);
    else
        finish(draft);
    return std::move(draft.repair);
}

}  // namespace

bool is_asked_for(const RepairWish& wish, std::string_view cause) {
    return wish.causes.empty() || std::find(wish.causes.begin(), wish.causes.end(), cause) != wish.causes.end();
}

std::string_view name_of(TableWriter writer) {
    constexpr std::string_view names[] = {"g0", "g1", "g2", "g3", "g4", "g5", "d1", "d2", "d3"};
    return names[static_cast<std::size_t>(writer)];
}

std::string_view name_of(RepairOperation operation) {
    switch (operation) {
        case RepairOperation::Erase:
            return "erase";
        case RepairOperation::Program:
            return "program";
        case RepairOperation::WriteTable:
            return "write-table";
        case RepairOperation::ResetIntoDfu:
            return "reset-into-dfu";
        case RepairOperation::StartSystem:
            return "start-system";
    }
    return "";
}

std::string_view name_of(RepairPurpose purpose) { return purpose == RepairPurpose::Bootloader ? "bootloader" : "cure"; }

bool is_advice_only(const RepairPlan& plan) {
    return std::any_of(plan.consents.begin(), plan.consents.end(),
                       [](const RepairPlan::Consent& consent) { return !consent.given && consent.word.starts_with(repair_consent::unknown_bootloader); });
}

std::string backup_digest(const Image& image, const Layout& layout) {
    const auto everything = image.everything();
    std::vector<std::uint8_t> bytes(everything.begin(), everything.end());
    if (layout.dct.store == StoreKind::SerialFlash && layout.external) {
        const auto second = image.bytes(layout.external->at);
        bytes.insert(bytes.end(), second.begin(), second.end());
    }
    return hex(sha256(bytes));
}

std::string flash_digest(const Image& image, const Layout& layout) {
    const auto everything = image.everything();
    std::vector<std::uint8_t> bytes(everything.begin(), everything.end());
    for (const auto& page : layout.eeprom_pages) std::fill_n(bytes.begin() + (page.begin - layout.flash.begin), page.size(), std::uint8_t{0xFF});
    if (layout.dct.store == StoreKind::SerialFlash && layout.external)
        for (const auto& region : layout.external->regions) {
            const auto second = region.name == "user-data" ? ByteView{} : image.bytes(region.at);
            bytes.insert(bytes.end(), second.begin(), second.end());
        }
    return hex(sha256(bytes));
}

Repair plan_repair(const Analysis& analysis, const RepairWish& wish) {
    auto draft = begin_draft(analysis, wish);
    tell_unfound(draft);
    if (const auto why = no_ground(analysis); !why.empty()) {
        give_up(draft, why);
        return std::move(draft.repair);
    }
    draft.in_dump = firmware_in_dump(analysis.capture.image, analysis.facts);
    if (wish.purpose == RepairPurpose::Bootloader)
        want_bootloader(draft);
    else
        want_cures(draft);
    finish(draft);
    ask_for_unknown_bootloader(draft);
    return std::move(draft.repair);
}

Repair plan_undo(const RepairPlan& done, const Analysis& backup, const Analysis& present) {
    const RepairWish wish;
    auto draft = begin_draft(present, wish);
    draft.restores = true;
    const auto& layout = *present.layout;
    restore_modules(draft, backup.capture.image, done.steps);
    restore_key_sectors(draft, backup.capture.image);
    const auto old = without_danger(layout, application_data(backup.capture.image, layout, backup.facts.dct.selected.value_or(0)));
    for (const auto& step : done.steps)
        if (step.operation == RepairOperation::WriteTable && step.where.end <= old.size())
            draft.table.push_back(
                {step.where.begin, {old.begin() + step.where.begin, old.begin() + step.where.end}, {"backup", "", "the backup"}, "the settings as they were"});
    return finished(draft);
}

Repair plan_restoration(const Repair& done, const Analysis& present) {
    const RepairWish wish;
    auto draft = begin_draft(present, wish);
    draft.restores = true;
    draft.repair.backup_sha256 = done.backup_sha256;
    restore_modules(draft, done.target, {});
    return finished(draft);
}

}  // namespace photopsy

#include "boot/checks.h"

#include "facts/header_damage.h"
#include "facts/headerless.h"
#include "facts/ota_flag.h"
#include "facts/update_record.h"

#include <algorithm>

namespace photopsy {

static constexpr std::uint32_t too_much_missing = 0x4000;  // judgement, so worded "most likely": off the way that every start runs no arithmetic decides

std::uint32_t size_of_gaps(const Module& module) {
    std::uint32_t size = 0;
    for (const auto& runs : {module.damage.erased_runs, module.damage.zero_runs})
        for (const auto run : runs) size += run.size();
    return size;
}

bool dies_at_entry(const Facts& facts, const Module& module) {
    return std::any_of(facts.code.begin(), facts.code.end(), [&](const CodeFacts& code) { return code.slot == module.slot && fails_at_entry(code, module); });
}

std::uint32_t size_of_gaps_in_code(const Facts& facts, const Module& module) {
    std::uint32_t size = 0;
    for (const auto& runs : {module.damage.erased_runs, module.damage.zero_runs})
        for (const auto run : runs) size += run.size() - intersection(run, facts.radio.at).size();
    return size;
}

bool only_header_is_hit(const Module& module) {
    const auto& damage = module.damage;
    if (damage.header_alone) return true;
    if (module.present()) return !damage.own_trailer && header_was_hit(module);
    const auto& trailer = damage.other_trailer;  // without a header it is that of what lies there
    return module.header_resembles && trailer && (trailer->known_as.empty() || trailer->version == module.version.value) && damage.erased_runs.empty() &&
           damage.zero_runs.empty();
}

bool header_is_hidden(const Module& module, const Layout& layout) {
    const auto& bit = module.damage.flipped_bit;
    const auto first_word = range_of(module.slot_at.begin, 4);
    if (!bit || module.header_at == module.slot_at.begin || !first_word.contains(bit->at.begin)) return false;
    return layout.vector_mask >> ((bit->at.begin - first_word.begin) * 8 + bit->value) & 1;
}

bool is_badly_broken(const Facts& facts, const Module& module) {
    if (module.good() || module.integrity == Integrity::Placeholder || may_lack_header(module) || only_header_is_hit(module)) return false;
    std::uint32_t foreign = 0;
    for (const auto block : module.damage.foreign_blocks) foreign += block.size();
    // The end of a module holds the start values of its variables: without it nothing runs.
    const bool no_end = module.present() && !module.damage.erased_runs.empty() && module.damage.erased_runs.back().end >= module.at.end + 4;
    return module.damage.other_trailer || no_end || size_of_gaps_in_code(facts, module) >= too_much_missing || foreign >= too_much_missing ||
           module.presence == Presence::Erased || (module.presence == Presence::NoHeader && !module.header_resembles);
}

bool header_starts_at(const Module& module, const Facts& facts, std::string_view slot) {
    const auto* place = facts.layout->slot(slot);
    return place && module.header_in_file && !header_is_hidden(module, *facts.layout) && module.start.value == place->linked_at &&
           module.end.value <= facts.layout->flash.end;
}

bool end_is_likely(const Facts& facts, const BootOutcome& outcome) {
    if (outcome.result == BootResult::SafeMode && outcome.safe_mode_reason == "part2-crc") {  // or it crashes on the way to that check
        const auto* part2 = facts.system_part(2);
        return part2 && part2->present() && !part2->good();
    }
    if (!facts.layout || facts.layout->boot != BootKind::ThreeParts || outcome.result != BootResult::Undefined) return false;
    constexpr std::pair<std::string_view, int> tests_of_content[] = {{"part1-content", 1}, {"part3-content", 3}, {"system-checks-part2", 2}};
    for (const auto& step : outcome.ladder)
        for (const auto& [name, index] : tests_of_content)
            if (step.state == BootStep::State::Fail && step.step == name)
                if (const auto* part = facts.system_part(index))
                    return part->present() && !part->good() && !is_badly_broken(facts, *part) && !dies_at_entry(facts, *part);
    return false;
}

bool asks_for_what_has_no_place(const Layout& layout, const Module& module) {
    if (module.dependency.none()) return false;  // then nobody looks at the second one (OTAH@v2.3.1:161)
    const auto has_none = [&](const Dependency& need) {
        if (need.function.value == FunctionMonolithic && layout.boot != BootKind::Monolithic) return true;
        return !need.none() && !slot_for(layout, need.function.value, need.index.value);
    };
    return has_none(module.dependency) || has_none(module.dependency2);
}

Address user_address(const Facts& facts) {
    const auto* user = facts.layout->slot("user");
    return user ? user->at.begin : 0;
}

bool asks_for_safe_mode_for_ever(const Facts& facts) {
    constexpr std::uint8_t safe_mode = 1, never_set = 0xFF;
    const auto& mode = facts.table_flags.startup_mode;
    const auto system = facts.system.system_version;
    return mode && mode->value != never_set && (mode->value & safe_mode) && facts.system.bootloader_uses_system_dct() && system &&
           *system < first_checking_system_version;
}

/// The slot names another place than the image only where it asks for no check of that.
static bool goes_to(const OtaFacts& ota, Address place) {
    const auto* record = pending_record(ota);
    return !record || record->destination.value == place;
}

/// The image that the bootloader copies at the next start that is not DFU.
static std::optional<AppliedUpdate> applied_update(const Facts& facts) {
    using Resumes = OtaFacts::Resumes;
    const bool waits = facts.ota.kind == OtaCase::Pending || facts.ota.kind == OtaCase::CopyInterrupted;
    const bool goes_on = facts.ota.resumes == Resumes::Yes || facts.ota.resumes == Resumes::MakesItWorse;
    const auto* image = facts.ota.source_elsewhere ? &*facts.ota.source_elsewhere : facts.module("ota");
    if (!waits || !goes_on || !image || !image->good() || image->platform_id.value != facts.layout->platform_id) return {};
    const auto* target = slot_for(*facts.layout, image->function.value, image->index.value);
    if (!target || target->linked_at != image->start.value || !goes_to(facts.ota, image->start.value)) return {};
    return AppliedUpdate{image, target->name};
}

static const Module* after_update(const Facts& facts, const std::optional<AppliedUpdate>& update, std::string_view slot) {
    return update && update->slot_at_target == slot ? update->image : facts.module(slot);
}

static const Module* part_after_update(const Facts& facts, const std::optional<AppliedUpdate>& update, int index) {
    const auto* slot = facts.layout->system_part(index);
    return slot ? after_update(facts, update, slot->name) : nullptr;
}

/// What its code was built for, which a header that was changed does not say.
static std::uint16_t platform_of(const Module* module, const Layout& layout) {
    return module && !module->damage.built_as && module->present() && module->integrity != Integrity::Bad && module->range_ok == true
               ? module->platform_id.value
               : layout.platform_id;
}

InstalledSlots installed_after_updates(const Facts& facts) {
    InstalledSlots slots;
    slots.updated = applied_update(facts);
    slots.bootloader = flag_installs_old_bootloader(facts) ? facts.module("ota") : after_update(facts, slots.updated, "bootloader");
    slots.part1 = part_after_update(facts, slots.updated, 1);
    slots.part2 = part_after_update(facts, slots.updated, 2);
    slots.part3 = part_after_update(facts, slots.updated, 3);
    slots.user = after_update(facts, slots.updated, "user");
    slots.factory = facts.module("factory");
    if (const auto* whole = facts.module("monolithic"); whole && !slots.part1) slots.part1 = whole;
    const auto* system = facts.system_part(2);
    const auto* place = facts.layout->system_part(2);
    slots.system_known = facts.system.system_version || !system || system->presence != Presence::Absent;
    slots.system_version = facts.system.system_version.value_or(last_examined_system_version);
    if (slots.updated && place && slots.updated->slot_at_target == place->name) slots.system_version = slots.updated->image->version.value;
    slots.system_platform = platform_of(slots.part2, *facts.layout);
    slots.bootloader_platform = platform_of(slots.bootloader, *facts.layout);
    return slots;
}

std::optional<bool> InstalledSlots::met(const Dependency& dependency) const {
    if (dependency.none()) return true;
    const Module* provider = nullptr;
    if (dependency.function.value == FunctionBootloader && dependency.index.value == 0) provider = bootloader;
    if (dependency.function.value == FunctionSystemPart) provider = part(dependency.index.value);
    if (dependency.function.value == FunctionUserPart && dependency.index.value == 1) provider = user;
    if (!provider) return false;
    if (!provider->header_in_file) return {};
    return provider->version.value >= dependency.version.value;  // erased flash reads as version FFFF and passes, as in the firmware
}

}  // namespace photopsy

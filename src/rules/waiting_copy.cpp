#include "rules/waiting_copy.h"

#include "facts/update_record.h"

namespace photopsy {

using Resumes = OtaFacts::Resumes;

const Module* waiting_image(const Facts& facts) { return facts.ota.source_elsewhere ? &*facts.ota.source_elsewhere : facts.module("ota"); }

static bool is_unmet(const Facts& facts, const Dependency& dependency) {
    return dependency.function.value == FunctionSystemPart && slot_for(*facts.layout, FunctionSystemPart, dependency.index.value) &&
           dependency_met(facts.modules, *facts.layout, dependency) == false;
}

bool needs_newer_neighbour(const Facts& facts) {
    const auto* image = waiting_image(facts);
    return image && image->present() && is_unmet(facts, image->dependency);
}

bool is_to_be_taken_back(const Observations& seen) {
    const auto& ota = seen.facts.ota;
    if (ota.by_flag) return false;
    if (leaves_out_checks(ota) && is_reached(ota.access) && (ota.kind == OtaCase::Pending || ota.kind == OtaCase::CopiedNotCleared)) return true;
    if (ota.resumes != Resumes::MakesItWorse) return false;
    const bool online = (seen.boot.result == BootResult::SafeMode || seen.boot.result == BootResult::Runs) && !seen.handshake.fails();
    return !needs_newer_neighbour(seen.facts) || !online;
}

bool is_healed_by_waiting_copy(const Observations& seen, std::string_view slot) {
    const auto* image = waiting_image(seen.facts);
    if (!seen.boot.resumes_update || seen.facts.ota.by_flag || !image || !image->good() || is_to_be_taken_back(seen)) return false;
    const auto* place = slot_for(*seen.facts.layout, image->function.value, image->index.value);
    return place && place->name == slot;
}

bool undoes_repair(const Facts& facts) {
    const auto& ota = facts.ota;
    const auto* image = waiting_image(facts);
    const bool waits = ota.pending_slot && ota.refusal == CopyRefusal::None && ota.resumes == Resumes::AfterRepair && !ota.by_flag;
    if (!waits || ota.access == TableAccess::SystemTooOld || !image || !image->good() || image->function.value != FunctionSystemPart) return false;
    if (needs_newer_neighbour(facts)) return true;
    for (const auto& slot : facts.layout->slots) {
        const auto* module = facts.module(slot.name);
        if (!is_system_part(slot) || !module || !module->good() || slot.index == image->index.value) continue;
        for (const auto* need : {&module->dependency, &module->dependency2})
            if (need->function.value == FunctionSystemPart && need->index.value == image->index.value && image->version.value < need->version.value)
                return true;
    }
    return image->index.value == 2 && image->version.value < first_checking_system_version && facts.system.bootloader_uses_system_dct();
}

bool is_taken_back_after_repair(const Facts& facts) {
    return undoes_repair(facts) || (leaves_out_checks(facts.ota) && facts.ota.resumes == Resumes::AfterRepair && !facts.ota.by_flag);
}

}  // namespace photopsy

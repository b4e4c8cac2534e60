#include "base/hex.h"
#include "facts/whose_device.h"
#include "remedy/order.h"

#include <algorithm>

namespace photopsy {

std::vector<Remedy> remedies_of(const Situation& situation) {
    for (auto subject : {capture_remedies(), ota_remedies(), combination_remedies(), module_remedies(), dct_remedies(), dcd_remedies(), key_remedies(),
                         server_remedies(), wifi_remedies(), setting_remedies(), eeprom_remedies(), live_remedies()})
        for (const auto& row : subject)
            if (row.cause == situation.cause) return row.remedies(situation);
    return {};
}

/// A key that works and is known to be on record is replaced by no other.
static void keep_key_on_record(std::vector<Remedy>& list, const Observations& seen) {
    const auto& key = seen.keys.device;
    if (!seen.handshake.has_registered_key() || !key.usable || !key.public_fingerprint) return;
    const auto replaces = [&](const RemedyStep& step) {
        return step.kind == RemedyStep::Kind::MakeKey || (step.kind == RemedyStep::Kind::RecoverKey && step.key != hex(*key.public_fingerprint));
    };
    std::erase_if(list, [&](const Remedy& remedy) { return std::ranges::any_of(remedy.steps, replaces); });
}

Remedies find_remedies(const Observations& seen, const Findings& findings, const Diagnosis& diagnosis) {
    Remedies all;
    const bool may_write = !seen.facts.untrustworthy_capture && !seen.facts.device_is_open && seen.facts.layout;
    const bool foreign_bootloader = may_write && only_bootloader_is_of_other_device(seen.facts);
    for (const auto& named : diagnosis.causes) {
        all.push_back(remedies_of({seen, findings, named.cause->id}));
        keep_key_on_record(all.back(), seen);
        if (may_write) prefer_waiting_copy(all.back(), seen);
        may_write ? put_system_parts_first(all.back(), seen) : drop_writes(all.back());
        if (may_write) put_bootloader_first(all.back(), seen);
        if (foreign_bootloader && named.cause->id != "module-wrong-platform") write_nothing_by_other_bootloader(all.back());
    }
    if (may_write) let_another_bootloader_write_table(all, seen);
    ask_for_reset(all, seen);
    warn_of_waiting_harm(all, seen);
    warn_of_eeprom_loss(all, seen);
    if (may_write) offer_repair(all, seen);
    gather_warnings_of_kept_dump(all);
    return all;
}

}  // namespace photopsy

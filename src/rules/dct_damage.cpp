// A copy of the configuration table that fails its checksum.
//
// finding id                        says                                                              covered by cause
// dct-copy-crc-mismatch             checksum of the copy in use is wrong, damage not in a key         dct-copy-crc-bad
// dct-crc-mismatch-unlocated        the same, and where the damage lies is not proved                 any of these
// dct-crc-mismatch-in-device-key    the same, and the damage lies in the device's private key         causes of that key, else dct-copy-crc-bad
// dct-crc-mismatch-in-public-key    ... in the cached public key                                      the same
// dct-crc-mismatch-in-server-key    ... in the server's key or address                                the same
// dct-slot-cleared-in-place         an old bootloader's way to clear an update record breaks it       (note)
// dct-outdated-copy-used            0.7.0-rc/0.8.0-rc.1 read an outdated copy after a bad checksum    dct-copy-crc-bad
// dct-superseded-copy-damaged       the previous table is damaged; it is not used                     dct-copy-crc-bad
#include "facts/dct_copies.h"
#include "rules/dct_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using CopyState = DctCopyState;

/// Which of the keys the damage of a copy lies in.
enum class DamagedKey { None, NotLocated, Private, PublicCache, Server };

DamagedKey damaged_key(const Observations& seen, const DctCopy& copy) {
    const auto& damage = *copy.damage;
    if (damage.proof == DctDamage::Proof::Candidates || damage.proof == DctDamage::Proof::None) return DamagedKey::NotLocated;
    const auto within = [&](std::string_view name) {
        const auto field = table(seen).field_at(*seen.facts.layout, name, copy.number);
        return std::any_of(damage.places.begin(), damage.places.end(), [&](Range place) { return field.overlaps(place); });
    };
    if (within("device_private_key")) return DamagedKey::Private;
    if (within("server_public_key") || within("server_address")) return DamagedKey::Server;
    return within("device_public_key") ? DamagedKey::PublicCache : DamagedKey::None;
}

std::string damage_text(const DctDamage& damage) {
    switch (damage.proof) {
        case DctDamage::Proof::OneByte:
            return fmt::format("One byte is damaged ({} bit{} flipped): undoing it makes the checksum right and the two copies alike.", damage.flipped_bits,
                               damage.flipped_bits == 1 ? "" : "s");
        case DctDamage::Proof::Difference:
            return "The other copy differs here, and with its bytes the checksum is right: this is the damaged place.";
        case DctDamage::Proof::StoredCrc:
            return "Only the stored checksum itself is damaged; the contents agree with what it must have been.";
        case DctDamage::Proof::Candidates:
            return "The two copies differ here; the damage may lie in one of these places.";
        case DctDamage::Proof::None:
            return "Where in the copy the damage lies cannot be told.";
    }
    return "";
}

/// True where an old bootloader wrote its flags into the table in place, which breaks the checksum without any damage (row M).
bool old_bootloader_wrote_flags(const Observations& seen, const DctCopy& copy) {
    const auto flags = table(seen).field_at(*seen.facts.layout, "system_flags", copy.number);
    return std::all_of(copy.damage->places.begin(), copy.damage->places.end(), [&](Range place) { return flags.contains(place); });
}

/// A bootloader up to 11 clears an update's slot by writing zeros over it, also in a table whose checksum it knows nothing of. Nothing where that does
/// not explain the damage; certain where the slot's old contents make the checksum right.
std::optional<Finding> cleared_slot(const Observations& seen, const DctCopy& copy) {
    const auto& ota = seen.facts.ota;
    for (const auto& slot : ota.slots) {
        const bool proved = ota.cleared_in_place == slot.number;
        const bool old_bootloader = seen.facts.system.bootloader_version && !seen.facts.system.bootloader_uses_system_dct();
        const bool only_place = old_bootloader && slot.state == OtaSlot::State::ClearedZero && !copy.damage->places.empty() &&
                                std::all_of(copy.damage->places.begin(), copy.damage->places.end(), [&](Range place) { return slot.at.contains(place); });
        if (!proved && !only_place) continue;
        return Finding{.confidence = proved ? Confidence::Certain : Confidence::Likely, .where = {fmt::format("update record, slot {}", slot.number), slot.at}};
    }
    return {};
}

void slot_cleared_in_place(const Observations& seen, Findings& found) {
    const auto* copy = table(seen).current();
    if (!seen.facts.layout || !copy || !copy->damage || !system_uses_checksums(seen)) return;
    const auto slot = cleared_slot(seen, *copy);
    if (!slot) return;
    auto& finding =
        found.add(slot->where,
                  "The record of an applied update is zeroed, which is how bootloaders older than 0.7.0 clear it: in place and without a new checksum. "
                  "So the table's checksum does not fit any more; nothing else is wrong with it, and the firmware uses it.");
    finding.confidence = slot->confidence;
}

void report_damage(const Observations& seen, const DctCopy& copy, std::string_view consequence, Findings& found) {
    const auto& damage = *copy.damage;
    for (auto place : damage.places) {
        auto text = fmt::format("{} {}", damage_text(damage), consequence);
        if (old_bootloader_wrote_flags(seen, copy))
            text += " It lies in the system flags, which a bootloader older than 0.7.0 writes in place without a new checksum.";
        auto& finding = found.add({table(seen).place_name(*seen.facts.layout, place), place}, std::move(text));
        finding.expected = "the checksum that stands in the table";  // not its value: it would confirm a guess at what the table hides
        finding.actual = "another";
        if (damage.proof == DctDamage::Proof::Candidates) finding.confidence = Confidence::Possible;
    }
}

template <DamagedKey wanted>
void crc_mismatch(const Observations& seen, Findings& found) {
    const auto* copy = table(seen).current();
    if (!seen.facts.layout || !copy || !copy->damage || !system_uses_checksums(seen) || damaged_key(seen, *copy) != wanted || cleared_slot(seen, *copy)) return;
    report_damage(seen, *copy, "The firmware uses this copy all the same: it never goes back to the other one because of a bad checksum.", found);
}

void outdated_copy_used(const Observations& seen, Findings& found) {
    const auto& dct = table(seen);
    const auto* other = dct.other();
    if (!other || other->state != CopyState::Rejected || !other->damage || !seen.facts.layout || newest_was_lost(dct)) return;
    if (seen.facts.system.store.table != DctGeneration::G4)
        return report_damage(seen, *other, fmt::format("This copy is marked current as well; the firmware reads copy {}.", *dct.selected), found);
    report_damage(
        seen, *other,
        fmt::format(
            "This is the newest copy, but its checksum is wrong and this pre-release firmware reads the outdated copy {} instead: the last changes are undone.",
            *dct.selected),
        found);
}

void superseded_damaged(const Observations& seen, Findings& found) {
    const auto* other = table(seen).other();
    if (!other || other->state != CopyState::SupersededDamaged || !other->damage || !seen.facts.layout) return;
    report_damage(seen, *other,
                  "This is the previous table. The firmware does not use it and erases it at the next write; only as a spare for recovery it matters.", found);
}

constexpr Rule rules[] = {
    {"dct-copy-crc-mismatch", Severity::Warning, "The configuration table in use fails its checksum", "The firmware does not notice and uses what is there.",
     "hal/src/photon/dct_hal.c@v0.7.0:12", crc_mismatch<DamagedKey::None>},
    {"dct-crc-mismatch-unlocated", Severity::Warning, "The configuration table in use fails its checksum",
     "The firmware does not notice and uses what is there.", "hal/src/photon/dct_hal.c@v0.7.0:12", crc_mismatch<DamagedKey::NotLocated>},
    {"dct-crc-mismatch-in-device-key", Severity::Warning, "The table's checksum shows damage in the device's private key",
     "The firmware does not notice and uses the damaged key.", "hal/src/photon/dct_hal.c@v0.7.0:12", crc_mismatch<DamagedKey::Private>},
    {"dct-crc-mismatch-in-public-key", Severity::Warning, "The table's checksum shows damage in the cached public key",
     "The firmware derives it anew at each cloud connection.", "hal/src/photon/dct_hal.c@v0.7.0:12", crc_mismatch<DamagedKey::PublicCache>},
    {"dct-crc-mismatch-in-server-key", Severity::Warning, "The table's checksum shows damage in the server's key or address",
     "The firmware does not notice and uses the damaged one.", "hal/src/photon/dct_hal.c@v0.7.0:12", crc_mismatch<DamagedKey::Server>},
    {"dct-slot-cleared-in-place", Severity::Note, "An old bootloader cleared an update record in place",
     "The checksum of the table fails from then on; nothing comes of it.", "flash_mal.c@v0.4.9:628", slot_cleared_in_place},
    {"dct-outdated-copy-used", Severity::Problem, "The firmware reads an outdated configuration table",
     "The last changes (a new key, a new network) have no effect.", "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0-rc.6", outdated_copy_used},
    {"dct-superseded-copy-damaged", Severity::Warning, "The previous configuration table is damaged",
     "The firmware does not use it; a key could not be recovered from the damaged part.", "wiced_dct_update.o in hal/src/photon/lib@v0.7.0",
     superseded_damaged},
};

}  // namespace

std::span<const Rule> dct_damage_rules() { return rules; }

}  // namespace photopsy

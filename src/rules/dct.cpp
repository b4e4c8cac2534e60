// What is wrong with the configuration table.
//
// finding id                        says                                                              covered by cause
// dct-both-unreadable               neither copy is usable: the firmware writes defaults              dct-both-copies-invalid
// dct-default-table                 the table holds nothing but defaults                              dct-reset-to-default
// dct-reinitialized-before          the mark of a reset survives in a table that was used since       (note; private-key-regenerated builds on it)
// dct-write-unfinished              a rewrite or an erase of a copy was cut off                       dct-write-interrupted, dct-frozen
// dct-spare-unwritable              0.4.0/0.4.1 will never erase the other copy again                 dct-frozen
// dct-current-copy-lost             the newest table is unreadable; the previous one is used          dct-copy-crc-bad
// dct-both-superseded               neither of two complete copies is marked current                  dct-copy-crc-bad
// dct-other-copy-unreadable         the copy that is not used holds neither a table nor nothing       dct-copy-crc-bad
// dct-stray-copy                    a whole table lies where none belongs                             stray-dct-copy
// dct-twin-not-of-last-write        a second valid table that no interrupted write explains           stray-dct-copy
#include "facts/dct_copies.h"
#include "facts/dct_format.h"
#include "rules/dct_table.h"
#include "rules/module_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

using CopyState = DctCopyState;

Place copy_place(const DctCopy& copy) { return {fmt::format("DCT copy {}", copy.number), copy.at}; }

/// True for a table that a G4/G5 write completed: only such a write gives it a version struct, and it leaves the other copy superseded.
bool written_by_new_code(const DctCopy& copy) { return copy.has_version_struct && copy.initial_write.value == 0 && copy.version.value != 0; }

/// A bootloader below 100 rewrites the table with its own old code, which erases the other copy (docs/formats/dct.md, "Two writers").
bool old_bootloader(const Observations& seen) { return seen.facts.system.bootloader_version && !seen.facts.system.bootloader_uses_system_dct(); }

void both_unreadable(const Observations& seen, Findings& found) {
    const auto& dct = table(seen);
    if (!dct.would_reinitialize || dct.copies.size() != 2) return;
    const bool erased = dct.copies[0].state == CopyState::Erased && dct.copies[1].state == CopyState::Erased;
    auto& finding = found.add(
        {"DCT copy 1 and 2", {dct.copies[0].at.begin, dct.copies[1].at.end}},
        erased ? "Both copies of the configuration table are erased. The firmware will write a default table: keys, Wi-Fi networks and claim are gone."
               : "Neither copy of the configuration table has a complete header. The firmware will write a default table over them at its next start: keys, "
                 "Wi-Fi networks "
                 "and claim are then gone. What the copies still hold is in this dump.");
    const auto header_unread = [&](const DctCopy& copy) { return dct.may_be_unread(range_of(copy.at.begin, 8)); };
    if (std::ranges::any_of(dct.copies, header_unread)) {
        finding.confidence = Confidence::Likely;
        finding.explain += " Where a header should stand a whole page is zero: no erase leaves that, and a read over USB that failed does.";
    }
    finding.expected = "a header with magic number 4d435242, write_incomplete 0";
    finding.actual = fmt::format("copy 1: {}, copy 2: {}", name_of(dct.copies[0].state), name_of(dct.copies[1].state));
}

DctFieldFact::State field_state(const Dct& dct, std::string_view name) {
    for (const auto& fact : dct.fields)
        if (fact.field->name == name) return fact.state;
    return DctFieldFact::State::NotInFile;
}

bool unset(const Dct& dct, std::string_view name) { return field_state(dct, name) == DctFieldFact::State::Unset; }

/// What the factory put into a table is gone, though writes came after the reset. Old code leaves no mark of it and makes a new key at once; owners set
/// up Wi-Fi and claim again, but without a server key no claim is ever confirmed. For new code a table with a key belongs to the rules of the keys.
bool emptied(const Observations& seen) {
    const auto& dct = table(seen);
    for (const char* name : {"server_public_key", "server_address", "claimed", "version_string"})
        if (!unset(dct, name)) return false;
    if (!system_uses_checksums(seen) && !unset(dct, "device_private_key")) return true;
    return unset(dct, "claim_code") && unset(dct, "device_private_key") && seen.facts.wifi.state != WifiFacts::State::Configured;
}

void default_table(const Observations& seen, Findings& found) {
    const auto* copy = table(seen).current();
    if (!copy || (!copy->fresh_default && !emptied(seen))) return;
    const auto* other = table(seen).other();
    if (other && other->state == CopyState::ValidTwin && !copy->fresh_default) return;  // half erased after a write, not reset
    if (!copy->fresh_default && table(seen).may_be_unread(copy->at)) return;            // what is missing may lie in the page that was not read
    auto& finding = found.add(
        copy_place(*copy),
        copy->fresh_default
            ? "The table holds nothing but the firmware's own defaults: the firmware found no usable table and wrote a new one. Keys, server key, Wi-Fi "
              "networks and claim are gone."
            : "The table holds no server key, no server address, no confirmed claim and no factory text: it was reset to defaults. What else stands in it, "
              "device key included, was made or set up after that.");
    if (!copy->fresh_default && !copy->reinitialized_mark) finding.confidence = Confidence::Likely;
    finding.expected = "server key, device key and factory text";
    finding.actual = "erased";
}

void reinitialized_before(const Observations& seen, Findings& found) {
    const auto* copy = table(seen).current();
    if (!copy || !copy->reinitialized_mark || copy->fresh_default || emptied(seen)) return;
    found.add({copy_place(*copy).region + ", header", range_of(copy->at.begin + dct_format::apps_locations, 8 * 36)},
              "This table was once reset to defaults by Device OS 0.7.0 or later: the mark of it never goes away. What the device had before (keys, Wi-Fi, "
              "claim) was lost then.");
}

std::string how_far(const DctCopy& copy) {
    if (copy.state == CopyState::Erased) return "The other copy is erased: a rewrite began with it and got no further.";
    if (copy.state == CopyState::NearlyErased) return "The other copy is erased but for a few bits: its erasing was cut off.";
    if (copy.state == CopyState::ValidTwin)
        return "Both copies are complete and valid: the rewrite was cut off after the new one was finished and before the old one was taken out of use.";
    if (copy.magic_good()) return "A new copy was written and its header never marked complete: the rewrite was cut off in its last steps.";
    return fmt::format("A new copy was begun and got to offset 0x{:04x}, its header is {}: the rewrite was cut off there.", copy.erased_from,
                       copy.full_size.value == 0xFFFFFFFF ? "still erased" : "only begun");
}

/// Which part of the copy shows it.
Range unfinished_part(const DctCopy& copy) {
    if (copy.state == CopyState::Erased || copy.state == CopyState::NearlyErased) return copy.at;
    if (copy.state == CopyState::ValidTwin) return range_of(copy.at.begin + dct_format::is_current, 1);
    if (copy.magic_good()) return range_of(copy.at.begin + dct_format::write_incomplete, 1);
    return {copy.at.begin, copy.at.begin + std::max(copy.erased_from, dct_format::header_size)};
}

bool twin_of_last_write(const Dct& dct) {
    const auto &current = *dct.current(), &other = *dct.other();
    if (current.has_version_struct && other.has_version_struct) return dct.copies_one_write_apart || dct.alternate_is_recent_write || dct.other_is_newer();
    return dct.copies_one_write_apart;
}

bool unfinished(const Observations& seen) {
    const auto& dct = table(seen);
    const auto *current = dct.current(), *other = dct.other();
    if (!current || !other || current->fresh_default || newest_was_lost(dct)) return false;  // what is whole is the other copy, where there is one
    switch (other->state) {
        case CopyState::Incomplete:
        case CopyState::NearlyErased:
            return true;
        case CopyState::ValidTwin:
            return twin_of_last_write(dct);
        case CopyState::Erased:
            return system_uses_checksums(seen) && written_by_new_code(*current) && current->is_current_dct.value == 1 && !old_bootloader(seen);
        default:
            return false;
    }
}

void write_unfinished(const Observations& seen, Findings& found) {
    if (!unfinished(seen)) return;
    const auto& dct = table(seen);
    const auto& other = *dct.other();
    auto text = how_far(other);
    const bool undone = other.state == CopyState::ValidTwin && dct.other_is_newer();
    text += undone ? " The firmware compares sequence numbers without regard to their wrap and reads the older copy: the last change is undone."
                   : " The copy in use is whole, so at most the last change is lost; the next write puts it right.";
    auto& finding = found.add({copy_place(other).region, unfinished_part(other)}, std::move(text));
    if (other.state == CopyState::Erased || other.state == CopyState::NearlyErased) finding.confidence = Confidence::Likely;
    finding.expected = system_uses_checksums(seen) ? "the previous table, complete and marked superseded" : "an erased copy";
    finding.actual = name_of(other.state);
}

void spare_unwritable(const Observations& seen, Findings& found) {
    const auto* other = table(seen).other();
    if (!other || seen.facts.system.store.table != DctGeneration::G0) return;
    if (other->state == CopyState::Erased || other->state == CopyState::NotInFile || other->magic_number.value != 0xFFFFFFFF) return;
    auto& finding = found.add(copy_place(*other),
                              "The spare copy is not empty, but its header is. Device OS 0.4.0 and 0.4.1 take it for erased, program over what is there, and "
                              "every write to the table fails: "
                              "keys, Wi-Fi networks and claim can no longer be changed.");
    finding.expected = "an erased copy";
    finding.actual = other->state == CopyState::NearlyErased ? "stray bits" : fmt::format("remains of a write up to offset 0x{:04x}", other->erased_from);
}

/// What keeps the firmware from taking it.
std::string_view how_lost(const DctCopy& copy) {
    if (copy.state == CopyState::ValidTwin || copy.state == CopyState::Rejected) return "The version that it names is damaged now";
    if (copy.state == CopyState::Incomplete && copy.magic_good()) return "Its header says now that it was never finished";
    if (copy.state == CopyState::Unreadable && copy.magic_good()) return "The sizes in its header are damaged now";
    return "It is unreadable now";
}

bool holds_newer_key(const Observations& seen) {
    const auto& key = seen.keys.device_in_other_copy;
    return key && key->usable && key->public_fingerprint && key->public_fingerprint != seen.keys.device.public_fingerprint;
}

void current_lost(const Observations& seen, Findings& found) {
    const auto& dct = table(seen);
    if (!newest_was_lost(dct)) return;
    const auto* other = dct.other();
    auto& finding = found.add(copy_place(*other), fmt::format("This must have been the newest table: copy {} is marked superseded. {}, so the firmware goes "
                                                              "back to the previous one; the last changes are undone.{}",
                                                              *dct.selected, how_lost(*other),
                                                              holds_newer_key(seen) ? " It still holds a whole device key, another than the one in use." : ""));
    finding.expected = "a complete table";
    finding.actual = name_of(other->state);
}

/// A write takes the old copy out of use only when the new one is complete, so one of two complete copies is always marked current.
void both_superseded(const Observations& seen, Findings& found) {
    const auto& dct = table(seen);
    const auto *current = dct.current(), *other = dct.other();
    if (!current || !other || !written_by_new_code(*current) || current->is_current_dct.value != 0) return;
    const bool complete = other->state == CopyState::Superseded || other->state == CopyState::SupersededDamaged || other->state == CopyState::OlderFormat;
    if (!complete) return;
    const bool older_in_use = dct.other_is_newer();
    auto& finding =
        found.add({fmt::format("DCT copy {}, header", *dct.selected), range_of(current->at.begin + dct_format::is_current, 1)},
                  fmt::format("Both copies of the table are marked superseded, which no write leaves: the mark of the one that was current is damaged. {} {}",
                              dct.selected_because,
                              older_in_use ? fmt::format("By its sequence number copy {} is the newer one: the last change is undone.", other->number)
                                           : "By their sequence numbers nothing is lost by it."));
    finding.expected = "one copy marked current (1)";
    finding.actual = "both 0";
}

void other_unreadable(const Observations& seen, Findings& found) {
    const auto* other = table(seen).other();
    if (!other || other->state != CopyState::Unreadable || newest_was_lost(table(seen))) return;
    auto& finding = found.add({copy_place(*other).region + ", header", range_of(other->at.begin, 16)},
                              fmt::format("{} The firmware ignores it and erases it at the next write.",
                                          other->magic_good() ? "In the copy that is not in use the header's sizes are damaged."
                                                              : "The copy that is not in use has lost its header."));
    if (other->magic_good()) {
        finding.expected = "a used size of at most the full size";
        finding.actual = "a larger one";
        return;
    }
    finding.expected = "magic number 4d435242, or an erased copy";
    const bool recognizable = std::popcount(other->magic_number.value ^ 0x4D435242u) <= 4;  // else it may be anything of the owner's
    finding.actual = recognizable ? fmt::format("{:08x}", other->magic_number.value) : "something else";
}

void stray_copy(const Observations& seen, Findings& found) {
    if (!seen.facts.layout || !capture_allows_judgement(seen.facts)) return;
    for (auto place : table(seen).strays) {
        const auto* region = seen.facts.layout->region_at(place.begin);
        const bool foreign =
            std::ranges::any_of(seen.keys.elsewhere, [&](const KeyElsewhere& key) { return place.contains(key.at.begin) && key.owner == KeyOwner::Another; });
        found.add(
            {region ? region->title : "", place},
            fmt::format("A whole configuration table lies here, where none belongs. No firmware reads it; keys and passwords in it are readable for whoever "
                        "gets this dump.{}",
                        foreign ? " The private key in it is not this device's." : ""));
    }
}

void unrelated_twin(const Observations& seen, Findings& found) {
    const auto& dct = table(seen);
    const auto* other = dct.other();
    if (!other || other->state != CopyState::ValidTwin || twin_of_last_write(dct) || newest_was_lost(dct)) return;
    found.add(copy_place(*other), fmt::format("This copy is valid as well and differs from the one in use in more than one write changes: it is left over from "
                                              "another time. The firmware reads copy {}. {}",
                                              *dct.selected, dct.selected_because));
}

constexpr Rule rules[] = {
    {"dct-both-unreadable", Severity::Fatal, "Neither copy of the configuration table is usable",
     "The firmware writes a default table at its next start: the device loses its keys, Wi-Fi networks and claim.",
     "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0", both_unreadable},
    {"dct-default-table", Severity::Problem, "The configuration table holds nothing but defaults",
     "The device makes a new key that the cloud does not know, and has no Wi-Fi network.", "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0",
     default_table},
    {"dct-reinitialized-before", Severity::Note, "The configuration table was reset at some time",
     "The device's key is newer than the reset; the cloud may still know the one from before.", "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0",
     reinitialized_before},
    {"dct-write-unfinished", Severity::Warning, "A write to the configuration table was cut off", "The copy in use is whole; the last change may be lost.",
     "wiced_dct_update.o in hal/src/photon/lib@v0.7.0", write_unfinished},
    {"dct-spare-unwritable", Severity::Problem, "The configuration table can no longer be written",
     "Nothing can be stored any more: no new key, no Wi-Fi network.", "CHANGELOG.md@v2.3.1:2860", spare_unwritable},
    {"dct-current-copy-lost", Severity::Warning, "The newest configuration table is unreadable",
     "The firmware goes back to the previous one; the last changes are undone.", "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0", current_lost},
    {"dct-both-superseded", Severity::Warning, "Both copies of the configuration table are marked superseded",
     "The firmware falls back to a rule for damaged tables; which copy it takes depends on its version.",
     "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0", both_superseded},
    {"dct-other-copy-unreadable", Severity::Warning, "The unused copy of the configuration table has lost its header", "The firmware ignores it.",
     "wiced_dct_internal_common.o in hal/src/photon/lib@v0.7.0", other_unreadable},
    {"dct-stray-copy", Severity::Warning, "A configuration table lies where none belongs", "No firmware reads it there; it holds secrets.",
     "docs/formats/dct.md", stray_copy},
    {"dct-twin-not-of-last-write", Severity::Warning, "A second valid configuration table is left over", "Which one is read depends on the firmware's version.",
     "docs/formats/dct.md", unrelated_twin},
};

}  // namespace

std::span<const Rule> dct_rules() { return rules; }

}  // namespace photopsy

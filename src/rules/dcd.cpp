// What is wrong with a configuration store of the DCD kind. Format and writers: docs/formats/dcd.md.
//
// finding id                        says                                                              covered by cause
// dcd-none-usable                   no copy is valid to the installed code: it makes a blank table     dct-both-copies-invalid
// dcd-blank-table                   the table in use holds nothing of what a device has                dct-reset-to-default
// dcd-write-unfinished              a rewrite of the other copy was cut off                            dct-write-interrupted
// dcd-newest-copy-fails-checksum    the last write fails its checksum: the copy before it is used      dct-copy-crc-bad
// dcd-newest-copy-lost              the last write has lost its header: the copy before it is used     dct-copy-crc-bad
// dcd-newest-copy-not-counted       the last write is whole, and this generation does not count it     dct-last-write-undone
// dcd-copy-fails-checksum           the copy in use fails its checksum, and nothing is there instead   dct-copy-crc-bad
// dcd-superseded-copy-damaged       the previous table is damaged; it is not used                      dct-copy-crc-bad
// dcd-other-copy-unreadable         the copy that is not used holds neither a table nor nothing        dct-copy-crc-bad
// dcd-generations-differ            bootloader and system bring code of different generations          (note)
// dcd-table-converted               a table of the older format will be converted                      (note)
// dcd-old-table-left                a table from before a reset still lies in the other copy           (note)
#include "facts/dcd_format.h"
#include "rules/dcd_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

using CopyState = DctCopyState;
using Undone = DcdFacts::Undone;

Place place_of(const DctCopy& copy) { return {fmt::format("DCT copy {}", copy.number), copy.at}; }
Place header_of_copy(const DctCopy& copy) { return {fmt::format("DCT copy {}, header", copy.number), range_of(copy.at.begin, dcd_format::header_size)}; }

const DcdFacts* store_of(const Observations& seen) { return seen.facts.dct.dcd ? &*seen.facts.dct.dcd : nullptr; }

void none_usable(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    const auto& dct = seen.facts.dct;
    if (!dcd || !dct.would_reinitialize) return;
    auto& finding = found.add({"DCT copy 1 and 2", {dct.copies[0].at.begin, dct.copies[1].at.end}}, "");
    if (dcd->bootloader_destroys())
        finding.explain = fmt::format(
            "The system (code {}) would read the superseded copy {}, but the bootloader (code {}) is asked first at each start: it finds no "
            "valid copy and writes a blank table into copy {}, before the system runs.",
            releases_of(dcd->system), dcd->read_by_system, releases_of(dcd->bootloader), dcd->bootloader == DcdGeneration::D1 ? 1 : 2);
    else
        finding.explain = fmt::format(
            "Neither copy of the configuration table is valid to the installed code. At the next start it writes a blank table into copy {}: "
            "keys and claim are gone for the device. What the copies still hold is in this dump.",
            dcd->bootloader == DcdGeneration::D1 ? 1 : 2);
    if (!seen.facts.system.system_version && !seen.facts.system.bootloader_version) finding.confidence = Confidence::Likely;
    finding.expected = "a copy with watermark and a seal that says valid";
    finding.actual = fmt::format("copy 1: {}, seal {}; copy 2: {}, seal {}", name_of(dct.copies[0].state), name_of(dcd->heads[0].seal),
                                 name_of(dct.copies[1].state), name_of(dcd->heads[1].seal));
}

bool is_unset(const Dct& dct, std::string_view name) {
    return std::any_of(dct.fields.begin(), dct.fields.end(),
                       [&](const DctFieldFact& fact) { return fact.field->name == name && fact.state == DctFieldFact::State::Unset; });
}

/// Every unit is sold with server keys; no tool erases both, and the code that makes a blank table puts none back.
bool nothing_of_the_factory(const Observations& seen) {
    const auto& sets = seen.facts.layout->keys;
    return !sets.empty() && is_unset(seen.facts.dct, "claimed") && std::all_of(sets.begin(), sets.end(), [&](const KeySet& set) {
        return is_unset(seen.facts.dct, set.server_key) && is_unset(seen.facts.dct, set.server_address);
    });
}

bool was_blanked(const Observations& seen) {
    const auto* copy = seen.facts.dct.current();
    return store_of(seen) && copy && (copy->fresh_default || nothing_of_the_factory(seen));
}

void blank_table(const Observations& seen, Findings& found) {
    if (!was_blanked(seen)) return;
    const auto& copy = *seen.facts.dct.current();
    auto& finding = found.add(
        place_of(copy), copy.fresh_default
                            ? "The table is blank but for its header and footer: the firmware found no valid copy and wrote a new one. Keys, server keys "
                              "and claim are gone."
                            : "The table holds no server key, no server address and no claim: it was blanked. What else stands in it, device key included, was "
                              "made after that.");
    if (!copy.fresh_default) finding.confidence = Confidence::Likely;
    finding.expected = "server keys and device key";
    finding.actual = "erased";
}

/// Of a copy that once was a table: only its header is gone, or retired.
bool holds_old_table(const DctCopy& copy) { return copy.erased_from > dcd_format::header_size + 64 && copy.state != CopyState::Erased; }

void old_table_left(const Observations& seen, Findings& found) {
    const auto& dct = seen.facts.dct;
    if (!was_blanked(seen) || !holds_old_table(*dct.other())) return;
    found.add(place_of(*dct.other()),
              "The table from before the reset still lies in this copy. The next write to the table erases it: whatever the device stores at its "
              "next ordinary start.");
}

bool is_unfinished(const Observations& seen) {
    const auto* dcd = store_of(seen);
    const auto& dct = seen.facts.dct;
    const auto *current = dct.current(), *other = dct.other();
    if (!dcd || !current || dcd->undone != Undone::No) return false;
    if (current->fresh_default) return false;  // the other is what the reset left of the old table: dcd-blank-table and dcd-old-table-left tell it
    switch (other->state) {
        case CopyState::Incomplete:
        case CopyState::NearlyErased:
        case CopyState::ValidTwin:
            return true;
        case CopyState::Rejected:
            return dcd->head(other->number).valid();
        case CopyState::Erased:
            return true;  // after the first write of a unit no copy is ever left erased
        default:
            return false;
    }
}

void write_unfinished(const Observations& seen, Findings& found) {
    if (!is_unfinished(seen)) return;
    const auto& other = *seen.facts.dct.other();
    auto text = where_it_stopped(seen, other);
    if (!store_of(seen)->tie) text += " The copy in use is whole, so at most the last change is lost; the next write puts it right.";
    const bool only_header = other.state == CopyState::ValidTwin || store_of(seen)->head(other.number).watermark;
    auto& finding = found.add(only_header ? header_of_copy(other) : place_of(other), std::move(text));
    if (other.state == CopyState::Erased || other.state == CopyState::NearlyErased) finding.confidence = Confidence::Likely;
    finding.expected = "the previous table, marked superseded";
    finding.actual = name_of(other.state);
    if (store_of(seen)->head(other.number).valid())
        found.add(header_of_copy(*seen.facts.dct.current()), "The seal of this copy says valid as well. It is the one in use.");
}

void tell_damage(const Observations& seen, const DctCopy& copy, std::string_view consequence, Findings& found) {
    for (const auto place : copy.damage->places) {
        auto& finding =
            found.add({seen.facts.dct.place_name(*seen.facts.layout, place), place}, fmt::format("{} {}", where_damaged(*copy.damage), consequence));
        finding.expected = "the checksum that stands in the table";  // not its value: it would confirm a guess at what the table hides
        finding.actual = "another";
        if (copy.damage->proof == DctDamage::Proof::Candidates) finding.confidence = Confidence::Possible;
    }
}

void newest_fails_checksum(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    const auto* other = seen.facts.dct.other();
    if (!dcd || dcd->undone != Undone::BadChecksum || !other) return;
    const auto consequence = fmt::format(
        "This is the newest copy, and because of its checksum the firmware goes back to copy {}, the one before it: the last change is "
        "undone. {}",
        *seen.facts.dct.selected, lost_with_it(seen));
    if (other->damage)
        tell_damage(seen, *other, consequence, found);
    else
        found.add(place_of(*other), consequence);
    found.add(place_of(*seen.facts.dct.current()), "This is the copy in use now: the table as it was before the last write.");
}

void newest_lost(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    const auto* other = seen.facts.dct.other();
    if (!dcd || dcd->undone != Undone::MarkLost || !other) return;
    auto& finding =
        found.add(header_of_copy(*other), fmt::format("No copy is marked valid, which no write leaves: the newest one has lost its header. The firmware goes "
                                                      "back to copy {}, which is marked superseded; the last change is undone.",
                                                      *seen.facts.dct.selected));
    finding.expected = "seal eda15e00";
    finding.actual = fmt::format("{}, seal {}", name_of(other->state), name_of(dcd->head(other->number).seal));
}

void newest_not_counted(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    const auto* other = seen.facts.dct.other();
    if (!dcd || dcd->undone != Undone::NoWatermark || !other) return;
    auto& finding = found.add(
        {fmt::format("DCT copy {}, footer", other->number), range_of(other->at.begin + dcd_format::footer, dcd_format::copy_size - dcd_format::footer)},
        fmt::format(
            "This copy was written last and is whole, but its footer has no watermark: Device OS 0.7.0 never gave it one, and {} (code {}) counts no checksum "
            "without it. It reads copy {}, the superseded one, and the next write makes that final. {}",
            seen.facts.system.system_version ? "this system" : "a later system", releases_of(dcd->system), *seen.facts.dct.selected, lost_with_it(seen)));
    if (!seen.facts.system.system_version) {
        finding.explain += " Which system is installed, the file does not show.";
        finding.severity = Severity::Warning;
        finding.confidence = Confidence::Possible;
    }
    finding.expected = "1e1c279a";
    finding.actual = fmt::format("{:08x}", other->version_magic.value);
}

void copy_fails_checksum(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    const auto* current = seen.facts.dct.current();
    if (!dcd || !current || !current->damage) return;
    tell_damage(seen, *current, "The firmware uses this copy all the same: the other one is no better to it.", found);
}

void superseded_copy_damaged(const Observations& seen, Findings& found) {
    const auto* other = seen.facts.dct.other();
    if (!store_of(seen) || !other || other->state != CopyState::SupersededDamaged || !other->damage) return;
    tell_damage(seen, *other, "This is the previous table. It is not used as long as the current one is whole, and the next write erases it.", found);
}

void other_copy_unreadable(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    const auto* other = seen.facts.dct.other();
    if (!dcd || !other || other->state != CopyState::Unreadable || dcd->undone != Undone::No) return;
    const auto& head = dcd->head(other->number);
    auto& finding =
        found.add(header_of_copy(*other), "The copy that is not in use has lost its header. The firmware ignores it and erases it at the next write.");
    finding.expected = "watermark 1e1c279a and a seal";
    finding.actual = head.watermark ? "a seal that nothing writes" : "no watermark";
}

void generations_differ(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    if (!dcd || !dcd->generations_differ()) return;
    const auto* bootloader = seen.facts.module("bootloader");
    const bool second = dcd->bootloader == DcdGeneration::D2;
    const auto follows = dcd->bootloader == DcdGeneration::D1 || dcd->system == DcdGeneration::D1
                             ? "Both find the same copy as long as exactly one is marked valid; only after a write that was cut off may they differ."
                         : second ? "Where only a superseded copy is left, this bootloader makes a blank table before the system can read it."
                                  : "Where only a superseded copy is left, DFU mode shows it and the system does not.";
    const bool differ_now = dcd->read_by_bootloader != dcd->read_by_system && dcd->read_by_bootloader != 0;
    auto text =
        fmt::format("Bootloader and system work on the configuration table with code of different generations: the bootloader's is {}, the system's {}. {}",
                    releases_of(dcd->bootloader), releases_of(dcd->system), follows);
    if (differ_now)
        text += fmt::format(" Now the bootloader reads copy {} (which is what DFU alternate setting 1 shows) and the system copy {}.", dcd->read_by_bootloader,
                            dcd->read_by_system);
    auto& finding = found.add({"bootloader", bootloader && bootloader->present() ? bootloader->version.at : seen.facts.dct.copies[0].at}, std::move(text));
    if (differ_now) finding.severity = Severity::Warning;
}

void table_converted(const Observations& seen, Findings& found) {
    const auto* dcd = store_of(seen);
    if (!dcd || !dcd->migrated_from) return;
    found.add(
        place_of(*seen.facts.dct.copy(dcd->migrated_from)),
        fmt::format(
            "No copy is valid, and this one looks like a table of the older format to the firmware (it asks two bytes and nothing else): at the next start "
            "8836 bytes of it become the table in copy {}.",
            3 - dcd->migrated_from));
}

constexpr std::string_view source = "services/inc/dcd.h@v0.7.0:319";

constexpr Rule rules[] = {
    {"dcd-none-usable", Severity::Fatal, "Neither copy of the configuration table is valid to the installed firmware",
     "It writes a blank table at its next start: the device loses its keys and its claim.", "services/inc/dcd.h@v0.7.0:303", none_usable},
    {"dcd-blank-table", Severity::Problem, "The configuration table was blanked", "The device makes a new key that the cloud does not know.",
     "services/inc/dcd.h@v0.7.0:457", blank_table},
    {"dcd-write-unfinished", Severity::Warning, "A write to the configuration table was cut off", "The last change may be lost; the copy in use is whole.",
     "services/inc/dcd.h@v0.7.0:487", write_unfinished},
    {"dcd-newest-copy-fails-checksum", Severity::Problem, "The newest configuration table fails its checksum",
     "The firmware goes back to the table before it: a new key or setting has no effect.", source, newest_fails_checksum},
    {"dcd-newest-copy-lost", Severity::Problem, "The newest configuration table has lost its header",
     "The firmware goes back to the table before it: a new key or setting has no effect.", "services/inc/dcd.h@v0.8.0-rc.2:138", newest_lost},
    {"dcd-newest-copy-not-counted", Severity::Problem, "An update makes the firmware read the table before the last write",
     "What was written last under 0.7.0 has no effect any more.", "services/inc/dcd.h@v0.8.0-rc.2:425", newest_not_counted},
    {"dcd-copy-fails-checksum", Severity::Warning, "The configuration table in use fails its checksum",
     "The firmware has nothing better and uses what is there.", source, copy_fails_checksum},
    {"dcd-superseded-copy-damaged", Severity::Warning, "The previous configuration table is damaged",
     "It is not used; if the current one fails there is nothing whole to go back to.", source, superseded_copy_damaged},
    {"dcd-other-copy-unreadable", Severity::Warning, "The copy that is not in use is unreadable", "If the current one fails there is nothing to go back to.",
     source, other_copy_unreadable},
    {"dcd-old-table-left", Severity::Note, "The table from before the reset is still there", "Its keys can be read from this dump.", "docs/formats/dcd.md",
     old_table_left},
    {"dcd-generations-differ", Severity::Note, "Bootloader and system bring different code for the configuration table",
     "They may read different copies, and DFU mode shows the bootloader's.", "bootloader/src/electron/sources.mk@v2.3.1", generations_differ},
    {"dcd-table-converted", Severity::Note, "A table of the older format will be converted", "The firmware does it by itself at its next start.",
     "hal/src/electron/dcd_flash_impl.h@v0.7.0:29", table_converted},
};

}  // namespace

std::span<const Rule> dcd_rules() { return rules; }

}  // namespace photopsy

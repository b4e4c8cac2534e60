#include "report/difference.h"

#include "base/counted.h"
#include "base/hex.h"
#include "handshake/key_owner.h"
#include "report/discretion.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

namespace photopsy {

namespace {

/// Collects what changed under one heading.
struct Section {
    std::vector<Change>& list;
    const char* title;
    void changed(std::string what, std::string before, std::string after) const {
        if (before != after) list.push_back({title, std::move(what), std::move(before), std::move(after)});
    }
};

std::string describe(const Module* module) {
    if (!module || module->presence == Presence::Absent) return "not in the file";
    if (module->presence == Presence::Erased) return "erased";
    if (module->presence == Presence::NoHeader) return "no module";
    const auto release = module->releases.empty() ? std::string() : fmt::format(" ({})", module->releases.front());
    const auto sum = module->integrity == Integrity::Good ? "whole" : module->integrity == Integrity::Bad ? "checksum fails" : "checksum not checked";
    const auto& blocks = module->damage.blocks;
    const auto named = blocks && !blocks->releases.empty()
                           ? fmt::format(" ({} of {} blocks are those of {}{})", blocks->same, blocks->blocks, blocks->releases.front(),
                                         module->damage.foreign_release.empty() ? "" : ", others of " + module->damage.foreign_release)
                           : "";
    return fmt::format("v{}{}, {} bytes, CRC {}, {}{}", module->version.value, release, module->length() + 4, hex_word(module->stored_crc.value), sum, named);
}

std::string outcome(const Analysis& analysis) {
    std::string text(name_of(analysis.diagnosis.outcome));
    for (const auto& named : analysis.diagnosis.causes)
        text += fmt::format("{}{}", &named == &analysis.diagnosis.causes.front() ? ": " : ", ", named.cause->id);
    return text;
}

void compare_verdicts(const Analysis& before, const Analysis& after, const Section& section) {
    section.changed("verdict", outcome(before), outcome(after));
    section.changed("at the next start", std::string(name_of(before.boot.result)), std::string(name_of(after.boot.result)));
}

void compare_modules(const Analysis& before, const Analysis& after, const Section& section) {
    for (const auto& slot : before.layout->slots)
        section.changed(slot.title.empty() ? slot.name : slot.title, describe(before.facts.module(slot.name)), describe(after.facts.module(slot.name)));
}

std::string describe(const DctCopy* copy) {
    return copy ? fmt::format("{}, sequence {}", contract_name_of(copy->state), copy->has_version_struct ? std::to_string(copy->sequence.value) : "none")
                : "none";
}

std::string selected(const Dct& dct) { return dct.selected ? fmt::format("copy {}", *dct.selected) : "none"; }

std::string_view name_of(DctFieldFact::State state) {
    switch (state) {
        case DctFieldFact::State::NotInFile:
            return "not in the file";
        case DctFieldFact::State::Unset:
            return "unset";
        case DctFieldFact::State::Zero:
            return "zero";
        case DctFieldFact::State::Set:
            return "set";
    }
    return "";
}

/// The file holds the table, and no copy of it is one that the firmware reads.
bool reads_no_table(const Analysis& analysis) {
    const auto& dct = analysis.facts.dct;
    return !dct.selected && !dct.is_unseen() && std::ranges::all_of(dct.fields, [](const DctFieldFact& fact) { return fact.at.empty(); });
}

std::string count_of_settings(const Analysis& analysis) {
    if (reads_no_table(analysis)) return "none, for the firmware reads neither copy";
    return fmt::format("{} set",
                       std::ranges::count_if(analysis.facts.dct.fields, [](const DctFieldFact& fact) { return fact.state == DctFieldFact::State::Set; }));
}

/// The bytes of a field that are not as they were: a field may have room for more than stands in it.
std::string bytes_changed(const Analysis& before, Range then, const Analysis& after, Range now) {
    const auto a = before.capture.image.bytes(then), b = after.capture.image.bytes(now);
    std::size_t different = std::max(a.size(), b.size()) - std::min(a.size(), b.size());
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) different += a[i] != b[i];
    return fmt::format("another value in {}", counted(different, "byte"));
}

/// Fields of the copy that the firmware reads, compared but never shown.
void compare_fields(const Analysis& before, const Analysis& after, const Section& section) {
    if (reads_no_table(before) || reads_no_table(after)) return section.changed("settings", count_of_settings(before), count_of_settings(after));
    for (const auto& old_field : before.facts.dct.fields) {
        for (const auto& new_field : after.facts.dct.fields) {
            if (!old_field.field || !new_field.field || old_field.field->name != new_field.field->name) continue;
            if (std::ranges::equal(before.capture.image.bytes(old_field.at), after.capture.image.bytes(new_field.at)) && old_field.state == new_field.state)
                continue;
            const auto what = fmt::format("{} ({})", old_field.field->title, counted(old_field.at.size(), "byte"));
            section.changed(
                what, std::string(name_of(old_field.state)),
                old_field.state == new_field.state ? bytes_changed(before, old_field.at, after, new_field.at) : std::string(name_of(new_field.state)));
        }
    }
}

void compare_tables(const Analysis& before, const Analysis& after, const Section& section) {
    for (const int number : {1, 2})
        section.changed(fmt::format("copy {}", number), describe(before.facts.dct.copy(number)), describe(after.facts.dct.copy(number)));
    section.changed("copy that the firmware reads", selected(before.facts.dct), selected(after.facts.dct));
    compare_fields(before, after, section);
}

std::string describe(const DeviceKey& key) {
    return fmt::format("{}, public fingerprint {}", name_of(key.what), key.public_fingerprint ? hex(*key.public_fingerprint).substr(0, 16) : "unknown");
}
std::string describe(const ServerKey& key) {
    return fmt::format("{}, fingerprint {}", name_of(key.what), key.fingerprint ? hex(*key.fingerprint).substr(0, 16) : "unknown");
}

void compare_keys(const Analysis& before, const Analysis& after, const Section& section) {
    section.changed("device key", describe(before.keys.device), describe(after.keys.device));
    section.changed("server key", describe(before.keys.server), describe(after.keys.server));
}

std::string describe(const OtaFacts& ota) {
    if (ota.kind == OtaCase::None) return "nothing under way";
    const auto progress = ota.progress                     ? fmt::format(", {} of {} bytes in place", ota.progress->copied, ota.progress->total)
                          : ota.kind == OtaCase::Receiving ? ", " + counted(ota.received, "byte") + " received"
                                                           : "";
    return fmt::format("{}{}", name_of(ota.kind), progress);
}

std::string slot_state(const OtaFacts& ota, std::size_t number) {
    if (number >= ota.slots.size()) return "not readable";
    switch (ota.slots[number].state) {
        case OtaSlot::State::Unused:
            return "unused";
        case OtaSlot::State::ClearedZero:
            return "cleared (zero)";
        case OtaSlot::State::Pending:
            return fmt::format("pending for {}", hex_address(ota.slots[number].destination.value));
        case OtaSlot::State::ClearedHistory:
            return fmt::format("cleared, last for {}", hex_address(ota.slots[number].destination.value));
        case OtaSlot::State::Factory:
            return "factory";
        case OtaSlot::State::Odd:
            return "odd";
    }
    return "";
}

void compare_updates(const Analysis& before, const Analysis& after, const Section& section) {
    section.changed("update", describe(before.facts.ota), describe(after.facts.ota));
    for (std::size_t slot = 0; slot < 5; ++slot)
        section.changed(fmt::format("record {}", slot), slot_state(before.facts.ota, slot), slot_state(after.facts.ota, slot));
    const auto flag = [](const OtaFacts& ota) { return ota.update_flag ? fmt::format("{:02x}", ota.update_flag->value) : "not readable"; };
    section.changed("OTA flag", flag(before.facts.ota), flag(after.facts.ota));
    const auto eeprom = [](const Eeprom& facts) { return fmt::format("{}, {} in use", name_of(facts.state), counted(facts.cells_in_use, "cell")); };
    section.changed("EEPROM", eeprom(before.facts.eeprom), eeprom(after.facts.eeprom));
}

RegionChange count_region(const Analysis& before, const Analysis& after, const LayoutRegion& region) {
    const auto at = region.at;
    RegionChange change{.region = region.title.empty() ? region.name : region.title, .at = at};
    Range hull{at.end, at.begin};
    for (Address byte = at.begin; byte < at.end;) {
        // In pages, so that what one file lacks is counted without looking at each byte of the rest.
        const auto page = intersection(range_of(byte / 256 * 256, 256), {byte, at.end});
        const auto a = before.capture.image.leading(page), b = after.capture.image.leading(page);
        const auto both = std::min(a.size(), b.size());
        for (std::size_t i = common_prefix(a.first(both), b.first(both)); i < both; ++i) {
            if (a[i] == b[i]) continue;
            ++change.different;
            change.single_bits += std::has_single_bit(static_cast<std::uint8_t>(a[i] ^ b[i]));
            hull = {std::min(hull.begin, page.begin + static_cast<Address>(i)), page.begin + static_cast<Address>(i) + 1};
        }
        change.only_one += static_cast<std::uint32_t>(std::max(a.size(), b.size()) - both);
        byte = page.end;
    }
    if (change.different) change.hull = hull;
    return change;
}

bool looks_unstable(const Difference& difference) {
    std::uint64_t different = 0, single_bits = 0;
    for (const auto& change : difference.bytes) different += change.different, single_bits += change.single_bits;
    return difference.same_device == true && different != 0 && different <= 4096 && single_bits * 100 / different >= 90;
}

Difference::Side side_of(const Analysis& analysis) {
    Difference::Side side{.name = analysis.capture.name,
                          .sha256 = hex(analysis.capture.sha256),
                          .layout = analysis.layout->name,
                          .layout_title = analysis.layout->title,
                          .size = analysis.capture.size,
                          .external_name = {},
                          .external_sha256 = {}};
    if (!analysis.capture.external_lies_apart()) return side;
    const auto& external = *analysis.capture.external;
    side.external_name = external.name, side.external_sha256 = hex(external.sha256), side.external_size = external.size;
    return side;
}

void compare_bytes(const Analysis& before, const Analysis& after, const std::vector<LayoutRegion>& regions, Difference& difference) {
    for (const auto& region : regions) {
        const auto change = count_region(before, after, region);
        if (!change.different && !change.only_one) continue;
        difference.same = false;
        difference.bytes.push_back(change);
    }
}

/// Names of files and servers come from outside; ids are shortened as in every report.
void be_discreet(const Analysis& before, const Analysis& after, const ReportStyle& style, Difference& difference) {
    const Discretion first(before, style), second(after, style);
    const auto shown = [&](std::string& text) { text = second.text(first.text(text)); };
    difference.before.name = first.file_name(difference.before.name);
    difference.after.name = second.file_name(difference.after.name);
    difference.before.external_name = first.file_name(difference.before.external_name);
    difference.after.external_name = second.file_name(difference.after.external_name);
    for (auto* side : {&difference.before, &difference.after})
        for (auto* text : {&side->name, &side->external_name, &side->layout, &side->layout_title}) shown(*text);
    for (auto& change : difference.changes)
        for (auto* text : {&change.what, &change.before, &change.after}) shown(*text);
    for (auto& change : difference.bytes) shown(change.region);
}

}  // namespace

/// By what the chips said, where both did; else by what the tables name, which a copied one has from elsewhere.
static std::optional<bool> are_of_one_device(const Facts& before, const Facts& after) {
    const auto tells_little = [](const Facts& one, const Facts& other) { return table_is_copied(one) && !other.chip_id; };
    if (tells_little(before, after) || tells_little(after, before)) return {};
    const bool by_table = !(before.chip_id && after.chip_id) && before.device_id && after.device_id;
    const auto &a = by_table ? before.device_id : before.own_id(), &b = by_table ? after.device_id : after.own_id();
    return a && b ? std::optional(*a == *b) : std::nullopt;
}

Difference compare(const Analysis& before, const Analysis& after, const ReportStyle& style) {
    Difference difference{.before = side_of(before), .after = side_of(after)};
    const bool one_kind = before.layout->name == after.layout->name;
    difference.same = one_kind;
    compare_bytes(before, after, before.layout->regions, difference);
    if (before.layout->external) compare_bytes(before, after, before.layout->external->regions, difference);
    if (one_kind) difference.same_device = are_of_one_device(before.facts, after.facts);
    difference.looks_unstable = looks_unstable(difference);
    compare_verdicts(before, after, {difference.changes, "Verdict"});
    compare_modules(before, after, {difference.changes, "Modules"});
    compare_tables(before, after, {difference.changes, "Configuration table"});
    compare_keys(before, after, {difference.changes, "Keys"});
    compare_updates(before, after, {difference.changes, "Updates and EEPROM"});
    be_discreet(before, after, style, difference);
    return difference;
}

}  // namespace photopsy

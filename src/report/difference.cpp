#include "report/difference.h"

#include "base/hex.h"
#include "report/discretion.h"
#include "report/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>

namespace photopsy {

namespace {

/// One line for what changed, none for what did not.
void changed(std::string& text, std::string_view what, const std::string& before, const std::string& after) {
    if (before != after) text += fmt::format("  {}: {} -> {}\n", what, before, after);
}

void section(std::string& text, std::string_view title, const std::string& lines) {
    if (!lines.empty()) text += fmt::format("\n{}\n{}", title, lines);
}

std::string describe(const Module* module) {
    if (!module || module->presence == Presence::Absent) return "not in the file";
    if (module->presence == Presence::Erased) return "erased";
    if (module->presence == Presence::NoHeader) return "no module";
    const auto release = module->releases.empty() ? std::string() : fmt::format(" ({})", module->releases.front());
    const auto sum = module->integrity == Integrity::Good ? "whole" : module->integrity == Integrity::Bad ? "checksum fails" : "checksum not checked";
    const auto& blocks = module->damage.blocks;
    const auto named = blocks && !blocks->releases.empty() ? fmt::format(" ({} of {} blocks are those of {}{})", blocks->same, blocks->blocks, blocks->releases.front(),
                                                                         module->damage.foreign_release.empty() ? "" : ", others of " + module->damage.foreign_release) : "";
    return fmt::format("v{}{}, {} bytes, CRC {}, {}{}", module->version.value, release, module->length() + 4, hex_word(module->stored_crc.value), sum, named);
}

std::string outcome(const Analysis& analysis) {
    std::string text(name_of(analysis.diagnosis.outcome));
    for (const auto& named : analysis.diagnosis.causes) text += fmt::format("{}{}", &named == &analysis.diagnosis.causes.front() ? ": " : ", ", named.cause->id);
    return text;
}

std::string verdict_lines(const Analysis& before, const Analysis& after) {
    std::string text;
    changed(text, "verdict", outcome(before), outcome(after));
    changed(text, "at the next start", std::string(name_of(before.boot.result)), std::string(name_of(after.boot.result)));
    return text;
}

std::string module_lines(const Analysis& before, const Analysis& after) {
    std::string text;
    for (const auto& slot : before.layout->slots) changed(text, slot.title.empty() ? slot.name : slot.title, describe(before.facts.module(slot.name)), describe(after.facts.module(slot.name)));
    return text;
}

std::string describe(const DctCopy* copy) {
    return copy ? fmt::format("{}, sequence {}", contract_name_of(copy->state), copy->has_version_struct ? std::to_string(copy->sequence.value) : "none") : "none";
}

std::string selected(const Dct& dct) { return dct.selected ? fmt::format("copy {}", *dct.selected) : "none"; }

std::string_view name_of(DctFieldFact::State state) {
    switch (state) {
        case DctFieldFact::State::NotInFile: return "not in the file";
        case DctFieldFact::State::Unset: return "unset";
        case DctFieldFact::State::Zero: return "zero";
        case DctFieldFact::State::Set: return "set";
    }
    return "";
}

/// Fields of the copy that the firmware reads, compared but never shown.
std::string field_lines(const Analysis& before, const Analysis& after) {
    std::string text;
    for (const auto& old_field : before.facts.dct.fields) {
        for (const auto& new_field : after.facts.dct.fields) {
            if (!old_field.field || !new_field.field || old_field.field->name != new_field.field->name) continue;
            if (std::ranges::equal(before.capture.image.bytes(old_field.at), after.capture.image.bytes(new_field.at)) && old_field.state == new_field.state) continue;
            const auto both_set = old_field.state == new_field.state;
            text += fmt::format("  {} ({} bytes): {}\n", old_field.field->title, old_field.at.size(), both_set ? "another value" : fmt::format("{} -> {}", name_of(old_field.state), name_of(new_field.state)));
        }
    }
    return text;
}

std::string table_lines(const Analysis& before, const Analysis& after) {
    std::string text;
    for (const int number : {1, 2}) changed(text, fmt::format("copy {}", number), describe(before.facts.dct.copy(number)), describe(after.facts.dct.copy(number)));
    changed(text, "copy that the firmware reads", selected(before.facts.dct), selected(after.facts.dct));
    return text + field_lines(before, after);
}

std::string describe(const DeviceKey& key) {
    return fmt::format("{}, public fingerprint {}", name_of(key.what), key.public_fingerprint ? hex(*key.public_fingerprint).substr(0, 16) : "unknown");
}
std::string describe(const ServerKey& key) { return fmt::format("{}, fingerprint {}", name_of(key.what), key.fingerprint ? hex(*key.fingerprint).substr(0, 16) : "unknown"); }

std::string key_lines(const Analysis& before, const Analysis& after) {
    std::string text;
    changed(text, "device key", describe(before.keys.device), describe(after.keys.device));
    changed(text, "server key", describe(before.keys.server), describe(after.keys.server));
    return text;
}

std::string describe(const OtaFacts& ota) {
    if (ota.kind == OtaCase::None) return "nothing under way";
    const auto progress = ota.progress ? fmt::format(", {} of {} bytes in place", ota.progress->copied, ota.progress->total) : ota.kind == OtaCase::Receiving ? fmt::format(", {} bytes received", ota.received) : "";
    return fmt::format("{}{}", name_of(ota.kind), progress);
}

std::string slot_state(const OtaFacts& ota, std::size_t number) {
    if (number >= ota.slots.size()) return "not readable";
    switch (ota.slots[number].state) {
        case OtaSlot::State::Unused: return "unused";
        case OtaSlot::State::ClearedZero: return "cleared (zero)";
        case OtaSlot::State::Pending: return fmt::format("pending for {}", hex_address(ota.slots[number].destination.value));
        case OtaSlot::State::ClearedHistory: return fmt::format("cleared, last for {}", hex_address(ota.slots[number].destination.value));
        case OtaSlot::State::Factory: return "factory";
        case OtaSlot::State::Odd: return "odd";
    }
    return "";
}

std::string update_lines(const Analysis& before, const Analysis& after) {
    std::string text;
    changed(text, "update", describe(before.facts.ota), describe(after.facts.ota));
    for (std::size_t slot = 0; slot < 5; ++slot) changed(text, fmt::format("record {}", slot), slot_state(before.facts.ota, slot), slot_state(after.facts.ota, slot));
    const auto flag = [](const OtaFacts& ota) { return ota.update_flag ? fmt::format("{:02x}", ota.update_flag->value) : "not readable"; };
    changed(text, "OTA flag", flag(before.facts.ota), flag(after.facts.ota));
    const auto eeprom = [](const Eeprom& facts) { return fmt::format("{}, {} cells in use", name_of(facts.state), facts.cells_in_use); };
    changed(text, "EEPROM", eeprom(before.facts.eeprom), eeprom(after.facts.eeprom));
    return text;
}

struct Bytes {
    std::uint64_t different = 0, single_bits = 0, only_one = 0;
    std::string lines;
};

void count_region(const Analysis& before, const Analysis& after, std::string_view title, Range at, Bytes& bytes) {
    std::uint32_t different = 0, only_one = 0;
    Range hull{at.end, at.begin};
    for (Address byte = at.begin; byte < at.end;) {
        // In pages, so that what one file lacks is counted without looking at each byte of the rest.
        const auto page = intersection(range_of(byte / 256 * 256, 256), {byte, at.end});
        const auto a = before.capture.image.leading(page), b = after.capture.image.leading(page);
        const auto both = std::min(a.size(), b.size());
        for (std::size_t i = common_prefix(a.first(both), b.first(both)); i < both; ++i) {
            if (a[i] == b[i]) continue;
            ++different;
            bytes.single_bits += std::has_single_bit(static_cast<std::uint8_t>(a[i] ^ b[i]));
            hull = {std::min(hull.begin, page.begin + static_cast<Address>(i)), page.begin + static_cast<Address>(i) + 1};
        }
        only_one += static_cast<std::uint32_t>(std::max(a.size(), b.size()) - both);
        byte = page.end;
    }
    bytes.different += different;
    bytes.only_one += only_one;
    if (different) bytes.lines += fmt::format("  {}: {} of {} differ, from {} to {}\n", title, different, byte_count(at.size()), hex_address(hull.begin), hex_address(hull.end - 1));
    if (only_one) bytes.lines += fmt::format("  {}: {} in one of the files only\n", title, byte_count(only_one));
}

/// Cells that read differently each time, rather than another content.
std::string advice(const Analysis& before, const Analysis& after, const Bytes& bytes) {
    const bool one_device = before.facts.device_id && before.facts.device_id == after.facts.device_id;
    const auto share = bytes.different ? bytes.single_bits * 100 / bytes.different : 0;
    if (!one_device || bytes.different == 0 || bytes.different > 4096 || share < 90) return {};
    return fmt::format("\nBoth are from one device, and nearly all differing bytes differ in a single bit: that is how badly read or worn cells look.\nCapture again, twice, and compare; trust only what stays the same.\n");
}

}  // namespace

Difference compare(const Analysis& before, const Analysis& after, const ReportStyle& style) {
    Difference difference;
    Bytes bytes;
    for (const auto& region : before.layout->regions) count_region(before, after, region.title.empty() ? region.name : region.title, region.at, bytes);
    difference.same = bytes.different == 0 && bytes.only_one == 0 && before.layout->name == after.layout->name;
    const Discretion first(before, style), second(after, style);
    std::string text = fmt::format("before  {} (sha256 {})\nafter   {} (sha256 {})\n", first.file_name(before.capture.name), hex(before.capture.sha256).substr(0, 12), second.file_name(after.capture.name), hex(after.capture.sha256).substr(0, 12));
    if (difference.same) text += "\nThe same flash content, byte for byte.\n";
    if (before.layout->name != after.layout->name) text += fmt::format("\nNot the same kind of device: {} and {}.\n", before.layout->title, after.layout->title);
    else if (before.facts.device_id && after.facts.device_id) text += before.facts.device_id == after.facts.device_id ? "\nOne device: both carry the same device id.\n" : "\nTwo devices: the device ids differ.\n";
    section(text, "Verdict", verdict_lines(before, after));
    section(text, "Modules", module_lines(before, after));
    section(text, "Configuration table", table_lines(before, after));
    section(text, "Keys", key_lines(before, after));
    section(text, "Updates and EEPROM", update_lines(before, after));
    section(text, "Bytes", bytes.lines);
    text += advice(before, after, bytes);
    // Names of files and servers come from outside; ids are shortened as in every report.
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        shown += second.text(first.text(text.substr(at, end - at))) + "\n";
        at = end + 1;
    }
    difference.text = std::move(shown);
    return difference;
}

}  // namespace photopsy

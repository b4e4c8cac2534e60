// EEPROM, applications, and whatever repeats a secret elsewhere.
#include "base/digest.h"
#include "facts/dct_format.h"
#include "mend/redact_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace photopsy {

namespace {

constexpr std::uint32_t window = 6;

/// Modules that Particle released: the same on every device.
bool is_public(const Module& module) {
    if (module.function.value == FunctionSystemPart || module.function.value == FunctionBootloader) return true;
    return module.good() && !module.known_as.empty();
}

/// What of a module is needed to see what it is: vector table and header in front, suffix and checksum behind.
/// A suffix says its own size in its last two bytes; without that, what stands there may be anything.
std::vector<Range> structure_of(const Module& module, const Image& image) {
    if (!module.present()) return {};
    constexpr std::uint32_t header_size = 24, smallest_suffix = 36, largest_suffix = 40, checksum_size = 4;
    std::vector<Range> kept = {{module.at.begin, std::min(module.header_at + header_size, module.at.end)}};
    if (module.at.size() <= largest_suffix) return kept;
    const auto size = image.bytes({module.at.end - 2, module.at.end});
    const bool suffix = size.size() == 2 && size[1] == 0 && size[0] >= smallest_suffix && size[0] <= largest_suffix;
    if (suffix || module.good()) kept.push_back({module.at.end - largest_suffix, module.at.end + checksum_size});
    return kept;
}

/// Blank stretches are findings of their own (erased or zeroed blocks): filling leaves FF and 00 alone, wherever they stand.
void fill_outside(DumpRedaction& redaction, Range area, const std::vector<Range>& keep, const std::string& what) {
    bool changed = false;
    for (auto at = area.begin; at < area.end; ++at) {
        const bool kept = std::any_of(keep.begin(), keep.end(), [&](Range range) { return range.contains(at); });
        auto* byte = redaction.at(at);
        if (kept || *byte == 0xFF || *byte == 0 || !redaction.image().has(range_of(at, 1))) continue;
        *byte = 'x';
        changed = true;
    }
    if (changed) redaction.notes.push_back({area, what});
}

/// A checksum that was right becomes right again; a wrong one stays wrong by the same difference. The same for the SHA-256 in the suffix.
void mend_module(DumpRedaction& redaction, const Module& module) {
    if (!module.present() || module.integrity == Integrity::NotChecked || module.integrity == Integrity::Placeholder) return;
    const auto hash_at = module.stored_sha256_at;
    if (module.sha256_good == true && module.at.contains(hash_at)) {
        const auto hash = sha256(redaction.view({module.at.begin, hash_at.begin}));
        std::copy(hash.begin(), hash.end(), redaction.at(hash_at.begin));
    }
    const auto crc = crc32(redaction.view(module.at)) ^ module.stored_crc.value ^ module.computed_crc;
    for (std::uint32_t i = 0; i < 4; ++i) *redaction.at(module.at.end + i) = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}

std::uint64_t window_at(ByteView bytes, std::size_t offset) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < window; ++i) value = value << 8 | bytes[offset + i];
    return value;
}

/// Six bytes that say something: not one or two values repeated.
bool telling(ByteView bytes, std::size_t offset) {
    std::array<bool, 256> seen{};
    int different = 0;
    for (std::size_t i = 0; i < window; ++i)
        if (!seen[bytes[offset + i]]) seen[bytes[offset + i]] = true, ++different;
    return different >= 4;
}

/// The values in a page's records, one after the other, before redaction: what an application stored in neighbouring cells.
std::vector<std::uint8_t> cells_of(ByteView page) {
    std::vector<std::uint8_t> cells;
    for (std::size_t record = 4; record + 4 <= page.size(); record += 4) cells.push_back(page[record]);
    return cells;
}

/// Every telling window of what was overwritten in the tables and, unless they were kept, in the EEPROM's cells.
std::unordered_set<std::uint64_t> overwritten_windows(const DumpRedaction& redaction, const RedactWish& wish) {
    std::unordered_set<std::uint64_t> windows;
    for (const auto& page : redaction.original.facts.eeprom.pages) {
        if (wish.keep_eeprom) break;
        const auto cells = cells_of(redaction.image().bytes(page.at));
        for (std::size_t i = 0; i + window <= cells.size(); ++i)
            if (telling(cells, i)) windows.insert(window_at(cells, i));
    }
    for (const auto& copy : redaction.original.facts.dct.copies) {
        const auto before = redaction.image().bytes(copy.at);
        const auto after = redaction.view(copy.at);
        for (std::size_t i = 0; i + window <= before.size() && i + window <= dct_format::version_struct; ++i) {
            std::size_t changed = 0;  // the rest may be the shape of a key, or equal by chance
            for (std::size_t k = 0; k < window; ++k) changed += before[i + k] != after[i + k];
            if (changed * 2 >= window && telling(before, i)) windows.insert(window_at(before, i));
        }
    }
    return windows;
}

/// Some libraries keep a copy of the device's keys in the EEPROM, one byte in each record.
void redact_repeating_cells(DumpRedaction& redaction, const std::unordered_set<std::uint64_t>& windows) {
    for (const auto& page : redaction.original.facts.eeprom.pages) {
        const auto cells = cells_of(redaction.image().bytes(page.at));
        bool changed = false;
        for (std::size_t i = 0; i + window <= cells.size(); ++i) {
            if (!windows.contains(window_at(cells, i))) continue;
            for (std::size_t k = 0; k < window; ++k) changed |= redaction.fill(range_of(page.at.begin + 4 + static_cast<std::uint32_t>(i + k) * 4, 1), 'x');
        }
        if (changed) redaction.notes.push_back({page.at, fmt::format("EEPROM page {}: cells that repeat a secret, overwritten", page.number)});
    }
}

bool in_public_firmware(const DumpRedaction& redaction, Address at) {
    return std::any_of(redaction.original.facts.modules.begin(), redaction.original.facts.modules.end(),
                       [&](const Module& module) { return module.present() && is_public(module) && Range{module.at.begin, module.at.end + 4}.contains(at); });
}

}  // namespace

bool DumpRedaction::fill(Range range, std::uint8_t filler) {
    bool changed = false;
    for (auto where = range.begin; where < range.end; ++where) {
        auto* byte = at(where);
        if (*byte == 0xFF || *byte == 0 || !image().has(range_of(where, 1))) continue;
        *byte = filler;
        changed = true;
    }
    return changed;
}

void redact_eeprom(DumpRedaction& redaction) {
    for (const auto& page : redaction.original.facts.eeprom.pages) {
        bool changed = false;
        if (!redaction.image().has(page.at)) continue;
        for (auto at = page.at.begin + 4; at + 4 <= page.at.end; at += 4) {
            auto* record = redaction.at(at);
            const auto index = static_cast<unsigned>(record[2] | record[3] << 8);
            if (record[0] != 0 && record[0] != 0xFF) record[0] = 'x', changed = true;
            if (record[1] != 0 && record[1] != 0xFF) record[1] = 0x80, changed = true;
            if (index >= 2048 && index != 0xFFFF) record[2] = record[3] = 0x80, changed = true;
        }
        if (changed) redaction.notes.push_back({page.at, fmt::format("EEPROM page {}: values overwritten, records left", page.number)});
    }
}

void redact_applications(DumpRedaction& redaction) {
    const auto& facts = redaction.original.facts;
    const auto& layout = *facts.layout;
    for (const auto* name : {"user", "ota", "factory"}) {
        const auto* slot = layout.slot(name);
        if (!slot) continue;
        std::vector<Range> keep;
        for (const auto& module : facts.modules) {
            if (!module.present() || !module.slot_at.overlaps(slot->at)) continue;
            if (is_public(module)) keep.push_back({module.at.begin, module.at.end + 4});
            for (auto range : structure_of(module, redaction.image())) keep.push_back(range);
        }
        fill_outside(redaction, slot->at, keep, fmt::format("{}: contents that no release has, overwritten", slot->title));
    }
}

void mend_module_checksums(DumpRedaction& redaction) {
    for (const auto& module : redaction.original.facts.modules)
        if (!is_public(module)) mend_module(redaction, module);
}

void redact_repeats(DumpRedaction& redaction, const RedactWish& wish) {
    const auto& facts = redaction.original.facts;
    for (auto stray : facts.dct.strays) {
        if (redaction.fill({stray.begin + dct_format::header_size, stray.end}, 'x')) redaction.notes.push_back({stray, "a configuration table where none belongs: overwritten behind its header"});
    }
    for (const auto& found : redaction.original.keys.elsewhere)
        if (!std::any_of(facts.dct.copies.begin(), facts.dct.copies.end(), [&](const DctCopy& copy) { return copy.at.overlaps(found.at); })) {
            const auto slot = stand_in_slot(redaction.image().bytes(found.at), redaction);
            if (slot.size() != found.at.size()) continue;
            std::copy(slot.begin(), slot.end(), redaction.at(found.at.begin));
            redaction.notes.push_back({found.at, "a private key: a published stand-in key"});
        }
    const auto windows = overwritten_windows(redaction, wish);
    if (wish.keep_eeprom) redact_repeating_cells(redaction, windows);
    const auto whole = redaction.image().range();
    for (auto at = whole.begin; whole.end - at >= window; ++at) {
        const auto here = redaction.view(range_of(at, window));
        if (here[0] == 0xFF || !windows.contains(window_at(here, 0)) || in_public_firmware(redaction, at)) continue;
        if (redaction.fill(range_of(at, window), 'x')) redaction.notes.push_back({range_of(at, window), "repeats a secret: overwritten"});
    }
}

}  // namespace photopsy

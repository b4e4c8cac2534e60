// EEPROM, applications, leftovers, and keys and tables where none belong.
#include "base/digest.h"
#include "facts/dct_format.h"
#include "mend/redact_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// What of a module is needed to see what it is: vector table and header in front, suffix and checksum behind.
/// A suffix says its own size in its last two bytes; without that, what stands there may be anything.
std::vector<Range> structure_of(const Module& module, const Image& image) {
    constexpr std::uint32_t smallest_suffix = 36, largest_suffix = 40, checksum_size = 4;
    const bool damaged_factory = module.slot == "factory" && module.header_in_file && module.function.value == FunctionUserPart;
    if (!module.present()) return damaged_factory ? std::vector<Range>{range_of(module.header_at, module_header_size)} : std::vector<Range>{};
    std::vector<Range> kept = {{module.at.begin, std::min(module.header_at + module_header_size, module.at.end)}};
    if (module.at.size() <= largest_suffix) return kept;
    const auto size = image.bytes({module.at.end - 2, module.at.end});
    const bool suffix = size.size() == 2 && size[1] == 0 && size[0] >= smallest_suffix && size[0] <= largest_suffix;
    if (suffix || module.good()) kept.push_back({module.at.end - largest_suffix, module.at.end + checksum_size});
    return kept;
}

/// The calls of a damaged application into the system: fixed instructions and the address of a table, which say how small the damage is (facts/code.h).
void keep_calls(const DumpRedaction& redaction, const Module& module, std::vector<Range>& keep) {
    constexpr std::uint32_t stub_size = 14;
    for (const auto& code : redaction.original.facts.code) {
        if (code.slot != module.slot) continue;
        for (const auto& stub : code.stubs) {
            const auto load = redaction.image().bytes(range_of(stub.at + 2, 1));  // ldr r3, [pc, #n]
            keep.push_back(range_of(stub.at, stub_size));
            if (!load.empty()) keep.push_back(range_of(((stub.at + 6) & ~Address{3}) + load[0] * 4u, 4));
        }
    }
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

/// The SHA-256 in the suffix tells of the content, so it never stays: right where it was right, wrong where it was wrong, and right but for the one
/// flipped bit where that is the damage.
void mend_hash(DumpRedaction& redaction, const Module& module) {
    const auto at = module.stored_sha256_at;
    const auto good = check_sha256(redaction.image(), module);
    if (!module.at.contains(at) || at.empty() || !good) return;
    const auto& flip = module.damage.flipped_bit;
    const auto turn = [&] {
        if (flip && redaction.image().has(flip->at)) *redaction.at(flip->at.begin) ^= static_cast<std::uint8_t>(1u << flip->value);
    };
    if (flip && !*good) turn();
    auto hash = sha256(redaction.view({module.at.begin, at.begin}));
    if (!*good && !flip) hash[0] ^= 0xFF;
    std::copy(hash.begin(), hash.end(), redaction.at(at.begin));
    if (flip && !*good) turn();
}

/// A checksum that was right becomes right again; a wrong one stays wrong by the same difference.
void mend_module(DumpRedaction& redaction, const Module& module) {
    if (!module.present() || module.integrity == Integrity::NotChecked || module.integrity == Integrity::Placeholder) return;
    if (redaction.image().erased(range_of(module.at.end, 4))) return;  // the end has not arrived yet, or is gone: nothing stands there to be right
    mend_hash(redaction, module);
    const auto crc = crc32(redaction.view(module.at)) ^ module.stored_crc.value ^ module.computed_crc;
    for (std::uint32_t i = 0; i < 4; ++i) *redaction.at(module.at.end + i) = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}

bool changed(const DumpRedaction& redaction, Range at) {
    const auto before = redaction.image().bytes(at);
    const auto after = redaction.view(at);
    return !std::equal(before.begin(), before.end(), after.begin(), after.end());
}

/// Text that was written over a released module: its letters go, and it still is text.
void redact_text_over_module(DumpRedaction& redaction, Range at) {
    const auto bytes = redaction.image().bytes(at);
    const auto printable = std::count_if(bytes.begin(), bytes.end(),
                                         [](std::uint8_t byte) { return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t'; });
    if (bytes.empty() || static_cast<std::size_t>(printable) * 10 < bytes.size() * 9) return;
    if (redaction.fill(at, 'x')) redaction.notes.push_back({at, "text inside a module: overwritten"});
}

/// Behind a whole module of a slot that holds system firmware lies what an earlier, longer one left, or anything.
void redact_leftovers(DumpRedaction& redaction, const ModuleSlot& slot) {
    std::vector<Range> keep;
    for (const auto& module : redaction.original.facts.modules) {
        if (!module.slot_at.overlaps(slot.at)) continue;
        if (module.present() && !module.good()) return;  // what stands there may tell what happened
        if (module.present()) keep.push_back({module.at.begin, module.at.end + 4});
    }
    if (!keep.empty()) fill_outside(redaction, slot.at, keep, fmt::format("{}: leftovers behind the module, overwritten", slot.title));
}

}  // namespace

bool is_public(const Module& module) {
    if (module.function.value == FunctionSystemPart || module.function.value == FunctionBootloader) return true;
    return module.good() && !module.known_as.empty();
}

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

void redact_applications(DumpRedaction& redaction, const RedactWish& wish) {
    const auto& facts = redaction.original.facts;
    for (const auto& slot : facts.layout->slots) {
        const bool owners = slot.name == "user" || slot.name == "ota" || slot.name == "factory";
        if (!owners && redaction.thorough && slot.name != "monolithic") redact_leftovers(redaction, slot);
        if (!owners || wish.keep_application) continue;
        std::vector<Range> keep;
        for (auto stray : facts.dct.strays) keep.push_back(range_of(stray.begin, 16));  // marks and magic
        for (const auto& module : facts.modules) {
            if (!module.slot_at.overlaps(slot.at)) continue;
            if (module.present() && is_public(module)) keep.push_back({module.at.begin, module.at.end + 4});
            for (auto range : structure_of(module, redaction.image())) keep.push_back(range);
            if (module.slot == slot.name) keep_calls(redaction, module, keep);
        }
        fill_outside(redaction, slot.at, keep, fmt::format("{}: contents that no release has, overwritten", slot.title));
    }
    for (const auto& module : facts.modules) {  // an application that was written to the place of system firmware
        if (!module.damage.replaced.empty() && redaction.thorough) redact_text_over_module(redaction, module.damage.replaced);
        const bool misplaced = module.present() && !is_public(module) && (module.slot == "bootloader" || module.part != 0 || module.slot == "monolithic");
        if (misplaced && !wish.keep_application)
            fill_outside(redaction, module.at, structure_of(module, redaction.image()),
                         fmt::format("{}: an application that no release has, overwritten", module.slot));
    }
}

void mend_module_checksums(DumpRedaction& redaction) {
    for (const auto& module : redaction.original.facts.modules)
        if (module.present() && (is_public(module) ? module.good() : true) && changed(redaction, module.at)) mend_module(redaction, module);
}

void redact_strays(DumpRedaction& redaction) {
    const auto& facts = redaction.original.facts;
    for (auto stray : facts.dct.strays) {
        if (redaction.fill({stray.begin + dct_format::header_size, stray.end}, 'x'))
            redaction.notes.push_back({stray, "a configuration table where none belongs: overwritten behind its header"});
    }
    for (const auto& found : redaction.original.keys.elsewhere) {
        const auto slot = stand_in_slot(redaction.image().bytes(found.at), redaction);
        const auto copy = std::find_if(facts.dct.copies.begin(), facts.dct.copies.end(), [&](const DctCopy& each) { return each.at.overlaps(found.at); });
        if (copy != facts.dct.copies.end()) {
            const auto proper = facts.dct.field_at(*facts.layout, "device_private_key", copy->number),
                       server = facts.dct.field_at(*facts.layout, "server_public_key", copy->number);
            if (found.at.begin == proper.begin || found.at.begin == server.begin) continue;  // has its stand-in
            if (redaction.fill(found.at, 'x')) redaction.notes.push_back({found.at, "a private key in the wrong place of the table: overwritten"});
            continue;
        }
        if (slot.size() != found.at.size()) continue;
        std::copy(slot.begin(), slot.end(), redaction.at(found.at.begin));
        redaction.notes.push_back({found.at, "a private key: a published stand-in key"});
    }
}

}  // namespace photopsy

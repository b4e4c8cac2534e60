// Checksums of modules that no release has: right where they were right. A wrong one is wrong by the same bit, or else by any difference: how far it was from
// right tells of the content.
#include "base/digest.h"
#include "facts/header_damage.h"
#include "mend/redaction.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t wrong_checksum = 0xA55A3CC3;

bool was_changed(const DumpRedaction& redaction, Range at) {
    const auto before = redaction.image().bytes(at);
    const auto after = redaction.copy.view(at);
    return !std::equal(before.begin(), before.end(), after.begin(), after.end());
}

/// The one flipped bit of the module is turned back, or turned again.
void turn_bit(DumpRedaction& redaction, const Module& module) {
    const auto& flip = module.damage.flipped_bit;
    if (flip && redaction.image().has(flip->at)) *redaction.copy.at(flip->at.begin) ^= static_cast<std::uint8_t>(1u << flip->value);
}

void mend_hash(DumpRedaction& redaction, const Module& module) {
    const auto at = module.stored_sha256_at;
    const auto good = check_sha256(redaction.image(), module);
    if (at.empty() || !module.at.contains(at) || !good) return;
    auto hash = sha256(redaction.copy.view({module.at.begin, at.begin}));
    if (!*good && !module.damage.flipped_bit) hash[0] ^= 0xFF;
    redaction.put(at.begin, hash);
}

bool has_checksum(const DumpRedaction& redaction, const Module& module) {
    const auto end = range_of(module.at.end, 4);
    const bool checked = module.integrity == Integrity::Good || module.integrity == Integrity::Bad;
    return module.present() && checked && redaction.image().has(end) && !redaction.image().erased(end);  // erased: the end has not arrived yet, or is gone
}

void mend_module(DumpRedaction& redaction, const Module& module) {
    const auto& flip = module.damage.flipped_bit;
    const auto released = redaction.shared.covers(range_of(module.at.end, 4));
    if (released && !module.good()) return;  // its own checksum stands there, and what it is of is damaged
    if (flip) turn_bit(redaction, module);
    mend_hash(redaction, module);
    const auto difference = module.good() || flip ? 0 : wrong_checksum;
    const auto crc = crc32(redaction.copy.view(module.at)) ^ difference;
    if (flip) turn_bit(redaction, module);
    for (std::uint32_t i = 0; i < 4; ++i) redaction.put_byte(module.at.end + i, static_cast<std::uint8_t>(crc >> (24 - 8 * i)));
}

/// That a damaged header belongs to the module behind it is known by the table of functions that begins there: one entry of none stands for it.
void mend_table_behind_header(DumpRedaction& redaction, const Module& module) {
    const Address table = module.header_at + module_header_size;
    if (!header_was_hit(module) || !redaction.image().has(range_of(table, 8)) || redaction.shared.covers(range_of(table, 8))) return;
    const auto put_word = [&](Address at, std::uint32_t word) {
        for (std::uint32_t i = 0; i < 4; ++i) redaction.put_byte(at + i, static_cast<std::uint8_t>(word >> (8 * i)));
    };
    put_word(table, table + 4);
    put_word(table + 4, module.slot_at.begin | 1);
}

}  // namespace

void mend_module_checksums(DumpRedaction& redaction) {
    for (const auto& module : redaction.original.facts.modules)
        if (module.header_at == module.slot_at.begin) mend_table_behind_header(redaction, module);
    for (const auto& module : redaction.original.facts.modules)
        if (has_checksum(redaction, module) && was_changed(redaction, {module.at.begin, module.at.end + 4})) mend_module(redaction, module);
}

}  // namespace photopsy

// Both copies of the configuration table: keys, caches and addresses made anew at their places, and checksums. List of places: docs/formats/dct.md.
#include "facts/dct_format.h"
#include "handshake/device_slot.h"
#include "handshake/judge.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
#include "mend/key_writing.h"
#include "mend/redaction.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace photopsy {

namespace {

/// One table of the device: a copy, or the only place of a store without copies.
struct Table {
    Range at;
    std::uint32_t base = 0;  ///< of the application's fields
};

/// The copy in use first: its key gets the first stand-in.
std::vector<Table> tables_of(const DumpRedaction& redaction) {
    const auto& layout = redaction.original.layout->dct;
    const auto& selected = redaction.original.facts.dct.selected;
    std::vector<Table> tables;
    for (std::size_t i = 0; i < layout.copies.size(); ++i) {
        const Table table{layout.copies[i], layout.application_offset};
        tables.insert(selected == static_cast<int>(i) + 1 ? tables.begin() : tables.end(), table);
    }
    return tables;
}

Range field_of(const DumpRedaction& redaction, const Table& table, std::string_view name) {
    const auto* field = name.empty() ? nullptr : redaction.original.layout->dct.field(name);
    return field ? range_of(table.at.begin + table.base + field->offset, field->size) : Range{};
}

/// Text runs on behind its field, and it is read from there.
void put_text_or(DumpRedaction& redaction, Range at, SlotBytes (*slot_of)(ByteView, DumpRedaction&)) {
    if (at.empty()) return;
    const auto text = redaction.image().leading(range_of(at.begin, device_text_size));
    if (const auto written = stand_in_text(text, redaction); !written.empty()) {
        const auto letters = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), [](auto c) { return c >= 0x7F || c == 0; }) - text.begin());
        return redaction.put(at.begin, ByteView(written).first(letters));
    }
    redaction.put(at.begin, slot_of(redaction.image().leading(at), redaction));
}

constexpr std::uint32_t server_field_size = 768;  ///< key, address and what is reserved behind them

/// A private key written where the server's belongs: it reaches over the address and what is reserved behind it.
bool holds_private_key(const Image& image, Range server_key) {
    const auto server = image.leading(range_of(server_key.begin, server_field_size));
    return server.size() > 12 && server[0] == 0x30 && server[4] == 0x02 && server[5] == 0x01;
}

SlotBytes server_key_of(ByteView field, DumpRedaction& redaction) {
    return stand_in_server_slot(field.first(std::min(field.size(), server_slot_size)), redaction);
}

void rebuild_cache(DumpRedaction& redaction, Range at) {
    constexpr std::uint32_t spki_size = 162;
    const auto cached = cached_modulus(redaction.image(), at);
    if (!cached || !redaction.image().has(range_of(at.begin, spki_size))) return;
    redaction.put(at.begin, device_spki(stand_in_modulus(*cached, redaction)));
}

void rebuild_rsa_set(DumpRedaction& redaction, const Table& table, const KeySet& set) {
    const auto server = field_of(redaction, table, set.server_key), address = field_of(redaction, table, set.server_address);
    put_text_or(redaction, field_of(redaction, table, set.device_key), stand_in_slot);
    if (server.empty()) return;
    if (holds_private_key(redaction.image(), server))
        return redaction.put(server.begin, stand_in_slot(redaction.image().leading(range_of(server.begin, server_field_size)), redaction));
    put_text_or(redaction, server, server_key_of);
    if (!address.empty()) rebuild_address(redaction, address);
}

void rebuild_ec_set(DumpRedaction& redaction, const Table& table, const KeySet& set) {
    put_text_or(redaction, field_of(redaction, table, set.device_key), stand_in_ec_slot);
    put_text_or(redaction, field_of(redaction, table, set.server_key), stand_in_ec_server_slot);
    if (const auto at = field_of(redaction, table, set.server_address); !at.empty()) rebuild_address(redaction, at);
}

/// Whether the table proves a key of Particle's at its place: then its bytes are there already.
void keep_public(DumpRedaction& redaction, Range at) {
    for (auto here = at.begin; here < at.end; ++here)
        if (redaction.shared.why(here) == PublicReason::ServerKey) redaction.put(here, redaction.image().bytes(range_of(here, 1)));
}

void put_word(DumpRedaction& redaction, Range at, std::uint32_t value) {
    for (std::uint32_t i = 0; i < 4; ++i) redaction.put_byte(at.begin + i, static_cast<std::uint8_t>(value >> (8 * i)));
}

/// What a wrong checksum of a copy without known damage is wrong by: what the right one would be tells of the content.
constexpr std::uint32_t wrong_by = 0x5AA5C33C;

/// What proves where a copy is damaged is that everywhere else it is what it was when its checksum was made: bytes that both copies had alike are alike again,
/// also where a damaged key and the whole one got stand-ins of their own.
void follow_twin(DumpRedaction& redaction, const DctCopy& copy) {
    const auto* twin = redaction.original.facts.dct.copy(3 - copy.number);
    const auto& damage = copy.damage;
    if (!damage || !twin || (damage->proof != DctDamage::Proof::OneByte && damage->proof != DctDamage::Proof::Difference)) return;
    const auto before = redaction.image().bytes(copy.at), other = redaction.image().bytes(twin->at);
    const auto of_twin = redaction.copy.view(twin->at);
    for (std::uint32_t i = 0; i < std::min(before.size(), other.size()); ++i) {
        const auto at = copy.at.begin + i;
        const bool is_damage = std::any_of(damage->places.begin(), damage->places.end(), [&](Range place) { return place.contains(at); });
        if (!is_damage && before[i] == other[i] && redaction.shared.why(at) == PublicReason::None) redaction.put_byte(at, of_twin[i]);
    }
}

/// The damage is known by the other copy: put back there, the checksum is right.
bool undo_damage(DumpRedaction& redaction, const DctCopy& copy, SlotBytes& whole) {
    const auto* twin = redaction.original.facts.dct.copy(3 - copy.number);
    const auto& damage = copy.damage;
    if (!damage || !twin || (damage->proof != DctDamage::Proof::OneByte && damage->proof != DctDamage::Proof::Difference)) return false;
    const auto reference = redaction.copy.view(twin->at);
    for (auto place : damage->places)
        for (auto at = place.begin; at < place.end; ++at) {
            const auto offset = at - copy.at.begin;
            const auto flipped = redaction.image().bytes(range_of(at, 1))[0] ^ redaction.image().bytes(range_of(twin->at.begin + offset, 1))[0];
            if (damage->proof == DctDamage::Proof::OneByte) redaction.put_byte(at, static_cast<std::uint8_t>(reference[offset] ^ flipped));
            whole[offset] = reference[offset];
        }
    return true;
}

std::uint32_t checksum_of(const DumpRedaction& redaction, const DctCopy& copy, const SlotBytes& sector) {
    constexpr std::uint32_t dcd_header = 8;
    if (redaction.original.layout->dct.store == StoreKind::Dcd)
        return crc32(ByteView(sector).subspan(dcd_header, copy.stored_crc.at.begin - copy.at.begin - dcd_header));
    return copy.is_current_dct.value == 0 ? dct_crc_with_current_mark(sector) : dct_crc(sector);
}

/// Whether the firmware keeps a checksum in this copy, right or wrong.
bool has_checksum_of(const DumpRedaction& redaction, const DctCopy& copy) {
    if (!copy.computed_crc) return false;
    if (redaction.original.layout->dct.store == StoreKind::Dcd) return true;
    return copy.has_version_struct && !copy.fresh_default && copy.version.value != 0;
}

void mend_checksum(DumpRedaction& redaction, const DctCopy& copy) {
    const auto stored = redaction.image().bytes(copy.stored_crc.at);
    if (stored.empty()) return;
    if (all_erased(stored) || all_equal(stored, 0)) return redaction.put(copy.stored_crc.at.begin, stored);  // never written
    if (!has_checksum_of(redaction, copy)) return;
    const bool cleared = redaction.original.layout->dct.store == StoreKind::WicedTable && copy.is_current_dct.value == 0;
    const auto right = cleared ? copy.computed_crc_if_current : copy.computed_crc;
    const auto view = redaction.copy.view(copy.at);
    SlotBytes whole(view.begin(), view.end());
    const auto& damage = copy.damage;
    auto difference = right && *right == copy.stored_crc.value ? 0 : wrong_by;
    if (undo_damage(redaction, copy, whole)) difference = 0;
    if (damage && damage->proof == DctDamage::Proof::StoredCrc && right) difference = *right ^ copy.stored_crc.value;  // of its own bits alone
    put_word(redaction, copy.stored_crc.at, difference ^ checksum_of(redaction, copy, whole));
}

}  // namespace

void rebuild_tables(DumpRedaction& redaction) {
    const auto& layout = *redaction.original.layout;
    const auto tables = tables_of(redaction);
    for (const auto& table : tables)  // keys first: the caches then get the public keys of the stand-ins
        for (const auto& set : layout.keys) {
            set.kind == KeyKind::EcSlot ? rebuild_ec_set(redaction, table, set) : rebuild_rsa_set(redaction, table, set);
            keep_public(redaction, field_of(redaction, table, set.server_key));
        }
    for (const auto& table : tables) {
        for (const auto& set : layout.keys)
            if (const auto at = field_of(redaction, table, set.public_cache); !at.empty()) {
                if (set.kind == KeyKind::RsaSlot)
                    rebuild_cache(redaction, at);
                else
                    redaction.put(at.begin, stand_in_ec_cache(redaction.image().leading(at), redaction));
            }
        if (const auto at = field_of(redaction, table, "ip_config"); !at.empty()) rebuild_ip_settings(redaction, at);
    }
}

void mend_table_checksums(DumpRedaction& redaction) {
    if (redaction.alike_tables)
        for (const auto& copy : redaction.original.facts.dct.copies) follow_twin(redaction, copy);
    for (const auto& copy : redaction.original.facts.dct.copies) mend_checksum(redaction, copy);
}

}  // namespace photopsy

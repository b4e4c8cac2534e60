// The secrets of both copies of the configuration table, and their checksums. List of places: docs/formats/dct.md.
#include "facts/dct_format.h"
#include "handshake/judge.h"
#include "handshake/public_key.h"
#include "handshake/walk.h"
#include "mend/redact_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <string_view>

namespace photopsy {

namespace {

namespace format = dct_format;

/// Bytes of a field that tell how it is to be read and nothing about the owner: lengths, types, modes.
struct KeptBytes {
    std::string_view field;
    std::uint32_t begin, end;
};
constexpr KeptBytes kept[] = {
    {"wifi_entry_", 0, 1},
    {"wifi_entry_", 46, 50},
    {"wifi_entry_", 56, 57},  // SSID length; security; key length. Never six in a row
    {"soft_ap_settings", 0, 1},
    {"soft_ap_settings", 0x24, 0x28},
    {"soft_ap_settings", 0x6C, 0x70},
    {"config_ap_settings", 0, 1},
    {"config_ap_settings", 0x24, 0x28},
    {"config_ap_settings", 0x6C, 0x70},
    {"ip_config", 0, 4},
    {"ssid_prefix", 0, 1},
    {"eap_config", 0, 1},
};

bool is_kept(std::string_view field, std::uint32_t offset) {
    return std::any_of(std::begin(kept), std::end(kept),
                       [&](const KeptBytes& row) { return field.starts_with(row.field) && offset >= row.begin && offset < row.end; });
}

/// Nothing belongs there, so nobody can say that what stands there is public.
bool is_unused(std::string_view field) { return field.starts_with("reserved") || field.starts_with("unused") || field == "server_reserved"; }

/// Both copies get the same where they held the same, and something else where they did not, so that what differs still differs.
void fill_field(DumpRedaction& redaction, const DctCopy& copy, const DctCopy* twin, const DctField& field, Range at) {
    bool changed = false;
    for (std::uint32_t i = 0; i < at.size(); ++i) {
        auto* byte = redaction.at(at.begin + i);
        if (*byte == 0xFF || *byte == 0 || is_kept(field.name, i)) continue;
        const auto there = twin ? redaction.image().bytes(range_of(twin->at.begin + (at.begin + i - copy.at.begin), 1)) : ByteView{};
        const auto original = redaction.image().bytes(range_of(at.begin + i, 1))[0];
        const bool differs = copy.number == 2 && !there.empty() && there[0] != original && there[0] != 0 && there[0] != 0xFF;
        *byte = differs ? 'y' : 'x';
        changed = true;
    }
    if (changed) redaction.notes.push_back({at, fmt::format("DCT copy {}, {}: overwritten", copy.number, field.title)});
}

void redact_private_key(DumpRedaction& redaction, const DctCopy& copy, Range at, std::string_view title) {
    const auto before = redaction.image().bytes(at);
    const auto after = stand_in_slot(before, redaction);
    if (std::equal(before.begin(), before.end(), after.begin(), after.end())) return;
    std::copy(after.begin(), after.end(), redaction.at(at.begin));
    redaction.notes.push_back({at, fmt::format("DCT copy {}, {}: a published stand-in key with the same damage", copy.number, title)});
}

/// The public-key cache names the unit: it gets the modulus that stands in for its own.
void redact_cache(DumpRedaction& redaction, const DctCopy& copy, const DctCopy* twin, const DctField& field, Range at) {
    const auto cached = parse_public_key(redaction.image().bytes(at));
    const auto known = cached ? redaction.moduli.find(cached->modulus.bytes(128)) : redaction.moduli.end();
    if (known == redaction.moduli.end()) {
        constexpr std::uint32_t header = 29, modulus = 128;  // 30 81 9f ... 02 81 81 00, then the modulus
        fill_field(redaction, copy, twin, field, cached ? range_of(at.begin + header, modulus) : at);
        return;
    }
    const auto spki = device_spki(known->second);
    std::copy(spki.begin(), spki.end(), redaction.at(at.begin));
    redaction.notes.push_back({at, fmt::format("DCT copy {}, {}: that of the stand-in key", copy.number, field.title)});
}

/// A magic number with a bit or two wrong is damage to be shown; anything else in its place is somebody's bytes.
bool nearly_magic(const DctCopy& copy) { return std::popcount(copy.magic_number.value ^ format::magic_number) <= 4; }

constexpr std::uint32_t server_field_size = 768;  // key, address and what is reserved behind them

/// A private key written where the server's belongs: it reaches over the address and what is reserved behind it.
bool holds_private_key(const Image& image, Range server_key) {
    const auto server = image.bytes(range_of(server_key.begin, server_field_size));
    return server.size() == server_field_size && server[0] == 0x30 && server[4] == 0x02 && server[5] == 0x01;
}

/// Public, unless something else was written here by mistake: a private key, which may reach into what follows, or what nobody can name.
void redact_server_slot(DumpRedaction& redaction, const DctCopy& copy, const DctCopy* twin, const DctField& field, Range at) {
    if (holds_private_key(redaction.image(), at)) return redact_private_key(redaction, copy, range_of(at.begin, server_field_size), field.title);
    const auto what = judge_server_slot(redaction.image(), at, redaction.original.facts.system).what;
    const bool foreign = what == ServerKeyClass::WrongType || what == ServerKeyClass::DeviceKeyInSlot;
    fill_field(redaction, copy, twin, field, foreign ? at : Range{std::min<Address>(at.begin + server_slot_size, at.end), at.end});
}

void redact_field(DumpRedaction& redaction, const DctCopy& copy, const DctCopy* twin, const DctField& field) {
    const auto& facts = redaction.original.facts;
    const auto at = facts.dct.field_at(*facts.layout, field.name, copy.number);
    if (at.empty() || !redaction.image().has(at)) return;
    if (field.name == "device_private_key") return redact_private_key(redaction, copy, at, field.title);
    if (field.name == "server_public_key") return redact_server_slot(redaction, copy, twin, field, at);
    const bool behind_server_key = field.name == "server_address" || field.name == "server_reserved";
    if (behind_server_key && holds_private_key(redaction.image(), facts.dct.field_at(*facts.layout, "server_public_key", copy.number))) return;
    const bool foreign = redaction.thorough && !nearly_magic(copy) && field.name != "dct_header";  // no table at all: nobody knows what lies where
    if (field.secret == SecretKind::No && !is_unused(field.name) && !foreign) return;
    if (field.name == "device_public_key") return redact_cache(redaction, copy, twin, field, at);
    if (field.name == "server_address") {
        if (redact_address(redaction, at)) redaction.notes.push_back({at, fmt::format("DCT copy {}, server address: another of the same kind", copy.number)});
        return;
    }
    fill_field(redaction, copy, twin, field, at);
}

bool in_a_field(const DctLayout& layout, std::uint32_t offset) {
    const auto holds = [&](const std::vector<DctField>& fields, std::uint32_t base) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const DctField& field) { return offset >= base + field.offset && offset - base - field.offset < field.size; });
    };
    return holds(layout.system_fields, 0) || holds(layout.fields, layout.application_offset);
}

/// What a header holds: sizes, marks and magic; behind them zeros, or the marks of a re-initialisation (byte 52, and id 2 with 34 i at 96 + 36 i).
bool belongs_in_header(std::uint32_t offset, std::uint8_t byte, bool magic_good) {
    if (offset < 16) return magic_good || (offset >= 8 && offset < 12);
    if (offset == 52) return byte <= 1;
    if (offset < 96 || offset >= 384) return false;
    const auto entry = (offset - 96) / 36, within = (offset - 96) % 36;
    return (within == 0 && byte == 2) || (within == 4 && byte == 34 * entry);
}

/// Bytes that belong to no field: in the header, between the fields and behind them.
void redact_between_fields(DumpRedaction& redaction, const DctCopy& copy) {
    bool changed = false;
    for (std::uint32_t offset = 0; offset < std::min(format::version_struct, copy.at.size()); ++offset) {
        const auto at = range_of(copy.at.begin + offset, 1);
        if (offset < format::header_size ? belongs_in_header(offset, *redaction.at(at.begin), nearly_magic(copy))
                                         : in_a_field(redaction.original.facts.layout->dct, offset))
            continue;
        changed |= redaction.fill(at, 'x');
    }
    if (changed) redaction.notes.push_back({copy.at, fmt::format("DCT copy {}: bytes outside every field, overwritten", copy.number)});
}

/// A checksum that was right is right again; one that was wrong is wrong by the same damage.
void mend_checksum(DumpRedaction& redaction, const DctCopy& copy) {
    if (!copy.has_version_struct || !copy.computed_crc) return;
    const bool cleared = copy.is_current_dct.value == 0;
    auto sector = redaction.view(copy.at);
    std::vector<std::uint8_t> whole(sector.begin(), sector.end());
    std::uint32_t difference = copy.stored_crc.value ^ (cleared ? *copy.computed_crc_if_current : *copy.computed_crc);
    const auto* twin = redaction.original.facts.dct.copy(3 - copy.number);
    const auto& damage = copy.damage;
    if (damage && twin && (damage->proof == DctDamage::Proof::OneByte || damage->proof == DctDamage::Proof::Difference)) {
        const auto reference = redaction.view(twin->at);
        for (auto place : damage->places)
            for (auto at = place.begin; at < place.end; ++at) {
                const auto offset = at - copy.at.begin;
                const auto flipped = redaction.image().bytes(range_of(at, 1))[0] ^ redaction.image().bytes(range_of(twin->at.begin + offset, 1))[0];
                if (damage->proof == DctDamage::Proof::OneByte) *redaction.at(at) = static_cast<std::uint8_t>(reference[offset] ^ flipped);
                whole[offset] = reference[offset];
            }
        difference = 0;
    }
    const auto crc = difference ^ (cleared ? dct_crc_with_current_mark(whole) : dct_crc(whole));
    if (crc == copy.stored_crc.value || copy.fresh_default || copy.version.value == 0) return;
    for (std::uint32_t i = 0; i < 4; ++i) *redaction.at(copy.stored_crc.at.begin + i) = static_cast<std::uint8_t>(crc >> (8 * i));
    redaction.notes.push_back({copy.stored_crc.at, fmt::format("DCT copy {}, checksum: made to fit", copy.number)});
}

}  // namespace

void redact_table_copies(DumpRedaction& redaction) {
    const auto& facts = redaction.original.facts;
    const auto& layout = facts.layout->dct;
    std::vector<const DctCopy*> order;  // the copy in use first: its key gets the first stand-in
    for (const auto& copy : facts.dct.copies) order.insert(copy.number == facts.dct.selected ? order.begin() : order.end(), &copy);
    for (const auto* copy : order)  // keys first: the caches then get the public keys of the stand-ins
        for (const auto* name : {"device_private_key", "server_public_key"})
            if (const auto* field = layout.field(name)) redact_field(redaction, *copy, facts.dct.copy(3 - copy->number), *field);
    for (const auto* copy : order) {
        for (const auto* table : {&layout.fields, &layout.system_fields})
            for (const auto& field : *table)
                if (field.name != "device_private_key" && field.name != "server_public_key")
                    redact_field(redaction, *copy, facts.dct.copy(3 - copy->number), field);
        if (redaction.thorough) redact_between_fields(redaction, *copy);
    }
}

void mend_table_checksums(DumpRedaction& redaction) {
    for (const auto& copy : redaction.original.facts.dct.copies) mend_checksum(redaction, copy);
}

}  // namespace photopsy

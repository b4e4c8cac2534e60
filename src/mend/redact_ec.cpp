// EC keys of a device and of its server: stand-ins on the same curve, in the same form, with the same damage. Their numbers follow from a rule that anybody can
// repeat: they protect nothing.
#include "handshake/der.h"
#include "handshake/ec_server_slot.h"
#include "handshake/ec_slot.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/text_transfer.h"
#include "mend/key_writing.h"
#include "mend/redaction.h"
#include "mend/slot_damage_copy.h"

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

/// A pair whose number takes up as many octets as the frame has, its top bit set where a zero stands in front of it.
EcKey nobodys_pair(unsigned which, const EcFrame& frame) {
    constexpr std::uint32_t most_salts = 16;
    EcKey key;
    for (std::uint32_t salt = 0; salt < most_salts; ++salt) {
        SlotBytes number(ec_number_size, 0);
        const auto first = ec_number_size - frame.number_size;
        for (auto i = first; i < ec_number_size; ++i) number[i] = noise_at((which * most_salts + salt + 7000) * 64 + static_cast<std::uint32_t>(i));
        number[first] = static_cast<std::uint8_t>((number[first] & 0x3F) | (frame.number_at > 7 ? 0x80 : 0x40));
        if (const auto pair = ec_key_of(EcScalar(number))) return *pair;
    }
    return key;
}

const EcKey& pair_for(const EcPoint& original, const EcFrame& frame, DumpRedaction& redaction) {
    const SlotBytes point(original.begin(), original.end());
    const auto known = redaction.ec_stand_ins.find(point);
    if (known != redaction.ec_stand_ins.end()) return known->second;
    const auto which = redaction.first_stand_in + static_cast<unsigned>(redaction.ec_stand_ins.size());
    return redaction.ec_stand_ins.emplace(point, nobodys_pair(which, frame)).first->second;
}

const EcPoint& point_for(const EcPoint& original, DumpRedaction& redaction) { return pair_for(original, ec_frame_of(ec_number_size, true), redaction).point; }

void put_at(SlotBytes& out, std::size_t at, ByteView bytes) {
    for (std::size_t i = 0; i < bytes.size() && at + i < out.size(); ++i) out[at + i] = bytes[i];
}

/// A point that stands there and is another key's than the number's.
void replace_point(ByteView slot, std::size_t at, SlotBytes& out, DumpRedaction& redaction) {
    if (at + std::tuple_size_v < EcPoint >> slot.size()) return;
    if (const auto point = point_at(slot, at)) put_at(out, at, point_for(*point, redaction));
}

/// The octets around the numbers stay where they are as in every key, or wrong by a bit or two.
void keep_frame(ByteView slot, const EcFrame& frame, SlotBytes& out) {
    const auto right = encode_in(frame, {});
    for (const auto at : own_octets(frame))
        if (at < out.size() && std::popcount(static_cast<unsigned>(slot[at] ^ right[at])) <= 2) out[at] = slot[at];
}

void replace_known_pair(ByteView slot, const EcSlotReading& reading, const EcFrame& frame, DumpRedaction& redaction, SlotBytes& out) {
    const auto& key = *reading.key;
    const auto number = key.d.bytes();
    redaction.numbers.emplace_back(number.begin(), number.end());
    const auto& stand_in = pair_for(key.point, frame, redaction);
    const auto instead = encode_in(frame, stand_in);
    copy_damage({.found = slot, .right = encode_in(frame, key), .instead = instead, .second = instead}, {}, out);
    if (frame.has_point() && reading.point_differs) replace_point(slot, frame.point_at, out, redaction);
}

/// The key whole in PKCS#8, or some bytes behind its place.
bool replace_wrapped(ByteView slot, const EcSlotReading& reading, DumpRedaction& redaction, SlotBytes& out) {
    if (!reading.key) return false;
    const auto frame = ec_frame_of(ec_number_size, true);
    const auto &key = *reading.key, &stand_in = pair_for(key.point, frame, redaction);
    const auto content = end_of_ec_content(slot.first(std::min(slot.size(), ec_device_slot_size)));
    if (inside_ec_pkcs8(slot)) {
        const auto right = encode_ec_pkcs8(key), instead = encode_ec_pkcs8(stand_in);
        put_at(out, 0, ByteView(instead).first(std::min({instead.size(), content, right.size()})));
        return true;
    }
    const auto right = encode_sec1(key), instead = encode_sec1(stand_in);
    const auto hit = std::search(slot.begin(), slot.end(), right.begin(), right.begin() + 24);
    if (hit == slot.end()) return false;
    put_at(out, static_cast<std::size_t>(hit - slot.begin()), instead);
    return true;
}

/// A private key of another curve: its form and the name of the curve, which everybody's has.
bool keep_form_of_other_curve(ByteView slot, SlotBytes& out) {
    DerReader outer(slot);
    const auto body_at = slot.size() > 1 && slot[1] == 0x81 ? 3u : 2u;
    DerReader body(outer.enter(0x30));
    const auto version = body.enter(0x02), number = body.enter(0x04);
    const auto name_at = body_at + body.position();
    const auto curve = body.enter(0xA0);
    constexpr std::size_t longest_name = 14, point_head = 6;
    if (!body.ok() || version.size() != 1 || number.empty() || curve.empty() || curve.size() > longest_name || curve[0] != 0x06) return false;
    put_at(out, 0, slot.first(body_at + 5));
    put_at(out, name_at, slot.subspan(name_at, std::min(slot.size() - name_at, curve.size() + 2 + point_head)));
    return true;
}

/// Where the public half stands in its cache: firmware writes it from the back. Nothing where none does.
std::optional<std::size_t> spki_in(ByteView cache) {
    for (std::size_t at = 0; at + ec_spki_size <= cache.size(); ++at)
        if (cache[at] == 0x30 && parse_ec_spki(cache.subspan(at))) return at;
    return {};
}

std::vector<EcPoint> cached_points(const DumpRedaction& redaction) {
    std::vector<EcPoint> points;
    const auto& layout = *redaction.original.layout;
    for (const auto& set : layout.keys)
        for (const auto copy : layout.dct.copies)
            if (const auto* field = layout.dct.field(set.public_cache); field && set.kind == KeyKind::EcSlot) {
                const auto cache = redaction.image().leading(range_of(copy.begin + layout.dct.application_offset + field->offset, field->size));
                if (const auto at = spki_in(cache)) points.push_back(*parse_ec_spki(cache.subspan(*at)));
            }
    return points;
}

/// Particle's key with the damage of a few bits, or with a stretch of something else: of that only where it is.
SlotBytes damaged_ec_server_key(ByteView slot) {
    constexpr unsigned few_bits = 16;
    const auto right = published_ec_server_key();
    auto out = noise_with_blanks(slot);
    unsigned bits = 0;
    for (std::size_t i = 0; i < right.size(); ++i) bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[i] ^ right[i])));
    for (std::size_t i = 0; i < right.size(); ++i) {
        const auto changed = static_cast<unsigned>(slot[i] ^ right[i]);
        if (changed == 0 || is_blank(slot[i]) || (bits <= few_bits && std::popcount(changed) <= 2)) out[i] = slot[i];
        if (changed != 0 && out[i] == right[i]) out[i] ^= 0x10;
    }
    return out;
}

/// The firmware's RSA key of the server in the place of the EC one: published bytes, as far as they go.
void keep_published_rsa(ByteView slot, SlotBytes& out) {
    const auto published = published_server_key();
    const auto same = common_prefix(slot, published);
    constexpr std::size_t header = 33;
    if (same > header) put_at(out, 0, slot.first(same));
}

}  // namespace

/// A key that a transfer in text mode rewrote: a stand-in that the same one rewrote. Empty where none is.
static SlotBytes stand_in_rewritten_ec(ByteView slot, DumpRedaction& redaction) {
    for (const auto& undone : undo_text_transfer(slot, ec_spki_size)) {
        auto before = undone.bytes;
        before.resize(std::max(before.size(), ec_device_slot_size), 0xFF);
        if (!undone.exact || !read_ec_slot_as_it_stands(before, EcParser::ComputesPublicHalf, {}).key) continue;
        auto instead = stand_in_ec_slot(before, redaction);
        if (undone.letters) instead.resize(undone.bytes.size());
        auto rewritten = redo_text_transfer(instead, undone);
        rewritten.resize(slot.size(), 0xFF);
        return rewritten;
    }
    return {};
}

SlotBytes stand_in_ec_slot(ByteView field, DumpRedaction& redaction) {
    const auto slot = field.first(std::min(field.size(), ec_device_slot_size));
    auto out = noise_with_blanks(slot);
    if (slot.size() < ec_device_slot_size || std::all_of(slot.begin(), slot.end(), is_blank)) return out;
    if (const auto point = parse_ec_spki(slot)) {
        put_at(out, 0,
               std::equal(published_ec_server_key().begin(), published_ec_server_key().end(), slot.begin())
                   ? SlotBytes(slot.begin(), slot.begin() + ec_spki_size)
                   : ec_spki(point_for(*point, redaction)));
        return out;
    }
    if (claimed_bits(slot) != 0 || inside_pkcs8(slot)) return stand_in_slot(slot, redaction);
    const auto reading = read_ec_slot(slot, EcParser::ComputesPublicHalf, cached_points(redaction));
    if (reading.by_text_transfer && reading.key)
        if (auto rewritten = stand_in_rewritten_ec(slot, redaction); !rewritten.empty()) return rewritten;
    if (reading.frame) {
        keep_frame(slot, *reading.frame, out);
        if (reading.key)
            replace_known_pair(slot, reading, *reading.frame, redaction, out);
        else if (reading.frame->has_point())
            replace_point(slot, reading.frame->point_at, out, redaction);
    } else if (!replace_wrapped(slot, reading, redaction, out) && !keep_form_of_other_curve(slot, out)) {
        put_at(out, 0, slot.first(std::min(foreign_head(slot), slot.size())));
        keep_published_rsa(slot, out);
    }
    if (slot[ec_tail_at] == 0x04 && point_at(slot, ec_tail_at + 1)) {
        out[ec_tail_at] = 0x04;
        replace_point(slot, ec_tail_at + 1, out, redaction);
    }
    return out;
}

SlotBytes stand_in_ec_cache(ByteView field, DumpRedaction& redaction) {
    auto out = noise_with_blanks(field);
    if (const auto at = spki_in(field)) put_at(out, *at, ec_spki(point_for(*parse_ec_spki(field.subspan(*at)), redaction)));
    return out;
}

SlotBytes stand_in_ec_server_slot(ByteView field, DumpRedaction& redaction) {
    const auto slot = field.first(std::min(field.size(), ec_server_slot_size));
    auto out = noise_with_blanks(slot);
    if (slot.size() < ec_server_slot_size || std::all_of(slot.begin(), slot.end(), is_blank)) return out;
    const auto reading = read_ec_server_slot(slot);
    unsigned bits = 0;
    for (std::size_t i = 0; i < ec_spki_size; ++i) bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[i] ^ published_ec_server_key()[i])));
    constexpr unsigned likeness = 160;
    if (bits <= likeness || reading.what == ServerKeyClass::Truncated) return damaged_ec_server_key(slot);
    if (reading.what == ServerKeyClass::ValidOther && reading.point) {
        put_at(out, 0, ec_spki(point_for(*reading.point, redaction)));
        return out;
    }
    if (reading.what == ServerKeyClass::DeviceKeyInSlot) return stand_in_ec_slot(slot, redaction);
    put_at(out, 0, slot.first(std::min(foreign_head(slot), slot.size())));
    keep_published_rsa(slot, out);
    return out;
}

}  // namespace photopsy

// A stand-in for a private key with the same encoding and the same damage, so that the firmware fails (or does not) at the same step.
#include "handshake/device_slot.h"
#include "handshake/judge.h"
#include "handshake/public_key.h"
#include "mend/redact_parts.h"
#include "mend/stand_in.h"

#include <algorithm>
#include <bit>
#include <span>

namespace photopsy {

namespace {

constexpr std::uint8_t filler = 'x';

/// Bytes that look like a key's to every statistic, the same each time: what they stand for is not in them.
std::uint8_t noise(std::uint32_t index) {
    std::uint32_t value = index * 2654435761u + 0x9E3779B9u;
    value ^= value >> 15;
    value *= 2246822519u;
    return static_cast<std::uint8_t>(value >> 24 | 1u);
}

bool blank(std::uint8_t byte) { return byte == 0xFF || byte == 0; }

/// Where a PKCS#1 key of 1024 bits begins in the slot: at 0, or behind the wrapping of PKCS#8.
std::size_t inner_key_at(ByteView slot) {
    static constexpr std::uint8_t version_and_modulus[] = {0x02, 0x01, 0x00, 0x02, 0x81, 0x81};
    const auto hit = std::search(slot.begin(), slot.end(), std::begin(version_and_modulus), std::end(version_and_modulus));
    const auto offset = static_cast<std::size_t>(hit - slot.begin());
    return hit == slot.end() || offset < 4 || offset > 64 ? 0 : offset - 4;
}

/// What stands where the slot differed from the key it should hold: erased and zeroed bytes stay, flipped bits stay flipped, and where bits were
/// lost to a second key programmed over the first, the stand-in loses them to a second stand-in.
std::uint8_t same_damage(std::uint8_t found, std::uint8_t right, std::uint8_t stand_in, std::uint8_t second, bool few) {
    if (found == right) return stand_in;
    if (blank(found)) return found;
    if (few) return static_cast<std::uint8_t>(stand_in ^ found ^ right);
    return (found & ~right) == 0 ? stand_in & second : filler;
}

void remember(DumpRedaction& redaction, const Number& from, const Number& to) { redaction.moduli[from.bytes(128)] = to.bytes(128); }

/// Every secret number of a key, so that copies of each alone are found elsewhere.
void note_numbers(DumpRedaction& redaction, const RsaKey& key) {
    for (const auto* number : {&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qinv})
        redaction.numbers.push_back(number->bytes((static_cast<std::size_t>(number->bits()) + 7) / 8));
}

/// The tail behind the key may be that of an older key.
void fill_tail(std::vector<std::uint8_t>& slot, std::size_t from) {
    for (auto i = from; i < slot.size(); ++i)
        if (!blank(slot[i])) slot[i] = filler;
}

/// Two keys over each other: so are two stand-ins, as far as the second key had come; behind that the first alone. No byte of the original stays.
void mix(ByteView found, ByteView right, ByteView first, ByteView second, std::span<std::uint8_t> out) {
    const auto size = std::min({found.size(), right.size(), out.size()});
    std::size_t reached = 0;
    for (std::size_t i = 0; i < size; ++i)
        if (found[i] != right[i]) reached = i + 1;
    for (std::size_t i = 0; i < size; ++i) {
        out[i] = first[i];
        if (i >= reached || found[i] == right[i]) continue;
        out[i] &= second[i];
        if (out[i] == first[i]) out[i] &= static_cast<std::uint8_t>(first[i] - 1);  // both have the same here: lose a bit all the same
    }
    for (std::size_t i = size; i < out.size(); ++i)
        if (!blank(out[i])) out[i] = filler;
}

bool replace_known_key(ByteView slot, const SlotReading& reading, DumpRedaction& redaction, std::vector<std::uint8_t>& out) {
    const auto& key = reading.key->key;
    note_numbers(redaction, key);
    const auto start = inner_key_at(slot);
    const auto lengths = start ? find_skeleton(slot.subspan(start)).lengths : reading.bones.lengths;
    const auto modulus = key.n.bytes(128);
    const auto next = redaction.first_stand_in + static_cast<unsigned>(redaction.stand_ins.size());
    const auto which = redaction.stand_ins.try_emplace(modulus, next).first->second;
    auto stand_in = stand_in_key(lengths, which);
    if (!stand_in) stand_in = stand_in_key(lengths, which % 7);
    if (!stand_in) stand_in = stand_in_key(lengths, 0);  // few of the pool are as short as this one
    if (!stand_in) return false;
    auto second = stand_in_key(lengths, which + 7);
    if (!second) second = stand_in;
    const auto right = encode_pkcs1(key, lengths), instead = encode_pkcs1(*stand_in, lengths), over_it = encode_pkcs1(*second, lengths);
    const auto size = std::min(right.size(), slot.size() - start);
    std::size_t differing = 0;
    for (std::size_t i = 0; i < size; ++i) differing += slot[start + i] != right[i] && !blank(slot[start + i]);
    if (reading.what == DeviceKeyClass::Mixed) {
        mix(slot.subspan(start), right, instead, over_it, std::span(out).subspan(start));
        remember(redaction, key.n, stand_in->n);
        return true;
    }
    for (std::size_t i = 0; i < size; ++i) out[start + i] = same_damage(slot[start + i], right[i], instead[i], over_it[i], differing <= 16);
    fill_tail(out, start + size);
    remember(redaction, key.n, stand_in->n);
    return true;
}

/// No key is known behind these bytes: the bones stay, the numbers become noise with as many set bits.
void replace_unknown(ByteView slot, const SlotReading& reading, std::vector<std::uint8_t>& out) {
    std::size_t set = 0, counted = 0;
    for (auto byte : slot)
        if (!blank(byte)) set += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(byte))), ++counted;
    const bool thin = counted && set * 100 < counted * 8 * 38;
    const bool key_head = slot.size() > 4 && slot[0] == 0x30 && slot[1] == 0x82 && slot[4] == 0x02;
    const std::uint32_t kept_head = key_head ? 8 : 5;  // what is no key's head may be anything
    for (std::uint32_t i = kept_head; i < out.size(); ++i) {
        bool in_number = i >= reading.bones.extent || reading.bones.mismatches > 12;
        for (std::size_t k = 0; k < reading.bones.value_at.size(); ++k)
            in_number = in_number || (i >= reading.bones.value_at[k] && i < reading.bones.value_at[k] + reading.bones.value_size[k]);
        if (!in_number || blank(slot[i])) continue;
        out[i] = thin ? static_cast<std::uint8_t>(noise(i) & (noise(i + 5000) | 1u)) : noise(i);
    }
}

/// Two keys over each other, neither of them known: two stand-ins over each other.
bool replace_mixed(ByteView slot, DumpRedaction& redaction, std::vector<std::uint8_t>& out) {
    const auto first = stand_in_key(fixed_lengths, redaction.first_stand_in), second = stand_in_key(fixed_lengths, redaction.first_stand_in + 7);
    if (!first || !second) return false;
    const auto one = encode_pkcs1(*first, fixed_lengths), other = encode_pkcs1(*second, fixed_lengths);
    const auto size = std::min({slot.size(), one.size(), other.size()});
    for (std::size_t i = 0; i < size; ++i) out[i] = one[i] & other[i];
    fill_tail(out, size);
    return true;
}

/// The modulus may be whole where the secret half of the key is not: cache and slot then still have to name the same key.
void replace_modulus(ByteView slot, const SlotReading& reading, DumpRedaction& redaction, std::vector<std::uint8_t>& out) {
    const auto belonging = parse_public_key(reading.public_spki);
    if (!belonging) return;
    const auto modulus = belonging->modulus.bytes(128);
    const auto next = redaction.first_stand_in + static_cast<unsigned>(redaction.stand_ins.size());
    const auto stand_in = stand_in_key(fixed_lengths, redaction.stand_ins.try_emplace(modulus, next).first->second);
    if (!stand_in) return;
    remember(redaction, belonging->modulus, stand_in->n);
    const auto hit = std::search(slot.begin(), slot.end(), modulus.begin(), modulus.end());
    if (hit == slot.end()) return;
    const auto instead = stand_in->n.bytes(128);
    std::copy(instead.begin(), instead.end(), out.begin() + (hit - slot.begin()));
}

}  // namespace

std::vector<std::uint8_t> stand_in_slot(ByteView slot, DumpRedaction& redaction) {
    std::vector<std::uint8_t> out(slot.begin(), slot.end());
    if (slot.empty() || std::all_of(slot.begin(), slot.end(), blank)) return out;
    const auto witnesses = known_moduli(redaction.image(), redaction.original.facts);
    const auto reading = read_device_slot(slot, witnesses);
    if (reading.key && replace_known_key(slot, reading, redaction, out)) return out;
    const bool public_key = reading.encoding == KeyEncoding::Spki;
    if (public_key) {  // written over a private key, whose end may still stand behind it
        constexpr std::size_t smallest = 162;
        fill_tail(out, slot.size() > smallest && slot[1] == 0x82 ? std::max<std::size_t>(smallest, (std::size_t{slot[2]} << 8 | slot[3]) + 4) : smallest);
        return out;
    }
    if (reading.what == DeviceKeyClass::Mixed && replace_mixed(slot, redaction, out)) return out;
    replace_unknown(slot, reading, out);
    replace_modulus(slot, reading, redaction, out);
    return out;
}

}  // namespace photopsy

// A stand-in for a private key with the same encoding and the same damage, so that the firmware fails (or does not) at the same step.
#include "handshake/device_slot.h"
#include "handshake/judge.h"
#include "handshake/key_files.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/text_transfer.h"
#include "mend/key_writing.h"
#include "mend/redaction.h"
#include "mend/slot_damage_copy.h"
#include "mend/stand_in.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

void remember(DumpRedaction& redaction, const Number& from, const Number& to) { redaction.moduli[from.bytes(128)] = to.bytes(128); }

/// Every secret number of a key, so that copies of each alone are found in what is kept.
void note_numbers(DumpRedaction& redaction, const RsaKey& key) {
    for (const auto* number : {&key.d, &key.p, &key.q, &key.dp, &key.dq, &key.qinv})
        redaction.numbers.push_back(number->bytes((static_cast<std::size_t>(number->bits()) + 7) / 8));
}

unsigned stand_in_for(DumpRedaction& redaction, const Number& modulus) {
    const auto next = redaction.first_stand_in + static_cast<unsigned>(redaction.stand_ins.size());
    return redaction.stand_ins.try_emplace(modulus.bytes(128), next).first->second;
}

/// One of the pool whose numbers are as short as the original's; few of it are as short as some.
std::optional<RsaKey> stand_in_of(const IntegerLengths& lengths, unsigned which) {
    for (const unsigned number : {which, which % 7, 0u})
        if (auto key = stand_in_key(lengths, number)) return key;
    return {};
}

/// One that the generator up to 0.4.7 would write as short as the original. A number of that many bytes takes up one more where its top bit is set.
std::optional<RsaKey> unpadded_stand_in(const IntegerLengths& unpadded, unsigned which) {
    constexpr std::array<std::size_t, 4> may_be_short = {3, 6, 7, 8};  // d, dP, dQ, qInv
    for (unsigned choice = 0; choice < 16; ++choice) {
        auto lengths = unpadded;
        for (std::size_t i = 0; i < may_be_short.size(); ++i)
            if (choice >> i & 1) --lengths[may_be_short[i]];
        if (lengths == fixed_lengths) continue;
        for (const unsigned number : {which % 3, 0u})
            if (auto key = stand_in_key(lengths, number); key && unpadded_lengths(*key) == unpadded) return key;
    }
    return {};
}

bool replace_known_key(ByteView slot, const SlotReading& reading, DumpRedaction& redaction, SlotBytes& out) {
    const auto& key = reading.key->key;
    note_numbers(redaction, key);
    const auto writing = writing_of(slot, key, reading);
    const auto which = stand_in_for(redaction, key.n);
    const auto stand_in = [&](unsigned number) { return writing.unpadded ? unpadded_stand_in(writing.lengths, number) : stand_in_of(writing.lengths, number); };
    const auto first = stand_in(which), second = stand_in(which + 7);
    if (!first) return false;
    copy_damage({.found = slot,
                 .right = write_as(writing, key),
                 .instead = write_as(writing, *first),
                 .second = write_as(writing, second ? *second : *first),
                 .mixed = reading.what == DeviceKeyClass::Mixed && !reading.of_two_parts},
                writing, out);
    remember(redaction, key.n, first->n);
    return true;
}

/// Two keys over each other, neither of them known: two stand-ins over each other.
bool replace_mixed(ByteView slot, DumpRedaction& redaction, SlotBytes& out) {
    const auto first = stand_in_key(fixed_lengths, redaction.first_stand_in), second = stand_in_key(fixed_lengths, redaction.first_stand_in + 7);
    if (!first || !second) return false;
    const auto one = encode_pkcs1(*first, fixed_lengths), other = encode_pkcs1(*second, fixed_lengths);
    for (std::size_t i = 0; i < std::min({slot.size(), one.size(), other.size()}); ++i) out[i] = one[i] & other[i];
    return true;
}

/// Constants in front by which a key of another size or kind is told from a damaged one.
std::size_t known_front(ByteView slot) {
    constexpr std::size_t sizes_and_version = 12, key_head = 8;
    if (claimed_bits(slot) != 0) return sizes_and_version;
    if (const auto head = foreign_head(slot)) return head;
    const bool begins = slot.size() > key_head && slot[0] == 0x30 && slot[1] == 0x82 && slot[4] == 2 && slot[5] == 1 && slot[6] == 0 && slot[7] == 2;
    return begins ? key_head : 0;
}

/// No key is known behind these bytes: what stands around its numbers stays where it is as in every key, or wrong by one bit; the numbers are noise with as
/// many set bits.
void replace_unknown(ByteView slot, const SlotReading& reading, SlotBytes& out) {
    std::size_t set = 0, counted = 0;
    for (const auto byte : slot)
        if (!is_blank(byte)) set += static_cast<std::size_t>(std::popcount(byte)), ++counted;
    if (counted && set * 100 < counted * 8 * 38)
        for (std::uint32_t i = 0; i < out.size(); ++i)
            if (out[i] != slot[i] || !is_blank(out[i])) out[i] &= static_cast<std::uint8_t>(noise_at(i + 5000) | 1u);
    const auto front = std::min(known_front(slot), out.size());
    std::copy_n(slot.begin(), front, out.begin());
    RsaKey bare;
    bare.e = Number(65537);
    const auto bones = encode_pkcs1(bare, reading.bones.lengths);
    constexpr unsigned few = 2, most = 12;
    if (reading.bones.mismatches > most || reading.bones.extent == 0) return;
    for (std::size_t i = 0; i < std::min(bones.size(), out.size()); ++i) {
        bool in_number = false;
        for (std::size_t k = 0; k < reading.bones.value_at.size(); ++k)
            in_number = in_number || (i >= reading.bones.value_at[k] && i < reading.bones.value_at[k] + std::size_t{reading.bones.value_size[k]});
        const bool one_bit = reading.bones.mismatches <= few && std::has_single_bit(static_cast<unsigned>(slot[i] ^ bones[i]));
        if (!in_number && (slot[i] == bones[i] || one_bit)) out[i] = slot[i];
    }
}

/// The modulus may be whole where the secret half of the key is not: cache and slot then still have to name the same key.
void replace_modulus(ByteView slot, const SlotReading& reading, DumpRedaction& redaction, SlotBytes& out) {
    const auto belonging = parse_public_key(reading.public_spki);
    if (!belonging) return;
    const auto modulus = belonging->modulus.bytes(128), instead = stand_in_modulus(belonging->modulus, redaction);
    const auto hit = std::search(slot.begin(), slot.end(), modulus.begin(), modulus.end());
    if (hit != slot.end()) std::copy(instead.begin(), instead.end(), out.begin() + (hit - slot.begin()));
}

/// A public key in the private one's place: this device's, another's, or the server's.
bool replace_public_key(ByteView slot, DumpRedaction& redaction, SlotBytes& out) {
    const auto server = read_server_slot(slot.first(std::min(slot.size(), server_slot_size))).kind;
    if (server == ServerSlotKind::Published || server == ServerSlotKind::NearPublished || server == ServerSlotKind::Rsa2048) {
        const auto instead = stand_in_server_slot(slot.first(std::min(slot.size(), server_slot_size)), redaction);
        std::copy(instead.begin(), instead.end(), out.begin());
        return true;
    }
    constexpr std::size_t device_spki_size = 162;
    const auto key = slot.size() >= device_spki_size && foreign_head(slot) ? parse_public_key(slot) : std::nullopt;
    if (!key || key->modulus.bits() != 1024) return false;
    const auto right = device_spki(key->modulus.bytes(128)), instead = device_spki(stand_in_modulus(key->modulus, redaction));
    if (!std::equal(right.begin(), right.end(), slot.begin())) return false;
    std::copy(instead.begin(), instead.end(), out.begin());
    return true;
}

/// A key that a transfer in text mode rewrote: a stand-in that the same one rewrote. Empty where none is.
SlotBytes stand_in_rewritten(ByteView slot, const std::vector<Number>& witnesses, DumpRedaction& redaction) {
    constexpr std::size_t longest = 640;
    for (const auto& undone : undo_text_transfer(slot, longest)) {
        if (!undone.exact || !read_slot_as_it_stands(undone.bytes, witnesses).key) continue;
        auto out = redo_text_transfer(stand_in_slot(undone.bytes, redaction), undone);
        out.resize(slot.size(), 0xFF);
        return out;
    }
    return {};
}

/// What the firmware then makes of it: whether it presents other bytes, and whether the numbers that it decrypts with are others. A byte that is dropped moves
/// all that stand behind it.
std::pair<bool, bool> numbers_changed(ByteView file, const ChangedCharacters& like) {
    const auto bones = find_skeleton(file);
    const std::size_t d = bones.value_at[ComponentD], p = bones.value_at[ComponentP];
    std::pair<bool, bool> changed;
    for (std::size_t at = 0; at < file.size(); ++at) {
        if (file[at] != like.from) continue;
        changed.first = changed.first || at < d;
        changed.second = changed.second || at >= p || like.to < 0;
    }
    return changed;
}

/// A key of which a transfer in text mode changed or dropped some characters: a stand-in that has such characters too, and can be rebuilt as well.
SlotBytes stand_in_with_other_characters(ByteView slot, const RsaKey& key, DumpRedaction& redaction) {
    constexpr unsigned tries = 24, apart = 11;
    const auto files = files_of_key(key);
    const auto like = changed_characters(slot, files);
    if (like.what.empty()) return {};
    const auto first = stand_in_for(redaction, key.n);
    for (unsigned number = first; number < first + tries * apart; number += apart) {
        const auto stand_in = stand_in_key(fixed_lengths, number);
        if (!stand_in) break;
        const auto instead = files_of_key(*stand_in);
        const auto& file = instead[like.file % instead.size()];
        auto changed = with_characters_changed(file, like);
        if (changed == file || changed.size() > slot.size() || numbers_changed(file, like) != numbers_changed(files[like.file], like)) continue;
        changed.resize(slot.size(), 0xFF);
        if (const auto reading = read_device_slot(changed, {stand_in->n}); !reading.by_text_transfer || !reading.key) continue;
        note_numbers(redaction, key);
        remember(redaction, key.n, stand_in->n);
        return changed;
    }
    return {};
}

}  // namespace

SlotBytes stand_in_modulus(const Number& original, DumpRedaction& redaction) {
    const auto known = redaction.moduli.find(original.bytes(128));
    if (known != redaction.moduli.end()) return known->second;
    const auto stand_in = stand_in_of(fixed_lengths, stand_in_for(redaction, original));
    if (!stand_in) return SlotBytes(128, 'x');
    remember(redaction, original, stand_in->n);
    return stand_in->n.bytes(128);
}

SlotBytes stand_in_slot(ByteView slot, DumpRedaction& redaction) {
    if (auto text = stand_in_text(slot, redaction); !text.empty()) return text;
    auto out = noise_with_blanks(slot);
    if (slot.empty() || std::all_of(slot.begin(), slot.end(), is_blank)) return out;
    const auto witnesses = known_moduli(redaction.image(), redaction.original.facts);
    const auto reading = read_device_slot(slot, witnesses);
    if (reading.by_text_transfer && reading.key)
        for (auto rewritten : {stand_in_rewritten(slot, witnesses, redaction), stand_in_with_other_characters(slot, reading.key->key, redaction)})
            if (!rewritten.empty()) return rewritten;
    if (reading.key && replace_known_key(slot, reading, redaction, out)) return out;
    if (replace_public_key(slot, redaction, out)) return out;
    if (reading.what == DeviceKeyClass::Mixed && !reading.of_two_parts && replace_mixed(slot, redaction, out)) return out;
    replace_unknown(slot, reading, out);
    replace_modulus(slot, reading, redaction, out);
    return out;
}

}  // namespace photopsy

#include "handshake/device_slot.h"

#include "handshake/der.h"
#include "handshake/key_forms.h"
#include "handshake/key_text.h"
#include "handshake/mixed_keys.h"
#include "handshake/public_key.h"
#include "handshake/server_slot.h"
#include "handshake/slot_damage.h"
#include "handshake/slot_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

constexpr unsigned bones_of_a_key = 10;  // mismatches up to which the slot counts as a (damaged) PKCS#1 key; there are about 36 bones
constexpr std::array<std::uint8_t, 8> key_start = {0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00, 0x80};  // the last: top bit of n

RsaKey walked_numbers(ByteView slot) {
    const auto walk = walk_device_key(slot);
    const auto number = [&](ComponentIndex i) { return Number(slot.subspan(walk.at[i], component_widths[i])); };
    return {number(ComponentN), Number(65537),       number(ComponentD),  number(ComponentP),
            number(ComponentQ), number(ComponentDP), number(ComponentDQ), number(ComponentQInv)};
}

/// Minimal where every INTEGER is as short as it can be; fixed where all have the firmware's widths.
KeyEncoding encoding_of(const RsaKey& key, const Skeleton& bones) {
    constexpr std::size_t length_of_d = 3;
    auto but_for_d = minimal_lengths(key);
    bool minimal = bones.lengths == but_for_d;
    but_for_d[length_of_d] = bones.lengths[length_of_d];
    if (!minimal && bones.lengths == but_for_d) {
        RsaKey small = key;
        small.d = smallest_d(key);
        minimal = bones.lengths == minimal_lengths(small);
    }
    const bool fixed = bones.lengths == fixed_lengths;
    return fixed ? minimal ? KeyEncoding::DeviceOrCommandLine : KeyEncoding::Device : minimal ? KeyEncoding::CommandLine : KeyEncoding::Other;
}

bool begins_as_key(ByteView slot, const Skeleton& bones) {
    if (bones.mismatches <= bones_of_a_key) return true;
    unsigned same = slot[0] == 0x30;
    same += slot[1] == 0x82;
    same += slot[2] == 2;
    for (std::size_t i = 0; i + 1 < key_start.size(); ++i) same += slot[4 + i] == key_start[i];
    return same >= 8;
}

void add_public_key(SlotReading& reading, const RsaKey& key) {
    if (key.n.bits() <= 1024 && key.e == Number(65537)) reading.public_spki = device_spki(key.n.bytes(128));
}

/// The modulus stands where it should and looks whole, though the rest cannot confirm it.
void add_plausible_public_key(ByteView slot, const std::vector<Number>& witnesses, SlotReading& reading) {
    const Number n(slot.subspan(presented_modulus_at, 128));
    const bool witnessed = std::find(witnesses.begin(), witnesses.end(), n) != witnesses.end();
    const bool whole = reading.what != DeviceKeyClass::Mixed && (reading.damage.empty() || reading.damage.front().begin >= presented_modulus_at + 128);
    if (witnessed || (whole && n.bits() == 1024 && has_no_small_factor(n)))
        reading.public_spki = device_spki(slot.subspan(presented_modulus_at, 128));
    else if (!witnesses.empty())
        reading.public_spki = device_spki(witnesses.front().bytes(128));
}

/// Two keys programmed over each other: with the public key of the old one the old one comes back.
void separate_two_keys(ByteView slot, const std::vector<Number>& witnesses, SlotReading& reading) {
    const Skeleton bones = skeleton_of(fixed_lengths);  // firmware of that time wrote both
    const unsigned percent = percent_of_set_bits(slot, bones);
    if (percent < 15 || percent > 40) return;
    for (const auto& modulus : witnesses) {
        const auto [key, all_tried] = separate_mixed_key(read_numbers(slot, bones), modulus);
        reading.searched_in_part = reading.searched_in_part || !all_tried;
        if (!key) continue;
        reading.searched_in_part = false;
        reading.key = RebuiltKey{*key, "separated from the other key with the public-key cache", true};
        return;
    }
}

/// A whole key with another public exponent than 65537, the only one the firmware knows.
std::optional<RebuiltKey> other_exponent(ByteView slot) {
    DerReader outer(slot);
    DerReader body(outer.enter(0x30));
    std::array<Number, 9> numbers;
    for (auto& number : numbers) number = Number(body.enter(0x02));
    if (!outer.ok() || !body.ok()) return {};
    const RsaKey key{numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8]};
    if (key.e == Number(65537) || key.n.bits() != 1024 || !is_proved(key)) return {};
    return RebuiltKey{key, "as it stands", false};
}

/// A PKCS#1 key of 1024 bits, whole or damaged.
SlotReading read_pkcs1(ByteView slot, const std::vector<Number>& witnesses) {
    SlotReading reading{.bits = 1024};
    reading.bones = find_skeleton(slot);
    reading.extent = reading.bones.extent;
    const RsaKey walked = walked_numbers(slot);
    reading.usable = firmware_key_is_usable(slot);
    const RsaKey numbers = read_numbers(slot, reading.bones);
    if (reading.usable) {
        if (const auto key = key_of_primes(walked.p, walked.q, Number(65537), walked.qinv)) reading.key = RebuiltKey{*key, "as it stands", false};
    } else if (auto other = other_exponent(slot)) {
        reading.key = std::move(other);
        reading.what = DeviceKeyClass::UnreadableByFirmware;
        reading.encoding = KeyEncoding::Other;
        reading.detail = "the key has another public exponent than 65537, the only one the firmware knows";
        return reading;
    } else {
        reading.key = rebuild_key(numbers, witnesses);
        const Skeleton fixed = skeleton_of(fixed_lengths);
        if (!reading.key && walk_device_key(slot).at != reading.bones.value_at) reading.key = rebuild_key(walked, witnesses);
        if (!reading.key && fixed.value_at != reading.bones.value_at && fixed.value_at != walk_device_key(slot).at)
            reading.key = rebuild_key(read_numbers(slot, fixed), witnesses);
    }
    if (!reading.key) separate_two_keys(slot, witnesses, reading);
    if (reading.key) {
        reading.bits = static_cast<unsigned>(reading.key->key.n.bits());
        judge_against_key(slot, reading);
        if (reading.encoding == KeyEncoding::None) reading.encoding = encoding_of(reading.key->key, reading.bones);
        add_public_key(reading, reading.key->key);
    } else {
        judge_without_key(slot, reading);
        reading.encoding = reading.bones.lengths == fixed_lengths ? KeyEncoding::DeviceOrCommandLine : KeyEncoding::CommandLine;
        add_plausible_public_key(slot, witnesses, reading);
    }
    return reading;
}

/// Bits of the modulus of a whole key whose numbers fit each other; 0 where none stands at the front.
unsigned bits_of_whole_key(ByteView bytes) {
    DerReader outer(bytes);
    DerReader body(outer.enter(0x30));
    std::array<Number, 9> numbers;
    for (auto& number : numbers) number = Number(body.enter(0x02));
    const bool whole = outer.ok() && body.ok() && numbers[0].is_zero() && numbers[4].bits() > 2 && numbers[1] == numbers[4] * numbers[5];
    return whole ? static_cast<unsigned>(numbers[1].bits()) : 0;
}

/// A key inside some wrapping, `inner` the bytes of its PKCS#1 form as far as they go.
SlotReading wrapped(ByteView inner, KeyEncoding encoding, std::string detail, const std::vector<Number>& witnesses) {
    SlotReading reading{.what = DeviceKeyClass::WrongEncoding, .encoding = encoding, .detail = std::move(detail)};
    const unsigned whole = bits_of_whole_key(inner);
    reading.bits = whole != 0 ? whole : claimed_bits(inner);
    if (reading.bits != 0 && reading.bits != 1024) {
        reading.what = DeviceKeyClass::WrongSize;
        reading.detail = fmt::format("the key in the slot has {} bits; the firmware reads 1024", reading.bits);
        return reading;
    }
    std::vector<std::uint8_t> slot(inner.begin(), inner.end());
    slot.resize(std::max(slot.size(), device_slot_size), 0xFF);
    const SlotReading inside = read_pkcs1(slot, witnesses);
    reading.key = inside.key;
    reading.public_spki = inside.public_spki;
    if (inside.key && inside.what != DeviceKeyClass::Good && inside.what != DeviceKeyClass::UnreadableByFirmware)
        reading.detail += "; besides, a part of it is missing or damaged, but can be rebuilt";
    return reading;
}

/// A slot or file that holds text: a key as PEM, hexadecimal digits or base64, or something else as PEM. Nothing where it is no such text.
std::optional<SlotReading> read_text(ByteView bytes, const std::vector<Number>& witnesses) {
    const auto keys = unwrap_text(bytes);
    std::optional<SlotReading> first;
    for (const auto& key : keys) {
        SlotReading reading{.what = DeviceKeyClass::WrongType, .encoding = key.encoding};
        if (key.kind == UnwrappedKey::Kind::Private)
            reading = wrapped(key.der, key.encoding, wrapping_words(key), witnesses);
        else
            reading.detail = other_words(key);
        if (reading.reach = static_cast<std::uint32_t>(key.reach); reading.key) return reading;
        if (!first) first = std::move(reading);
    }
    return first;
}

/// The key is whole, only in the wrong place or order.
std::optional<SlotReading> read_displaced(ByteView field, const std::vector<Number>& witnesses) {
    for (const auto& displaced : displaced_keys(field).keys) {
        SlotReading inside = wrapped(displaced.bytes, KeyEncoding::Other, displaced.detail, witnesses);
        if (inside.key) return inside;
    }
    return {};
}

SlotReading empty_slot(DeviceKeyClass what, Range damage, std::string detail, const std::vector<Number>& witnesses) {
    SlotReading reading{.what = what, .damage = {damage}, .detail = std::move(detail)};
    if (!witnesses.empty()) reading.public_spki = device_spki(witnesses.front().bytes(128));
    return reading;
}

/// Where something shorter was written over a key, what stands behind it may be enough to prove the key.
void add_rest_of_key(ByteView slot, const std::vector<Number>& witnesses, bool unknown, SlotReading& reading) {
    auto rest = read_pkcs1(slot.first(device_slot_size), witnesses);
    if (!rest.key) return;
    if (unknown) reading.detail = "something that is no key was written over the beginning of the key";
    reading.usable = rest.usable;
    reading.key = std::move(rest.key);
    reading.public_spki = std::move(rest.public_spki);
}

SlotReading other_thing(ByteView slot, const std::vector<Number>& witnesses) {
    if (auto displaced = read_displaced(slot, witnesses)) return std::move(*displaced);
    std::string kind = foreign_kind(slot);
    const auto keys = unwrap_keys(slot);
    if (!keys.empty() && keys.front().kind == UnwrappedKey::Kind::Encrypted) kind = "a key that is encrypted with a password";
    SlotReading reading{.what = DeviceKeyClass::WrongType,
                        .encoding = KeyEncoding::Other,
                        .detail = kind.empty() ? "the slot holds something that is no key of any known form" : "the slot holds " + kind,
                        .searched_in_part = !displaced_keys(slot).all_places};
    if (kind.find("public") != std::string::npos) reading.encoding = KeyEncoding::Spki;
    if (kind.find("EC") != std::string::npos) reading.encoding = KeyEncoding::Ec;
    const auto server = read_server_slot(slot.first(server_slot_size));
    if (server.kind == ServerSlotKind::Published || server.kind == ServerSlotKind::NearPublished || server.kind == ServerSlotKind::Rsa2048) {
        reading.what = DeviceKeyClass::ServerKeyInSlot;
        reading.encoding = KeyEncoding::Spki;
        reading.detail = "the slot holds an RSA-2048 public key, as it belongs into the server key slot";
    }
    if (!witnesses.empty()) reading.public_spki = device_spki(witnesses.front().bytes(128));
    add_rest_of_key(slot, witnesses, kind.empty(), reading);
    return reading;
}

/// Another size than 1024 bits, told by the modulus. Of a key that is not all there only sizes that people make are believed: others are damaged lengths.
unsigned wrong_size(ByteView slot, ByteView all) {
    if (const unsigned whole = bits_of_whole_key(all); whole != 0) return whole == 1024 ? 0 : whole;
    const unsigned bits = claimed_bits(slot);
    return bits == 512 || bits == 768 || bits == 1536 || bits == 2048 || bits == 3072 || bits == 4096 ? bits : 0;
}

/// Bytes of `value` at the start of the slot.
std::size_t leading(ByteView slot, std::uint8_t value) {
    const auto end = std::find_if(slot.begin(), slot.end(), [&](std::uint8_t byte) { return byte != value; });
    return static_cast<std::size_t>(end - slot.begin());
}

}  // namespace

SlotReading read_slot_as_it_stands(ByteView given, const std::vector<Number>& witnesses) {
    std::vector<std::uint8_t> slot(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(std::min(given.size(), device_field_size)));
    slot.resize(std::max(slot.size(), device_slot_size), 0xFF);
    const ByteView read = ByteView(slot).first(device_slot_size);
    if (all_erased(read)) return empty_slot(DeviceKeyClass::Erased, {0, device_slot_size}, "the key slot is erased", witnesses);
    if (all_equal(read, 0)) return empty_slot(DeviceKeyClass::Zeroed, {0, device_slot_size}, "the key slot holds only zeros", witnesses);
    if (auto text = read_text(given, witnesses)) {
        if (text->what == DeviceKeyClass::WrongType) add_rest_of_key(slot, witnesses, false, *text);
        return std::move(*text);
    }
    if (const auto inside = inside_pkcs8(slot)) {
        return wrapped(ByteView(slot).subspan(*inside), KeyEncoding::Pkcs8,
                       "the slot holds the key in PKCS#8, as OpenSSL 3 writes it; the firmware reads PKCS#1", witnesses);
    }
    const Skeleton bones = find_skeleton(read);
    const unsigned other_bits = bones.mismatches > bones_of_a_key ? wrong_size(read, given) : 0;
    if (other_bits != 0)
        return {.what = DeviceKeyClass::WrongSize,
                .bits = other_bits,
                .bones = bones,
                .detail = fmt::format("the key in the slot has {} bits; the firmware reads 1024", other_bits)};
    SlotReading reading = begins_as_key(read, bones) && foreign_kind(read).empty() ? read_pkcs1(read, witnesses) : SlotReading{};
    const std::size_t erased = leading(read, 0xFF), zero = leading(read, 0);
    if (erased > 0 || zero >= 8) {  // the firmware takes byte 0 = FF alone for "no key"
        if (reading.what == DeviceKeyClass::NotInFile) reading = read_pkcs1(read, witnesses);
        if (!reading.key) {
            if (auto displaced = read_displaced(slot, witnesses)) {
                displaced->detail += erased > 0 ? ", behind erased bytes, which the firmware takes for an empty slot" : ", behind zeros";
                return std::move(*displaced);
            }
        }
        const std::size_t count = erased > 0 ? erased : zero;
        reading.what = erased > 0 ? DeviceKeyClass::Erased : DeviceKeyClass::Zeroed;
        reading.usable = false;
        reading.damage = {{0, static_cast<Address>(count)}};
        reading.detail = fmt::format("the first {} bytes of the key are {}", count, erased > 0 ? "erased" : "zero");
        if (!reading.key && all_equal(read.subspan(count), erased > 0 ? 0x00 : 0xFF))
            reading.detail =
                fmt::format("the slot holds no key: {} {} bytes, then only {}", count, erased > 0 ? "erased" : "zero", erased > 0 ? "zeros" : "erased ones");
        if (count == 1) reading.detail = "the first byte of the key is erased, and the firmware takes that for an empty slot";
        return reading;
    }
    return reading.what == DeviceKeyClass::NotInFile ? other_thing(slot, witnesses) : reading;
}

bool firmware_key_is_usable(ByteView slot) {
    const RsaKey walked = walked_numbers(slot);
    return walked.p.is_odd() && walked.q.is_odd() && equations_hold(walked);
}

std::vector<std::uint8_t> belonging_public_key(ByteView slot) { return read_device_slot(slot).public_spki; }

}  // namespace photopsy

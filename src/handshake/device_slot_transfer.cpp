// A device key that went through a transfer in text mode: what it was, proved by its own numbers, or what was lost.
#include "handshake/device_slot.h"
#include "handshake/key_files.h"
#include "handshake/key_text.h"
#include "handshake/public_key.h"
#include "handshake/text_transfer.h"

#include <algorithm>

namespace photopsy {

namespace {

using Class = DeviceKeyClass;
constexpr std::size_t longest_rsa_key = 640;  ///< in PKCS#8

/// Nothing is left to be explained, or a form that is told is whole inside.
bool is_whole(const SlotReading& reading) {
    if (reading.what == Class::Good || reading.what == Class::UnreadableByFirmware) return true;
    return reading.what == Class::WrongEncoding && reading.key && reading.key->method == "as it stands";
}

/// Of what was read out of a slot the end may be missing: the key had become longer.
bool is_proof(const SlotReading& reading, bool exact) { return reading.key && (is_whole(reading) || (exact && reading.what == Class::Truncated)); }

/// One multiplication, before arithmetic that takes milliseconds: there are more ways back than could all be tried so.
bool may_be_whole(ByteView bytes) {
    const auto bones = find_skeleton(bytes);
    if (bones.mismatches != 0) return false;
    const auto numbers = read_numbers(bytes, bones);
    return numbers.n == numbers.p * numbers.q;
}

SlotReading told(SlotReading inside, std::string_view what) {
    return {.what = Class::WrongEncoding,
            .encoding = KeyEncoding::Other,
            .bits = inside.bits,
            .bones = {},
            .damage = {},
            .detail = std::string(text_transfer_words).append(what),
            .by_text_transfer = true,
            .key = std::move(inside.key),
            .public_spki = std::move(inside.public_spki)};
}

std::optional<SlotReading> read_before_transfer(ByteView field, const std::vector<Number>& witnesses) {
    for (const auto& undone : undo_text_transfer(field, longest_rsa_key)) {
        if (!undone.exact && !may_be_whole(undone.bytes)) continue;
        auto inside = read_slot_as_it_stands(undone.bytes, witnesses);
        if (!is_proof(inside, undone.exact)) continue;
        inside.key->method = undone_transfer_method;
        return told(std::move(inside), undone.what);
    }
    return {};
}

}  // namespace

std::vector<std::vector<std::uint8_t>> files_of_key(const RsaKey& key) {
    std::vector<std::vector<std::uint8_t>> files;
    auto other = key;
    other.d = smallest_d(key);
    for (const auto& one : {key, other}) {
        for (auto file : {encode_for_device(one), encode_unpadded(one), encode_pkcs1(one, minimal_lengths(one))}) {
            files.push_back(wrap_pkcs8(file));
            files.push_back(std::move(file));
        }
        if (other.d == key.d) break;
    }
    return files;
}

SlotReading read_device_slot(ByteView given, const std::vector<Number>& witnesses) {
    auto reading = read_slot_as_it_stands(given, witnesses);
    if (reading.usable || is_whole(reading) || reading.what == Class::ServerKeyInSlot || reading.what == Class::WrongSize) return reading;
    const auto field = given.first(std::min(given.size(), device_field_size));
    if (auto before = read_before_transfer(field, witnesses)) return std::move(*before);
    if (reading.key) {
        const auto changed = changed_characters(field, files_of_key(reading.key->key));
        return changed.what.empty() ? reading : told(std::move(reading), changed.what);
    }
    const auto lost = lost_in_text_transfer(field);
    if (lost.empty()) return reading;
    auto public_spki = std::move(reading.public_spki);
    if (public_spki.empty() && !witnesses.empty()) public_spki = device_spki(witnesses.front().bytes(128));
    reading = told({}, lost);
    reading.detail += nothing_left_words;
    reading.public_spki = std::move(public_spki);
    return reading;
}

}  // namespace photopsy

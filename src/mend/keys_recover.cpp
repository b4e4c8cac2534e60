#include "mend/keys.h"

#include "handshake/ec_slot.h"
#include "handshake/judge.h"
#include "handshake/public_key.h"

#include <algorithm>

namespace photopsy {

namespace {

RecoveredKey carried_out(const SlotReading& reading, std::string source, ByteView cache_spki) {
    const RsaKey& key = reading.key->key;
    RecoveredKey recovered{
        .method = reading.key->method, .source = std::move(source), .der = encode_for_device(key), .public_spki = device_spki(key.n.bytes(128))};
    recovered.public_fingerprint = fingerprint_of(recovered.public_spki);
    recovered.matches_cache = std::equal(recovered.public_spki.begin(), recovered.public_spki.end(), cache_spki.begin(), cache_spki.end());
    return recovered;
}

bool can_be_written(const SlotReading& reading) {
    return reading.key && reading.key->key.n.bits() == 1024 && reading.key->key.e == Number(65537) && is_proved(reading.key->key);
}

void add(std::vector<RecoveredKey>& list, RecoveredKey recovered) {
    for (const auto& known : list)
        if (known.public_fingerprint == recovered.public_fingerprint) return;
    list.push_back(std::move(recovered));
}

}  // namespace

void put_in_order(std::vector<RecoveredKey>& list, const KeyFacts& keys) {
    if (!keys.device.usable && !keys.recoveries.empty())  // the report's first one first
        std::stable_partition(list.begin(), list.end(), [&](const auto& key) { return key.public_fingerprint == keys.recoveries.front().public_fingerprint; });
    std::stable_partition(list.begin(), list.end(), [](const auto& key) { return key.matches_cache; });
    const bool present_last = !keys.recoveries.empty();  // the report's list leaves that one out
    std::stable_partition(list.begin(), list.end(), [&](const auto& key) { return key.is_present_key != present_last; });
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.owner < b.owner; });
}

std::vector<RecoveredKey> recover_keys(const Image& image, const Facts& facts, ByteView registered_spki) {
    if (facts.keys && facts.keys->kind == KeyKind::EcSlot) return recover_ec_keys(image, facts, registered_spki);
    std::vector<RecoveredKey> list;
    const KeyFacts keys = judge_keys(image, facts, registered_spki);
    auto witnesses = known_moduli(image, facts);
    if (const auto registered = parse_public_key(registered_spki); registered && registered->modulus.bits() == 1024) witnesses.push_back(registered->modulus);
    const ByteView cache = image.leading(keys.cache.at);
    const auto try_bytes = [&](ByteView bytes, const std::string& source, bool selected, KeyOwner owner) {
        if (bytes.size() < device_slot_size) return;
        const auto reading = read_device_slot(bytes, witnesses);
        if (!can_be_written(reading)) return;
        auto recovered = carried_out(reading, source, cache);
        recovered.is_present_key = selected && reading.what == DeviceKeyClass::Good;
        recovered.owner = owner;
        add(list, std::move(recovered));
    };
    const auto try_place = [&](Range at, const std::string& source, bool selected, KeyOwner owner) {
        try_bytes(image.leading(range_of(at.begin, device_text_size)), source, selected, owner);
    };
    if (!keys.device.at.empty()) try_place(keys.device.at, "this slot", true, keys.owner);
    for (const auto& found : keys.elsewhere)
        found.eeprom ? try_bytes(eeprom_key_bytes(image, *facts.layout, *found.eeprom), found.where, false, found.owner)
                     : try_place(found.at, found.where, false, found.owner);
    put_in_order(list, keys);
    return list;
}

std::vector<RecoveredKey> recover_key_file(ByteView bytes, ByteView cache_spki) {
    if (looks_like_ec_key(bytes)) return recover_ec_key_file(bytes, cache_spki);
    std::vector<Number> witnesses;
    if (const auto cached = parse_public_key(cache_spki)) witnesses.push_back(cached->modulus);
    const auto reading = read_device_slot(bytes, witnesses);
    std::vector<RecoveredKey> list;
    if (!can_be_written(reading)) return list;
    list.push_back(carried_out(reading, "this file", cache_spki));
    list.back().is_present_key = reading.what == DeviceKeyClass::Good;
    return list;
}

std::vector<std::uint8_t> slot_of(ByteView der, KeyKind kind) {
    std::vector<std::uint8_t> slot(der.begin(), der.end());
    slot.resize(kind == KeyKind::EcSlot ? ec_device_slot_size : device_slot_size, 0xFF);
    return slot;
}

}  // namespace photopsy

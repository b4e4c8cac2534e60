#include "handshake/key_owner.h"

#include "base/hex.h"
#include "handshake/judge.h"

#include <algorithm>
#include <bit>
#include <set>

namespace photopsy {

namespace {

enum class NamedDevice { None, This, Another };

/// The bytes of the id in a table, which the firmware writes once from 0.6.0 on (core_hal_stm32f2xx.c@v0.6.0:371).
ByteView id_in(const Image& image, const Layout& layout, Range table) {
    const auto* field = layout.dct.field("device_id");
    const auto id = field ? image.bytes(range_of(table.begin + layout.dct.application_offset + field->offset, field->size)) : ByteView();
    return all_erased(id) || all_equal(id, 0) ? ByteView() : id;
}

/// A bit or two of an id that differ may be damage, or a neighbour from the same wafer.
bool are_alike(ByteView a, ByteView b) {
    constexpr int few_bits = 2;
    int differing = 0;
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) differing += std::popcount(static_cast<unsigned>(a[i] ^ b[i]));
    return a.size() == b.size() && differing <= few_bits;
}

/// The chip's own word counts, where the capture has it; that of the table in use only where it has not, for a table may be another device's.
NamedDevice device_named_in(const Image& image, const Facts& facts, Range table) {
    const auto id = id_in(image, *facts.layout, table);
    const auto own = facts.own_id() ? from_hex(*facts.own_id()) : std::nullopt;
    if (id.empty() && table_is_copied(facts)) return NamedDevice::Another;  // an older copy lived where the one in use did
    if (id.empty() || !own || own->size() != id.size()) return NamedDevice::None;
    return are_alike(*own, id) ? NamedDevice::This : NamedDevice::Another;
}

bool holds_piece(ByteView bytes, ByteView part) { return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end(); }

}  // namespace

bool is_own_copy(const Image& image, const Facts& facts, int number) {
    const auto* copy = facts.dct.copy(number);
    return !copy || device_named_in(image, facts, copy->at) != NamedDevice::Another;
}

bool table_is_copied(const Facts& facts) {
    const auto chip = facts.chip_id ? from_hex(*facts.chip_id) : std::nullopt, table = facts.device_id ? from_hex(*facts.device_id) : std::nullopt;
    return chip && table && chip->size() == table->size() && !are_alike(*chip, *table);
}

KeyOwner owner_of_slot(const Facts& facts, const std::optional<Sha256>& fingerprint, const std::optional<Sha256>& registered) {
    return table_is_copied(facts) && !(registered && fingerprint == registered) ? KeyOwner::Another : KeyOwner::ThisDevice;
}

constexpr std::size_t number_piece = 28;  // longer than what two keys have in common: ten bytes between the numbers of an RSA key, eighteen of an EC key

/// Neither erased, nor zeros, nor the frame of a key.
static bool is_of_number(ByteView part) {
    constexpr std::size_t many_values = 12;
    return std::set<std::uint8_t>(part.begin(), part.end()).size() >= many_values;
}

/// A piece of `whole`, taken behind its frame, stands in `bytes`. Nothing where it has none that could be compared.
static std::optional<bool> shares_number(ByteView bytes, ByteView whole, std::size_t step) {
    std::optional<bool> told;
    for (std::size_t at = number_piece; at + number_piece <= whole.size() && told != true; at += step)
        if (const auto part = whole.subspan(at, number_piece); is_of_number(part)) told = holds_piece(bytes, part);
    return told;
}

/// The slot of one key: nothing else was written into it, nor two keys.
static bool held_one_key(DeviceKeyClass what) {
    constexpr DeviceKeyClass kinds[] = {DeviceKeyClass::Truncated,      DeviceKeyClass::Erased,        DeviceKeyClass::Zeroed,
                                        DeviceKeyClass::BitFlip,        DeviceKeyClass::Damaged,       DeviceKeyClass::HalvesDiffer,
                                        DeviceKeyClass::DerLengthWrong, DeviceKeyClass::WrongEncoding, DeviceKeyClass::UnreadableByFirmware};
    return std::ranges::find(kinds, what) != std::end(kinds);
}

/// Nothing where nothing tells.
static std::optional<bool> was_in_slot(const Image& image, const KeyFacts& keys, const Sha256& fingerprint) {
    const auto& device = keys.device;
    if (!held_one_key(device.what)) return {};
    const auto slot = image.leading(device.at);
    if (shares_number(slot, device.public_spki, 4) == true) return device.public_fingerprint == fingerprint;  // else the cache told whose it was
    const bool only_lost = device.what == DeviceKeyClass::Truncated || device.what == DeviceKeyClass::Erased || device.what == DeviceKeyClass::Zeroed;
    const auto is_it = [&](const KeyElsewhere& each) { return each.public_fingerprint == fingerprint && !each.eeprom && each.usable; };
    const auto found = std::ranges::find_if(keys.elsewhere, is_it);
    if (!only_lost || found == keys.elsewhere.end()) return {};
    return shares_number(image.bytes(found->at), slot, number_piece);
}

void compare_with_named_keys(const Image& image, KeyFacts& keys) {
    if (keys.device.usable) return;  // what speaks for the key in use is told by other means
    const auto& cached = keys.cache.fingerprint;
    const bool in_cache = cached && keys.cache.state != PublicKeyCache::State::Garbage;
    std::vector<Sha256> of_slot;
    for (auto& recovery : keys.recoveries) {
        const auto in_slot = was_in_slot(image, keys, recovery.public_fingerprint);
        if (in_slot == true) of_slot.push_back(recovery.public_fingerprint);
        if (recovery.matches_cache || recovery.matches_registered || recovery.public_fingerprint == keys.device.public_fingerprint) continue;
        recovery.another_in_slot = in_slot == false;
        recovery.another_is_named = recovery.another_in_slot || (in_cache && *cached != recovery.public_fingerprint);
    }
    std::ranges::stable_partition(keys.recoveries, [&](const auto& recovery) { return std::ranges::count(of_slot, recovery.public_fingerprint) > 0; });
}

KeyOwners::KeyOwners(const Image& image, const Facts& facts) : image_(image), facts_(facts) {
    for (const auto& copy : facts.dct.copies) tables_.push_back({copy.at, is_own_copy(image, facts, copy.number)});
    if (!facts.dct.only_place.empty()) tables_.push_back({facts.dct.only_place, true});
    for (const auto stray : facts.dct.strays) tables_.push_back({stray, device_named_in(image, facts, stray) != NamedDevice::Another});
}

Range KeyOwners::field(const Table& table, std::string_view name) const {
    const auto* field = facts_.layout->dct.field(name);
    return field ? range_of(table.at.begin + facts_.layout->dct.application_offset + field->offset, field->size) : Range{};
}

/// A piece of the key stands in a key slot or a cache of this device, wherever there, in whatever form.
bool KeyOwners::left_in_own_table(ByteView key) const {
    constexpr std::size_t step = 4;
    std::vector<ByteView> left;
    for (const auto& table : tables_)
        if (table.own)
            for (const auto& name : {facts_.keys->device_key, facts_.keys->public_cache}) left.push_back(image_.leading(field(table, name)));
    for (std::size_t at = 0; at + number_piece <= key.size(); at += step) {
        const auto part = key.subspan(at, number_piece);
        const bool varied = std::any_of(part.begin(), part.end(), [&](std::uint8_t byte) { return byte != part.front(); });
        if (varied && std::ranges::any_of(left, [&](ByteView bytes) { return holds_piece(bytes, part); })) return true;
    }
    return false;
}

/// What the library DeviceKeyHelperRK saves: a magic number, the size and the sum of the device's key slot and public-key cache, and both as they stood in the
/// table (DeviceKeyHelperSavedData in its src/DeviceKeyHelperRK.h). The sum is left out, for the key may have been mended.
bool KeyOwners::is_saved_copy(const KeyElsewhere& found) const {
    constexpr std::uint32_t magic = 0x75A65C63;
    constexpr std::size_t header = 8, size_at = 4;
    const auto& layout = *facts_.layout;
    const auto *key = layout.dct.field(facts_.keys->device_key), *cache = layout.dct.field(facts_.keys->public_cache);
    if (!key || !cache) return false;
    std::vector<std::uint8_t> front;
    if (found.eeprom) {
        const auto values = eeprom_values(image_.leading(layout.eeprom_pages[static_cast<std::size_t>(found.eeprom->page) - 1]), found.eeprom->record);
        const auto cell = found.eeprom->cell;
        if (cell >= header && cell <= values.size())
            front.assign(values.begin() + static_cast<std::ptrdiff_t>(cell - header), values.begin() + static_cast<std::ptrdiff_t>(cell));
    } else if (found.at.begin >= header) {
        const auto bytes = image_.bytes(range_of(found.at.begin - static_cast<Address>(header), header));
        front.assign(bytes.begin(), bytes.end());
    }
    if (front.size() != header) return false;
    return little_endian<std::uint32_t>(front) == magic && little_endian<std::uint16_t>(ByteView(front).subspan(size_at)) == key->size + cache->size;
}

KeyOwner KeyOwners::owner_of(const KeyElsewhere& found, InUse in_use) const {
    const auto is_known = [&](const Sha256& known) { return found.public_fingerprint == known; };
    if (std::any_of(known_.begin(), known_.end(), is_known)) return KeyOwner::ThisDevice;
    for (const auto& table : tables_) {
        if (found.eeprom || !table.at.contains(found.at.begin)) continue;
        if (!table.own) return KeyOwner::Another;
        for (const auto& slot : {facts_.keys->device_key, facts_.keys->server_key})  // the latter where both were exchanged
            if (field(table, slot).begin == found.at.begin) return KeyOwner::ThisDevice;
    }
    std::vector<std::uint8_t> cells;
    if (found.eeprom) cells = eeprom_key_bytes(image_, *facts_.layout, *found.eeprom);
    if (left_in_own_table(found.eeprom ? ByteView(cells) : image_.bytes(found.at))) return KeyOwner::ThisDevice;
    if (is_saved_copy(found) && (in_use != InUse::Damaged || known_.empty())) return KeyOwner::ThisDevice;
    const bool only_new_key = in_use == InUse::MadeAnew && std::ranges::all_of(known_, [&](const Sha256& known) { return known == known_.front(); });
    return known_.empty() || only_new_key ? KeyOwner::Unknown : KeyOwner::Another;
}

}  // namespace photopsy

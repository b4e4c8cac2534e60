#include "handshake/key_owner.h"

#include "base/hex.h"
#include "handshake/judge.h"

#include <algorithm>
#include <bit>

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

/// The chip's own word counts, where the capture has it, and that of the table in use: a device lives with a table that was copied from another.
NamedDevice device_named_in(const Image& image, const Facts& facts, Range table) {
    const auto id = id_in(image, *facts.layout, table);
    if (id.empty()) return NamedDevice::None;
    bool known = false;
    for (const auto& own : {facts.device_id, facts.chip_id}) {
        const auto bytes = own ? from_hex(*own) : std::nullopt;
        if (!bytes || bytes->size() != id.size()) continue;
        if (are_alike(*bytes, id)) return NamedDevice::This;
        known = true;
    }
    return known ? NamedDevice::Another : NamedDevice::None;
}

bool holds_piece(ByteView bytes, ByteView part) { return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) != bytes.end(); }

}  // namespace

bool is_own_copy(const Image& image, const Facts& facts, int number) {
    const auto* copy = facts.dct.copy(number);
    return !copy || facts.dct.selected == number || device_named_in(image, facts, copy->at) != NamedDevice::Another;
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

/// A piece of the key stands in a key slot or a cache of this device, wherever there, in whatever form: two keys have none in common that is longer than what
/// stands between the numbers of each (ten bytes of an RSA key, eighteen of an EC key).
bool KeyOwners::left_in_own_table(ByteView key) const {
    constexpr std::size_t piece = 28, step = 4;
    std::vector<ByteView> left;
    for (const auto& table : tables_)
        if (table.own)
            for (const auto& name : {facts_.keys->device_key, facts_.keys->public_cache}) left.push_back(image_.leading(field(table, name)));
    for (std::size_t at = 0; at + piece <= key.size(); at += step) {
        const auto part = key.subspan(at, piece);
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

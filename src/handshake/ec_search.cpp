#include "handshake/ec_search.h"

#include "base/digest.h"
#include "handshake/judge.h"
#include "handshake/key_forms.h"
#include "handshake/key_owner.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace photopsy {

namespace {

constexpr std::size_t cached_key_at = ec_cache_size - ec_spki_size;  // right-aligned: 37 zero bytes in front
constexpr std::size_t most_ec_found = 16, most_ec_attempts = 32;
constexpr std::string_view curve_field{"\xA0\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07", 12};

std::optional<EcPoint> cached_point(ByteView cache) {
    return cache.size() == ec_cache_size && all_equal(cache.first(cached_key_at), 0) ? parse_ec_spki(cache.subspan(cached_key_at)) : std::nullopt;
}

std::vector<KeyComponent> parts_of(const EcSlotReading& reading, Range at) {
    std::vector<KeyComponent> list;
    if (!reading.frame || reading.what == DeviceKeyClass::WrongEncoding) return list;
    const auto state = [&](bool differs) { return !reading.key ? ComponentState::NotChecked : differs ? ComponentState::Damaged : ComponentState::Good; };
    const auto& frame = *reading.frame;
    list.push_back({"frame", range_of(at.begin, frame.number_at), state(reading.frame_differs)});
    list.push_back({"d", range_of(at.begin + frame.number_at, frame.number_size), state(reading.number_differs)});
    if (frame.has_point()) list.push_back({"point", range_of(at.begin + frame.point_at, std::tuple_size_v<EcPoint>), state(reading.point_differs)});
    return list;
}

/// Where a key may begin whose curve is named at `offset`: as long in front as its number is.
std::optional<std::size_t> start_of_key(ByteView bytes, std::size_t offset) {
    for (const std::size_t octets : {32u, 33u, 31u, 30u}) {
        if (offset < 7 + octets) continue;
        const std::size_t start = offset - 7 - octets;
        if (bytes[start] == 0x30 && bytes[start + 5] == 0x04 && bytes[start + 6] == octets) return start;
    }
    return {};
}

bool within_any(Address at, const std::vector<Range>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](Range range) { return range.contains(at); });
}

class EcSearch {
public:
    EcSearch(const std::vector<Range>& known, const std::vector<EcPoint>& witnesses) : known_(known), witnesses_(witnesses) {}

    void search(const Image& image, Range present) {
        const ByteView bytes = image.bytes(present);
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        for (auto offset = text.find(curve_field); offset != text.npos && tried_ < most_ec_attempts; offset = text.find(curve_field, offset + 1)) {
            const auto start = start_of_key(bytes, offset);
            if (!start || within_any(present.begin + static_cast<Address>(*start), known_)) continue;
            const ByteView candidate = bytes.subspan(*start, std::min(ec_device_slot_size, bytes.size() - *start));
            if (!seen_.insert(crc32(candidate.first(std::min<std::size_t>(candidate.size(), 51)))).second) continue;
            ++tried_;
            auto reading = read_ec_slot(candidate, EcParser::ComputesPublicHalf, witnesses_);
            const Range at = range_of(present.begin + static_cast<Address>(*start), static_cast<std::uint32_t>(candidate.size()));
            if (reading.key && found.size() < most_ec_found) found.push_back({at, std::move(reading)});
        }
    }
    std::vector<FoundEcKey> found;

private:
    const std::vector<Range>& known_;
    const std::vector<EcPoint>& witnesses_;
    std::set<std::uint32_t> seen_;
    std::size_t tried_ = 0;
};

}  // namespace

EcSlotReading read_ec_slot_at(const Image& image, Range field, EcParser parser, const std::vector<EcPoint>& witnesses) {
    if (image.leading(range_of(field.begin, ec_device_slot_size)).size() < ec_device_slot_size) return {};
    const auto bytes = image.leading(range_of(field.begin, ec_text_reach));
    auto reading = read_ec_slot(bytes, parser, witnesses);
    if (reading.reach == 0 && reading.frame) reading.reach = repeats_to(bytes, reading.frame->extent);
    return reading;
}

DeviceKey fact_of_ec(const EcSlotReading& reading, Range field, int dct_copy) {
    DeviceKey key{
        .kind = KeyKind::EcSlot, .at = range_of(field.begin, ec_device_slot_size), .dct_copy = dct_copy, .what = reading.what, .encoding = reading.encoding};
    if (reading.frame) key.extent = reading.frame->extent;
    if (reading.frame || reading.key) key.bits = 256;
    key.components = parts_of(reading, field);
    for (const auto& damage : reading.damage) key.damage.push_back({field.begin + damage.begin, field.begin + damage.end});
    if (!reading.public_spki.empty()) key.public_fingerprint = fingerprint_of(reading.public_spki);
    key.public_spki = reading.public_spki;
    if (reading.first_key) key.first_public_fingerprint = fingerprint_of(ec_spki(*reading.first_key));
    key.usable = reading.usable;
    key.by_text_transfer = reading.by_text_transfer;
    key.reach = reading.reach;
    key.detail = reading.detail;
    if (reading.key && reading.what != DeviceKeyClass::Good) key.method = reading.method;
    return key;
}

ServerKey judge_ec_server_slot(const Image& image, Range field, const DtlsRules& rules) {
    ServerKey key{.at = range_of(field.begin, ec_spki_size)};
    const ByteView bytes = image.leading(range_of(field.begin, ec_text_reach));
    if (bytes.size() < ec_server_slot_size) return key;
    const auto slot = read_ec_server_slot(bytes);
    key.what = slot.what;
    key.detail = slot.detail;
    key.by_text_transfer = slot.by_text_transfer;
    key.reach = slot.reach;
    key.damaged_other = slot.damaged_other;
    key.uses_builtin = bytes[0] == 0xFF && rules.builtin_server_key;
    for (const auto& damage : slot.damage) key.damage.push_back({field.begin + damage.begin, field.begin + damage.end});
    if (slot.point) key.fingerprint = fingerprint_of(ec_spki(*slot.point));
    return key;
}

ServerAddress judge_udp_address(const Image& image, Range field, const DtlsRules& rules) {
    ServerAddress address{.at = range_of(field.begin, std::min<std::uint32_t>(field.size(), server_address_size)), .port = udp_port, .default_host = udp_host};
    const ByteView bytes = image.leading(field);
    if (bytes.size() < server_address_size) return address;
    set_address(decode_udp_address(bytes.first(server_address_size), rules.address), address);
    return address;
}

PublicKeyCache judge_ec_cache(const Image& image, Range field, const DeviceKey& device, const InstalledSystem& system) {
    PublicKeyCache cache{.at = field};
    const ByteView bytes = image.leading(field);
    if (bytes.size() < ec_cache_size) return cache;
    const auto point = cached_point(bytes);
    cache.state = PublicKeyCache::State::Unset;
    if (all_erased(bytes) || all_equal(bytes, 0) || (!keeps_ec_cache(system) && !point)) return cache;
    if (!point) {
        cache.state = PublicKeyCache::State::Garbage;
        return cache;
    }
    const auto spki = ec_spki(*point);
    cache.fingerprint = fingerprint_of(spki);
    if (spki == device.public_spki)
        cache.state = PublicKeyCache::State::Matches;
    else if (keeps_ec_cache(system))
        cache.state = PublicKeyCache::State::BelongsToOtherKey;
    return cache;
}

std::vector<EcPoint> known_ec_points(const Image& image, const Facts& facts) {
    std::vector<EcPoint> list;
    const auto add = [&](Range cache) {
        const auto point = cached_point(image.leading(cache));
        if (point && std::find(list.begin(), list.end(), *point) == list.end()) list.push_back(*point);
    };
    add(facts.dct.field_at(*facts.layout, facts.keys->public_cache));
    for (const auto& copy : facts.dct.copies)
        if (facts.dct.selected != copy.number && is_own_copy(image, facts, copy.number))
            add(facts.dct.field_at(*facts.layout, facts.keys->public_cache, copy.number));
    return list;
}

std::vector<FoundEcKey> search_ec_keys(const Image& image, const std::vector<Range>& known, const std::vector<EcPoint>& witnesses) {
    EcSearch search(known, witnesses);
    for (const auto& present : image.present()) search.search(image, present);
    return std::move(search.found);
}

}  // namespace photopsy

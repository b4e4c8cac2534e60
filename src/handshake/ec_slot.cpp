#include "handshake/ec_slot.h"

#include "base/runs.h"
#include "handshake/ec_foreign.h"
#include "handshake/ec_rebuild.h"
#include "handshake/key_forms.h"
#include "handshake/text_transfer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

using Class = DeviceKeyClass;
constexpr std::size_t run_that_was_erased = 8;
constexpr std::size_t zeros_in_front = 8;

Range slot_range(std::size_t begin, std::size_t end) { return {static_cast<Address>(begin), static_cast<Address>(end)}; }

/// The first run of FF or 00 in the key that no key has.
std::optional<Range> dead_run(ByteView slot, const EcFrame& frame) {
    for (std::size_t at = 0; at < frame.extent;) {
        const std::size_t end = at + leading_run(slot.subspan(at, frame.extent - at), slot[at]);
        if ((slot[at] == 0xFF || slot[at] == 0) && end - at >= run_that_was_erased) return slot_range(at, end);
        at = end;
    }
    return {};
}

std::string_view part_name(const EcFrame& frame, std::size_t at) {
    if (at >= frame.number_at && at < frame.number_at + frame.number_size) return "in the private number";
    if (frame.has_point() && at >= frame.point_at) return "in the public half";
    return at < frame.number_at ? "in the header" : "in the frame between the halves";
}

/// Where the slot differs from the right bytes; neighbours are one place.
std::vector<Range> differences(ByteView slot, const std::vector<std::uint8_t>& right) {
    std::vector<Range> places;
    for (std::size_t at = 0; at < right.size(); ++at) {
        if (slot[at] == right[at]) continue;
        if (!places.empty() && places.back().end + 3 >= at)
            places.back().end = static_cast<Address>(at + 1);
        else
            places.push_back(slot_range(at, at + 1));
    }
    return places;
}

std::string flipped_words(ByteView slot, const std::vector<std::uint8_t>& right, const EcSlotReading& reading) {
    unsigned bits = 0;
    for (std::size_t at = 0; at < right.size(); ++at) bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(slot[at] ^ right[at])));
    const std::size_t at = reading.damage.front().begin;
    if (bits == 1) return fmt::format("one bit of byte {} of the slot is flipped, {}", at, part_name(*reading.frame, at));
    return fmt::format("{} bits of the key are wrong, the first in byte {} of the slot, {}", bits, at, part_name(*reading.frame, at));
}

void tell_dead_run(Range run, std::uint8_t value, EcSlotReading& reading) {
    const bool erased = value == 0xFF;
    reading.what = erased ? Class::Erased : Class::Zeroed;
    reading.damage = {run};
    reading.detail = fmt::format("bytes {} to {} of the key are {}", run.begin, run.end - 1, erased ? "erased" : "zero");
    if (run.begin == 0) reading.detail = fmt::format("the first {} bytes of the key are {}", run.size(), erased ? "erased" : "zero");
    if (run == Range{0, 1}) reading.detail = "the first byte of the key is erased, and the firmware takes that for an empty slot";
}

/// Damage of the kinds that show without knowing the key: an empty front, a missing end, a dead run. True where it is one.
bool tell_gap(ByteView slot, std::size_t content, EcSlotReading& reading) {
    const std::size_t erased = leading_run(slot, 0xFF), zero = leading_run(slot, 0);
    if (erased > 0 || zero >= zeros_in_front) return tell_dead_run(slot_range(0, std::max(erased, zero)), slot[0], reading), true;
    const auto& frame = *reading.frame;
    if (content < frame.extent) {
        reading.what = Class::Truncated;
        reading.damage = {slot_range(content, frame.extent)};
        reading.detail = fmt::format("the key is cut off: of its {} bytes only the first {} are there", frame.extent, content);
        return true;
    }
    const auto run = dead_run(slot, frame);
    if (run) tell_dead_run(*run, slot[run->begin], reading);
    return run.has_value();
}

void compare_with_key(ByteView slot, std::size_t content, EcSlotReading& reading) {
    const auto right = encode_in(*reading.frame, *reading.key);
    const auto places = differences(slot, right);
    for (const auto& place : places) {
        const auto part = part_name(*reading.frame, place.begin);
        (part == "in the private number" ? reading.number_differs : part == "in the public half" ? reading.point_differs : reading.frame_differs) = true;
    }
    reading.damage = places;
    const bool changed = !places.empty();
    if (changed && !tell_gap(slot, content, reading)) {
        reading.what = Class::BitFlip;
        reading.detail = flipped_words(slot, right, reading);
    }
}

/// The firmware does not read the public half, but it stands there in another form (compressed, or behind a tag that is not understood), and belongs to the
/// number.
bool shows_own_half(ByteView slot, const EcWalk& walk) {
    return walk.accepted && walk.point_computed &&
           std::search(slot.begin(), slot.end(), walk.presented.begin(), walk.presented.begin() + ec_number_size) != slot.end();
}

/// The key is not known: what the point and the witnesses still tell.
void judge_what_is_left(ByteView slot, std::size_t content, const std::vector<EcPoint>& witnesses, EcSlotReading& reading) {
    const auto point = point_in_slot(slot, *reading.frame, content);
    if (!tell_gap(slot, content, reading)) {
        reading.what = reading.walk.accepted ? Class::HalvesDiffer : Class::Damaged;
        reading.detail = reading.walk.accepted ? "the private number and the public half in the slot belong to two different keys"
                                               : "the key is damaged in more places than can be told: its halves do not fit each other";
    }
    if (point || reading.usable)
        reading.public_spki = ec_spki(point ? *point : reading.walk.presented);
    else if (!witnesses.empty())
        reading.public_spki = ec_spki(witnesses.front());
}

/// Private number of one key the device had, public half of another: the number tells whose the slot was, if a witness knows it.
void prefer_known_half(const std::vector<EcPoint>& witnesses, EcSlotReading& reading) {
    const auto own = point_of(reading.walk.d);
    const auto known = [&](const EcPoint& point) { return std::find(witnesses.begin(), witnesses.end(), point) != witnesses.end(); };
    if (!own || known(reading.walk.presented) || !known(*own)) return;
    reading.public_spki = ec_spki(*own);
    reading.key = EcKey{reading.walk.d, *own};
    reading.method = "the public half computed from the private number";
}

KeyEncoding maker_of(ByteView slot, const EcFrame& frame) {
    if (is_made_by_device(slot, frame.extent)) return KeyEncoding::Device;
    const bool fixed = frame.number_at + frame.number_size == 7 + ec_number_size;
    if (!fixed) return KeyEncoding::Device;
    return point_at(slot, ec_tail_at + 1) ? KeyEncoding::CommandLine : KeyEncoding::DeviceOrCommandLine;
}

/// The point behind the key. A device that makes a key leaves it there, and a key that is loaded over it does not reach so far.
std::optional<EcPoint> point_behind(ByteView slot) { return slot[ec_tail_at] == 0x04 ? point_at(slot, ec_tail_at + 1) : std::nullopt; }

/// A key that is as it should be, for this firmware.
bool is_right(const EcSlotReading& reading, std::size_t content, const std::vector<EcPoint>& witnesses) {
    if (!reading.usable) return false;
    if (reading.frame->wrong_bits != 0 || content < reading.frame->extent) return false;
    const bool read = !reading.walk.point_computed;
    return read || witnesses.empty() || std::find(witnesses.begin(), witnesses.end(), reading.walk.presented) != witnesses.end();
}

/// The whole key without its public half: right for all firmware that computes it.
void judge_lone_number(ByteView slot, EcSlotReading& reading) {
    const auto key = ec_key_of(EcScalar(slot.subspan(reading.frame->number_at, reading.frame->number_size)));
    if (!key) return;
    reading.key = *key;
    reading.public_spki = ec_spki(key->point);
    reading.method = "as it stands";
    reading.what = Class::Good;
    if (reading.usable) return;
    reading.what = Class::UnreadableByFirmware;
    reading.method = "the public half computed from the private number";
    reading.detail = "the key is written without its public half, which firmware up to 1.0.1 cannot do without";
}

void judge_framed(ByteView slot, std::size_t content, std::vector<EcPoint> witnesses, EcSlotReading& reading) {
    reading.encoding = maker_of(slot, *reading.frame);
    const auto behind = point_behind(slot);
    if (behind && reading.frame->extent <= ec_tail_at && std::find(witnesses.begin(), witnesses.end(), *behind) == witnesses.end())
        witnesses.push_back(*behind);
    auto rebuilt = is_right(reading, content, witnesses) ? std::optional(EcRebuilt{{reading.walk.d, reading.walk.presented}, "as it stands"})
                                                         : rebuild_ec_key(slot, *reading.frame, content, witnesses);
    if (rebuilt) {
        reading.key = rebuilt->key;
        reading.method = std::move(rebuilt->method);
        reading.public_spki = ec_spki(reading.key->point);
        reading.what = Class::Good;
        compare_with_key(slot, content, reading);
    } else if (!reading.frame->has_point() && reading.frame->wrong_bits == 0 && content >= reading.frame->extent) {
        judge_lone_number(slot, reading);
    } else if (reading.usable && shows_own_half(slot, reading.walk)) {
        reading.key = EcKey{reading.walk.d, reading.walk.presented};
        reading.public_spki = ec_spki(reading.walk.presented);
        reading.method = "as it stands";
        reading.what = Class::Good;
    } else {
        judge_what_is_left(slot, content, witnesses, reading);
        if (reading.what == Class::HalvesDiffer) prefer_known_half(witnesses, reading);
    }
    // A tag of the public half that is not understood: the firmware computes one from the number. From a damaged number it is no key that anybody knows.
    if (reading.walk.point_computed && !reading.public_spki.empty() && reading.public_spki != ec_spki(reading.walk.presented)) reading.usable = false;
    if (behind && !reading.public_spki.empty() && reading.public_spki != ec_spki(*behind)) reading.first_key = behind;
}

EcSlotReading blank_slot(Class what, std::string detail, const std::vector<EcPoint>& witnesses) {
    EcSlotReading reading{.what = what, .damage = {slot_range(0, ec_device_slot_size)}, .detail = std::move(detail)};
    if (!witnesses.empty()) reading.public_spki = ec_spki(witnesses.front());
    return reading;
}

/// A key in a wrapping, or at another place of the slot: `inner` begins with it as far as it goes.
EcSlotReading read_wrapped(const EcWrapped& wrapped, const std::vector<EcPoint>& witnesses) {
    EcSlotReading reading{.what = wrapped.what, .encoding = wrapped.encoding, .detail = wrapped.detail};
    reading.reach = wrapped.reach;
    if (wrapped.what == Class::WrongEncoding) {
        const auto inside = read_ec_slot(wrapped.inner, EcParser::ComputesPublicHalf, witnesses);
        reading.key = inside.key;
        reading.method = inside.method == "as it stands" ? "as it stands, in another form" : inside.method;
        reading.public_spki = inside.public_spki;
        if (inside.key && inside.what != Class::Good) reading.detail += "; besides, a part of it is missing or damaged, but can be computed again";
    }
    if (reading.public_spki.empty() && !witnesses.empty()) reading.public_spki = ec_spki(witnesses.front());
    return reading;
}

}  // namespace

bool looks_like_ec_key(ByteView bytes) {
    const auto keys = unwrap_keys(bytes);
    if (!keys.empty()) return keys.front().kind == UnwrappedKey::Kind::Ec;
    for (const auto& undone : undo_text_transfer(bytes, ec_spki_size))
        if (const auto before = undone.exact ? unwrap_keys(undone.bytes) : keys; !before.empty()) return before.front().kind == UnwrappedKey::Kind::Ec;
    std::vector<std::uint8_t> slot(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), ec_device_slot_size)));
    slot.resize(ec_device_slot_size, 0xFF);
    return find_ec_frame(slot, end_of_ec_content(slot)).has_value();
}

bool is_made_by_device(ByteView slot, std::size_t extent) {
    const std::size_t shift = ec_device_slot_size - extent;
    if (slot.size() < ec_device_slot_size || extent >= ec_device_slot_size || shift > extent) return false;
    return std::equal(slot.begin() + static_cast<std::ptrdiff_t>(extent), slot.begin() + ec_device_slot_size,
                      slot.begin() + static_cast<std::ptrdiff_t>(extent - shift));
}

EcSlotReading read_ec_slot_as_it_stands(ByteView given, EcParser parser, const std::vector<EcPoint>& witnesses) {
    std::vector<std::uint8_t> filled(given.begin(), given.begin() + static_cast<std::ptrdiff_t>(std::min(given.size(), ec_text_reach)));
    filled.resize(std::max(filled.size(), ec_device_slot_size), 0xFF);
    const ByteView slot = ByteView(filled).first(ec_device_slot_size);
    if (all_erased(slot)) {
        auto reading = blank_slot(Class::Erased, "the key slot is erased", witnesses);
        reading.counts_as_empty = true;
        return reading;
    }
    if (all_equal(slot, 0)) return blank_slot(Class::Zeroed, "the key slot holds only zeros", witnesses);
    EcSlotReading reading;
    reading.walk = walk_ec_key(ByteView(filled).first(std::min(filled.size(), ec_device_reach)), parser);
    reading.usable = reading.walk.accepted && point_of(reading.walk.d) == reading.walk.presented;
    const std::size_t content = end_of_ec_content(slot);
    reading.frame = find_ec_frame(slot, content);
    const auto wrapped = reading.usable && reading.frame ? std::nullopt : unwrap_ec_slot(filled, reading.frame.has_value());
    if (wrapped)
        reading = read_wrapped(*wrapped, witnesses);
    else
        judge_framed(slot, content, witnesses, reading);
    reading.counts_as_empty = slot[0] == 0xFF;
    if (reading.counts_as_empty && reading.what == Class::WrongEncoding) reading.detail += ", behind erased bytes, which the firmware takes for an empty slot";
    if (reading.counts_as_empty) reading.usable = false;
    return reading;
}

}  // namespace photopsy

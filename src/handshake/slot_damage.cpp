#include "handshake/slot_damage.h"

#include "base/counted.h"
#include "base/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace photopsy {

namespace {

constexpr std::size_t shortest_run = 8;  // an erased or zeroed run inside a key; by chance one in 2^57
constexpr unsigned few_bits = 24;
constexpr unsigned and_limit = 40;  // percent of set bits: 50 +- 1.5 for keys, 25 for the AND of two

/// How the bytes between two sets of bytes differ.
struct Difference {
    std::vector<std::uint16_t> at;
    unsigned bits = 0;
    bool only_cleared = true;
};

Difference compare(ByteView slot, ByteView expected) {
    Difference found;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::uint8_t seen = i < slot.size() ? slot[i] : std::uint8_t{0xFF};
        if (seen == expected[i]) continue;
        found.at.push_back(static_cast<std::uint16_t>(i));
        found.bits += static_cast<unsigned>(std::popcount(static_cast<unsigned>(seen ^ expected[i])));
        if (seen & ~expected[i] & 0xFF) found.only_cleared = false;
    }
    return found;
}

struct Encoding {
    IntegerLengths lengths;
    Number d;
    bool unpadded = false;
};

/// What the bones say. They may be misread where the damage is: never too short for the number, and without a needless zero byte where minimal.
IntegerLengths room(const RsaKey& key, IntegerLengths lengths) {
    const auto needed = minimal_lengths(key);
    for (std::size_t i = 0; i < lengths.size(); ++i)
        if (lengths[i] + 1 < needed[i]) lengths[i] = needed[i];
    return lengths;
}

/// The encodings in which this key with its d may have been written: as the bones say, as the firmware writes, minimal.
std::vector<Encoding> encodings_of(const RsaKey& key, const Skeleton& bones) {
    std::vector<Encoding> all;
    for (const auto& lengths : {room(key, bones.lengths), fixed_lengths, minimal_lengths(key)}) all.push_back({lengths, key.d});
    return all;
}

/// The same with the smallest d, and what is left: without leading zeros, or with the d that stands there.
std::vector<Encoding> other_encodings_of(const RsaKey& key, const Skeleton& bones, const Number& d_seen) {
    RsaKey small = key;
    small.d = smallest_d(key);
    auto all = encodings_of(small, bones);
    if (unpadded_lengths(key) != fixed_lengths) all.push_back({unpadded_lengths(key), key.d, true});
    // Any other d that fits both primes is as good; then nothing is wrong with it.
    if (key.e * d_seen % (key.p - Number(1)) == Number(1) && key.e * d_seen % (key.q - Number(1)) == Number(1) && d_seen.bits() <= 1024)
        all.push_back({room(key, bones.lengths), d_seen});
    return all;
}

std::vector<std::uint8_t> written(const RsaKey& key, const Encoding& encoding) {
    RsaKey copy = key;
    copy.d = encoding.d;
    return encoding.unpadded ? encode_unpadded(copy) : encode_pkcs1(copy, encoding.lengths);
}

std::vector<Range> joined(const std::vector<std::uint16_t>& offsets) {
    std::vector<Range> ranges;
    for (const auto at : offsets) {
        if (!ranges.empty() && at <= ranges.back().end + 3)
            ranges.back().end = at + 1u;  // bytes that are right by chance do not part a damage
        else
            ranges.push_back({at, at + 1u});
    }
    return ranges;
}

std::string_view part_at(const Skeleton& bones, std::uint16_t at) {
    constexpr std::array<std::string_view, 7> names = {"the modulus n", "the exponent d", "the prime p", "the prime q", "dP", "dQ", "qInv"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (at >= bones.value_at[i] && at < bones.value_at[i] + bones.value_size[i]) return names[i];
    if (std::find(bones.length_octets.begin(), bones.length_octets.end(), at) != bones.length_octets.end()) return "a length octet";
    return at < 7 ? "the header" : "a tag, a zero byte or the public exponent";
}

/// Start of the run of one FF or 00 in which the slot ends; the size of the slot if there is none.
std::size_t start_of_tail(ByteView slot, std::size_t extent) {
    const std::size_t end = std::min(slot.size(), extent);
    if (end == 0 || (slot[end - 1] != 0xFF && slot[end - 1] != 0)) return end;
    return end - trailing_run(slot.first(end), slot[end - 1]);
}

/// The differing bytes, eight at least, nearly all hold `value`. (One byte in ten of two keys programmed over each other is 00.)
bool overwritten_with(ByteView slot, const Difference& difference, std::uint8_t value) {
    const auto same =
        static_cast<std::size_t>(std::count_if(difference.at.begin(), difference.at.end(), [&](auto at) { return at < slot.size() && slot[at] == value; }));
    return difference.at.size() >= shortest_run && same * 10 >= difference.at.size() * 9;
}

/// Half of the bits differ in one stretch that reaches to the key's end, or begins with the first byte that keys do not share: there stand another key's bytes,
/// as a write that was cut off leaves them. Noise looks the same, and is rarer.
bool is_another_keys_part(const Difference& difference, const Skeleton& bones) {
    constexpr std::size_t shortest = 24;
    const std::size_t begin = difference.at.front(), end = difference.at.back() + std::size_t{1}, size = end - begin;
    const bool to_the_end = end + 2 >= bones.extent, from_the_front = begin <= presented_modulus_at + 1u;
    if (size < shortest || to_the_end == from_the_front) return false;
    // The tags and lengths between the numbers are alike in all keys.
    return difference.at.size() * 10 >= size * 9 && difference.bits >= size * 8 * 2 / 5 && difference.bits <= size * 8 * 3 / 5;
}

bool only_length_octets(const Difference& difference, const Skeleton& bones) {
    return std::all_of(difference.at.begin(), difference.at.end(),
                       [&](auto at) { return std::find(bones.length_octets.begin(), bones.length_octets.end(), at) != bones.length_octets.end(); });
}

std::string describe_bits(const Difference& difference, const Skeleton& bones) {
    const auto part = part_at(bones, difference.at.front());
    if (difference.at.size() == 1 && difference.bits == 1) return fmt::format("one bit of byte {} of the slot is flipped, in {}", difference.at.front(), part);
    if (difference.at.size() == 1) return fmt::format("byte {} of the slot is wrong, in {}", difference.at.front(), part);
    return fmt::format("{} bits in {} bytes of the slot are wrong, the first in {}", difference.bits, difference.at.size(), part);
}

void name_damage(ByteView slot, const Difference& difference, SlotReading& reading) {
    const std::size_t tail = start_of_tail(slot, reading.extent);
    const bool at_the_end = difference.at.front() >= tail && difference.bits > 1;
    if (only_length_octets(difference, reading.bones)) {
        reading.what = DeviceKeyClass::DerLengthWrong;
        reading.detail =
            fmt::format("a length octet of the key's encoding is wrong (byte {} of the slot); the numbers themselves are whole", difference.at.front());
    } else if (at_the_end) {
        reading.what = DeviceKeyClass::Truncated;
        reading.damage = {{static_cast<Address>(tail), reading.extent}};
        reading.detail = fmt::format("only the first {} of {} bytes of the key are there", tail, reading.extent);
    } else if (overwritten_with(slot, difference, 0xFF)) {
        reading.what = DeviceKeyClass::Erased;
        reading.detail = fmt::format("a part of the key is erased, from byte {} of the slot on", difference.at.front());
    } else if (overwritten_with(slot, difference, 0)) {
        reading.what = DeviceKeyClass::Zeroed;
        reading.detail = fmt::format("a part of the key is overwritten with zeros, from byte {} of the slot on", difference.at.front());
    } else if (difference.bits > few_bits && difference.only_cleared) {
        reading.what = DeviceKeyClass::Mixed;
        reading.detail = "bits of the key are cleared in many places: another key was programmed over it without erasing";
    } else if (difference.bits > few_bits && is_another_keys_part(difference, reading.bones)) {
        reading.what = DeviceKeyClass::Mixed;
        reading.of_two_parts = true;
        reading.detail =
            difference.at.front() <= presented_modulus_at + 1u
                ? fmt::format("up to byte {} the slot holds other bytes than the rest of the key asks for, as those of another key", difference.at.back())
                : fmt::format("from byte {} of the slot on, to its end, stand other bytes than the rest of the key asks for, as those of another key",
                              difference.at.front());
    } else {
        reading.what = difference.bits <= few_bits ? DeviceKeyClass::BitFlip : DeviceKeyClass::Damaged;
        reading.detail = describe_bits(difference, reading.bones);
    }
}

}  // namespace

void judge_against_key(ByteView slot, SlotReading& reading) {
    const RsaKey& key = reading.key->key;
    const RsaKey seen = read_numbers(slot, reading.bones);
    const Skeleton bones = reading.bones;
    Difference least;
    std::size_t least_in_front = 0;
    bool first = true;
    const auto is_written_so = [&](const Encoding& encoding) {
        const auto difference = compare(slot, written(key, encoding));
        // What was lost at the end says nothing about how the key was written.
        const std::size_t tail = start_of_tail(slot, skeleton_of(encoding.lengths).extent);
        const auto in_front = static_cast<std::size_t>(std::count_if(difference.at.begin(), difference.at.end(), [&](auto at) { return at < tail; }));
        if (!first && (in_front > least_in_front || (in_front == least_in_front && difference.bits >= least.bits))) return false;
        first = false;
        least_in_front = in_front;
        least = difference;
        reading.bones = skeleton_of(encoding.lengths);
        reading.encoding = encoding.unpadded ? KeyEncoding::Unpadded : KeyEncoding::None;
        return difference.at.empty();
    };
    // The first that fits to the byte is the one: most keys are whole, and the smallest d takes longer to find than all the rest.
    const auto first_encodings = encodings_of(key, bones);
    if (std::none_of(first_encodings.begin(), first_encodings.end(), is_written_so)) {
        const auto others = other_encodings_of(key, bones, seen.d);
        static_cast<void>(std::any_of(others.begin(), others.end(), is_written_so));
    }
    reading.extent = reading.bones.extent;
    reading.damage = joined(least.at);
    for (std::size_t i = 0; i < reading.number_differs.size(); ++i) {
        const auto begin = reading.bones.value_at[i], end = static_cast<std::uint16_t>(begin + reading.bones.value_size[i]);
        reading.number_differs[i] = std::any_of(least.at.begin(), least.at.end(), [&](auto at) { return at >= begin && at < end; });
    }
    if (!least.at.empty()) return name_damage(slot, least, reading);
    reading.what = reading.usable ? DeviceKeyClass::Good : DeviceKeyClass::UnreadableByFirmware;
    if (!reading.usable)
        reading.detail =
            reading.encoding == KeyEncoding::Unpadded
                ? "the key was written without the leading zero bytes of a short number (a fault of the key generator up to 0.4.7): the firmware reads "
                  "that number, and everything behind it, in the wrong place"
                : "the key is mathematically perfect, but one of its numbers is too short: the firmware reads everything behind it in the wrong place";
}

unsigned percent_of_set_bits(ByteView slot, const Skeleton& bones) {
    unsigned set = 0, all = 0;
    for (std::size_t i = 0; i < bones.value_at.size(); ++i) {
        for (std::size_t at = bones.value_at[i]; at < bones.value_at[i] + std::size_t{bones.value_size[i]} && at < slot.size(); ++at) {
            set += static_cast<unsigned>(std::popcount(slot[at]));
            all += 8;
        }
    }
    return all ? set * 100 / all : 0;
}

namespace {

/// The longest run of `value` in the slot that is no shorter than 16 bytes.
Range longest_run(ByteView slot, std::uint8_t value) {
    Range best;
    for (std::size_t at = 0; at < slot.size();) {
        const std::size_t end = at + leading_run(slot.subspan(at), value);
        if (end - at >= 2 * shortest_run && end - at > best.size()) best = {static_cast<Address>(at), static_cast<Address>(end)};
        at = end + 1;
    }
    return best;
}

}  // namespace

void judge_without_key(ByteView slot, SlotReading& reading) {
    const ByteView read = slot.first(std::min(slot.size(), device_slot_size));
    const std::size_t tail = start_of_tail(read, read.size());
    reading.extent = reading.bones.extent;
    if (tail + 4 < reading.extent) {
        reading.what = DeviceKeyClass::Truncated;
        reading.damage = {{static_cast<Address>(tail), std::max<Address>(reading.extent, static_cast<Address>(tail) + 1)}};
        reading.detail = fmt::format("only the first {} of about {} bytes of the key are there", tail, reading.extent);
        return;
    }
    const Range erased = longest_run(read.first(std::min<std::size_t>(read.size(), reading.extent)), 0xFF),
                zero = longest_run(read.first(std::min<std::size_t>(read.size(), reading.extent)), 0);
    if (!erased.empty() || !zero.empty()) {
        const bool more_zero = zero.size() > erased.size();
        reading.what = more_zero ? DeviceKeyClass::Zeroed : DeviceKeyClass::Erased;
        reading.damage = {more_zero ? zero : erased};
        reading.detail = fmt::format("{} inside the key {} {}", counted(reading.damage.front().size(), "byte"),
                                     reading.damage.front().size() == 1 ? "is" : "are", more_zero ? "zero" : "erased");
        return;
    }
    reading.damage = {{0, reading.extent}};
    if (percent_of_set_bits(read, reading.bones) < and_limit) {
        reading.what = DeviceKeyClass::Mixed;
        reading.detail =
            fmt::format("only {} of 100 bits of the key's numbers are set, where a key has 50: two keys were programmed over each other without erasing",
                        percent_of_set_bits(read, reading.bones));
        return;
    }
    reading.what = DeviceKeyClass::Damaged;
    reading.detail = "the slot has the form of a key, but its numbers do not belong together";
}

}  // namespace photopsy

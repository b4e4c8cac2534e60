#include "facts/dct_damage.h"

#include "base/crc_change.h"
#include "facts/dct_format.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <optional>

namespace photopsy {
namespace format = dct_format;

namespace {

using Offsets = Range;  ///< offsets inside a copy

/// End of the block (header, 32-byte chunk, version struct) that the checksum of byte `offset` is computed over in one go.
std::uint32_t block_end(std::uint32_t offset) {
    if (offset < format::header_size) return format::header_size;
    if (offset >= format::version_struct) return format::copy_size;
    const auto chunk = (offset - format::header_size) / format::crc_chunk;
    return std::min(format::header_size + (chunk + 1) * format::crc_chunk, format::version_struct);
}

/// Bytes whose value the checksum does not see.
bool ignored(std::uint32_t offset) { return offset == format::write_incomplete || (offset >= format::stored_crc && offset <= format::initial_write); }

/// What the difference of two copies within `at` adds to the checksum.
std::uint32_t contribution(ByteView a, ByteView b, Offsets at) {
    std::uint32_t sum = 0;
    for (auto begin = at.begin; begin < at.end;) {
        const auto stop = block_end(begin), end = std::min(stop, at.end);
        std::uint32_t state = 0;
        for (auto i = begin; i < stop; ++i) {
            const std::uint8_t change = i < end && !ignored(i) ? a[i] ^ b[i] : 0;
            state = crc_step(state, change);
        }
        sum ^= state;
        begin = end;
    }
    return sum;
}

/// Differing stretches of the checked bytes; those closer than `gap` are one.
std::vector<Offsets> differences(ByteView a, ByteView b, std::uint32_t gap) {
    std::vector<Offsets> found;
    for (std::uint32_t i = 0; i < format::version_struct; ++i) {
        if (a[i] == b[i] || i == format::write_incomplete || i == format::is_current) continue;
        if (!found.empty() && i - found.back().end <= gap)
            found.back().end = i + 1;
        else
            found.push_back({i, i + 1});
    }
    return found;
}

std::optional<std::vector<Offsets>> explaining_differences(ByteView damaged, ByteView reference, std::uint32_t syndrome) {
    constexpr std::size_t most_pairs = 64;  // a write touches a handful of places; more is no single damage
    for (const std::uint32_t gap : {0u, 8u, 64u, 512u}) {
        const auto found = differences(damaged, reference, gap);
        std::vector<std::uint32_t> sums;
        for (auto at : found) sums.push_back(contribution(damaged, reference, at));
        for (std::size_t i = 0; i < found.size(); ++i)
            if (sums[i] == syndrome) return std::vector{found[i]};
        if (found.size() > most_pairs) continue;
        for (std::size_t i = 0; i < found.size(); ++i)
            for (std::size_t k = i + 1; k < found.size(); ++k)
                if ((sums[i] ^ sums[k]) == syndrome) return std::vector{found[i], found[k]};
    }
    return {};
}

/// A changed byte that, undone, makes the checksum right and the two copies alike at that place.
std::optional<Offsets> one_byte(ByteView damaged, ByteView reference, std::uint32_t syndrome, unsigned& flipped_bits) {
    const auto change = single_byte_changes(syndrome, format::header_size);
    for (std::uint32_t i = 0; i < format::copy_size; ++i) {
        const auto distance = block_end(i) - i;
        if (ignored(i) || !change[distance] || (damaged[i] ^ change[distance]) != reference[i]) continue;
        flipped_bits = static_cast<unsigned>(std::popcount(change[distance]));
        return Offsets{i, i + 1};
    }
    return {};
}

/// The byte of the stored checksum that alone is wrong, if it is one.
std::optional<Offsets> stored_crc_byte(std::uint32_t syndrome) {
    for (std::uint32_t i = 0; i < 4; ++i)
        if ((syndrome & ~(0xFFu << (8 * i))) == 0) return range_of(format::stored_crc + i, 1);
    return {};
}

}  // namespace

static DctDamage placed(DctDamage::Proof proof, const std::vector<Offsets>& offsets, Address base) {
    DctDamage damage{.proof = proof};
    for (auto at : offsets) damage.places.push_back({base + at.begin, base + at.end});
    return damage;
}

bool one_write_apart(ByteView copy, ByteView other) {
    if (copy.size() != format::copy_size || other.size() != format::copy_size) return false;  // one of them is only in part in the file
    constexpr std::uint32_t within_one_write = 512;                                           // fields that are written together lie closer than this
    const auto found = differences(copy, other, within_one_write);
    const auto by_hand = std::count_if(found.begin(), found.end(), [&](Offsets at) {
        return !all_erased(copy.subspan(at.begin, at.size())) && !all_erased(other.subspan(at.begin, at.size()));
    });
    return by_hand <= 1;
}

DctDamage locate_dct_damage(ByteView damaged, ByteView reference, Address base, bool superseded) {
    assert(damaged.size() == format::copy_size);
    const auto stored = little_endian<std::uint32_t>(damaged.subspan(format::stored_crc));
    const auto syndrome = stored ^ (superseded ? dct_crc_with_current_mark(damaged) : dct_crc(damaged));
    if (const auto at = stored_crc_byte(syndrome)) return placed(DctDamage::Proof::StoredCrc, {*at}, base);
    if (reference.size() != format::copy_size) return placed(DctDamage::Proof::None, {{0, format::copy_size}}, base);
    unsigned flipped_bits = 0;
    if (const auto at = one_byte(damaged, reference, syndrome, flipped_bits)) {
        auto damage = placed(DctDamage::Proof::OneByte, {*at}, base);
        damage.flipped_bits = flipped_bits;
        return damage;
    }
    if (const auto places = explaining_differences(damaged, reference, syndrome)) return placed(DctDamage::Proof::Difference, *places, base);
    const auto differing = differences(damaged, reference, 64);
    constexpr std::size_t most_places = 12;  // beyond that the other copy is no twin of this one
    if (differing.empty() || differing.size() > most_places) return placed(DctDamage::Proof::None, {{0, format::copy_size}}, base);
    return placed(DctDamage::Proof::Candidates, differing, base);
}

}  // namespace photopsy

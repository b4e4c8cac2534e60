// Where in a sector of a DCD the damage lies that breaks its checksum.
#include "base/crc_change.h"
#include "base/digest.h"
#include "facts/dcd_format.h"
#include "facts/dct_damage.h"

#include <bit>
#include <cassert>
#include <optional>

namespace photopsy {
namespace store_format = dcd_format;

namespace {

using Run = Range;  ///< offsets inside a sector

std::uint32_t sum_of(ByteView sector) { return crc32(sector.subspan(store_format::header_size, store_format::stored_crc - store_format::header_size)); }

std::optional<Run> byte_of_stored_sum(std::uint32_t syndrome) {
    for (std::uint32_t i = 0; i < 4; ++i)
        if ((syndrome & ~(0xFFu << (8 * i))) == 0) return range_of(store_format::stored_crc + i, 1);
    return {};
}

/// The one byte whose change explains the sum, if there is exactly one such byte.
std::optional<std::uint32_t> only_byte(std::uint32_t syndrome, std::uint8_t& change) {
    const auto changes = single_byte_changes(syndrome, store_format::stored_crc - store_format::header_size);
    std::optional<std::uint32_t> found;
    for (std::uint32_t distance = 1; distance < changes.size(); ++distance) {
        if (!changes[distance]) continue;
        if (found) return {};
        found = store_format::stored_crc - distance;
        change = changes[distance];
    }
    return found;
}

/// Differing stretches of the checked bytes; those closer than `gap` are one.
std::vector<Run> runs_apart(ByteView one, ByteView other, std::uint32_t gap) {
    std::vector<Run> found;
    for (std::uint32_t i = store_format::header_size; i < store_format::footer; ++i) {
        if (one[i] == other[i]) continue;
        if (!found.empty() && i - found.back().end <= gap)
            found.back().end = i + 1;
        else
            found.push_back({i, i + 1});
    }
    return found;
}

/// What putting back the reference's bytes of a run changes in the sum.
std::uint32_t share_of(ByteView damaged, ByteView reference, Run run) {
    std::uint32_t state = 0;
    for (auto i = run.begin; i < store_format::stored_crc; ++i)
        state = crc_step(state, i < run.end ? static_cast<std::uint8_t>(damaged[i] ^ reference[i]) : std::uint8_t{0});
    return state;
}

std::optional<Run> explaining_run(ByteView damaged, ByteView reference, std::uint32_t syndrome) {
    constexpr std::size_t most_runs = 64;  // a write touches a handful of places; more is no single damage
    for (const std::uint32_t gap : {0u, 8u, 64u, 512u}) {
        const auto runs = runs_apart(damaged, reference, gap);
        if (runs.size() > most_runs) continue;
        for (const auto run : runs)
            if (share_of(damaged, reference, run) == syndrome) return run;
    }
    return {};
}

DctDamage at_places(DctDamage::Proof proof, const std::vector<Run>& runs, Address base) {
    DctDamage damage{.proof = proof};
    for (const auto run : runs) damage.places.push_back({base + run.begin, base + run.end});
    return damage;
}

}  // namespace

DctDamage locate_dcd_damage(ByteView damaged, ByteView reference, Address base) {
    assert(damaged.size() == store_format::copy_size);
    const auto syndrome = little_endian<std::uint32_t>(damaged.subspan(store_format::stored_crc)) ^ sum_of(damaged);
    if (const auto run = byte_of_stored_sum(syndrome)) return at_places(DctDamage::Proof::StoredCrc, {*run}, base);
    std::uint8_t change = 0;
    if (const auto at = only_byte(syndrome, change)) {
        auto damage = at_places(DctDamage::Proof::OneByte, {range_of(*at, 1)}, base);
        damage.flipped_bits = static_cast<unsigned>(std::popcount(change));
        return damage;
    }
    if (reference.size() != store_format::copy_size) return at_places(DctDamage::Proof::None, {{0, store_format::copy_size}}, base);
    if (const auto run = explaining_run(damaged, reference, syndrome)) return at_places(DctDamage::Proof::Difference, {*run}, base);
    constexpr std::size_t most_places = 12;  // beyond that the other copy is no twin of this one
    const auto runs = runs_apart(damaged, reference, 64);
    if (runs.empty() || runs.size() > most_places) return at_places(DctDamage::Proof::None, {{0, store_format::copy_size}}, base);
    return at_places(DctDamage::Proof::Candidates, runs, base);
}

}  // namespace photopsy

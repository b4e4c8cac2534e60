// Firmware that anybody can get: whole files by their SHA-256, single blocks by the table of released blocks.
#include "facts/block_table.h"
#include "facts/proved_public_parts.h"
#include "facts/releases.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <unordered_map>
#include <vector>

namespace photopsy {

namespace {

constexpr std::uint32_t suffix_hash_size = 34;  // SHA-256 and the two bytes of its suffix's size: not covered by the hash

std::vector<std::uint8_t> turned_back(ByteView bytes, Address base, const Field<std::uint8_t>& flip) {
    std::vector<std::uint8_t> before(bytes.begin(), bytes.end());
    if (const auto at = flip.at.begin - base; at < before.size()) before[at] = static_cast<std::uint8_t>(before[at] ^ (1u << flip.value));
    return before;
}

/// The bytes (L + 4) hash to what their suffix says, and a released file says the same.
bool is_released_file(ByteView bytes, const Module& module) {
    const auto length = module.at.size();
    if (bytes.size() != length + 4 || length < 64) return false;
    Sha256 stored{};
    std::copy_n(bytes.begin() + (length - suffix_hash_size), stored.size(), stored.begin());
    const auto crc = big_endian<std::uint32_t>(bytes.subspan(length));
    if (sha256(bytes.first(length - suffix_hash_size)) != stored || crc32(bytes.first(length)) != crc) return false;
    const auto known = [&](const Sha256& hash) { return find_known_module(module.platform_id.value, crc, length, hash).has_value(); };
    auto other = stored;
    other[0] ^= 1;
    return known(stored) && !known(other);  // a row without a hash answers to every hash
}

void mark_whole(const Image& image, const Module& module, PublicMap& map) {
    if (!module.present() || module.known_as.empty()) return;
    const Range at{module.at.begin, module.at.end + 4};
    const auto bytes = image.bytes(at);
    if (bytes.empty()) return;
    const auto& flip = module.damage.flipped_bit;
    const bool released = module.good() ? is_released_file(bytes, module) : flip && is_released_file(turned_back(bytes, at.begin, *flip), module);
    if (released) map.mark(at, PublicReason::ReleasedModule);
}

void mark_blocks(const Image& image, PublicMap& map) {
    for (auto present : image.present()) {
        auto at = (present.begin + block_size - 1) / block_size * block_size;
        for (; at + block_size <= present.end; at += block_size)
            if (is_released_block(block_hash(image.bytes(range_of(at, block_size))))) map.mark(range_of(at, block_size), PublicReason::ReleasedBlock);
    }
}

/// The last block of a module is shorter. It is looked for only behind one of that module's whole blocks, or at the start of a slot.
void mark_last_blocks(const Image& image, const Layout& layout, PublicMap& map) {
    const auto released = released_modules(layout.platform_id, 0, 0);
    for (const auto& slot : layout.slots)
        for (const auto& module : released) {
            const auto offset = (module.blocks - 1) * block_size;
            if (module.blocks == 0 || offset + module.size_of(module.blocks - 1) > slot.at.size()) continue;
            const auto at = range_of(slot.at.begin + offset, module.size_of(module.blocks - 1));
            if (map.covers(at) || (offset && map.why(at.begin - 1) == PublicReason::None)) continue;
            const auto bytes = image.bytes(at);
            if (!bytes.empty() && block_hash(bytes) == released_block(module, module.blocks - 1)) map.mark(at, PublicReason::ReleasedBlock);
        }
}

/// The block in which the one flipped bit stands: released, once it is turned back.
void mark_flipped_block(const Image& image, const Module& module, PublicMap& map) {
    const auto& flip = module.damage.flipped_bit;
    const auto& identity = module.damage.blocks;
    if (!flip || !identity) return;
    const auto offset = (flip->at.begin - module.slot_at.begin) / block_size * block_size;
    if (flip->at.begin < module.slot_at.begin || offset >= identity->length) return;
    const auto at = range_of(module.slot_at.begin + offset, std::min(block_size, identity->length - offset));
    const auto bytes = image.bytes(at);
    if (bytes.empty()) return;
    const auto hash = block_hash(turned_back(bytes, at.begin, *flip));
    const auto last_of = [&](const ReleasedModule& released) {
        return released.length == identity->length && released.crc == identity->crc && released_block(released, offset / block_size) == hash;
    };
    const auto all = released_modules(module.platform_id.value, 0, 0);
    const bool known = at.size() == block_size ? is_released_block(hash) : std::any_of(all.begin(), all.end(), last_of);
    if (known) map.mark(at, PublicReason::ReleasedBlock);
}

void mark_identified(const Module& module, PublicMap& map) {
    if (!module.damage.blocks) return;
    for (const auto& run : module.damage.blocks->runs)
        if (run.kind == BlockRun::Kind::Same) map.mark(run.at, PublicReason::ReleasedBlock);
}

/// Calls `with` for each aligned piece that the file holds whole and that says something.
template <class With>
void for_each_piece(const Image& image, With with) {
    for (auto present : image.present())
        for (auto at = (present.begin + fine_size - 1) / fine_size * fine_size; at + fine_size <= present.end; at += fine_size) {
            const auto bytes = image.bytes(range_of(at, fine_size));
            if (!all_equal(bytes, bytes[0])) with(range_of(at, fine_size), bytes);
        }
}

constexpr std::uint32_t sample_size = 32, shortest_continuation = 16;
constexpr int most_wrong_bits = 2;

/// How far what stands at `at` is the same as what stands at `original`, which is released; single wrong bits with the same behind them counted in.
std::uint32_t continuation(const Image& image, const PublicMap& map, Address at, Address original) {
    const auto here = image.leading({at, image.flash_at(at).end}), there = image.leading({original, image.flash_at(original).end});
    std::uint32_t length = 0;
    int wrong_bits = 0;
    const auto same = [&](std::size_t i) {
        return i < here.size() && i < there.size() && here[i] == there[i] && map.is_released(range_of(original + static_cast<Address>(i), 1));
    };
    for (std::size_t i = 0; i < here.size() && i < there.size(); ++i) {
        if (same(i)) {
            length = static_cast<std::uint32_t>(i) + 1;
            continue;
        }
        if (!std::has_single_bit(static_cast<unsigned>(here[i] ^ there[i])) || ++wrong_bits > most_wrong_bits) break;
        for (std::size_t k = 1; k <= shortest_continuation; ++k)
            if (!same(i + k)) return length;
    }
    return length;
}

/// What goes on as released firmware that stands elsewhere does: the last block of a copy that was cut off, wherever its source lies.
void mark_continuation(const Image& image, Address at, PublicMap& map) {
    constexpr int most_places = 8;
    const auto sample = image.bytes({at - sample_size, at});
    if (sample.size() != sample_size || !map.is_released({at - sample_size, at}) || all_equal(sample, sample[0])) return;
    std::uint32_t longest = 0;
    for (auto present : image.present()) {
        const auto bytes = image.bytes(present);
        auto from = bytes.begin();
        for (int place = 0; place < most_places; ++place) {
            from = std::search(from, bytes.end(), std::boyer_moore_horspool_searcher(sample.begin(), sample.end()));
            if (from == bytes.end()) break;
            const auto found = present.begin + static_cast<Address>(from - bytes.begin());
            if (found + sample_size != at && map.is_released(range_of(found, sample_size)))
                longest = std::max(longest, continuation(image, map, at, found + sample_size));
            ++from;
        }
    }
    if (longest >= shortest_continuation) map.mark(range_of(at, longest), PublicReason::ReleasedBlock);
}

void mark_continuations(const Image& image, PublicMap& map) {
    constexpr int most_ends = 8;
    std::vector<Address> ends;
    for (auto present : image.present())
        for (auto at = present.begin + 1; at < present.end; ++at)
            if (map.why(at) == PublicReason::None && map.is_released(range_of(at - 1, 1)) && ends.size() < most_ends && image.bytes(range_of(at, 1))[0] != 0xFF)
                ends.push_back(at);
    for (const auto at : ends) mark_continuation(image, at, map);
}

}  // namespace

void mark_repeated_firmware(const Image& image, PublicMap& map) {
    std::unordered_map<std::uint64_t, Address> released;
    for_each_piece(image, [&](Range at, ByteView bytes) {
        if (map.is_released(at)) released.try_emplace(block_hash(bytes), at.begin);
    });
    if (released.empty()) return;
    for_each_piece(image, [&](Range at, ByteView bytes) {
        if (map.why(at.begin) != PublicReason::None && map.is_released(at)) return;
        const auto found = released.find(block_hash(bytes));
        if (found == released.end()) return;
        const auto original = image.bytes(range_of(found->second, fine_size));
        if (std::equal(bytes.begin(), bytes.end(), original.begin())) map.mark(at, PublicReason::ReleasedBlock);
    });
    mark_continuations(image, map);
}

void mark_released_firmware(const Image& image, const Layout& layout, const std::vector<Module>& modules, PublicMap& map) {
    for (const auto& module : modules) {
        mark_whole(image, module, map);
        mark_identified(module, map);
        mark_flipped_block(image, module, map);
    }
    mark_blocks(image, map);
    mark_last_blocks(image, layout, map);
}

}  // namespace photopsy

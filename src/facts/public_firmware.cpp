// Firmware that anybody can get: whole files by their SHA-256, single blocks by the table of released blocks.
#include "facts/block_table.h"
#include "facts/proved_public_parts.h"
#include "facts/releases.h"

#include <algorithm>

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

}  // namespace

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

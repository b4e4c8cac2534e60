#include "facts/header_damage.h"

#include "base/digest.h"
#include "facts/block_table.h"
#include "facts/releases.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t named_by_place = 16;  // start to index: what follows, the dependencies, no last bytes tell

void put(std::span<std::uint8_t> bytes, std::uint32_t value) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(value), value >>= 8;
}

/// What the last bytes of a module that ends at `end` name it.
std::optional<KnownModule> named_by_end(const Image& image, const Layout& layout, Range content) {
    const auto trailer = image.bytes(Range{content.end - 34, content.end + 4});
    if (trailer.size() != 38 || content.size() < 38) return {};
    Sha256 sha{};
    std::copy_n(trailer.begin(), sha.size(), sha.begin());
    return find_known_module(layout.platform_id, big_endian<std::uint32_t>(trailer.subspan(34)), content.size(), sha);
}

}  // namespace

bool only_its_header_is_wrong(const Image& image, const Layout& layout, const Module& module, Address end) {
    const auto* slot = layout.slot(module.slot);
    if (!slot || slot->linked_at == 0 || end <= module.header_at + module_header_size) return false;
    const Range content{module.slot_at.begin, end}, header = range_of(module.header_at, named_by_place);
    const auto stored = image.bytes(range_of(end, 4));
    if (!image.has(content) || stored.size() != 4) return false;
    const auto known = named_by_end(image, layout, content);
    const auto there = image.bytes(header);
    std::vector<std::uint8_t> right(there.begin(), there.end());
    const std::span bytes(right);
    put(bytes.subspan(0, 4), slot->linked_at);
    put(bytes.subspan(4, 4), slot->linked_at + content.size());
    put(bytes.subspan(8, 2), 0);  // reserved and flags (module_info.h@v2.3.1:50): 0 in every released module of these devices
    put(bytes.subspan(10, 2), known ? known->version : module.version.value);
    put(bytes.subspan(12, 2), layout.platform_id);
    put(bytes.subspan(14, 1), slot->function);
    put(bytes.subspan(15, 1), slot->index);
    if (std::equal(right.begin(), right.end(), there.begin())) return false;
    const auto before = crc32(image.bytes({content.begin, header.begin}));
    return crc32(image.bytes({header.end, content.end}), crc32(right, before)) == big_endian<std::uint32_t>(stored);
}

bool begins_as_released(const Image& image, const Layout& layout, const Module& module) {
    const auto* slot = layout.slot(module.slot);
    if (!slot) return false;
    const auto released = released_modules(layout.platform_id, slot->function, slot->index);
    return std::any_of(released.begin(), released.end(), [&](const ReleasedModule& each) {
        if (each.version != module.version.value || each.length != module.length() + 4) return false;
        const auto block = image.bytes(range_of(module.slot_at.begin, each.size_of(0)));
        return !block.empty() && block_hash(block) == released_block(each, 0);
    });
}

bool begins_as_it_ends(const Image& image, const Layout& layout, const Module& module, const Trailer& trailer) {
    const auto* slot = layout.slot(module.slot);
    if (!slot || trailer.known_as.empty()) return false;
    const auto stored = image.bytes(range_of(trailer.end, 4));
    const auto released = released_modules(layout.platform_id, slot->function, slot->index);
    return stored.size() == 4 && std::any_of(released.begin(), released.end(), [&](const ReleasedModule& each) {
               if (each.crc != big_endian<std::uint32_t>(stored) || each.length != trailer.end - module.slot_at.begin + 4) return false;
               const auto block = image.bytes(range_of(module.slot_at.begin, each.size_of(0)));
               unsigned same = 0, pieces = 0;
               for (std::size_t at = 0; at + fine_size <= block.size(); at += fine_size, ++pieces)
                   same += static_cast<std::uint32_t>(block_hash(block.subspan(at, fine_size))) == released_head_piece(each, pieces);
               return same * 2 > pieces;
           });
}

bool header_was_hit(const Module& module) {
    const auto& bit = module.damage.flipped_bit;
    return module.damage.own_trailer || (module.present() && bit && range_of(module.header_at, module_header_size).contains(bit->at.begin));
}

Range true_extent(const Module& module) {
    if (module.damage.own_trailer) return {module.slot_at.begin, module.damage.own_trailer->end};
    return module.present() && !header_was_hit(module) ? module.at : module.slot_at;
}

bool is_of_its_kind(const Layout& layout, const Module& module) {
    const auto* slot = module.slot == "monolithic" ? nullptr : layout.slot(module.slot);
    return !slot || slot->linked_at == 0 || (module.function.value == slot->function && module.index.value == slot->index);
}

std::uint16_t version_of_code(const Layout& layout, const Module& module) {
    const auto version = module.version.value;
    if (const auto& own = module.damage.own_trailer) return own->known_as.empty() ? version : own->version;
    if (module.integrity != Integrity::Bad) return version;
    const auto& flip = module.damage.flipped_bit;
    if (flip && module.version.at.contains(flip->at.begin))
        return static_cast<std::uint16_t>(version ^ 1U << (8 * (flip->at.begin - module.version.at.begin) + flip->value));
    if (module.stored_sha256_at.empty() || module.damage.other_trailer) return version;
    const auto known = find_known_module(layout.platform_id, module.stored_crc.value, module.length(), module.stored_sha256);
    return known ? known->version : version;
}

}  // namespace photopsy

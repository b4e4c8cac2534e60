#include "facts/header_damage.h"

#include "base/digest.h"
#include "facts/block_table.h"
#include "facts/releases.h"

#include <algorithm>
#include <array>

namespace photopsy {

namespace {

constexpr std::uint16_t last_version_of_applications = 6;  // table 2.9 of the module format: what Tinker calls itself, and what everything is built with

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

/// The CRC of what stands before `rest`, with which that of both is `wanted`. The CRC is linear in it: 32 equations, which always have one answer.
std::uint32_t checksum_before(ByteView rest, std::uint32_t wanted) {
    const auto none = crc32(rest, 0);
    auto left = wanted ^ none;
    std::array<std::uint32_t, 32> effect{}, cause{};
    for (unsigned bit = 0; bit < 32; ++bit) effect[bit] = crc32(rest, std::uint32_t{1} << bit) ^ none, cause[bit] = std::uint32_t{1} << bit;
    std::uint32_t answer = 0;
    for (unsigned bit = 0; bit < 32; ++bit) {
        const auto mask = std::uint32_t{1} << bit;
        unsigned pivot = bit;
        while (pivot < 32 && !(effect[pivot] & mask)) ++pivot;
        if (pivot == 32) continue;
        std::swap(effect[bit], effect[pivot]), std::swap(cause[bit], cause[pivot]);
        for (unsigned other = bit + 1; other < 32; ++other)
            if (effect[other] & mask) effect[other] ^= effect[bit], cause[other] ^= cause[bit];
        if (left & mask) left ^= effect[bit], answer ^= cause[bit];
    }
    return answer;
}

using Need = std::array<std::uint8_t, 4>;  ///< a dependency as it stands in the header
struct Needs {
    std::vector<Need> first, second;
};

/// What the place asks for in a header, but for what the module says of its version and its needs.
void put_home(std::span<std::uint8_t> header, const Layout& layout, const ModuleSlot& slot, std::uint32_t length) {
    put(header.subspan(0, 4), slot.linked_at);
    put(header.subspan(4, 4), slot.linked_at + length);
    put(header.subspan(8, 2), 0);  // reserved and flags (module_info.h@v2.3.1:50): 0 in every released module of these devices
    put(header.subspan(12, 2), layout.platform_id);
    put(header.subspan(14, 1), slot.function);
    put(header.subspan(15, 1), slot.index);
}

/// What a module may ask for, apart from what stands there: nothing, or a released system part; in second place a released bootloader.
Needs possible_needs(const Layout& layout, ByteView as_it_stands) {
    const auto need = [](std::uint8_t function, int index, std::uint16_t version) {
        return Need{function, static_cast<std::uint8_t>(index), static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(version >> 8)};
    };
    const auto field = [&](std::size_t at) { return Need{as_it_stands[at], as_it_stands[at + 1], as_it_stands[at + 2], as_it_stands[at + 3]}; };
    Needs needs{.first = {field(0), {}}, .second = {field(4), {}}};
    const auto released = released_versions();
    for (const int index : {1, 2, 3})
        for (const auto version : released.systems)
            if (layout.system_part(index)) needs.first.push_back(need(FunctionSystemPart, index, version));
    for (const auto version : released.bootloaders) needs.second.push_back(need(FunctionBootloader, 0, version));
    return needs;
}

std::vector<std::uint16_t> possible_versions(const Module& module, const ModuleSlot& slot, const std::optional<KnownModule>& known) {
    if (known) return {known->version};
    std::vector<std::uint16_t> versions{module.version.value};
    for (std::uint16_t version = 1; slot.function == FunctionUserPart && version <= last_version_of_applications; ++version) versions.push_back(version);
    return versions;
}

/// What stands around a header in a module of this place: handlers before it that lead into the module, or the table of its functions behind it.
bool stands_around_header(const Image& image, const Layout& layout, const Module& module, Address end) {
    const Range content{module.slot_at.begin, end};
    const auto word = [&](Address at) {
        const auto bytes = image.bytes(range_of(at, 4));
        return bytes.size() == 4 ? little_endian<std::uint32_t>(bytes) : 0;
    };
    const auto* slot = layout.slot(module.slot);
    if (!slot || slot->linked_at != module.slot_at.begin) return false;
    const auto leads_in = [&](std::uint32_t pointer) { return (pointer & 1) != 0 && content.contains(pointer - 1); };
    if (module.header_at != module.slot_at.begin) return (word(content.begin) & layout.vector_mask) == layout.vector_value && leads_in(word(content.begin + 4));
    const auto table = word(module.header_at + module_header_size);
    return table % 4 == 0 && table >= module.header_at + module_header_size && content.contains(table) && leads_in(word(table));
}

/// Of a release of this place and length all blocks are there but the header's and the last.
std::optional<std::uint16_t> version_by_blocks(const Image& image, const Layout& layout, const ModuleSlot& slot, const Module& module) {
    const auto header_block = (module.header_at - module.at.begin) / block_size;
    for (const auto& each : released_modules(layout.platform_id, slot.function, slot.index)) {
        if (each.length != module.length() + 4 || each.blocks < 3) continue;
        bool same = true;
        for (std::uint32_t block = 0; same && block + 1 < each.blocks; ++block)
            same = block == header_block || block_hash(image.bytes(range_of(module.at.begin + block * block_size, block_size))) == released_block(each, block);
        if (same) return each.version;
    }
    return {};
}

}  // namespace

bool only_its_header_is_wrong(const Image& image, const Layout& layout, const Module& module, Address end) {
    const auto* slot = layout.slot(module.slot);
    if (!slot || slot->linked_at == 0 || end <= module.header_at + module_header_size) return false;
    const Range content{module.slot_at.begin, end}, header = range_of(module.header_at, module_header_size);
    const auto stored = image.bytes(range_of(end, 4));
    if (!image.has(content) || stored.size() != 4) return false;
    const auto known = named_by_end(image, layout, content);
    const auto there = image.bytes(header);
    std::vector<std::uint8_t> right(there.begin(), there.end());
    const std::span bytes(right);
    put_home(bytes, layout, *slot, content.size());
    const auto before = crc32(image.bytes({content.begin, header.begin}));
    const auto wanted = checksum_before(image.bytes({header.end, content.end}), big_endian<std::uint32_t>(stored));
    const auto needs = possible_needs(layout, there.subspan(16, 8));
    for (const auto version : possible_versions(module, *slot, known)) {
        put(bytes.subspan(10, 2), version);
        const auto fields = crc32(bytes.first(16), before);
        for (const auto& first : needs.first)
            for (const auto& second : needs.second) {
                if (crc32(second, crc32(first, fields)) != wanted) continue;
                std::copy(first.begin(), first.end(), right.begin() + 16);
                std::copy(second.begin(), second.end(), right.begin() + 20);
                return !std::equal(right.begin(), right.end(), there.begin());
            }
    }
    return false;
}

std::optional<std::uint16_t> version_before_change(const Image& image, const Layout& layout, const Module& module) {
    const auto* slot = layout.slot(module.slot);
    if (!slot || slot->linked_at != module.slot_at.begin || !module.good() || !module.known_as.empty() || module.range_ok != true) return {};
    const bool at_home = module.platform_ok == true && is_of_its_kind(layout, module);
    if (at_home) {
        if (find_known_module(layout.platform_id, module.stored_crc.value, module.length(), module.stored_sha256)) return {};
        if (!is_length_of_known_module(layout.platform_id, slot->function, slot->index, module.length())) return {};  // as of hardly any application
        return check_sha256(image, module) == true ? std::nullopt : version_by_blocks(image, layout, *slot, module);
    }
    if (!module.stored_sha256_at.empty()) {
        const auto content = image.bytes({module.at.begin, module.stored_sha256_at.begin});
        std::vector<std::uint8_t> right(content.begin(), content.end());
        if (right.size() < module.header_at - module.at.begin + module_header_size) return {};
        put_home(std::span(right).subspan(module.header_at - module.at.begin), layout, *slot, module.length());
        if (sha256(right) == module.stored_sha256) return module.version.value;
    }
    return version_by_blocks(image, layout, *slot, module);
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

bool shares_its_first_sector(const Layout& layout, const Module& module, Address end) {
    const auto* sector = layout.sector_at(module.slot_at.begin);
    return sector && sector->at.contains(end);
}

bool begins_as_it_ends(const Image& image, const Layout& layout, const Module& module, const Trailer& trailer) {
    const auto* slot = layout.slot(module.slot);
    if (!slot) return false;
    const auto released = released_modules(layout.platform_id, slot->function, slot->index);
    // Where no blocks are known, a header that is none or names the version of these last bytes proves no other module either.
    const bool same = !trailer.known_as.empty() && released.empty() && (!module.present() || module.version.value == trailer.version);
    if ((same || shares_its_first_sector(layout, module, trailer.end)) && stands_around_header(image, layout, module, trailer.end)) return true;
    if (trailer.known_as.empty()) return false;
    const auto stored = image.bytes(range_of(trailer.end, 4));
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
    if (module.damage.built_as) return *module.damage.built_as;
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

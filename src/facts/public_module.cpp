// What may be seen of a module that no release has: the numbers that say what it is, never what it does.
#include "facts/code.h"
#include "facts/proved_public_parts.h"
#include "facts/radio.h"
#include "facts/releases.h"

#include <algorithm>
#include <array>
#include <bit>

namespace photopsy {

namespace {

constexpr std::uint8_t last_function = FunctionUserPart, last_index = 3;
constexpr std::array<std::uint16_t, 3> suffix_sizes = {36, 40, 42};
constexpr std::uint32_t hash_at = 34, hash_size = 32;  // from the end backwards; the suffix's size follows
constexpr std::uint32_t unmade_checksum = 0x78563412;
constexpr std::uint32_t public_vector_words = 97, stub_size = 14, most_public_tables = 32;

template <class T>
void mark_if(bool holds, const Field<T>& field, PublicMap& map, PublicReason reason) {
    if (holds) map.mark(field.at, reason);
}

/// The right value, or the right value with a bit or two flipped.
bool nearly_word(std::uint32_t value, std::uint32_t right) { return std::popcount(value ^ right) <= 2; }

bool is_link(const Dependency& need) {
    const bool used = need.function.value <= last_function && need.index.value <= last_index;
    return used || (need.function.value == 0xFF && need.index.value == 0xFF);
}

void mark_header(const Module& module, const Layout& layout, PublicMap& map) {
    const auto reason = PublicReason::ModuleHeader;
    const auto* slot = layout.slot(module.slot);
    const bool present = module.present();
    const auto start = slot && slot->linked_at ? slot->linked_at : module.start.value;
    mark_if(present || nearly_word(module.start.value, start), module.start, map, reason);
    mark_if(present || layout.flash.contains(module.end.value), module.end, map, reason);
    mark_if(module.reserved.value == 0 || module.reserved.value == 0xFF, module.reserved, map, reason);
    mark_if(module.flags.value <= 0x1F || module.flags.value == 0xFF, module.flags, map, reason);
    mark_if(true, module.version, map, reason);
    mark_if(module.platform_id.value <= 0x1F || nearly_word(module.platform_id.value, layout.platform_id), module.platform_id, map, reason);
    mark_if(module.function.value <= last_function, module.function, map, reason);
    mark_if(module.index.value <= last_index, module.index, map, reason);
    for (const auto* need : {&module.dependency, &module.dependency2}) {
        if (!is_link(*need)) continue;
        map.mark(need->function.at, reason);
        map.mark(need->index.at, reason);
        map.mark(need->version.at, reason);
    }
}

/// Suffix and checksum in front of and at `end`. Hash and checksum tell of the content, so they are public only where a released file has the same.
void mark_end(const Image& image, const Module& module, Address end, PublicMap& map) {
    const auto suffix = image.bytes(range_of(end - 40, 44));
    if (suffix.size() != 44) return;
    const auto size = little_endian<std::uint16_t>(suffix.subspan(38));
    if (std::find(suffix_sizes.begin(), suffix_sizes.end(), size) == suffix_sizes.end()) return;
    const auto reason = PublicReason::ModuleEnd;
    map.mark(range_of(end - 2, 2), reason);
    if (size >= 40) map.mark(range_of(end - 40, 4), reason);  // product id and version
    if (suffix[4] == 0 && suffix[5] == 0) map.mark(range_of(end - 36, 2), reason);
    Sha256 stored{};
    std::copy_n(suffix.begin() + (40 - hash_at), hash_size, stored.begin());
    const auto crc = big_endian<std::uint32_t>(suffix.subspan(40));
    if (crc == unmade_checksum) map.mark(range_of(end, 4), reason);  // built without the step that makes the checksum
    if (stored[0] == 1 && std::adjacent_find(stored.begin(), stored.end(), [](auto a, auto b) { return b != a + 1; }) == stored.end())
        map.mark(range_of(end - hash_at, hash_size), reason);  // 1, 2 .. 32: likewise
    if (!find_known_module(module.platform_id.value, crc, end - module.at.begin, stored)) return;
    map.mark(range_of(end - hash_at, hash_size), reason);
    map.mark(range_of(end, 4), reason);
}

void mark_vectors(const Image& image, const Layout& layout, const Module& module, PublicMap& map) {
    if (module.header_at < module.at.begin + layout.vector_size) return;
    const auto word = [&](Address at) { return little_endian<std::uint32_t>(image.bytes(range_of(at, 4))); };
    if ((word(module.at.begin) & layout.vector_mask) == layout.vector_value && word(module.at.begin) % 4 == 0)
        map.mark(range_of(module.at.begin, 4), PublicReason::Vectors);
    const Range linked{module.start.value, module.end.value};
    for (auto at = module.at.begin + 4; at < module.at.begin + public_vector_words * 4 && at + 4 <= module.at.end; at += 4)
        if (const auto target = word(at); target == 0 || (target % 2 == 1 && linked.contains(target - 1))) map.mark(range_of(at, 4), PublicReason::Vectors);
}

void mark_stubs(const Image& image, const std::vector<Module>& modules, const Module& module, PublicMap& map) {
    const auto code = image.bytes(module.at);
    for (std::size_t offset = 0; offset + 16 <= code.size(); offset += 2) {
        if (code[offset] != 0x08 || code[offset + 1] != 0xB5) continue;
        const auto at = module.at.begin + static_cast<Address>(offset);
        const auto stub = stub_at(image, modules, at);
        if (!stub || stub->provider.empty() || stub->table >= most_public_tables || stub->table_name.empty()) continue;
        map.mark(range_of(at, stub_size), PublicReason::ImportStub);
        map.mark(range_of(((at + 6) & ~Address{3}) + code[offset + 2] * 4u, 4), PublicReason::ImportStub);  // ldr r3, [pc, #n]
    }
}

/// Tables of functions behind a system part's header, as far as their entries are functions of the module.
void mark_exports(const Image& image, const Module& module, PublicMap& map) {
    const auto reason = PublicReason::Vectors;
    for (const auto& table : read_export_tables(image, module)) {
        map.mark(range_of(table.pointer_at, 4), reason);
        if (!module.at.contains(table.at)) continue;
        map.mark(range_of(table.at, std::min(4 * table.entries, module.at.end - table.at)), reason);
    }
}

void mark_radio_record(const Image& image, const Module& module, PublicMap& map) {
    constexpr std::uint32_t record_size = 12;
    if (module.part != 1) return;
    if (const auto radio = read_radio_firmware(image, module); !radio.record_at.empty())
        map.mark(range_of(radio.record_at.begin, record_size), PublicReason::RadioRecord);
}

/// A bootloader without a header: stack pointer and the entries that lead into it.
void mark_plain_bootloader(const Image& image, const Layout& layout, PublicMap& map) {
    if (layout.slot("bootloader") || layout.regions.empty()) return;
    const auto home = layout.regions.front().at;
    for (auto at = home.begin; at < home.begin + layout.vector_size && at + 4 <= home.end; at += 4) {
        const auto bytes = image.bytes(range_of(at, 4));
        if (bytes.empty()) return;
        const auto word = little_endian<std::uint32_t>(bytes);
        const bool stack = at == home.begin && (word & layout.vector_mask) == layout.vector_value && word % 4 == 0;
        if (stack || (at != home.begin && word % 2 == 1 && home.contains(word - 1))) map.mark(range_of(at, 4), PublicReason::Vectors);
    }
}

}  // namespace

void mark_module_structure(const Image& image, const Layout& layout, const std::vector<Module>& modules, PublicMap& map) {
    mark_plain_bootloader(image, layout, map);
    for (const auto& module : modules) {
        const bool readable = module.header_in_file && (module.present() || module.header_resembles || module.slot == "factory");
        if (readable) mark_header(module, layout, map);
        if (module.damage.other_trailer) mark_end(image, module, module.damage.other_trailer->end, map);
        if (module.damage.own_trailer) mark_end(image, module, module.damage.own_trailer->end, map);
        if (!module.present() || module.at.size() < 64) continue;
        mark_end(image, module, module.at.end, map);
        mark_vectors(image, layout, module, map);
        if (map.is_released(module.at)) continue;
        mark_stubs(image, modules, module, map);
        mark_exports(image, module, map);
        mark_radio_record(image, module, map);
    }
}

}  // namespace photopsy

#include "facts/block_table.h"

namespace photopsy {

extern const std::string_view embedded_blocks;

namespace {

constexpr std::uint32_t header_size = 32, row_size = 32;

struct Table {
    ByteView bytes;
    std::uint32_t modules, unique, references, fine, names;

    std::size_t rows_at() const { return header_size + std::size_t{unique} * 8; }
    std::size_t fine_at() const { return rows_at() + std::size_t{modules} * row_size; }
    std::size_t references_at() const { return fine_at() + std::size_t{fine} * 4; }
    std::size_t names_at() const { return references_at() + std::size_t{references} * 2; }
    template <class T>
    T get(std::size_t at) const {
        return at + sizeof(T) <= bytes.size() ? little_endian<T>(bytes.subspan(at, sizeof(T))) : T{};
    }
};

Table table() {
    const ByteView bytes{reinterpret_cast<const std::uint8_t*>(embedded_blocks.data()), embedded_blocks.size()};
    const auto word = [&](std::size_t at) { return little_endian<std::uint32_t>(bytes.subspan(at, 4)); };
    return {bytes, word(8), word(12), word(16), word(20), word(24)};
}

std::string_view name_at(const Table& table, std::uint32_t offset) {
    const auto names = embedded_blocks.substr(table.names_at(), table.names);
    return offset < names.size() ? names.substr(offset, names.find('\0', offset) - offset) : std::string_view{};
}

ReleasedModule row(const Table& table, std::uint32_t number) {
    const auto at = table.rows_at() + std::size_t{number} * row_size;
    const auto pieces = table.get<std::uint32_t>(at + 28);
    return {.number = static_cast<std::uint16_t>(number),
            .platform_id = table.get<std::uint16_t>(at),
            .version = table.get<std::uint16_t>(at + 4),
            .function = table.get<std::uint8_t>(at + 2),
            .index = table.get<std::uint8_t>(at + 3),
            .length = table.get<std::uint32_t>(at + 8),
            .crc = table.get<std::uint32_t>(at + 12),
            .release = name_at(table, table.get<std::uint32_t>(at + 24)),
            .blocks = table.get<std::uint16_t>(at + 6),
            .first_reference = table.get<std::uint32_t>(at + 16),
            .first_fine = table.get<std::uint32_t>(at + 20),
            .fine_head = static_cast<std::uint16_t>(pieces),
            .fine_tail = static_cast<std::uint16_t>(pieces >> 16)};
}

std::uint16_t reference(const Table& table, const ReleasedModule& module, std::uint32_t block) {
    return table.get<std::uint16_t>(table.references_at() + (std::size_t{module.first_reference} + block) * 2);
}

/// Number of a hash among the sorted ones; as many as there are where it is not among them.
std::uint32_t place_of_hash(const Table& table, std::uint64_t hash) {
    const auto at = [&](std::uint32_t number) { return table.get<std::uint64_t>(header_size + std::size_t{number} * 8); };
    std::uint32_t low = 0, high = table.unique;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (at(middle) < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table.unique && at(low) == hash ? low : table.unique;
}

}  // namespace

std::uint64_t block_hash(ByteView block) {
    std::uint64_t value = 0x9E3779B97F4A7C15u ^ block.size();
    const auto mix = [&](std::uint64_t word) {
        value = (value ^ word) * 0xFF51AFD7ED558CCDu;
        value ^= value >> 32;
    };
    for (; block.size() >= 8; block = block.subspan(8)) mix(little_endian<std::uint64_t>(block));
    if (block.empty()) return value;
    std::uint64_t last = ~std::uint64_t{0};
    for (std::size_t i = 0; i < block.size(); ++i) last = (last & ~(std::uint64_t{0xFF} << (8 * i))) | std::uint64_t{block[i]} << (8 * i);
    mix(last);
    return value;
}

std::vector<ReleasedModule> released_modules(std::uint16_t platform_id, std::uint8_t function, std::uint8_t index) {
    std::vector<ReleasedModule> found;
    const auto all = table();
    for (std::uint32_t number = 0; number < all.modules; ++number) {
        const auto module = row(all, number);
        if (module.platform_id == platform_id && (!function || (module.function == function && module.index == index))) found.push_back(module);
    }
    return found;
}

std::uint64_t released_block(const ReleasedModule& module, std::uint32_t block) {
    const auto all = table();
    return all.get<std::uint64_t>(header_size + std::size_t{reference(all, module, block)} * 8);
}

std::uint32_t released_head_piece(const ReleasedModule& module, std::uint32_t piece) {
    const auto all = table();
    return piece < module.fine_head ? all.get<std::uint32_t>(all.fine_at() + (std::size_t{module.first_fine} + piece) * 4) : 0;
}

std::uint32_t released_tail_piece(const ReleasedModule& module, std::uint32_t piece) {
    const auto all = table();
    return piece < module.fine_tail ? all.get<std::uint32_t>(all.fine_at() + (std::size_t{module.first_fine} + module.fine_head + piece) * 4) : 0;
}

bool is_released_block(std::uint64_t hash) {
    const auto all = table();
    return place_of_hash(all, hash) < all.unique;
}

std::vector<BlockPlace> places_of_block(std::uint16_t platform_id, std::uint64_t hash) {
    const auto all = table();
    const auto number = place_of_hash(all, hash);
    std::vector<BlockPlace> places;
    if (number == all.unique) return places;
    for (const auto& module : released_modules(platform_id, 0, 0))
        for (std::uint32_t block = 0; block < module.blocks; ++block)
            if (reference(all, module, block) == number) places.push_back({module, block});
    return places;
}

}  // namespace photopsy

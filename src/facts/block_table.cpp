#include "facts/block_table.h"

#include <algorithm>
#include <bit>

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

constexpr std::size_t word_size = 8;
constexpr std::uint64_t factor = 0xFF51AFD7ED558CCDu;

/// The odd number whose product with `odd` is 1 (Newton: each round doubles the right bits).
constexpr std::uint64_t inverse_of(std::uint64_t odd) {
    auto inverse = odd;
    for (int round = 0; round < 6; ++round) inverse *= 2 - odd * inverse;
    return inverse;
}

constexpr std::uint64_t mixed(std::uint64_t value, std::uint64_t word) {
    value = (value ^ word) * factor;
    return value ^ value >> 32;
}

/// What mixed() was given, value and word together.
constexpr std::uint64_t unmixed(std::uint64_t result) { return (result ^ result >> 32) * inverse_of(factor); }

std::uint64_t seed_of(ByteView block) { return 0x9E3779B97F4A7C15u ^ block.size(); }

/// Eight bytes at once: a compiler makes one load of it, where it makes a loop of little_endian().
std::uint64_t whole_word(const std::uint8_t* at) {
    return std::uint64_t{at[0]} | std::uint64_t{at[1]} << 8 | std::uint64_t{at[2]} << 16 | std::uint64_t{at[3]} << 24 | std::uint64_t{at[4]} << 32 |
           std::uint64_t{at[5]} << 40 | std::uint64_t{at[6]} << 48 | std::uint64_t{at[7]} << 56;
}

/// The next 8 bytes; FF behind the end.
std::uint64_t first_word(ByteView bytes) {
    if (bytes.size() >= word_size) return whole_word(bytes.data());
    auto word = ~std::uint64_t{0};
    for (std::size_t i = 0; i < bytes.size(); ++i) word = (word & ~(std::uint64_t{0xFF} << (8 * i))) | std::uint64_t{bytes[i]} << (8 * i);
    return word;
}

std::optional<WrongBytes> close_by(std::uint64_t there, std::uint64_t right, std::size_t size) {
    constexpr int most = 4;
    int wrong = 0;
    Address first = 0, last = 0;
    for (Address byte = 0; byte < word_size; ++byte) {
        if (((there ^ right) >> (8 * byte) & 0xFF) == 0) continue;
        if (wrong++ == 0) first = byte;
        last = byte;
    }
    if (wrong == 0 || wrong > most || last >= size) return {};
    WrongBytes found{.at = {first, last + 1}, .right = {}};
    for (auto byte = first; byte <= last; ++byte) found.right.push_back(static_cast<std::uint8_t>(right >> (8 * byte)));
    return found;
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
    auto value = seed_of(block);
    const auto* const begin = block.data();
    const auto whole = block.size() / word_size * word_size;
    for (std::size_t at = 0; at < whole; at += word_size) value = mixed(value, whole_word(begin + at));
    return whole < block.size() ? mixed(value, first_word(block.subspan(whole))) : value;
}

std::optional<WrongBytes> wrong_bytes(ByteView block, std::uint64_t wanted) {
    const auto words = (block.size() + word_size - 1) / word_size;
    std::vector<std::uint64_t> before(words + 1, seed_of(block));  // the hash in front of each word
    for (std::size_t i = 0; i < words; ++i) before[i + 1] = mixed(before[i], first_word(block.subspan(i * word_size)));
    std::optional<WrongBytes> best;
    int fewest = 64;
    for (auto i = words; i-- > 0;) {
        const auto there = first_word(block.subspan(i * word_size)), right = unmixed(wanted) ^ before[i];
        wanted = unmixed(wanted) ^ there;
        const auto bits = std::popcount(there ^ right);
        if (bits > fewest) continue;
        auto found = close_by(there, right, std::min(word_size, block.size() - i * word_size));
        if (bits == fewest) best.reset();  // which of the two it was cannot be told
        if (!found || bits == fewest) continue;
        fewest = bits;
        found->at = {found->at.begin + static_cast<Address>(i * word_size), found->at.end + static_cast<Address>(i * word_size)};
        best = std::move(found);
    }
    return best;
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

#include "flash/suspicion.h"

#include "base/hex.h"
#include "base/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>

namespace photopsy {

namespace {

constexpr std::uint32_t noise_unit = 4096;

/// Bytes that are not 0xFF and have no more than two bits wrong.
std::size_t slightly_wrong(ByteView block) {
    return static_cast<std::size_t>(std::count_if(block.begin(), block.end(), [](std::uint8_t byte) { return byte != 0xFF && std::popcount(byte) >= 6; }));
}

/// True where more than `most` bytes of a block are not erased; of a block of code the beginning is enough to know.
bool holds_more_than(std::size_t most, ByteView block) {
    constexpr std::size_t stretch = 256;
    std::size_t held = 0;
    for (; !block.empty() && held <= most; block = block.subspan(std::min(stretch, block.size()))) {
        held += count_other_than(0xFF, block.first(std::min(stretch, block.size())));
    }
    return held > most;
}

/// Stray bytes of one 4 KiB block of otherwise erased flash: bytes that are not 0xFF, far from each other or with one or two wrong bits.
std::size_t strays_in(ByteView block) {
    constexpr std::size_t most = noise_unit / 3, apart = 4;
    if (holds_more_than(most, block)) return 0;
    std::size_t strays = 0, crowded = 0, previous = 0;
    bool any = false;
    for (std::size_t i = 0; i < block.size(); i += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, block.data() + i, 8);
        if (word == ~std::uint64_t{0}) continue;
        for (std::size_t at = i; at < i + 8; ++at) {
            if (block[at] == 0xFF) continue;
            if (any && at - previous < apart) ++crowded;
            previous = at;
            any = true;
            ++strays;
        }
    }
    // Data stands in runs; noise hardly ever does, unless there is very much of it.
    if (crowded * 2 <= strays && strays < noise_unit / 8) return strays;
    return strays >= 64 && slightly_wrong(block) * 10 > strays * 9 ? strays : 0;
}

bool is_table_or_eeprom(Address at, const Layout& layout) {
    const auto holds = [&](Range range) { return range.contains(at); };
    return std::any_of(layout.dct.copies.begin(), layout.dct.copies.end(), holds) || std::any_of(layout.eeprom_pages.begin(), layout.eeprom_pages.end(), holds);
}

struct Strays {
    std::size_t bytes = 0, blocks = 0;
    std::size_t room = 0;  ///< blocks that could hold some: erased but for them
    std::set<const Sector*> sectors;
    std::set<std::uint8_t> values;
    std::array<std::size_t, 4> in_words{};  ///< how many stand in the first, second ... byte of a word
    Range where;
};

void look_at(ByteView block, Strays& strays) {
    for (std::size_t at = 0; at < block.size(); ++at) {
        if (block[at] == 0xFF) continue;
        strays.values.insert(block[at]);
        ++strays.in_words[at % strays.in_words.size()];
    }
}

/// Wrong bits come anywhere: in all erased blocks, in all bytes of a word, as many values. Sparse bytes that a program wrote keep to their place and form: an
/// order that chance gives in one of a thousand dumps.
bool are_in_order(const Strays& strays) {
    constexpr std::size_t enough = 6;  // below, chance orders too often
    if (strays.bytes < enough) return false;
    const auto room = static_cast<double>(strays.room);
    const double blocks_by_chance = room * (1 - std::pow(1 - 1 / room, static_cast<double>(strays.bytes)));
    const bool crowded = static_cast<double>(strays.blocks) < blocks_by_chance / 2;
    const auto most_in_one = *std::max_element(strays.in_words.begin(), strays.in_words.end());
    const bool aligned = most_in_one == strays.bytes;
    return crowded || aligned || strays.values.size() <= 2;
}

/// Settings and EEPROM records are single bytes by nature: those places do not count, and nothing does that a good checksum covers.
Strays count_strays(const Image& image, const Layout& layout) {
    Strays strays;
    for (Address at = layout.flash.begin; at + noise_unit <= layout.flash.end; at += noise_unit) {
        const auto block = image.bytes(range_of(at, noise_unit));
        if (block.empty() || is_table_or_eeprom(at, layout)) continue;
        const bool erased = all_erased(block);
        const auto found = erased ? 0 : strays_in(block);
        strays.room += erased || found != 0;
        if (found == 0) continue;
        look_at(block, strays);
        if (strays.bytes == 0) strays.where.begin = at;
        strays.where.end = at + noise_unit;
        strays.bytes += found;
        ++strays.blocks;
        strays.sectors.insert(layout.sector_at(at));
    }
    return strays;
}

/// Slots that hold something, but no module with a right checksum. The last bytes of a slot tell: a bootloader of 2015 has no checksum.
std::size_t bad_modules(const Image& image, const Layout& layout) {
    const auto proven = proven_modules(image, layout);
    std::size_t bad = 0;
    for (const auto& slot : layout.slots) {
        if (slot.linked_at != slot.at.begin || slot.function == 3 || slot.function == 2) continue;
        const auto start = image.bytes(range_of(slot.at.begin, 256));
        const bool good = std::any_of(proven.begin(), proven.end(), [&](Range module) { return module.begin == slot.at.begin; });
        if (!start.empty() && !good && std::count(start.begin(), start.end(), 0xFF) < 224) ++bad;
    }
    return bad;
}

/// A bit that is the same in every word of what was read, though much of it is no erased flash: the reader's data line stood still, for code uses them all.
std::optional<std::string> stuck_line(const Image& image) {
    constexpr std::size_t enough = 16384;  // words that are not erased
    std::uint32_t all = ~std::uint32_t{0}, any = 0;
    std::size_t written = 0;
    for (const auto present : image.present()) {
        for (auto rest = image.bytes(present); rest.size() >= 4; rest = rest.subspan(4)) {
            const auto word = little_endian<std::uint32_t>(rest);
            all &= word;
            any |= word;
            written += word != ~std::uint32_t{0};
            if (all == 0 && any == ~std::uint32_t{0}) return std::nullopt;  // after a few words of most dumps
        }
    }
    if (written < enough) return std::nullopt;
    const auto stuck = all != 0 ? all : ~any;
    return fmt::format("bit {} of every 32-bit word that was read is {}: a data line stood still while reading", std::countr_zero(stuck), all != 0 ? 1 : 0);
}

void note_noise(Capture& capture, std::string detail) {
    capture.problems.push_back(
        {.defect = CaptureDefect::Noisy, .where = capture.image.range(), .file_offset = 0, .length = capture.size, .detail = std::move(detail)});
}

}  // namespace

void find_stuck_line(Capture& capture) {
    if (auto stuck = stuck_line(capture.image)) note_noise(capture, std::move(*stuck));
}

void find_noise(const Layout& layout, Capture& capture) {
    const auto strays = count_strays(capture.image, layout);
    if (strays.bytes < 4 || strays.blocks < 3 || strays.sectors.size() < 2 || are_in_order(strays)) return;
    const auto bad = bad_modules(capture.image, layout);
    const bool many = strays.bytes >= 64 && strays.sectors.size() >= 3 && bad >= 1;
    if (bad < 2 && !many) return;
    note_noise(
        capture,
        fmt::format(
            "{} single wrong bytes stand in {} blocks of flash that is otherwise erased, and {} modules fail their checksum: bits are wrong all over the dump",
            strays.bytes, strays.blocks, bad));
}

}  // namespace photopsy

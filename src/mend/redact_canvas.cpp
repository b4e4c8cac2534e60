// The beginning of a copy: proved public bytes of the original, and filling for all others. Filling looks like what it stands for (code, text, noise), and the
// same 16 bytes get the same filling, so that repetitions and half-done copies show as before; of what the bytes were it tells nothing.
#include "base/bytes.h"
#include "base/runs.h"
#include "mend/redaction.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace photopsy {

namespace {

constexpr std::uint32_t unit_size = 16, look_size = 4096;
constexpr std::uint8_t letter = 'x', other_letter = 'y', worn = 0xF7;

enum class Look { Code, Text, Noise };

std::uint32_t scrambled(std::uint32_t value) {
    value = value * 2654435761u + 0x7F4A7C15u;
    value ^= value >> 15;
    value *= 2246822519u;
    return value >> 12;
}

double bits_per_byte(const std::array<std::uint32_t, 256>& count, std::uint32_t all) {
    double bits = 0;
    for (const auto times : count)
        if (times != 0) bits -= times * std::log2(static_cast<double>(times) / all);
    return bits / all;
}

/// What a block seems to hold, erased bytes aside.
Look look_of(ByteView bytes) {
    constexpr double noise_from = 7.4;
    std::array<std::uint32_t, 256> count{};
    std::uint32_t all = 0, printable = 0;
    for (const auto byte : bytes) {
        if (byte == 0xFF || byte == 0) continue;
        ++count[byte], ++all;
        printable += (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t';
    }
    if (all == 0) return Look::Code;
    if (printable * 10 >= all * 9) return Look::Text;
    return all >= look_size / 2 && bits_per_byte(count, all) >= noise_from ? Look::Noise : Look::Code;
}

/// Halfwords of "movs r0..r7, #n", which do nothing that matters; letters; anything.
std::uint8_t filling_of(Look look, std::uint32_t number, Address at) {
    const auto value = scrambled(number * unit_size + at % unit_size);
    if (look == Look::Text) return static_cast<std::uint8_t>('a' + value % 16);
    if (look == Look::Noise) return static_cast<std::uint8_t>(1 + value % 254);
    return static_cast<std::uint8_t>(at % 2 == 0 ? 0x80 + value % 64 : 0x20 + value % 8);
}

/// Numbers for the contents of units, in the order of their first appearance: all that is told of them is which are the same. A unit that is erased from some
/// byte on is the same as a later one that begins as it does: there a copy stopped.
class Contents {
public:
    std::uint32_t number_of(ByteView unit) {
        Key key{};
        std::copy(unit.begin(), unit.end(), key.begin());
        const auto next = static_cast<std::uint32_t>(numbers_.size());
        const auto [place, is_new] = numbers_.try_emplace(key, next);
        if (!is_new) return place->second;
        if (const auto begun = begun_as(key)) return place->second = *begun;
        if (const auto size = written_in(key); size >= least_begun && size < unit_size) {
            begun_.try_emplace(beginning_of(key, size), next);
            sizes_[size] = true;
        }
        return next;
    }

private:
    using Key = std::array<std::uint8_t, unit_size>;
    static constexpr std::size_t least_begun = 4;

    static std::size_t written_in(const Key& key) { return key.size() - trailing_run(key, 0xFF); }
    static Key beginning_of(const Key& key, std::size_t size) {
        auto beginning = key;
        std::fill(beginning.begin() + static_cast<std::ptrdiff_t>(size), beginning.end(), std::uint8_t{0xFF});
        return beginning;
    }
    std::optional<std::uint32_t> begun_as(const Key& key) const {
        for (auto size = unit_size - 1; size >= least_begun; --size) {
            if (!sizes_[size]) continue;
            if (const auto found = begun_.find(beginning_of(key, size)); found != begun_.end()) return found->second;
        }
        return {};
    }

    std::map<Key, std::uint32_t> numbers_, begun_;
    std::array<bool, unit_size> sizes_{};  ///< of the beginnings
};

class Canvas {
public:
    explicit Canvas(DumpRedaction& redaction) : redaction_(redaction), layout_(*redaction.original.layout) {}

    void fill(Range present) {
        for (auto at = present.begin; at < present.end;) {
            const Range block{at, std::min(present.end, (at / look_size + 1) * look_size)};
            fill_block(present, block);
            at = block.end;
        }
    }

private:
    bool is_proved(Address at) const { return redaction_.shared.why(at) != PublicReason::None; }
    /// Of an image that is being copied: where the same byte of it stands, in the source or in the destination.
    std::optional<Address> in_other_place(Address at) const {
        const auto& ota = redaction_.original.facts.ota;
        if (!ota.progress || ota.image.empty()) return {};
        const auto destination = range_of(ota.progress->destination.begin, std::min(ota.progress->copied, ota.image.size()));
        if (destination.contains(at)) return ota.image.begin + (at - destination.begin);
        const auto source = range_of(ota.image.begin, destination.size());
        return source.contains(at) ? std::optional(destination.begin + (at - source.begin)) : std::nullopt;
    }
    /// Proved, or the same byte of the same image is proved where else it stands.
    bool is_public(Address at) const {
        if (is_proved(at)) return true;
        const auto other = in_other_place(at);
        return other && redaction_.image().has(range_of(*other, 1)) && is_proved(*other) && original(*other) == original(at);
    }
    bool in_store(Range block) const {
        const auto touches = [&](Range place) { return place.overlaps(block); };
        return (layout_.dct.copies.size() == 2 && std::any_of(layout_.dct.copies.begin(), layout_.dct.copies.end(), touches)) ||
               std::any_of(layout_.eeprom_pages.begin(), layout_.eeprom_pages.end(), touches);
    }
    /// The byte of the other copy of the table that belongs to this one; nothing for the first copy and outside of the tables.
    std::optional<Address> in_first_copy(Address at) const {
        const auto& copies = layout_.dct.copies;
        if (copies.size() != 2 || !copies[1].contains(at)) return {};
        const Address twin = copies[0].begin + (at - copies[1].begin);
        return redaction_.image().has(range_of(twin, 1)) ? std::optional(twin) : std::nullopt;
    }
    std::optional<Address> twin_of(Address at) const {
        const auto& copies = layout_.dct.copies;
        if (copies.size() != 2) return {};
        for (std::size_t i = 0; i < 2; ++i)
            if (copies[i].contains(at)) {
                const Address twin = copies[1 - i].begin + (at - copies[i].begin);
                return redaction_.image().has(range_of(twin, 1)) ? std::optional(twin) : std::nullopt;
            }
        return {};
    }
    std::uint8_t original(Address at) const { return redaction_.image().bytes(range_of(at, 1))[0]; }

    /// In the tables and the EEPROM letters, the same in both copies where both held the same. Erased or zero where the other copy is so for longer.
    std::uint8_t store_filling(Address at, std::uint8_t before) const {
        if (before == 0xFF || before == 0)
            if (const auto twin = twin_of(at); twin && original(*twin) == before && is_public(*twin)) return before;
        const auto first = in_first_copy(at);
        return first && original(*first) != before ? other_letter : letter;
    }
    /// One or two bytes with a wrong bit or two in erased flash: worn cells or read errors, which one wrong bit stands for as well.
    bool stands_alone(ByteView bytes, std::size_t at) const {
        const auto erased = [&](std::size_t i) { return i >= bytes.size() || bytes[i] == 0xFF; };
        const auto slightly = [&](std::size_t i) { return i >= bytes.size() || std::popcount(bytes[i]) >= 6; };
        const bool first = (at == 0 || erased(at - 1)) && slightly(at) && (erased(at + 1) || (slightly(at + 1) && erased(at + 2)));
        const bool second = at > 0 && slightly(at) && slightly(at - 1) && (at < 2 || erased(at - 2)) && erased(at + 1);
        return first || second;
    }

    void fill_block(Range present, Range block) {
        const auto bytes = redaction_.image().bytes(present);
        const bool store = in_store(block);
        const auto look = redaction_.filling == Filling::Noise ? Look::Noise : look_of(redaction_.image().bytes(block));
        std::uint32_t number = 0;
        Address numbered = block.end;
        for (auto at = block.begin; at < block.end; ++at) {
            const std::size_t index = at - present.begin;
            if (is_public(at)) {
                *redaction_.copy.at(at) = bytes[index];
                continue;
            }
            if (store) {
                *redaction_.copy.at(at) = store_filling(at, bytes[index]);
                continue;
            }
            if (const auto unit = at / unit_size * unit_size; unit != numbered) {
                numbered = unit;
                const auto inside = intersection(range_of(unit, unit_size), present);
                number = contents_.number_of(redaction_.image().bytes(inside));
            }
            *redaction_.copy.at(at) = stands_alone(bytes, index) ? worn : filling_of(look, number, at);
        }
    }

    DumpRedaction& redaction_;
    const Layout& layout_;
    Contents contents_;
};

}  // namespace

std::uint8_t noise_at(std::uint32_t index) { return static_cast<std::uint8_t>(scrambled(index + 0x9E3779B9u) | 1u); }

CopiedFlash::CopiedFlash(const Image& image) {
    flashes_.push_back({image.range(), SlotBytes(image.range().size(), 0xFF)});
    for (auto present : image.present()) {
        const auto flash = image.flash_at(present.begin);
        if (flashes_.size() == 1 && !(flash == image.range())) flashes_.push_back({flash, SlotBytes(flash.size(), 0xFF)});
    }
}

const CopiedFlash::Flash& CopiedFlash::flash_of(Address at) const { return flashes_.size() > 1 && flashes_[1].at.contains(at) ? flashes_[1] : flashes_[0]; }

std::uint8_t* CopiedFlash::at(Address address) {
    auto& flash = flashes_.size() > 1 && flashes_[1].at.contains(address) ? flashes_[1] : flashes_[0];
    return flash.bytes.data() + (address - flash.at.begin);
}

ByteView CopiedFlash::view(Range range) const {
    const auto& flash = flash_of(range.begin);
    return ByteView(flash.bytes).subspan(range.begin - flash.at.begin, range.size());
}

void DumpRedaction::put(Address at, ByteView bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (const auto here = at + static_cast<Address>(i); image().has(range_of(here, 1))) *copy.at(here) = bytes[i];
}

void begin_copy(DumpRedaction& redaction) {
    Canvas canvas(redaction);
    for (auto present : redaction.image().present()) canvas.fill(present);
}

}  // namespace photopsy

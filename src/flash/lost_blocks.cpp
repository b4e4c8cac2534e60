#include "flash/lost_blocks.h"

#include "base/counted.h"
#include "base/hex.h"
#include "base/runs.h"
#include "flash/block_runs.h"
#include "flash/overwritten.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace photopsy {

namespace {

constexpr std::uint32_t unit = lost_unit, half_unit = unit / 2;
constexpr std::uint32_t packet = 64;        ///< of USB at full speed; two of some 360 released modules hold 64 zeros that lie like one
constexpr std::uint32_t long_zeros = 2048;  ///< released modules hold up to 1145 zeros in a row, and no 128 erased bytes

constexpr std::size_t many = 6;          ///< stretches in one program
constexpr std::size_t enough_short = 8;  ///< shorter runs of zeros that begin and end with a block

constexpr std::uint8_t one_piece = 3;  ///< function of a program whose place covers those of the parts

/// Something of the flash's own must stand in all of these.
struct Place {
    bool is_table = false;
    std::vector<Range> parts;
};

/// The flash begins with a bootloader that has no header (a Core's): neither DFU nor its firmware erases any of it (docs/formats/core.md).
bool has_plain_bootloader(const Layout& layout) {
    const auto first = layout.regions.empty() ? Range{} : layout.regions.front().at;
    return layout.boot == BootKind::Monolithic && first.begin == layout.flash.begin &&
           std::none_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) { return slot.at.overlaps(first); });
}

/// Sectors no larger than a block of a transfer, as on a Core: there their ends tell nothing.
bool has_small_sectors(const Layout& layout) { return !layout.sectors.empty() && layout.sectors.front().at.size() <= unit; }

/// A transfer of such a device has 1024 bytes, that of the others four times as many.
std::uint32_t block_of(const Layout& layout) { return has_small_sectors(layout) ? half_unit : unit; }

/// Flash is erased by whole sectors and written upwards (flash-modules-ota.md 1.1): erased bytes with something behind them in their sector are no work of
/// either. A run that ends with a sector may be, but no firmware erases small ones here and there.
bool may_be_left_so(const Layout& layout, Range run, std::uint8_t value) {
    if (value != 0xFF) return run.size() < long_zeros;
    const auto* sector = layout.sector_at(run.end - 1);
    return !has_small_sectors(layout) && sector && sector->at.end == run.end;
}

/// Places of firmware that is no owner's and of the table. A module whose checksum is right was read well, whatever is in it.
std::vector<Place> places_of(const Image& image, const Layout& layout) {
    std::vector<Place> places;
    const auto proven = proven_modules(image, layout);
    for (const auto& slot : layout.slots) {
        const bool whole = std::any_of(proven.begin(), proven.end(), [&](Range module) { return module.begin == slot.at.begin; });
        if (slot.linked_at == slot.at.begin && slot.required && !whole) places.push_back({false, {slot.at}});
    }
    if (has_plain_bootloader(layout)) places.push_back({false, {layout.regions.front().at}});
    if (layout.dct.store == StoreKind::WicedTable) places.push_back({true, layout.dct.copies});
    return places;
}

struct Holes {
    std::size_t count = 0, places = 0;
    std::size_t short_ones = 0, places_of_short = 0;  ///< of those zeros that a module may hold: so many do not lie as blocks by chance
    bool in_table = false;
    bool is_riddled = false;  ///< many stretches of one program: what lies beside it may be erased by right
    /// Two modules, or a module and the table, were not hit by one fault of the flash.
    bool are_of_a_transfer() const { return (places >= 2 && (count >= 3 || in_table)) || (places_of_short >= 2 && short_ones >= enough_short) || is_riddled; }
};

Holes holes_in(const Image& image, const Layout& layout, const std::vector<Place>& places, std::uint8_t value) {
    Holes holes;
    for (const auto& place : places) {
        const auto before = holes.count, short_before = holes.short_ones;
        for (const Range part : place.parts)
            for (const Range run : runs_of_blocks(image, part, value, block_of(layout))) {
                if (!ends_with_its_blocks(image, part, run, value)) continue;
                if (!may_be_left_so(layout, run, value)) ++holes.count;
                if (value == 0 && !place.is_table) ++holes.short_ones;
            }
        holes.is_riddled = holes.is_riddled || (has_small_sectors(layout) && holes.count - before >= many);
        holes.places += holes.count != before;
        holes.places_of_short += holes.short_ones != short_before;
        holes.in_table = holes.in_table || (place.is_table && holes.count != before);
    }
    return holes;
}

/// Whole blocks are erased where the device's key begins, with something behind them in the same copy of the table, or the bootloader ends with a block and
/// before its time. Each has other reasons by itself; DFU, which may have written holes into a part, reaches neither (docs/formats/module.md).
bool is_hit_below_the_parts(const Image& image, const Layout& layout) {
    constexpr std::uint32_t block = 2048;
    const auto* key = layout.dct.store == StoreKind::WicedTable ? layout.dct.field("device_private_key") : nullptr;
    for (const Range copy : layout.dct.copies) {
        if (!key) break;
        const Range from_data{copy.begin + layout.dct.application_offset, copy.begin + layout.dct.application_offset + key->offset + packet};
        for (const Range run : runs_of_blocks(image, copy, 0xFF))
            if (run.contains(from_data) && run.end % block == 0 && !image.erased({run.end, copy.end})) return true;
    }
    FixedPlaces fixed(image, layout);
    const auto proven = proven_modules(image, layout);
    return std::any_of(layout.slots.begin(), layout.slots.end(), [&](const ModuleSlot& slot) {
        const auto claimed = fixed.claimed_by(slot);
        if (slot.at.begin != layout.flash.begin || claimed.empty()) return false;
        const auto end = claimed.begin + static_cast<Address>(claimed.size() - trailing_run(image.bytes(claimed), 0xFF));
        return end < claimed.end && end % block == 0 && std::none_of(proven.begin(), proven.end(), [&](Range module) { return module == claimed; });
    });
}

/// Single packets of the bus in the places of firmware and in the slots of device keys, each with something else before and behind it.
std::vector<Range> lost_packets(const Image& image, const Layout& layout, const std::vector<Place>& places, std::uint8_t value) {
    std::vector<Range> lost;
    std::size_t hit = 0;
    const auto* key = layout.dct.field("device_private_key");
    for (const auto& place : places) {
        const auto before = lost.size();
        for (const Range part : place.parts) {
            const auto counts = [&](Range run) {
                return !place.is_table || (key && run.overlaps(range_of(part.begin + layout.dct.application_offset + key->offset, key->size)));
            };
            for (const Range run : runs_of_blocks(image, part, value, packet))
                if (run.size() == packet && counts(run) && ends_with_its_blocks(image, part, run, value)) lost.push_back(run);
        }
        hit += lost.size() != before;
    }
    return hit >= 2 && lost.size() >= 3 ? lost : std::vector<Range>{};
}

/// Of erased blocks those inside modules, and all in the table: which of them were not read cannot be told.
std::vector<Range> erased_blocks(const Image& image, const Layout& layout) {
    std::vector<Range> lost;
    FixedPlaces fixed(image, layout);
    const auto proven = proven_modules(image, layout);
    const auto add = [&](Range where) {
        const auto runs = runs_of_blocks(image, where, 0xFF, block_of(layout));
        lost.insert(lost.end(), runs.begin(), runs.end());
    };
    for (const auto& slot : layout.slots) {
        const bool whole = std::any_of(proven.begin(), proven.end(), [&](Range module) { return module.begin == slot.at.begin; });
        const bool holds_module = slot.linked_at == slot.at.begin || !fixed.claimed_by(slot).empty();
        if (!whole && holds_module && (slot.function != one_piece || slot.required)) add(in_use(image, slot, fixed));
    }
    if (has_plain_bootloader(layout)) add(layout.regions.front().at);
    for (const Range copy : layout.dct.copies) add(copy);
    return lost;
}

std::vector<Range> zero_blocks(const Image& image, const Layout& layout) { return runs_of_blocks(image, layout.flash, 0, block_of(layout)); }

std::vector<Range> not_shorter_than(std::uint32_t shortest, std::vector<Range> runs) {
    std::erase_if(runs, [&](Range run) { return run.size() < shortest; });
    return runs;
}

/// Zeros that go on from one place into another and hit something in both.
bool crosses(FixedPlaces& fixed, const Layout& layout, Range run) {
    std::size_t hit = 0;
    for (const auto& slot : layout.slots) {
        const auto inside = intersection(run, slot.at);
        hit += slot.linked_at == slot.at.begin && slot.function != one_piece && !inside.empty() && fixed.zeroed(inside);
    }
    hit += std::any_of(layout.dct.copies.begin(), layout.dct.copies.end(), [&](Range copy) {
        const auto inside = intersection(run, copy);
        return !inside.empty() && fixed.zeroed(inside);
    });
    return hit >= 2;
}

/// Runs of zeros in three or more regions, at least two of them where no zeros can be, or one that goes on from one place into another and hit something
/// there: reads that failed. One zeroed block in one module is damage of that module, and zeros of an owner may lie anywhere.
bool zeros_are_everywhere(const Image& image, const Layout& layout, const std::vector<Range>& runs) {
    FixedPlaces fixed(image, layout);
    std::set<const LayoutRegion*> regions, hit;
    bool over_a_border = false;
    for (const Range run : runs) {
        const auto* from = layout.region_at(run.begin);
        regions.insert(from);
        if (!fixed.zeroed(run)) continue;
        hit.insert(from);
        const auto* to = layout.region_at(run.end - 1);
        over_a_border = over_a_border || (from != to && from && to && layout.slot(from->name) && layout.slot(to->name)) || crosses(fixed, layout, run);
    }
    return (regions.size() >= 3 && hit.size() >= 2) || over_a_border;
}

}  // namespace

LostBlocks find_lost_blocks(const Image& image, const Layout& layout) {
    constexpr std::uint32_t transfer = 4096;
    const auto zeros = zero_blocks(image, layout), long_ones = not_shorter_than(transfer, zeros);
    if (zeros_are_everywhere(image, layout, long_ones))
        return {zeros, long_ones.size() == 1
                           ? fmt::format("all bytes from {} to {} are zero, over more than one part of the flash: this read failed",
                                         hex_address(long_ones[0].begin), hex_address(long_ones[0].end))
                           : fmt::format("{} runs of 4096 bytes and more are zero, all over the flash: these reads failed", long_ones.size())};
    if (layout.dct.store == StoreKind::SerialFlash && !layout.dct.copies.empty() && layout.flash.contains(layout.dct.copies.front().begin))
        return lost_beside_keys(image, layout);
    const auto places = places_of(image, layout);
    if (holes_in(image, layout, places, 0).are_of_a_transfer())
        return {zeros, fmt::format("{} runs of whole blocks are zero, in several parts of the flash: these reads failed", zeros.size())};
    const auto holes = holes_in(image, layout, places, 0xFF);
    const bool of_one_part = !holes.are_of_a_transfer() && holes.places == 1 && holes.count >= 3 && is_hit_below_the_parts(image, layout);
    if (!holes.are_of_a_transfer() && !of_one_part) {
        for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{0xFF}})
            if (auto lost = lost_packets(image, layout, places, value); !lost.empty()) {
                auto words = fmt::format(
                    "{} pieces of 64 bytes, a packet of the bus each, are {} inside firmware and keys, in several parts of the flash: "
                    "these reads failed",
                    lost.size(), value == 0 ? "zero" : "erased");
                return {std::move(lost), std::move(words)};
            }
        return {};
    }
    if (of_one_part)
        return {
            erased_blocks(image, layout),
            fmt::format("{} stretches of whole blocks are erased in one part of the firmware, each with something behind it in the same sector, and others in "
                        "the bootloader or the configuration table, where DFU writes nothing: these reads failed",
                        holes.count)};
    return {
        erased_blocks(image, layout),
        fmt::format("{} stretches of whole blocks are erased in {} of the flash that {} firmware or the configuration table, each with something behind it{}: "
                    "these reads failed",
                    holes.count, counted(holes.places, "part"), holes.places == 1 ? "holds" : "hold",
                    has_small_sectors(layout) ? ". No firmware erases its flash here and there" : " in the same sector. Flash is erased by whole sectors")};
}

}  // namespace photopsy

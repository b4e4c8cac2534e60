#include "flash/overwritten.h"

#include "flash/anchors.h"

#include <algorithm>

namespace photopsy {

namespace {

constexpr std::uint32_t transfer = 4096;  ///< one DFU transfer (usbd_conf.h@v0.7.0:63)

bool is_constant(ByteView bytes) { return !bytes.empty() && all_equal(bytes, bytes[0]); }

/// The bytes repeat within themselves, as records and tables do: period of a power of two or of a few bytes, up to half of them. Code never does.
bool repeats_within(ByteView bytes) {
    constexpr std::size_t longest = 512;
    const auto at_period = [&](std::size_t period) { return std::equal(bytes.begin() + static_cast<std::ptrdiff_t>(period), bytes.end(), bytes.begin()); };
    for (std::size_t period = 1; period <= longest && period * 2 <= bytes.size(); ++period)
        if (at_period(period)) return true;
    return false;
}

bool has_own_data(const ModuleSlot& slot) { return slot.function == 5 || slot.linked_at == 0; }

}  // namespace

const std::vector<FixedPlaces::PlacedModule>& FixedPlaces::modules() {
    if (modules_) return *modules_;
    modules_.emplace();
    const auto proven = proven_modules(image_, layout_);
    for (const auto& slot : layout_.slots) {
        const auto first = image_.bytes(range_of(slot.at.begin, 4));
        if (first.empty()) continue;
        const bool vectors = (little_endian<std::uint32_t>(first) & layout_.vector_mask) == layout_.vector_value;
        const auto header = image_.bytes(range_of(slot.at.begin + (vectors ? layout_.vector_size : 0), module_header_size));
        if (header.size() != module_header_size) continue;
        const auto start = little_endian<std::uint32_t>(header), end = little_endian<std::uint32_t>(header.subspan(4));
        if (end <= start || end - start > slot.at.size() - 4 || header[14] < 2 || header[14] > 5) continue;
        const Range at = range_of(slot.at.begin, end - start + 4);
        const bool whole = std::any_of(proven.begin(), proven.end(), [&](Range module) { return module == at; });
        modules_->push_back({&slot, at, start, whole});
    }
    return *modules_;
}

/// A slot begins inside the run, and what stands there is neither a header of its module nor another module that is whole with nothing behind it.
bool FixedPlaces::header_gone(Range run) {
    const auto erased_behind = [&](const PlacedModule& module) {
        for (auto at = (module.at.end + 1023) / 1024 * 1024; at + 1024 <= std::min(run.end, module.slot->at.end); at += 1024)
            if (const auto block = image_.bytes(range_of(at, 1024)); !block.empty() && !is_constant(block)) return false;
        return true;
    };
    const auto whole_at = [&](Address at) {
        return std::any_of(modules().begin(), modules().end(),
                           [&](const PlacedModule& module) { return module.whole && module.at.begin == at && erased_behind(module); });
    };
    return std::any_of(layout_.slots.begin(), layout_.slots.end(), [&](const ModuleSlot& slot) {
        if (slot.linked_at != slot.at.begin || slot.function == 3 || !run.contains(slot.at.begin)) return false;
        const auto first = image_.bytes(range_of(slot.at.begin, 4));
        if (first.empty() || image_.erased(range_of(slot.at.begin, 1024))) return false;
        const bool vectors = (little_endian<std::uint32_t>(first) & layout_.vector_mask) == layout_.vector_value;
        const auto start = image_.bytes(range_of(slot.at.begin + (vectors ? layout_.vector_size : 0), 4));
        return start.size() == 4 && little_endian<std::uint32_t>(start) != slot.linked_at && !whole_at(slot.at.begin);
    });
}

bool FixedPlaces::table_gone(Range copy) const {
    const auto bytes = image_.bytes(copy);
    Anchor anchor;
    return !bytes.empty() && !all_erased(bytes.first(1024)) && !(read_anchor(bytes, 0, layout_, anchor) && anchor.kind == Anchor::Kind::Table);
}

/// A whole copy that equals the other one is a second table. A repetition inside a copy, or one that reaches into it from elsewhere, is not.
bool FixedPlaces::table_overwritten(Range run, std::uint32_t lag) const {
    return std::any_of(layout_.dct.copies.begin(), layout_.dct.copies.end(), [&](Range copy) {
        const auto inside = intersection(run, copy);
        if (inside.empty()) return false;
        if (inside.begin == copy.begin && table_gone(copy)) return true;
        if (lag >= copy.size()) return false;
        for (auto at = inside.begin; at + 1024 <= inside.end; at += 1024)
            if (const auto block = image_.bytes(range_of(at, 1024)); !block.empty() && !is_constant(block)) return true;
        return false;
    });
}

/// An EEPROM page begins with one of its states (docs/formats/eeprom.md); up to 0.5.x only the low half of the word counts. Two pages that begin alike with
/// none of them are an application's own, or have the same wrong bit: what the second repeats belongs into no other place than that.
bool FixedPlaces::page_overwritten(Range run, std::uint32_t lag) const {
    const auto begins_page = [&](Address at) {
        return std::any_of(layout_.eeprom_pages.begin(), layout_.eeprom_pages.end(), [&](Range page) { return page.begin == at; });
    };
    return std::any_of(layout_.eeprom_pages.begin(), layout_.eeprom_pages.end(), [&](Range page) {
        if (!run.contains(page.begin) || page.contains(page.begin - lag) || begins_page(page.begin - lag)) return false;
        const auto status = image_.bytes(range_of(page.begin, 4));
        if (status.empty()) return false;
        const auto word = little_endian<std::uint32_t>(status);
        return word != 0xCCCC0000 && (word & 0xFFFF) != 0 && (word & 0xFFFF) != 0xEEEE && (word & 0xFFFF) != 0xFFFF;
    });
}

/// Both begin a place of their own with the same header, where any module may lie: the OTA area and the factory image hold what the application's place
/// holds. A read that got stuck has no reason to begin there.
bool FixedPlaces::is_copy_of_another(const PlacedModule& module, std::uint32_t lag) const {
    if (module.slot->linked_at == module.slot->at.begin) return false;
    const auto source = module.at.begin - lag;
    const bool begins_a_place = std::any_of(layout_.slots.begin(), layout_.slots.end(), [&](const ModuleSlot& slot) { return slot.at.begin == source; });
    const auto header = image_.bytes(range_of(module.at.begin, module_header_size)), before = image_.bytes(range_of(source, module_header_size));
    return begins_a_place && !before.empty() && std::equal(header.begin(), header.end(), before.begin(), before.end());
}

/// The same module lies whole at another place, with these very bytes in it.
bool FixedPlaces::stands_in_whole_copy(const PlacedModule& module, Range part) {
    const auto bytes = image_.bytes(part);
    const auto begin = image_.bytes(range_of(module.at.begin, module_header_size));
    return std::any_of(modules().begin(), modules().end(), [&](const PlacedModule& other) {
        if (!other.whole || other.at.size() != module.at.size() || other.linked_at != module.linked_at) return false;
        const auto same = image_.bytes(range_of(other.at.begin + (part.begin - module.at.begin), part.size()));
        const auto same_begin = image_.bytes(range_of(other.at.begin, module_header_size));
        return std::equal(bytes.begin(), bytes.end(), same.begin(), same.end()) && std::equal(begin.begin(), begin.end(), same_begin.begin(), same_begin.end());
    });
}

/// What is equal begins or ends well inside a block: pages of an owner's lie at any address, a block that was sent twice begins and ends with a block.
bool FixedPlaces::goes_on_beyond(Range run, std::uint32_t lag) const {
    constexpr std::uint32_t by_chance = 64;
    const auto same = [&](Range at) {
        const auto bytes = image_.bytes(at), before = image_.bytes({at.begin - lag, at.end - lag});
        return !bytes.empty() && !is_constant(bytes) && std::equal(bytes.begin(), bytes.end(), before.begin(), before.end());
    };
    return same({run.begin - by_chance, run.begin}) || same({run.end, run.end + by_chance});
}

bool FixedPlaces::module_overwritten(Range run, std::uint32_t lag) {
    return std::any_of(modules().begin(), modules().end(), [&](const PlacedModule& module) {
        const auto inside = intersection(run, module.at);
        const bool at_home = module.slot->linked_at == 0 || module.linked_at == module.slot->linked_at;
        if (module.whole || !at_home || inside.empty() || is_copy_of_another(module, lag)) return false;
        // From outside into the module, or something without a period of its own: no owner's table.
        const bool from_outside = run.begin < module.at.begin + lag;
        if (has_own_data(*module.slot) && !from_outside && (goes_on_beyond(run, lag) || stands_in_whole_copy(module, inside))) return false;
        for (auto at = run.begin; at + 1024 <= run.end; at += 1024) {
            const auto block = image_.bytes(range_of(at, 1024));
            if (!module.at.overlaps(range_of(at, 1024)) || block.empty() || is_constant(block)) continue;
            if (!has_own_data(*module.slot) || from_outside || !repeats_within(block)) return true;
        }
        return false;
    });
}

bool FixedPlaces::overwritten(Range run, std::uint32_t lag) {
    return header_gone(run) || table_overwritten(run, lag) || page_overwritten(run, lag) || module_overwritten(run, lag);
}

bool FixedPlaces::zeroed(Range run) {
    if (header_gone(run)) return true;
    for (const auto copy : layout_.dct.copies) {
        if (run.contains(copy.begin) && table_gone(copy)) return true;
        const auto* key = layout_.dct.field("device_private_key");
        if (key && run.overlaps(range_of(copy.begin + layout_.dct.application_offset + key->offset, 64))) return true;
    }
    return std::any_of(modules().begin(), modules().end(), [&](const PlacedModule& module) { return !module.whole && module.at.overlaps(run); });
}

bool FixedPlaces::in_damaged_module(Range block) {
    return std::any_of(modules().begin(), modules().end(),
                       [&](const PlacedModule& module) { return !module.whole && module.slot->linked_at != 0 && module.at.contains(block); });
}

std::vector<Range> FixedPlaces::table_data_in_modules() {
    std::vector<Range> found;
    for (const auto copy : layout_.dct.copies) {
        const auto data = image_.bytes({copy.begin + layout_.dct.application_offset, copy.end});
        for (std::size_t from = 0; from + transfer <= data.size(); from += transfer) {
            const auto wanted = data.subspan(from, transfer);
            if (is_constant(wanted)) continue;
            for (auto at = layout_.flash.begin; at + transfer <= layout_.flash.end; at += transfer) {
                const auto block = image_.bytes(range_of(at, transfer));
                if (!block.empty() && std::equal(block.begin(), block.end(), wanted.begin()) && in_damaged_module(range_of(at, transfer)))
                    found.push_back(range_of(at, transfer));
            }
        }
    }
    return found;
}

Range FixedPlaces::claimed_by(const ModuleSlot& slot) {
    for (const auto& module : modules())
        if (module.slot == &slot) return module.at;
    return {};
}

std::vector<Range> FixedPlaces::key_slots() const {
    std::vector<Range> slots;
    const auto* key = layout_.dct.field("device_private_key");
    if (!key) return slots;
    for (const auto copy : layout_.dct.copies) {
        const auto at = range_of(copy.begin + layout_.dct.application_offset + key->offset, key->size);
        const auto begin = image_.bytes(range_of(at.begin, 2));
        if (!begin.empty() && begin[0] == 0x30 && begin[1] >= 0x80 && begin[1] <= 0x82) slots.push_back(at);
    }
    return slots;
}

}  // namespace photopsy

#include "flash/layout_check.h"

#include "base/hex.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy {

namespace {

/// Knows on which line the rows of a list stand.
class Checker {
public:
    Checker(const TextNode& file, TableReader::Problems& problems) : file_(file), problems_(problems) {}

    void refuse(std::string_view list, std::size_t row, std::string_view problem) {
        problems_.add(line_of(list, row), fmt::format("{}[{}]", list, row + 1), problem);
    }
    void refuse(std::string_view key, std::string_view problem) { problems_.add(line_of(key), key, problem); }

    /// Ranges in ascending order that cover all of `whole`, each byte once.
    template <class Rows>
    void tiles(std::string_view list, const Rows& rows, Range whole) {
        Address expected = whole.begin;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Range at = rows[i].at;
            if (at.begin < expected)
                return refuse(list, i,
                              fmt::format("this overlaps what stands before it: it begins at {}, not at {}", hex_address(at.begin), hex_address(expected)));
            if (at.begin > expected)
                return refuse(list, i, fmt::format("nothing covers the flash from {} to {}", hex_address(expected), hex_address(at.begin)));
            if (at.empty()) return refuse(list, i, "this has no size");
            if (at.end > whole.end)
                return refuse(list, i, fmt::format("this ends at {}, behind the end of the flash at {}", hex_address(at.end), hex_address(whole.end)));
            expected = at.end;
        }
        if (expected != whole.end) refuse(list, fmt::format("nothing covers the flash from {} to {}", hex_address(expected), hex_address(whole.end)));
    }

    void inside(std::string_view list, std::size_t row, Range at, Range whole) {
        if (at.empty())
            refuse(list, row, "this has no size");
        else if (!whole.contains(at))
            refuse(list, row,
                   fmt::format("{} to {} lies outside the flash ({} to {})", hex_address(at.begin), hex_address(at.end), hex_address(whole.begin),
                               hex_address(whole.end)));
    }

    template <class Rows>
    void unique_names(std::string_view list, const Rows& rows) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].name.empty()) refuse(list, i, "the name is empty");
            for (std::size_t earlier = 0; earlier < i; ++earlier)
                if (rows[i].name == rows[earlier].name) refuse(list, i, fmt::format("the name \"{}\" stands twice", rows[i].name));
        }
    }

private:
    static const TextNode* child(const TextNode& node, std::string_view key) {
        const auto found = std::find(node.keys.begin(), node.keys.end(), key);
        return found == node.keys.end() ? nullptr : &node.items[static_cast<std::size_t>(found - node.keys.begin())];
    }
    const TextNode* node(std::string_view path) const {
        const auto dot = path.find('.');
        const auto* found = child(file_, path.substr(0, dot));
        return found && dot != std::string_view::npos ? child(*found, path.substr(dot + 1)) : found;
    }
    int line_of(std::string_view path) const {
        const auto* found = node(path);
        return found ? found->line : 0;
    }
    int line_of(std::string_view path, std::size_t row) const {
        const auto* found = node(path);
        return found && row < found->items.size() ? found->items[row].line : line_of(path);
    }

    const TextNode& file_;
    TableReader::Problems& problems_;
};

void check_sectors(const Layout& layout, Checker& checker) {
    Address expected = layout.flash.begin;
    for (const auto& sector : layout.sectors) {
        if (sector.at.begin != expected)
            return checker.refuse("sectors", fmt::format("sector {} begins at {}, not at {} where the one before it ends", sector.number,
                                                         hex_address(sector.at.begin), hex_address(expected)));
        expected = sector.at.end;
    }
    if (expected != layout.flash.end)
        checker.refuse("sectors", fmt::format("the sectors end at {}, the flash at {}", hex_address(expected), hex_address(layout.flash.end)));
}

/// Fields of one list: inside [0, room), ascending, no byte twice.
void check_fields(std::string_view list, const std::vector<DctField>& fields, std::uint64_t room, Checker& checker) {
    std::uint64_t free_from = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = fields[i];
        if (field.size == 0) return checker.refuse(list, i, "this field has no size");
        if (field.offset < free_from)
            return checker.refuse(list, i,
                                  fmt::format("this field begins at {}, inside or before the one above it, which ends at {}", field.offset, free_from));
        free_from = std::uint64_t{field.offset} + field.size;
        if (free_from > room) return checker.refuse(list, i, fmt::format("this field ends at {}, and there is room for {} bytes", free_from, room));
    }
}

void check_dct(const Layout& layout, Checker& checker) {
    const auto& dct = layout.dct;
    if (dct.store == StoreKind::None) return;
    const bool outside = dct.store == StoreKind::SerialFlash;
    if (outside && !layout.external) return checker.refuse("dct.store", "this store needs an external flash, and the layout has none");
    if (dct.copies.size() != (outside ? 1 : 2)) return checker.refuse("dct.copies", "a configuration table has two copies, a store in serial flash one");
    for (std::size_t i = 0; i < dct.copies.size(); ++i) checker.inside("dct.copies", i, dct.copies[i], outside ? layout.external->at : layout.flash);
    if (dct.copies.size() == 2 && (dct.copies[0].size() != dct.copies[1].size() || dct.copies[0].overlaps(dct.copies[1])))
        return checker.refuse("dct.copies", "the two copies are of one size and do not overlap");
    const auto size = dct.copies[0].size();
    if (dct.application_offset >= size) return checker.refuse("dct.application_offset", "the application data begins inside the copy");
    check_fields("dct.system_fields", dct.system_fields, size, checker);
    check_fields("dct.fields", dct.fields, size - dct.application_offset, checker);
    auto all = dct.system_fields;
    all.insert(all.end(), dct.fields.begin(), dct.fields.end());
    if (all.size() > 512) return checker.refuse("dct.fields", "this list is too long");
    checker.unique_names("dct.system_fields", dct.system_fields);
    checker.unique_names("dct.fields", dct.fields);
    for (std::size_t i = 0; i < dct.fields.size(); ++i)
        for (const auto& system : dct.system_fields) {
            const auto begin = dct.application_offset + dct.fields[i].offset;
            if (begin < system.offset + system.size && system.offset < begin + dct.fields[i].size)
                checker.refuse("dct.fields", i, fmt::format("this field lies over the system field {}", system.name));
            if (system.name == dct.fields[i].name) checker.refuse("dct.fields", i, fmt::format("the name \"{}\" stands twice", system.name));
        }
}

/// A set of keys names fields that the store has.
void check_keys(const Layout& layout, Checker& checker) {
    if (layout.keys.size() > 8) return checker.refuse("keys", "there are too many sets of keys");
    for (std::size_t i = 0; i < layout.keys.size(); ++i) {
        const auto& set = layout.keys[i];
        for (const auto* name : {&set.device_key, &set.server_key, &set.server_address, &set.public_cache, &set.when_field})
            if (!name->empty() && !layout.dct.field(*name)) checker.refuse("keys", i, fmt::format("the store has no field \"{}\"", *name));
    }
}

void check_system_slots(const Layout& layout, Checker& checker) {
    for (const auto& name : layout.system_slots)
        if (!layout.slot(name)) checker.refuse("system_slots", fmt::format("there is no slot \"{}\"", name));
}

}  // namespace

void check_layout(const Layout& layout, const TextNode& file, TableReader::Problems& problems) {
    Checker checker(file, problems);
    if (layout.name.empty()) checker.refuse("name", "the name is empty");
    if (layout.flash.empty()) return checker.refuse("flash", "this flash has no size");
    check_sectors(layout, checker);
    checker.tiles("regions", layout.regions, layout.flash);
    if (layout.regions.size() > 512 || layout.slots.size() > 64) return checker.refuse("slots", "there are too many regions or slots");
    checker.unique_names("regions", layout.regions);
    for (std::size_t i = 0; i < layout.slots.size(); ++i) checker.inside("slots", i, layout.slots[i].at, layout.external && layout.slots[i].at.begin < layout.external->at.end ? layout.external->at : layout.flash);
    checker.unique_names("slots", layout.slots);
    if (layout.external && layout.external->at.end > layout.flash.begin)
        checker.refuse("external", "the external flash lies below the internal one, so that an address belongs to one of them");
    if (layout.external) checker.tiles("external.regions", layout.external->regions, layout.external->at);
    check_dct(layout, checker);
    check_keys(layout, checker);
    check_system_slots(layout, checker);
    for (std::size_t i = 0; i < layout.eeprom_pages.size(); ++i) checker.inside("eeprom_pages", i, layout.eeprom_pages[i], layout.flash);
}

}  // namespace photopsy

#include "support/sample/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace photopsy::sample {

std::uint16_t Device::version_in(std::string_view name) const {
    const auto* slot = layout.slot(name);
    if (!slot) return 0xFFFF;
    const auto word = little_endian<std::uint32_t>(chip.bytes(range_of(slot->at.begin, 4)));
    const Address header = slot->at.begin + ((word & layout.vector_mask) == layout.vector_value ? layout.vector_size : 0);
    return little_endian<std::uint16_t>(chip.bytes(range_of(header + 10, 2)));
}

std::optional<std::uint32_t> Device::field_offset(std::string_view name) const {
    for (const auto& field : layout.dct.fields)
        if (field.name == name) return layout.dct.application_offset + field.offset;
    for (const auto& field : layout.dct.system_fields)
        if (field.name == name) return field.offset;
    return {};
}

std::uint32_t Device::field_size(std::string_view name) const {
    for (const auto* list : {&layout.dct.fields, &layout.dct.system_fields})
        for (const auto& field : *list)
            if (field.name == name) return field.size;
    return 0;
}

static std::optional<std::uint32_t> parse_number(std::string_view text) {
    const int base = text.starts_with("0x") ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) return {};
    return value;
}

/// Start of a slot, DCT copy (with its field) or EEPROM page.
static std::optional<Address> named_place(const Device& device, std::string_view name) {
    if (const auto* slot = device.layout.slot(name)) return slot->at.begin;
    for (std::size_t page = 0; page < device.layout.eeprom_pages.size(); ++page)
        if (name == fmt::format("eeprom{}", page + 1)) return device.layout.eeprom_pages[page].begin;
    if (name.starts_with("serial.") && device.layout.dct.copies.size() == 1) {
        const auto offset = device.field_offset(name.substr(7));
        return offset ? std::optional<Address>(device.layout.dct.copies[0].begin + *offset) : std::nullopt;
    }
    if (!name.starts_with("dct") || device.layout.dct.copies.size() != 2) return {};
    const auto dot = name.find('.');
    const auto copy_name = name.substr(0, dot);
    const int used = std::max(1, device.table.current(device.writer()));
    const int copy = copy_name == "dct1" ? 1 : copy_name == "dct2" ? 2 : copy_name == "dct" ? used : copy_name == "dct-other" ? 3 - used : 0;
    if (copy == 0) return {};
    if (dot == name.npos) return device.table.copy(copy).begin;
    const auto offset = device.field_offset(name.substr(dot + 1));
    if (!offset) return {};
    return device.table.copy(copy).begin + *offset;
}

Address Device::place(const Order& order, std::string_view key) const {
    const auto last = static_cast<std::int64_t>(layout.flash.end) - 1;
    for (const auto& [name, value] : order.values())
        if (name == key && std::holds_alternative<std::int64_t>(value))
            return static_cast<Address>(order.number(key, layout.external ? 0 : layout.flash.begin, last));
    const auto text = order.text(key);
    const auto plus = text.find('+');
    const auto base = std::string_view(text).substr(0, plus);
    const auto start = base.starts_with("0x") ? parse_number(base) : named_place(*this, base);
    const auto offset = plus == text.npos ? std::optional<std::uint32_t>(0) : parse_number(std::string_view(text).substr(plus + 1));
    const auto inside = [&](Address at) { return layout.flash.contains(at) || layout.in_external(at); };
    if (start && offset && *offset < chip.range().size() + chip.all_of_second().size() && inside(*start) && inside(*start + *offset)) return *start + *offset;
    order.complain(fmt::format("`{}` of `{}` is \"{}\", which is no place in the flash of a {}", key, order.act(), text, layout.name));
    return layout.flash.begin;
}

}  // namespace photopsy::sample

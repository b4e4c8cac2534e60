#include "support/sample/device.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes taken(const Device& device, Range at) {
    const auto bytes = device.chip.bytes(device.layout.in_external(at.begin) ? at : intersection(at, device.layout.flash));
    return Bytes(bytes.begin(), bytes.end());
}

Range range_in(const Device& device, const Order& order, std::string_view key) {
    return range_of(device.place(order, key), static_cast<std::uint32_t>(order.number("length", 1, 1 << 20)));
}

void flip(Device& device, const Order& order) {
    const Address at = device.place(order, "at");
    const auto bit = order.number("bit", 0, 7, 0);
    const auto now = device.chip.bytes(range_of(at, 1))[0];
    const Bytes changed{static_cast<std::uint8_t>(now ^ (1u << bit))};
    device.chip.set(at, changed);
}

/// The prefix of another module over a place, as an interrupted write over USB leaves it.
void overlay(Device& device, const Order& order) {
    const auto spec = module_of(device, order);
    const Address at = device.place(order, "at");
    const auto count = static_cast<std::size_t>(order.number("bytes", 1, 1 << 20));
    if (!order.complaint().empty()) return;
    const auto module = build_module(spec);
    const auto* sector = device.layout.sector_at(at + static_cast<Address>(std::min(count, module.size()) - 1));
    if (order.flag("erase_rest_of_sector") && sector) device.chip.erase({at, std::max(at, sector->at.end)});
    device.chip.set(at, ByteView(module).first(std::min(count, module.size())));
}

void swap(Device& device, const Order& order) {
    const Range one = range_in(device, order, "at"), other = range_in(device, order, "from");
    const auto first = taken(device, one), second = taken(device, other);
    device.chip.set(one.begin, second);
    device.chip.set(other.begin, first);
}

}  // namespace

void damage(Device& device, const Order& order) {
    const auto& act = order.act();
    if (act == "flip")
        flip(device, order);
    else if (act == "fill")
        device.chip.set(range_in(device, order, "at").begin,
                        Bytes(static_cast<std::size_t>(order.number("length", 1, 1 << 20)), static_cast<std::uint8_t>(order.number("value", 0, 255))));
    else if (act == "put")
        device.chip.set(device.place(order, "at"), value_of(device, order));
    else if (act == "and")
        device.chip.program(device.place(order, "at"), value_of(device, order));
    else if (act == "copy")
        device.chip.set(device.place(order, "at"), taken(device, range_in(device, order, "from")));
    else if (act == "swap")
        swap(device, order);
    else if (act == "overlay")
        overlay(device, order);
    else
        device.table.reseal(static_cast<int>(order.number("copy", 1, 2)));
}

}  // namespace photopsy::sample

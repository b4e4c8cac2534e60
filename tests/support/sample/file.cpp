// How the flash got into a file: what people's tools and accidents do to a dump.
#include "base/hex.h"
#include "support/sample/device.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::int64_t most = 8 << 20;

struct Part {
    std::size_t at, length;
};

Part part_of(const Order& order, const Bytes& file) {
    const auto at = std::min<std::size_t>(file.size(), static_cast<std::size_t>(order.number("at", 0, most)));
    return {at, std::min(file.size() - at, static_cast<std::size_t>(order.number("length", 1, most)))};
}

void byteswap(const Order& order, Bytes& file) {
    const auto unit = static_cast<std::size_t>(order.number("unit", 2, 4));
    for (std::size_t at = 0; at + unit <= file.size(); at += unit)
        std::reverse(file.begin() + static_cast<std::ptrdiff_t>(at), file.begin() + static_cast<std::ptrdiff_t>(at + unit));
}

void repeat_block(const Order& order, Bytes& file) {
    const auto [at, length] = part_of(order, file);
    const auto times = static_cast<std::size_t>(order.number("times", 2, 4096));
    for (std::size_t i = 1; i < times && at + (i + 1) * length <= file.size(); ++i)
        std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(at), length, file.begin() + static_cast<std::ptrdiff_t>(at + i * length));
}

/// DFU alternate setting 1 gives the application data of the copy in use, and then whatever follows in the flash.
void alt1_upload(const Device& device, const Order& order, Bytes& file) {
    const int copy = std::max(1, device.table.current(device.writer()));
    const Range at =
        range_of(device.table.copy(copy).begin + device.layout.dct.application_offset, static_cast<std::uint32_t>(order.number("length", 1, 1 << 16, 0x4000)));
    const auto bytes = device.chip.bytes(at);
    file.assign(bytes.begin(), bytes.end());
}

void insert(const Order& order, Bytes& file) {
    const auto at = std::min<std::size_t>(file.size(), static_cast<std::size_t>(order.number("at", 0, most)));
    file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::size_t>(order.number("length", 1, most)),
                static_cast<std::uint8_t>(order.number("value", 0, 255)));
}

void replace(const Order& order, Bytes& file) {
    const auto text = order.has("text") ? order.text("text") : std::string();
    const auto bytes = order.has("hex") ? from_hex(order.text("hex")) : Bytes(text.begin(), text.end());
    if (!bytes) order.complain("`hex` is no row of hexadecimal digit pairs");
    file = bytes.value_or(Bytes{});
}

}  // namespace

void file_act(const Device& device, const Order& order, Bytes& file) {
    const auto& act = order.act();
    const auto& usb = device.layout.usb;
    const auto begin = [&](std::size_t at) { return file.begin() + static_cast<std::ptrdiff_t>(at); };
    if (act == "cut")
        file.resize(std::min(file.size(), static_cast<std::size_t>(order.number("to", 0, most))));
    else if (act == "drop") {
        const auto part = part_of(order, file);
        file.erase(begin(part.at), begin(part.at + part.length));
    } else if (act == "insert")
        insert(order, file);
    else if (act == "overwrite") {
        const auto part = part_of(order, file);
        std::fill_n(begin(part.at), part.length, static_cast<std::uint8_t>(order.number("value", 0, 255)));
    } else if (act == "byteswap")
        byteswap(order, file);
    else if (act == "double") {
        const Bytes once = file;
        file.insert(file.end(), once.begin(), once.end());
    } else if (act == "repeat-block")
        repeat_block(order, file);
    else if (act == "alt1-upload")
        alt1_upload(device, order, file);
    else if (act == "dfu-suffix")
        add_dfu_suffix(file, usb.vendor, usb.dfu_product, 0x0100);
    else if (act == "dfuse")
        file = dfuse(file, device.layout.flash.begin, static_cast<std::uint32_t>(order.number("block", 64, 1 << 20, 1 << 20)), usb.vendor, usb.dfu_product);
    else if (act == "intel-hex")
        file = intel_hex(file, device.layout.flash.begin);
    else if (act == "replace")
        replace(order, file);
    else
        file = packed(order, std::move(file));
    if (file.size() > static_cast<std::size_t>(2 * most)) order.complain("the file grows beyond 16 MiB");
}

}  // namespace photopsy::sample

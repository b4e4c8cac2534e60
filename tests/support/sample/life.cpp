#include "support/sample/device.h"
#include "support/sample/stream.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;

void erase_slot(Device& device, const ModuleSlot& slot) {
    for (const auto& sector : device.layout.sectors)
        if (sector.at.overlaps(slot.at)) device.chip.erase(sector.at);
}

/// As dfu-util writes a file: the sectors it covers are erased, then the file is programmed. `at` a slot of another name: the module lies there.
void install(Device& device, const Order& order) {
    const auto spec = module_of(device, order);
    const auto* slot = device.layout.slot(order.text("at", order.text("module")));
    if (!slot) order.complain("`at` is no slot of this device");
    if (!order.complaint().empty()) return;
    const auto bytes = build_module(spec);
    if (bytes.size() > slot->at.size()) return order.complain(fmt::format("a module of {} bytes does not fit into {}", bytes.size(), slot->name));
    const Range at = range_of(slot->at.begin, static_cast<std::uint32_t>(bytes.size()));
    for (const auto& sector : device.layout.sectors)
        if (sector.at.overlaps(at)) device.chip.erase(sector.at);
    device.chip.program(at.begin, bytes);
}

constexpr std::uint8_t function_of_monolithic = 3;
constexpr std::uint16_t first_system_of_three_parts = 102;  // 0.6.0

void install_release(Device& device, const Order& order) {
    const auto release = order.text("release");
    if (order.complaint().empty() && !find_release(release))
        return order.complain(fmt::format("`release` is \"{}\", which is no release this generator knows", release));
    for (const auto& slot : device.layout.slots) {
        const bool belongs = slot.function != 0 && slot.name != "factory" && slot.function != function_of_monolithic;
        const bool not_yet = slot.index == 3 && find_release(release) && find_release(release)->system < first_system_of_three_parts;
        if (!belongs || not_yet || (slot.name == "user" && order.has("user") && !order.flag("user"))) continue;
        Order one("install", order.line());
        one.give("module", slot.name);
        one.give("release", release);
        install(device, one);
        if (!one.complaint().empty()) order.complain(one.complaint());
    }
}

void write_field(Device& device, std::string_view name, const Bytes& value) {
    if (const auto offset = device.field_offset(name)) device.table.write(device.writer(), *offset, value);
}

void write(Device& device, const Order& order) {
    const auto value = value_of(device, order);
    std::optional<std::uint32_t> offset;
    if (order.has("sector_offset"))
        offset = static_cast<std::uint32_t>(order.number("sector_offset", 0, table_size - 1));
    else if (!(offset = device.field_offset(order.text("field"))))
        order.complain(fmt::format("`field` is \"{}\", which the configuration table of a {} does not have", order.text("field"), device.layout.name));
    if (!offset) return;
    *offset += static_cast<std::uint32_t>(order.number("offset", 0, table_size - 1, 0));
    if (*offset > table_size || value.size() > table_size - *offset) return order.complain("the value runs past the end of the configuration table");
    const auto times = order.number("times", 1, 600, 1);
    for (std::int64_t i = 0; i < times; ++i) device.table.write(device.writer(), *offset, value);
}

void factory_table(Device& device, const Order& order) {
    const auto* release = find_release(order.text("release"));
    if (!release) return order.complain("`release` is no release this generator knows");
    device.table.put_factory_image(release->system >= 1406);
    if (!order.has("version_string")) return;
    const auto text = order.text("version_string");
    if (text.size() > 31) return order.complain("`version_string` has more than 31 characters");
    Bytes value(text.begin(), text.end());
    value.resize(32, 0);
    if (const auto offset = device.field_offset("version_string")) device.chip.set(device.table.copy(1).begin + *offset, value);
}

/// One stored access point, WPA2 AES, and the flag that the list is in use (hal/src/photon/wlan_hal.cpp@v0.7.0:1013).
Bytes wifi_list(Stream& stream) {
    Bytes list(1 + 5 * 121, 0);
    list[0] = 1;
    const auto ssid = stream.text(11), passphrase = stream.text(17);
    list[1] = static_cast<std::uint8_t>(ssid.size());
    std::copy(ssid.begin(), ssid.end(), list.begin() + 2);
    list[1 + 46] = 4;
    list[1 + 48] = 0x40;
    list[1 + 50] = 6;
    list[1 + 56] = static_cast<std::uint8_t>(passphrase.size());
    std::copy(passphrase.begin(), passphrase.end(), list.begin() + 1 + 57);
    return list;
}

/// Slot 0 of flash_modules, as Photon systems write it at each boot; a P1 does not (core_hal_stm32f2xx.c@v2.3.1:389).
Bytes factory_descriptor() { return {0xAC, 0x0F, 0, 0, 0, 0, 0x0E, 8, 0, 0, 0x0A, 8, 0, 0, 2, 0, 0x0E, 5, 0xFF, 0xFF}; }

/// What first boot, set-up and claiming write, one write of the table after the other.
void provision(Device& device, const Order& order) {
    Stream stream(device.seed, "provision");
    Order key("provision", order.line());
    key.give("key", order.number("key", 1, 1000, 1));
    key.give("form", order.text("form", "device"));
    key.give("wish", order.text("wish", "ordinary"));
    write_field(device, "device_private_key", value_of(device, key));
    if (!key.complaint().empty()) return order.complain(key.complaint());
    key = Order("provision", order.line());
    key.give("key", order.number("key", 1, 1000, 1));
    key.give("form", std::string("public"));
    key.give("wish", order.text("wish", "ordinary"));
    key.give("pad", std::int64_t{384});
    write_field(device, "device_public_key", value_of(device, key));
    if (device.system_version() < 200)
        write_field(
            device, "system_flags",
            {0xC0, 0xAC, 0xDE, 0x1A, static_cast<std::uint8_t>(device.bootloader_version()), 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0x5A, 0, 0xFF,
             0,    0,    0,    0x0E});
    if (device.layout.platform_id == 6) write_field(device, "flash_modules", factory_descriptor());
    auto code = stream.text(device.system_version() < 200 ? 4 : 6);
    write_field(device, "device_code", code);
    if (device.system_version() >= 102 && device.system_version() != 0xFFFF) write_field(device, "device_id", device_id_of(stream));
    if (!order.has("wifi") || order.flag("wifi")) device.table.write(device.writer(), 0x1A30, wifi_list(stream));
    if (order.has("claim") && !order.flag("claim")) return;
    auto claim = stream.text(63);
    write_field(device, "claim_code", claim);
    write_field(device, "claimed", {0x31});
    write_field(device, "claim_code", {0});
    write_field(device, "product_store", {static_cast<std::uint8_t>(device.layout.platform_id), 0});
}

void records(Device& device, Range page, std::uint32_t header, std::int64_t cells, std::string_view purpose) {
    Stream stream(device.seed, purpose);
    Bytes bytes{static_cast<std::uint8_t>(header), static_cast<std::uint8_t>(header >> 8), static_cast<std::uint8_t>(header >> 16),
                static_cast<std::uint8_t>(header >> 24)};
    for (std::int64_t i = 0; i < cells; ++i) {
        bytes.push_back(stream.byte());
        bytes.push_back(0);
        bytes.push_back(static_cast<std::uint8_t>(i));
        bytes.push_back(static_cast<std::uint8_t>(i >> 8));
    }
    device.chip.erase(page);
    device.chip.program(page.begin, bytes);
}

/// States of services/inc/eeprom_emulation.h@v2.3.1: a page swap copies, then marks the target active, then the source inactive.
void eeprom(Device& device, const Order& order) {
    constexpr std::uint32_t active = 0xFFFF0000, copying = 0xFFFFEEEE, inactive = 0xCCCC0000;
    const auto cells = order.number("cells", 0, 2000, 0);
    const auto state = order.text("state", "active");
    const auto& pages = device.layout.eeprom_pages;
    if (pages.size() != 2) return order.complain("this device has no EEPROM pages");
    const bool swapping = state == "copying" || state == "both-active" || state == "swapped";
    if (!swapping && state != "active") return order.complain("`state` is active, copying, both-active or swapped");
    records(device, pages[0], state == "swapped" ? inactive : active, cells, "eeprom");
    if (state == "copying") records(device, pages[1], copying, cells / 2, "eeprom");
    if (state == "both-active" || state == "swapped") records(device, pages[1], active, cells, "eeprom");
}

}  // namespace

Bytes device_id_of(Stream& stream) {
    auto id = stream.text(12);
    id[0] = stream.byte();
    id[1] = id[3] = 0;
    id[2] = stream.byte();
    id[4] = 0x0A;
    return id;
}

static bool is_of_table(std::string_view act) { return act == "factory-table" || act == "provision" || act == "write" || act == "reinitialize"; }

void live(Device& device, const Order& order) {
    const auto& act = order.act();
    if (order.has("power_lost_in"))
        device.chip.lose_power_in(order.text("power_lost_in"), static_cast<std::size_t>(order.number("after_bytes", 0, 1 << 20, 0)));
    if (device.layout.boot == BootKind::Monolithic && live_monolithic(device, order))
        ;  // done
    else if (is_of_table(act) && device.layout.dct.copies.size() != 2)
        order.complain(fmt::format("`{}` works on a configuration table in two copies, which a {} does not have", act, device.layout.name));
    else if (act == "install")
        install(device, order);
    else if (act == "install-release")
        install_release(device, order);
    else if (act == "erase") {
        if (const auto* slot = device.layout.slot(order.text("slot")))
            erase_slot(device, *slot);
        else
            order.complain("`slot` is no slot of this device");
    } else if (act == "factory-table")
        factory_table(device, order);
    else if (act == "provision")
        device.has_dcd() ? provision_with_ec_keys(device, order) : provision(device, order);
    else if (act == "write")
        write(device, order);
    else if (act == "reinitialize")
        device.table.reinitialize(device.writer());
    else if (act == "eeprom")
        eeprom(device, order);
    else
        live_update(device, order);
    if (!device.chip.restore_power()) order.complain(fmt::format("`{}` has no step \"{}\" on this device", act, order.text("power_lost_in")));
}

}  // namespace photopsy::sample

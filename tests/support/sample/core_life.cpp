// The life of a device with firmware in one piece and its keys in serial flash. Source: docs/formats/core.md
// (platform/MCU/STM32F1xx/SPARK_Firmware_Driver/src/hw_config.c@v0.6.4:904-1183, bootloader/src/main.c@v0.6.4:179-216).
#include "support/sample/device.h"
#include "support/sample/published.h"
#include "support/sample/stream.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::uint16_t update_waits = 0x0005, copy_under_way = 0x5555, nothing_to_do = 0x5000;
constexpr std::uint32_t bootloader_size = 0x3800;

void put16(Bytes& bytes, std::size_t at, std::uint32_t value) {
    bytes[at] = static_cast<std::uint8_t>(value);
    bytes[at + 1] = static_cast<std::uint8_t>(value >> 8);
}

Range flags_at(const Device& device) {
    for (const auto& region : device.layout.regions)
        if (region.name == "system-flags") return region.at;
    return {};
}

/// Erases the page and programs its fields one after the other. Step: flags.
void save_flags(Device& device, std::uint16_t update, std::uint16_t flashed) {
    Bytes fields(18, 0xFF);
    put16(fields, 0, device.layout.slot("monolithic") ? 11 : 0);
    put16(fields, 2, 0);
    put16(fields, 4, update);
    put16(fields, 6, flashed);
    put16(fields, 8, 0xFFFF);
    fields[10] = 0;
    device.chip.step("flags");
    device.chip.erase(flags_at(device));
    device.chip.program(flags_at(device).begin, fields);
}

/// A stand-in for a bootloader without header: stack pointer, reset handler, code.
void install_bootloader(Device& device) {
    auto bytes = Stream(device.seed, "bootloader").bytes(bootloader_size);
    const auto begin = device.layout.flash.begin;
    const Bytes head{0x00, 0x50, 0x00, 0x20, 0x55, 0x01, static_cast<std::uint8_t>(begin >> 16), static_cast<std::uint8_t>(begin >> 24)};
    std::copy(head.begin(), head.end(), bytes.begin());
    device.chip.set(begin, bytes);
}

void put_module(Device& device, std::string_view slot_name, const Order& order) {
    const auto* slot = device.layout.slot(slot_name);
    auto spec = module_of(device, order);
    if (!slot || !order.complaint().empty()) return;
    const auto bytes = build_module(spec);
    if (bytes.size() > slot->at.size()) return order.complain(fmt::format("the firmware does not fit into {}", slot_name));
    device.chip.erase(device.layout.in_external(slot->at.begin) ? range_of(slot->at.begin, (static_cast<std::uint32_t>(bytes.size()) + 0xFFF) & ~0xFFFu)
                                                                : slot->at);
    device.chip.program(slot->at.begin, bytes);
}

void install(Device& device, const Order& order) { put_module(device, order.text("at", "monolithic"), order); }

void install_release(Device& device, const Order& order) {
    Order firmware("install", order.line());
    firmware.give("module", std::string("monolithic"));
    firmware.give("release", order.text("release"));
    install_bootloader(device);
    for (const auto* slot : {"monolithic", "factory"}) put_module(device, slot, firmware);
    if (!firmware.complaint().empty()) return order.complain(firmware.complaint());
    save_flags(device, nothing_to_do, 0);
}

/// The field's bytes as a write over DFU leaves them: its erase unit was erased and written again.
void write_field(Device& device, std::string_view name, std::uint32_t offset, ByteView value) {
    if (const auto at = device.field_offset(name)) device.chip.set(device.layout.dct.copies[0].begin + *at + offset, value);
}

void write(Device& device, const Order& order) {
    const auto value = value_of(device, order);
    const auto name = order.text("field");
    if (!device.field_offset(name)) return order.complain(fmt::format("`field` is \"{}\", which a {} does not have", name, device.layout.name));
    const auto offset = static_cast<std::uint32_t>(order.number("offset", 0, 0xFFF, 0));
    if (offset + value.size() > device.field_size(name)) return order.complain("the value runs past the end of the field");
    write_field(device, name, offset, value);
}

/// What the factory wrote: keys and server address. Nothing of it is ever made by the device.
void provision(Device& device, const Order& order) {
    Order key("provision", order.line());
    key.give("key", order.number("key", 1, 1000, 1));
    key.give("form", order.text("form", "pkcs1"));
    key.give("wish", order.text("wish", "ordinary"));
    write_field(device, "device_private_key", 0, value_of(device, key));
    if (!key.complaint().empty()) return order.complain(key.complaint());
    write_field(device, "server_public_key", 0, published_server_key());
    Order address("provision", order.line());
    address.give("domain", std::string("device.spark.io"));
    write_field(device, "server_address", 0, value_of(device, address));
}

void receive(Device& device, const Order& order) {
    const auto spec = module_of(device, order);
    if (!order.complaint().empty()) return;
    const auto bytes = build_module(spec);
    const auto area = device.layout.slot("ota")->at;
    const auto arrived = bytes.size() * static_cast<std::size_t>(order.number("percent", 0, 100, 100)) / 100;
    device.chip.erase(range_of(area.begin, (static_cast<std::uint32_t>(bytes.size()) + 0xFFF) & ~0xFFFu));
    device.chip.program(area.begin, ByteView(bytes).first(arrived));
}

Bytes content(const Device& device, std::string_view slot, std::uint32_t size) {
    const auto bytes = device.chip.bytes(range_of(device.layout.slot(slot)->at.begin, size));
    return Bytes(bytes.begin(), bytes.end());
}

/// The bootloader's next start. Steps: backup, flags, erase, copy, flags.
void apply(Device& device, const Order& order) {
    const auto flag = little_endian<std::uint16_t>(device.chip.bytes(range_of(flags_at(device).begin + 4, 2)));
    const auto* firmware = device.layout.slot("monolithic");
    if (flag != update_waits) return order.complain("no update is pending");
    const auto size = firmware->at.size();
    device.chip.step("backup");
    device.chip.erase(device.layout.slot("backup")->at);
    device.chip.program(device.layout.slot("backup")->at.begin, content(device, "monolithic", size));
    save_flags(device, copy_under_way, 0);
    device.chip.step("erase");
    device.chip.erase(firmware->at);
    device.chip.step("copy");
    device.chip.program(firmware->at.begin, content(device, "ota", size));
    save_flags(device, nothing_to_do, 1);
}

void erase(Device& device, const Order& order) {
    if (const auto* slot = device.layout.slot(order.text("slot")))
        device.chip.erase(slot->at);
    else
        order.complain("`slot` is no slot of this device");
}

}  // namespace

bool live_monolithic(Device& device, const Order& order) {
    const auto& act = order.act();
    if (act == "install")
        install(device, order);
    else if (act == "install-release")
        install_release(device, order);
    else if (act == "erase")
        erase(device, order);
    else if (act == "provision")
        provision(device, order);
    else if (act == "write")
        write(device, order);
    else if (act == "receive")
        receive(device, order);
    else if (act == "queue")
        save_flags(device, update_waits, 0);
    else if (act == "apply")
        apply(device, order);
    else
        return false;
    return true;
}

}  // namespace photopsy::sample

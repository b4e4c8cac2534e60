// Over-the-air updates as the system receives them and the bootloader of each generation applies them. Source: docs/formats/ota.md
// (platform/MCU/STM32F2xx/SPARK_Firmware_Driver/src/flash_mal.c@v0.4.0:214, @v0.4.9:306, @v0.7.0:306, @v2.0.0:401).
#include "support/sample/device.h"

#include <fmt/format.h>

#include <algorithm>

namespace photopsy::sample {

namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::uint32_t slot_size = 20, slot_count = 5;

void put32(Bytes& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

/// Sector offset of slot `number` of flash_modules.
std::uint32_t slot_offset(const Device& device, std::uint32_t number) { return *device.field_offset("flash_modules") + slot_size * number; }

ByteView slot_bytes(const Device& device, std::uint32_t number) {
    const int copy = std::max(1, device.table.current(device.writer()));
    return device.chip.bytes(range_of(device.table.copy(copy).begin + slot_offset(device, number), slot_size));
}

/// The whole OTA area is erased as far as the file will need it, then chunk after chunk is programmed; `missing` chunks were lost on the way.
void receive(Device& device, const Order& order) {
    const auto spec = module_of(device, order);
    if (!order.complaint().empty()) return;
    const auto bytes = build_module(spec);
    const auto ota = device.layout.slot("ota")->at;
    const auto percent = order.number("percent", 0, 100, 100);
    const auto chunk = static_cast<std::size_t>(order.number("chunk", 128, 4096, 512));
    const auto missing = order.numbers("missing", 0, 4096);
    const Range at = range_of(ota.begin, static_cast<std::uint32_t>(bytes.size()));
    for (const auto& sector : device.layout.sectors)
        if (sector.at.overlaps(at)) device.chip.erase(sector.at);
    const auto arrived = percent == 100 ? bytes.size() : bytes.size() * static_cast<std::size_t>(percent) / 100 / chunk * chunk;
    for (std::size_t from = 0; from < arrived; from += chunk) {
        if (std::find(missing.begin(), missing.end(), static_cast<std::int64_t>(from / chunk)) != missing.end()) continue;
        device.chip.program(ota.begin + static_cast<Address>(from), ByteView(bytes).subspan(from, std::min(chunk, bytes.size() - from)));
    }
}

/// The update is complete: the first slot that is not pending gets the copy job, in one write of the table.
void queue(Device& device, const Order& order) {
    const auto spec = module_of(device, order);
    if (!order.complaint().empty()) return;
    for (std::uint32_t number = 1; number < slot_count; ++number) {
        const auto old = slot_bytes(device, number);
        if (little_endian<std::uint16_t>(old) == 0xABCD) continue;
        Bytes job(old.begin(), old.end());
        job[0] = 0xCD;
        job[1] = 0xAB;
        job[2] = job[3] = 0;
        put32(job, 4, device.layout.slot("ota")->at.begin);
        put32(job, 8, spec.linked_at);
        put32(job, 12, spec.length + 4);
        job[16] = 0x0E;
        job[17] = spec.function;
        return device.table.write(device.writer(), slot_offset(device, number), job);
    }
    order.complain("all four update slots are pending");
}

void copy_module(Device& device, Address from, Address to, std::uint32_t length, bool sector_by_sector) {
    const auto source = device.chip.bytes(range_of(from, length));
    const Bytes bytes(source.begin(), source.end());
    const Range target = range_of(to, length);
    device.chip.step("copy");
    if (!sector_by_sector)
        for (const auto& sector : device.layout.sectors)
            if (sector.at.overlaps(target)) device.chip.erase(sector.at);
    for (const auto& sector : device.layout.sectors) {
        const Range part = intersection(sector.at, target);
        if (part.empty()) continue;
        if (sector_by_sector) device.chip.erase(sector.at);
        device.chip.program(part.begin, ByteView(bytes).subspan(part.begin - to, part.size()));
    }
}

/// Bootloaders up to 11 clear a slot after the copy by programming zeros over it; 100 to 1002 before the copy, from 1003 on after it,
/// with FFFF for the magic in a write of the table.
void apply(Device& device, const Order& order) {
    const auto bootloader = device.bootloader_version();
    const Bytes unused{0xFF, 0xFF};
    bool any = false;
    for (std::uint32_t number = 1; number < slot_count; ++number) {
        const auto slot = slot_bytes(device, number);
        if (little_endian<std::uint16_t>(slot) != 0xABCD) continue;
        any = true;
        const auto from = little_endian<std::uint32_t>(slot.subspan(4)), to = little_endian<std::uint32_t>(slot.subspan(8)),
                   length = little_endian<std::uint32_t>(slot.subspan(12));
        const auto writer = device.bootloader_writer();
        const Address here = device.table.copy(std::max(1, device.table.current(writer))).begin + slot_offset(device, number);
        if (!device.layout.flash.contains(range_of(from, length)) || !device.layout.flash.contains(range_of(to, length)))
            return order.complain("a pending slot names bytes outside the flash");
        if (bootloader >= 100 && bootloader < 1003) device.table.write(writer, slot_offset(device, number), unused);
        copy_module(device, from, to, length, bootloader >= 7);
        device.chip.step("clear-slot");
        if (bootloader >= 1003) device.table.write(writer, slot_offset(device, number), unused);
        if (bootloader < 100 && device.has_dcd()) device.table.write(writer, slot_offset(device, number), Bytes(slot_size, 0));
        if (bootloader < 100 && !device.has_dcd()) device.chip.program(here, Bytes(slot_size, 0));
    }
    if (!any) order.complain("no update is pending that could be applied");
}

}  // namespace

void live_update(Device& device, const Order& order) {
    if (order.act() == "receive")
        receive(device, order);
    else if (order.act() == "queue")
        queue(device, order);
    else
        apply(device, order);
}

}  // namespace photopsy::sample
